package imports

import (
	"cmp"
	"context"
	"slices"

	"zhishu/commands"
	"zhishu/domain"
)

// count turns fates and verdicts into the figures of the whole sheet, which do
// not depend on how many runs it took.
func (r *run) count() {
	for _, v := range r.pool.inOrder() {
		if v.stays {
			r.res.Unconfirmed++
			r.res.Errors = append(r.res.Errors, r.sheet.bad.explained(RowError{Row: int(r.sheet.lines[v.line].shown)}, v.code, v.field))
			continue
		}
		r.sheet.lines[v.line].fate = fateRefused
		r.sheet.bad.refuse(int(r.sheet.lines[v.line].shown), v.code, v.field)
	}
	old := make(map[int32]int64, len(r.pool.waiting))
	for _, w := range r.pool.waiting {
		old[w.line] = w.value
	}
	var sum, pending int64
	met := make(map[uint64]bool, len(r.sheet.lines))
	r.res.Accepted, r.res.Recognised, r.res.Corrected, r.res.LookAlikes, r.res.Repeats = 0, 0, 0, 0, 0
	for i := range r.sheet.lines {
		l := &r.sheet.lines[i]
		switch l.fate {
		case fateWithdrawn:
			l.fate = fateRefused
			r.sheet.bad.refuse(int(l.shown), RowWithdrawn, "")
			continue
		case fateRefused:
			continue
		case fateSame, fateKnown:
			r.res.Recognised++
		case fateCorrect:
			r.res.Corrected++
		}
		r.res.Accepted++
		if l.fate.own() && l.alikes {
			r.listAlike(l)
		}
		if like := cmp.Or(l.alike, l.print); l.fate.own() { // without a name, all cells
			if met[like] {
				r.res.Repeats++
			}
			met[like] = true
		}
		stated := r.stated(i)
		if stands, waits := old[int32(i)]; waits && l.fate == fateCorrect {
			pending += stated - stands
			stated = stands
		}
		sum += stated
	}
	r.res.Refused = r.res.Rows - r.res.Accepted
	r.controls(sum, pending)
	r.computed = domain.ImportFinished{}
	if r.deeds() {
		r.computed.Minutes = domain.Minutes(sum)
	} else {
		r.computed.Fen = domain.Fen(sum)
	}
	w := &r.pool.written
	r.res.Added, r.res.Offered, r.res.Taken, r.res.Confirmed, r.res.Enrolled, r.res.Updated = w.added, w.offered, w.taken, w.confirmed, w.enrolled, w.updated
	r.res.Errors = append(r.res.Errors, r.sheet.bad.errors...)
	slices.SortStableFunc(r.res.Errors, func(a, b RowError) int { return cmp.Compare(a.Row, b.Row) })
	r.res.Codes = r.sheet.bad.counted()
	if r.res.Separate = r.job.Separate; !r.job.ReissueOf.IsZero() {
		r.res.ReissueOf = r.job.ReissueOf.String()
	}
}

// stated is what a row says, in fen or minutes; of a community, nothing.
func (r *run) stated(i int) int64 {
	switch {
	case r.sheet.gifts != nil:
		return int64(r.sheet.gifts[i].value.Amount)
	case r.sheet.deeds != nil:
		return int64(r.sheet.deeds[i].minutes())
	}
	return 0
}

func (r *run) listAlike(l *line) {
	r.res.LookAlikes++
	if len(r.res.AlikeRows) < maxListed {
		r.res.AlikeRows = append(r.res.AlikeRows, int(l.shown))
	} else {
		r.res.MoreAlikes = true
	}
}

// minutes is the length of the deed: what the row states, or what the clock
// gives.
func (d *deed) minutes() domain.Minutes {
	if d.span.Minutes == 0 && d.span.Clocked() {
		return domain.Minutes(d.span.End-d.span.Start) / 60_000
	}
	return d.span.Minutes
}

// counted lists the codes by how often they were met.
func (t *tally) counted() []CodeCount {
	var all []CodeCount
	for code, n := range t.counts {
		all = append(all, CodeCount{string(code), n})
	}
	slices.SortFunc(all, func(a, b CodeCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// finish records that every row is accounted for.
func (r *run) finish(ctx context.Context) error {
	r.res.Status = Running
	f := r.computed
	f.Import = r.under
	f.Rows, f.Accepted, f.Refused = int64(r.res.Rows), int64(r.res.Accepted), int64(r.res.Refused)
	f.Recognised, f.Corrected, f.LookAlikes = int64(r.res.Recognised), int64(r.res.Corrected), int64(r.res.LookAlikes)
	for _, c := range r.res.Codes {
		f.Refusals = append(f.Refusals, domain.RefusalCount{Code: c.Code, Count: int64(c.Count)})
	}
	attempt, err := randomUUID()
	if err != nil {
		return err
	}
	// Whoever finishes first has said the counts. The key is new each time, so
	// that the store does not take the second for the first once more.
	out, err := r.handler.Do(ctx, commands.Request{
		Caller: r.caller(r.job.Recorder), Key: "import/" + r.under.String() + "/finish/" + attempt.String(),
		Command: &domain.FinishImport{Finished: f}, Digest: r.sheet.content[:],
	})
	if err != nil {
		return err
	}
	r.pool.reached(out.Position)
	r.res.Status = Finished
	if out.Events == 0 {
		r.res.Status = AlreadyImported // another server was faster
	}
	return nil
}
