package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// sharedTime looks at a civil day of a person with several numbers: entries
// under two of them at the same time, or more than 24 hours between them. Each
// number alone is checked when it is written; the two could not be.
func (f *flagFold) sharedTime(s subject, on []dayPart, sum domain.Minutes) {
	if !slices.ContainsFunc(on, func(p dayPart) bool { return f.rowOf(p).person != f.rowOf(on[0]).person }) {
		return
	}
	since := domain.Size(never)
	involved := make([]bool, len(on))
	for i, a := range on {
		for k, b := range on[:i] {
			if x, y := f.rowOf(a), f.rowOf(b); x.person != y.person && shareTime(x.span(), y.span(), a.day) {
				involved[i], involved[k] = true, true
				since = min(since, max(f.together(s, x), f.together(s, y)))
			}
		}
	}
	if sum > domain.DayMinutes {
		since = min(since, f.overfull(s, on))
		for i := range involved {
			involved[i] = true
		}
	}
	var rows []uint32
	for i, p := range on {
		if involved[i] {
			rows = append(rows, p.row)
		}
	}
	if len(rows) == 0 {
		return
	}
	f.raise(Flag{ID: idOf(FlagShared, f.id(s).UUID, uint64(on[0].day)), Kind: FlagShared, Person: f.id(s), Day: on[0].day,
		Value: int64(sum), Since: since + 1}, 0, rows...)
}

// overfull is the size before the day held more than 24 hours of the person.
func (f *flagFold) overfull(s subject, on []dayPart) domain.Size {
	inOrder := slices.Clone(on)
	slices.SortFunc(inOrder, func(a, b dayPart) int {
		return cmp.Or(cmp.Compare(f.together(s, f.rowOf(a)), f.together(s, f.rowOf(b))), cmp.Compare(a.row, b.row))
	})
	sum := domain.Minutes(0)
	for _, p := range inOrder {
		if sum += p.minutes; sum > domain.DayMinutes {
			return f.together(s, f.rowOf(p))
		}
	}
	return domain.Size(never)
}

// together is the size before a row was there and its number was the person's.
func (f *flagFold) together(s subject, r *entryRow) domain.Size {
	size := f.v.offeredAt(r)
	f.v.b.mu.RLock()
	defer f.v.b.mu.RUnlock()
	for i := r.person; i != s.person; {
		m := f.v.b.merged.of(i, f.v.size)
		size, i = max(size, domain.Size(m.at)), m.into
	}
	return size
}

// shareTime reports two spans that have time of a civil day in common.
func shareTime(a, b domain.Span, d domain.Day) bool {
	return a.Overlaps(b) && max(a.Start, b.Start, d.Start()) < min(a.End, b.End, (d+1).Start())
}

func (f *flagFold) rowOf(p dayPart) *entryRow { return f.v.b.entries.at(p.row) }
