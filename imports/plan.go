package imports

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"zhishu/domain"
	"zhishu/projections"
)

// change is what a correction replaces.
type change struct {
	ref  projections.RowRef
	own  bool         // it was offered before an interruption, and taken
	gift *domain.Gift // the value that stands, for a donation
	note string       // 更正说明
}

// plan decides what becomes of every row. It writes nothing, and planning
// again after an interruption gives the same answers.
func (r *run) plan(ctx context.Context) error {
	r.changes, r.earlier, r.sources, r.chain, r.withdrawn = map[int32]change{}, nil, nil, nil, nil
	for i := range r.sheet.lines {
		r.sheet.lines[i].fate, r.sheet.lines[i].alikes = fateAdd, false
	}
	switch {
	case r.deeds():
		if err := r.recognise(ctx); err != nil {
			return err
		}
		r.keepStanding()
	case r.job.Kind == domain.ImportPeople:
		if err := r.planMembers(ctx); err != nil {
			return err
		}
	case r.job.Kind == domain.ImportActivities:
		if err := r.planPlans(ctx); err != nil {
			return err
		}
	}
	switch {
	case !r.job.ReissueOf.IsZero():
		if err := r.planReissue(ctx); err != nil {
			return err
		}
		if near := r.resemblance(); near != nil && !r.resumed {
			near.Refusal = domain.Refuse(ReissueMerges, "reissueOf")
			return near
		}
	case !r.job.Separate && !r.resumed:
		if near := r.resemblance(); near != nil {
			near.Refusal = domain.Refuse(ReissueSuspected, "reissueOf")
			return near
		}
	}
	if r.again > 0 {
		r.keepRecorded()
	}
	if err := r.tellApart(ctx); err != nil {
		return err
	}
	r.flagAlikes()
	return nil
}

// keepStanding leaves alone the rows that this import has already recorded for
// somebody who was erased or merged since: the number finds another person now,
// or nobody, and the row must not be recorded twice. Neither may one that
// somebody has rejected or voided since.
func (r *run) keepStanding() {
	whose := make(map[uint32]domain.PersonID, len(r.own))
	for _, ref := range r.own {
		whose[ref.Number] = ref.Person
	}
	withdrawn := map[uint32]bool{}
	if r.resumed {
		for _, ref := range r.view.WithdrawnRows(r.id) {
			withdrawn[ref.Number] = true
		}
	}
	for i := range r.sheet.lines {
		l := &r.sheet.lines[i]
		q := r.sheet.people.list[r.sheet.deeds[i].person]
		switch id, done := whose[l.number]; {
		case withdrawn[l.number]:
			l.fate = fateWithdrawn
		case done && id != q.id:
			l.fate = fateStands
			if q.isNew {
				q.code = domain.SubjectErased // and is not enrolled anew for the rest
			}
		}
	}
}

func (r *run) deeds() bool {
	return r.job.Kind == domain.ImportService || r.job.Kind == domain.ImportStudy || r.job.Kind == domain.ImportRoster
}

// resemblance finds an earlier sheet of which more than half the standing rows
// come again, the one with the most of them, in its latest issue. Where no rows
// are equal, because a column was added or is read otherwise, they may still
// all look alike. Of a re-issue only its new rows are weighed, and not against
// its own earlier issues.
func (r *run) resemblance() *Resemblance {
	switch r.job.Kind {
	case domain.ImportCommunities, domain.ImportPeople, domain.ImportActivities:
		return nil // known by what they name, not by the row
	}
	prints := r.newPrints()
	found := r.view.SharedRows(prints, r.job.Kind)
	for _, other := range r.beside {
		found = append(found, projections.Overlap{Import: other.id, Shared: shared(other.prints, prints), Rows: int64(len(other.prints))})
	}
	var best *projections.Overlap
	for _, o := range found {
		if o.Import != r.id && !slices.Contains(r.chain, o.Import) && o.Shared*2 > o.Rows && (best == nil || o.Shared > best.Shared) {
			best = &o
		}
	}
	if best == nil {
		best = r.mostAlike()
	}
	if best == nil {
		return nil
	}
	return &Resemblance{Earlier: r.latest(best.Import), Shared: best.Shared, Rows: best.Rows}
}

