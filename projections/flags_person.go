package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// person finds what the rows of one subject show.
func (f *flagFold) person(i uint32) {
	s := f.v.subjectOf(i)
	f.rows, f.parts = f.rows[:0], f.parts[:0]
	reversed := false
	for _, member := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&f.v.b.persons.at(member).entries); j != none; {
			r := f.v.b.entries.at(j)
			if f.v.live(r) {
				f.rows = append(f.rows, j)
				r.span().ByDay(func(d domain.Day, m domain.Minutes) bool {
					f.parts = append(f.parts, dayPart{d, j, m})
					return true
				})
			}
			reversed = reversed || r.flags&entryStudy == 0 && atomic.LoadUint32(&r.effective) < f.v.size && atomic.LoadUint32(&r.closed) < f.v.size
			j = r.prev
		}
	}
	f.days(s)
	f.repeats(s)
	for _, j := range f.rows {
		f.row(s, j)
	}
	if reversed {
		f.reversals(s)
	}
}

func (f *flagFold) id(s subject) domain.PersonID { return f.v.b.persons.at(s.person).id }

// days looks at every civil day: too many minutes, and clock times beside paper
// of another place, whose overlap nobody can see.
func (f *flagFold) days(s subject) {
	slices.SortFunc(f.parts, func(a, b dayPart) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.row, b.row)) })
	for lo := 0; lo < len(f.parts); {
		hi, sum := lo, domain.Minutes(0)
		for ; hi < len(f.parts) && f.parts[hi].day == f.parts[lo].day; hi++ {
			sum += f.parts[hi].minutes
		}
		on := f.parts[lo:hi]
		lo = hi
		last := f.v.b.entries.at(on[len(on)-1].row)
		if p := f.policy(last); p != nil && p.Integrity.DayMinutes > 0 && sum > p.Integrity.DayMinutes {
			f.raise(Flag{ID: idOf(FlagDayMinutes, f.id(s).UUID, uint64(on[0].day)), Kind: FlagDayMinutes, Person: f.id(s), Day: on[0].day,
				Value: int64(sum), Limit: int64(p.Integrity.DayMinutes), Version: p}, f.exceeds(on, p.Integrity.DayMinutes), rowsOf(on)...)
		}
		if len(on) > 1 && f.mixed(on) {
			f.raise(Flag{ID: idOf(FlagMixedDay, f.id(s).UUID, uint64(on[0].day)), Kind: FlagMixedDay, Person: f.id(s), Day: on[0].day,
				Value: int64(sum)}, len(on), rowsOf(on)...)
		}
	}
}

// exceeds is how many rows it took, in the order they came.
func (f *flagFold) exceeds(on []dayPart, limit domain.Minutes) int {
	inOrder := slices.Clone(on)
	slices.SortFunc(inOrder, func(a, b dayPart) int { return cmp.Compare(f.v.b.entries.at(a.row).at, f.v.b.entries.at(b.row).at) })
	sum := domain.Minutes(0)
	for i, p := range inOrder {
		if sum += p.minutes; sum > limit {
			return i + 1
		}
	}
	return len(on)
}

func rowsOf(parts []dayPart) []uint32 {
	rows := make([]uint32, len(parts))
	for i, p := range parts {
		rows[i] = p.row
	}
	return rows
}

// mixed reports clock times recorded by one community beside minutes recorded
// by another.
func (f *flagFold) mixed(on []dayPart) bool {
	for _, a := range on {
		for _, b := range on {
			x, y := f.v.b.entries.at(a.row), f.v.b.entries.at(b.row)
			if x.flags&entryClocked != 0 && y.flags&entryClocked == 0 && x.community != y.community {
				return true
			}
		}
	}
	return false
}

// repeats looks for the same session, or the same content on the same day,
// attended twice.
func (f *flagFold) repeats(s subject) {
	var studied []uint32
	for _, j := range f.rows {
		if f.v.b.entries.at(j).flags&entryStudy != 0 {
			studied = append(studied, j)
		}
	}
	key := func(j uint32) (content uint64, named bool, day int32) {
		r := f.v.b.entries.at(j)
		if r.flags&entryNamed != 0 {
			return r.content, true, 0
		}
		return r.content, false, r.day
	}
	slices.SortFunc(studied, func(a, b uint32) int {
		ca, na, da := key(a)
		cb, nb, db := key(b)
		switch {
		case na != nb && na:
			return -1
		case na != nb:
			return 1
		}
		return cmp.Or(cmp.Compare(ca, cb), cmp.Compare(da, db), cmp.Compare(a, b))
	})
	for lo := 0; lo < len(studied); {
		hi := lo + 1
		content, named, day := key(studied[lo])
		for hi < len(studied) {
			if c, n, d := key(studied[hi]); c != content || n != named || d != day {
				break
			}
			hi++
		}
		if hi-lo > 1 {
			f.raise(Flag{ID: idOf(FlagRepeat, f.id(s).UUID, content, uint64(uint32(day))), Kind: FlagRepeat, Person: f.id(s),
				Day: domain.Day(f.v.b.entries.at(studied[lo]).day), Value: int64(hi - lo)}, 2, slices.Clone(studied[lo:hi])...)
		}
		lo = hi
	}
}

