package imports

import (
	"context"
	"encoding/binary"
	"errors"

	"zhishu/domain"
	"zhishu/projections"
)

// A finished sheet can be given again when a row that it refused would be
// recorded now: its person may be enrolled by now, or this time --enrol is
// given; or when this time --update is, and a name or a phone differs. That is an import of its own, which says how it goes, for the rows of
// the first: they keep their identity and their idempotency keys, so whatever
// was recorded before is not recorded twice.

// giveAgain decides whether there is anything left to do for a sheet whose
// import is finished. Done is true when there is not.
func (r *run) giveAgain(ctx context.Context, before projections.ImportDetail) (done bool, err error) {
	last := before.ImportInfo
	for r.again = 1; ; r.again++ {
		r.under = r.againID(r.again)
		later, err := r.view.Import(r.under)
		if errors.Is(err, projections.ErrUnknownImport) {
			break
		}
		if err != nil {
			return false, err
		}
		if last = later.ImportInfo; last.Running {
			r.res.Resumed, r.res.Again = true, r.again
			return false, r.goOnAs(before)
		}
	}
	if r.goOnAs(before) == nil {
		lacks, err := r.lacks(ctx, last)
		if lacks || err != nil {
			r.res.Again = r.again
			return false, err
		}
	}
	r.res.Again = r.again - 1
	r.alreadyImported(before.ImportInfo, last)
	return true, nil
}

func (r *run) againID(n int) domain.ImportID {
	return domain.ImportID{UUID: r.handler.DerivedID("import", r.sheet.content[:], []byte("again"), binary.BigEndian.AppendUint32(nil, uint32(n)))}
}

// lacks judges the rows once more that were refused when the sheet was given
// last, and reports whether any would be recorded. Of a list that has a later
// issue, nothing is.
func (r *run) lacks(ctx context.Context, last projections.ImportInfo) (bool, error) {
	if int64(len(r.sheet.lines)) <= last.Finished.Accepted && !r.job.Update || r.latest(r.id) != r.id {
		return false, nil
	}
	probe := *r
	probe.pool = pool{}
	probe.job.DryRun, probe.job.Progress = true, func(int, int) {}
	if err := probe.plan(ctx); err != nil {
		return false, err
	}
	err := probe.writeRows(ctx)
	if lacks := probe.pool.added+probe.pool.offered+probe.pool.updated > 0; lacks || err != nil {
		return lacks, err
	}
	for _, v := range probe.pool.inOrder() {
		if !v.stays {
			r.sheet.bad.refuse(int(r.sheet.lines[v.line].shown), v.code, v.field)
		}
	}
	return false, nil
}

// keepRecorded leaves alone what was recorded when the sheet was given before.
func (r *run) keepRecorded() {
	mine := make(map[uint32]bool, len(r.own))
	for _, ref := range r.own {
		mine[ref.Number] = true
	}
	for i := range r.sheet.lines {
		if l := &r.sheet.lines[i]; l.fate == fateAdd && mine[l.number] {
			l.fate = fateRecorded
		}
	}
}

// runningAgain reports a sheet that is finished and on its way again.
func (r *run) runningAgain(id domain.ImportID) bool {
	for _, x := range r.view.Imports() {
		if x.Running && x.Disposition == domain.GivenAgain && x.Earlier == id {
			return true
		}
	}
	return false
}