// newPrints are those of the rows that are to be recorded as new facts.
func (r *run) newPrints() (prints []uint64) {
	for i := range r.sheet.lines {
		if l := &r.sheet.lines[i]; l.fate == fateAdd {
			prints = append(prints, l.print)
		}
	}
	return prints
}

func (r *run) prints() []uint64 {
	prints := make([]uint64, len(r.sheet.lines))
	for i := range prints {
		prints[i] = r.sheet.lines[i].print
	}
	return prints
}

// latest follows re-issues from an import to the newest one.
func (r *run) latest(id domain.ImportID) domain.ImportID {
	all := r.view.Imports()
	for range all {
		i := slices.IndexFunc(all, func(x projections.ImportInfo) bool {
			return x.Disposition == domain.ReissueOf && x.Earlier == id && x.Import != r.id
		})
		if i < 0 {
			break
		}
		id = all[i].Import
	}
	return id
}

// planReissue aligns the sheet with its earlier issue.
func (r *run) planReissue(ctx context.Context) error {
	if err := r.checkEarlier(); err != nil {
		return err
	}
	if err := r.sameActivity(ctx); err != nil {
		return err
	}
	mine, err := r.placeOwn(ctx)
	if err != nil {
		return err
	}
	var at []int32 // index of each new row that is still open, in lines
	for i := range r.sheet.lines {
		if l := &r.sheet.lines[i]; !mine[l.number] && l.fate == fateAdd {
			at = append(at, int32(i))
		}
	}
	olds, news := make([]uint64, len(r.earlier)), make([]uint64, len(at))
	oldAlike, newAlike := make([]uint64, len(r.earlier)), make([]uint64, len(at))
	for i, ref := range r.earlier {
		olds[i], oldAlike[i] = ref.Print, ref.Alike
	}
	for i, l := range at {
		news[i], newAlike[i] = r.sheet.lines[l].print, r.sheet.lines[l].alike
	}
	common := align(olds, news)
	r.keepWithdrawn(&common, at)
	kept := make([]bool, len(r.earlier))
	for _, p := range common.same {
		kept[p.old] = true
		r.sheet.lines[at[p.new]].fate, r.sheet.lines[at[p.new]].target = fateSame, int32(p.old)
	}
	c := r.comparer(ctx)
	for _, p := range pairChanged(common.gaps, oldAlike, newAlike, func(o, n int, alone bool) int {
		return c.score(o, at[n], alone)
	}) {
		kept[p.old] = true
		if err := c.correct(p.old, at[p.new]); err != nil {
			return err
		}
	}
	r.listVanished(kept)
	return c.err
}

// keepWithdrawn refuses the rows that are equal to none that stands, but to one
// of an earlier issue that was rejected or voided: as many as there are of it.
// They come again; they were not changed, so they pair with no other row.
func (r *run) keepWithdrawn(found *alignment, at []int32) {
	if len(r.withdrawn) == 0 {
		return
	}
	for i := range found.gaps {
		g := &found.gaps[i]
		g.new = slices.DeleteFunc(g.new, func(n int) bool {
			l := &r.sheet.lines[at[n]]
			if r.withdrawn[l.print] == 0 {
				return false
			}
			r.withdrawn[l.print]--
			l.fate = fateWithdrawn
			return true
		})
	}
}

// checkEarlier refuses to re-issue what is not a finished sheet of the same
// kind and place, or not its latest issue, and gathers what of it stands: its
// own rows and those it recognised in the issues before it; and what of it was
// withdrawn.
func (r *run) checkEarlier() error {
	chain := r.chain[:0]
	for id := r.job.ReissueOf; ; {
		before, err := r.view.Import(id)
		switch {
		case errors.Is(err, projections.ErrUnknownImport), err == nil && before.Kind != r.job.Kind, id == r.id:
			return domain.Refuse(ReissueUnknown, "reissueOf")
		case err != nil:
			return err
		case before.Community != r.job.Community || before.Organisation != r.job.Organisation:
			return domain.Refuse(ReissueElsewhere, "reissueOf")
		case before.Running || r.runningAgain(id):
			return domain.Refuse(ReissueUnfinished, "reissueOf")
		}
		chain = append(chain, id)
		if before.Disposition != domain.ReissueOf || slices.Contains(chain, before.Earlier) {
			break
		}
		id = before.Earlier
	}
	r.chain = chain
	if last := r.latest(r.job.ReissueOf); last != r.job.ReissueOf {
		return &Resemblance{Refusal: domain.Refuse(ReissueSuperseded, "reissueOf"), Earlier: last}
	}
	for _, id := range slices.Backward(chain) {
		refs := slices.Clone(r.view.RowsOf(id))
		slices.SortFunc(refs, func(a, b projections.RowRef) int { return cmp.Compare(a.Number, b.Number) })
		for range refs {
			r.sources = append(r.sources, id)
		}
		r.earlier = append(r.earlier, refs...)
		for _, ref := range r.view.WithdrawnRows(id) {
			if r.withdrawn == nil {
				r.withdrawn = map[uint64]int{}
			}
			r.withdrawn[ref.Print]++
		}
	}
	return nil
}