// row looks at one entry by itself: who recorded it, and how late.
func (f *flagFold) row(s subject, j uint32) {
	r, sign := f.v.b.entries.at(j), f.v.b.signs.at(j)
	flag := func(kind FlagKind, value, limit int64, p *domain.PolicyVersion) {
		f.raise(Flag{ID: idOf(kind, f.v.b.persons.at(r.person).id.UUID, uint64(r.entry)), Kind: kind, Person: f.v.b.persons.at(r.person).id,
			Day: domain.Day(r.day), Value: value, Limit: limit, Version: p}, 1, j)
	}
	if p := f.policy(r); p != nil && r.flags&entryCorrection == 0 {
		days := domain.WorkingDays(f.lastDay(r), sign.day())
		if late := p.Integrity.LateDays > 0 && days > p.Integrity.LateDays; late || r.flags&entryLate != 0 {
			flag(FlagLate, days, p.Integrity.LateDays, p)
		}
	}
	if sign.recorder == none {
		return
	}
	if atomic.LoadUint32(&f.v.b.accounts.at(sign.recorder).closedAt) < r.at {
		flag(FlagAccount, 0, 0, nil)
	}
	behind := f.v.linkedTo(sign.recorder)
	if behind == (domain.UUID{}) {
		return
	}
	k := f.v.b.personOf.find(behind, hashUUID(behind))
	switch {
	case k == none:
	case f.v.subjectOf(k).person == s.person:
		flag(FlagCircle, 1, 0, nil)
	case f.v.shareHousehold(f.v.subjectOf(k), s, domain.Day(r.day)):
		flag(FlagCircle, 2, 0, nil)
	}
}

// lastDay is the civil day on which a fact ended.
func (f *flagFold) lastDay(r *entryRow) domain.Day {
	if s := r.span(); s.Clocked() && s.End > s.Start {
		return (s.End - 1).Day()
	}
	return domain.Day(r.day)
}

// shareHousehold reports whether two subjects belong to one household on a day.
func (v *View) shareHousehold(a, b subject, day domain.Day) bool {
	homes := v.householdsOn(a, day)
	return slices.ContainsFunc(v.householdsOn(b, day), func(h uint32) bool { return slices.Contains(homes, h) })
}

func (v *View) householdsOn(s subject, day domain.Day) (out []uint32) {
	for _, i := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
			m := v.b.memberships.at(j)
			if v.b.labels.value(m.label).a == string(domain.MemberOfHousehold) && m.covers(day, v.size) {
				out = append(out, m.subject)
			}
			j = m.prev
		}
	}
	return out
}

// reversals looks for entries that were voided or replaced after a star rested
// on them.
func (f *flagFold) reversals(s subject) {
	for _, member := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&f.v.b.persons.at(member).entries); j != none; {
			r := f.v.b.entries.at(j)
			closed := atomic.LoadUint32(&r.closed)
			if r.flags&entryStudy == 0 && atomic.LoadUint32(&r.effective) < closed && closed < f.v.size {
				before, after := f.v.starsAt(member, closed), f.v.starsAt(member, closed+1)
				if after < before {
					f.raise(Flag{ID: idOf(FlagReversal, f.v.b.persons.at(member).id.UUID, uint64(r.entry), uint64(closed)), Kind: FlagReversal,
						Person: f.v.b.persons.at(member).id, Day: domain.Day(r.day), Value: int64(after), Limit: int64(before), Since: domain.Size(closed) + 1}, 1, j)
				}
			}
			j = r.prev
		}
	}
}

func (v *View) starsAt(i, size uint32) int {
	then := v.b.view(size, v.b.dayOf(size), v.cache)
	s := then.subjectOf(i)
	fold := serviceFold{v: then}
	rating, _ := fold.rate(s, then.schemeFor(s, then.homeOn(s, then.day)))
	return rating.Stars
}