// placeOwn gives the rows that this import has already written their fate: a
// gift or an entry that another row had made is an earlier one, corrected.
func (r *run) placeOwn(ctx context.Context) (map[uint32]bool, error) {
	folds := map[domain.PersonID]*domain.Person{}
	mine := make(map[uint32]bool, len(r.own))
	refs := make(map[uint32]projections.RowRef, len(r.own))
	for _, ref := range r.own {
		mine[ref.Number] = true
		refs[ref.Number] = ref
	}
	for i := range r.sheet.lines {
		l := &r.sheet.lines[i]
		ref, done := refs[l.number]
		if !done {
			continue
		}
		corrects := !ref.Donation.IsZero() && ref.Donation != r.donation(l.number)
		if r.deeds() {
			p, err := r.fold(ctx, ref.Person, folds)
			if err != nil {
				return nil, err
			}
			e := p.Entry(ref.Entry)
			corrects = e != nil && !e.MadeBy(r.rowOf(l))
		}
		if corrects && l.fate.open() {
			l.fate = fateCorrect
			r.changes[int32(i)] = change{ref: ref, own: true}
		}
	}
	return mine, nil
}

// fold reads a person's stream once.
func (r *run) fold(ctx context.Context, id domain.PersonID, folds map[domain.PersonID]*domain.Person) (*domain.Person, error) {
	if p := folds[id]; p != nil {
		return p, nil
	}
	state, err := r.handler.State(ctx, id.Stream())
	if err != nil {
		return nil, err
	}
	folds[id] = state.(*domain.Person)
	return folds[id], nil
}

// listVanished names the earlier rows that did not come again. They stand: who
// wants them void must say so, one by one.
func (r *run) listVanished(kept []bool) {
	r.res.Vanished = nil
	for i, ref := range r.earlier {
		if kept[i] || len(r.res.Vanished) >= maxVanished {
			continue
		}
		fact := ref.Donation.Stream()
		if r.deeds() {
			fact = ref.Person.Stream() + "/" + minutes(int64(ref.Entry))
		}
		r.res.Vanished = append(r.res.Vanished, VanishedRow{Import: r.sources[i].String(), Row: int(ref.Number), Fact: fact})
	}
}

// flagAlikes marks rows that look like rows of other sheets: of n rows of this
// sheet that look alike, as many are marked as such rows were recorded before
// and are not those this sheet recognises or corrects. They are recorded all
// the same.
func (r *run) flagAlikes() {
	spare := map[uint64]int{}
	taken := map[uint64]int{} // rows counted by the view that are not another's
	for _, ref := range r.own {
		taken[ref.Alike]++
	}
	for i := range r.sheet.lines {
		switch l := &r.sheet.lines[i]; l.fate {
		case fateSame:
			taken[r.earlier[l.target].Alike]++
		case fateCorrect:
			if c := r.changes[int32(i)]; !c.own {
				taken[c.ref.Alike]++
			}
		}
	}
	for i := range r.sheet.lines {
		l := &r.sheet.lines[i]
		if !l.fate.own() || l.alike == 0 {
			continue
		}
		left, seen := spare[l.alike]
		if !seen {
			left = r.view.AlikeOf(l.alike) - taken[l.alike]
		}
		l.alikes = left > 0
		spare[l.alike] = left - 1
	}
}
