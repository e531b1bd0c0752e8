package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// life is an entry of a subject: its values from the claim on, as known at the
// view.
type life struct {
	person uint32   // whose stream it is in
	rows   []uint32 // entry rows, the claim first
	value  uint32   // the row that takes up time; none when it was rejected or voided
}

// person finds what the facts of one subject show. Somebody merged into another
// has none of their own.
func (f *flagFold) person(i uint32) {
	if f.v.b.persons.at(i).at >= f.v.size {
		return
	}
	s := f.v.subjectOf(i)
	if s.person != i {
		return
	}
	f.collect(s)
	f.days(s)
	f.repeats(s)
	for k := range f.lives {
		l := &f.lives[k]
		if f.acts = f.v.actsOf(l, f.acts[:0]); l.value != none {
			f.late(l)
			f.closedAccount(l)
			f.changedActivity(l)
			f.circle(s, l)
		}
		f.outside(l)
		f.reversal(l)
		f.changed(l)
	}
}

// collect gathers the subject's entries, and what they bring to civil days.
func (f *flagFold) collect(s subject) {
	f.lives, f.rows, f.parts = f.lives[:0], f.rows[:0], f.parts[:0]
	entries := &f.v.b.entries
	for _, member := range append([]uint32{s.person}, s.others...) {
		var all []uint32
		for j := atomic.LoadUint32(&f.v.b.persons.at(member).entries); j != none; j = entries.at(j).prev {
			if entries.at(j).at < f.v.size {
				all = append(all, j)
			}
		}
		slices.SortFunc(all, func(a, b uint32) int {
			return cmp.Or(cmp.Compare(entries.at(a).entry, entries.at(b).entry), cmp.Compare(a, b))
		})
		for lo := 0; lo < len(all); {
			hi := lo + 1
			for hi < len(all) && entries.at(all[hi]).entry == entries.at(all[lo]).entry {
				hi++
			}
			l := life{member, all[lo:hi], none}
			for _, j := range l.rows {
				if f.v.live(entries.at(j)) {
					l.value = j
					f.live(j)
				}
			}
			f.lives = append(f.lives, l)
			lo = hi
		}
	}
}

func (f *flagFold) live(j uint32) {
	f.rows = append(f.rows, j)
	f.v.b.entries.at(j).span().ByDay(func(d domain.Day, m domain.Minutes) bool {
		f.parts = append(f.parts, dayPart{d, j, m})
		return true
	})
}

func (l *life) claim() uint32 { return l.rows[0] }

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
		if len(s.others) > 0 {
			f.sharedTime(s, on, sum)
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

// flagOf begins a flag of one entry, whose subject is the stream it is in.
func (f *flagFold) flagOf(kind FlagKind, l *life, row uint32) Flag {
	id, r := f.v.b.persons.at(l.person).id, f.v.b.entries.at(row)
	return Flag{ID: idOf(kind, id.UUID, uint64(r.entry)), Kind: kind, Person: id, Day: domain.Day(r.day)}
}

// late looks at how long after the fact it was recorded, and whether it came to
// stand in a closed period. A correction does not make a late entry one in time,
// unless it moves the fact.
func (f *flagFold) late(l *life) {
	p, n, slow, closed := f.lateness(l, l.value)
	if !slow && !closed {
		return
	}
	x := f.flagOf(FlagLate, l, l.value)
	x.Value, x.Limit, x.Version, x.Calendars, x.ByWeek = n.Days, p.Integrity.LateDays, p, n.Versions, n.ByWeek
	from := l.value
	if _, _, slowly, after := f.lateness(l, l.claim()); slowly || after {
		from, slow = l.claim(), slowly
	}
	if slow {
		f.raise(x, 1, from)
		return
	}
	at := domain.Size(atomic.LoadUint32(&f.v.b.entries.at(from).effective))
	x.Since = at + 1
	f.raise(x, 1, from)
	f.out[len(f.out)-1].Facts[0].Size = at
}

// lateness of a value: recorded slowly, or confirmed or moved into its period
// after that was closed.
func (f *flagFold) lateness(l *life, row uint32) (p *domain.PolicyVersion, n domain.WorkCount, slow, closed bool) {
	r := f.v.b.entries.at(row)
	if p = f.policy(r); p == nil {
		return nil, n, false, false
	}
	division := f.v.b.communities.at(r.community).code.Division()
	n = f.v.calendar(division).Between(f.lastDay(r), f.v.b.signs.at(l.claim()).day())
	slow = p.Integrity.LateDays > 0 && n.Days > p.Integrity.LateDays
	return p, n, slow, atomic.LoadUint32(&r.effective) < f.v.size && r.late != 0
}

// changed looks for values of an entry that were replaced or voided, or put in
// another's place, in a period that was closed by then: its figures are no
// longer those that were closed.
func (f *flagFold) changed(l *life) {
	var x Flag
	for _, j := range l.rows {
		r := f.v.b.entries.at(j)
		at := atomic.LoadUint32(&r.closed)
		if atomic.LoadUint32(&r.effective) >= at || at >= f.v.size {
			continue
		}
		next := f.replacing(l, at)
		if !f.v.b.closedAt(r, at) && (next == nil || !f.v.b.closedAt(next, at)) {
			continue
		}
		if x.Kind == "" {
			x = f.flagOf(FlagChanged, l, j)
			x.Since, x.Limit = domain.Size(at)+1, int64(r.minutes)
		}
		if x.Value = 0; next != nil {
			x.Value = int64(next.minutes)
		}
		x.Community, x.Account = f.v.claimedBy(j)
		x.Day = domain.Day(r.day)
		x.Facts = append(x.Facts[:min(len(x.Facts), listedFacts-1)], FlagFact{x.Person.Stream(), uint64(r.entry), domain.Size(at)})
		x.Count++
	}
	if x.Kind != "" {
		f.out = append(f.out, x)
	}
}

// replacing is the value that took effect at a size; nil after a voiding.
func (f *flagFold) replacing(l *life, at uint32) *entryRow {
	for _, j := range l.rows {
		if r := f.v.b.entries.at(j); atomic.LoadUint32(&r.effective) == at {
			return r
		}
	}
	return nil
}

// closedAccount looks at whether the account that recorded the claim or the
// value that stands was closed by then.
func (f *flagFold) closedAccount(l *life) {
	for _, j := range []uint32{l.claim(), l.value} {
		recorder := f.v.b.signs.at(j).recorder
		if recorder != none && atomic.LoadUint32(&f.v.b.accounts.at(recorder).closedAt) < f.v.b.entries.at(j).at {
			f.raise(f.flagOf(FlagAccount, l, l.value), 1, j)
			return
		}
	}
}

// changedActivity looks for an entry whose activity was rescheduled or cancelled
// after it was judged on it.
func (f *flagFold) changedActivity(l *life) {
	k := f.v.b.signs.at(l.claim()).attendance
	if k == none {
		return
	}
	x := f.v.b.attendances.at(k)
	a := f.v.b.activities.at(x.activity)
	first, last, how := never, uint32(0), int64(0)
	note := func(at uint32, what int64) {
		if at < f.v.size {
			first, last, how = min(first, at), max(last, at), what
		}
	}
	for p := atomic.LoadUint32(&a.plans); p != none; p = f.v.b.planRows.at(p).prev {
		if plan := f.v.b.planRows.at(p); plan.revision > x.read {
			note(plan.at, 1)
		}
	}
	if at := atomic.LoadUint32(&a.cancelled); at < f.v.size && a.cancelAt > x.read {
		note(at, 2)
	}
	if how == 0 {
		return
	}
	flag := f.flagOf(FlagActivity, l, l.claim())
	flag.Value, flag.Since = how, domain.Size(first)+1
	f.raise(flag, 1, l.claim())
	fact := &f.out[len(f.out)-1].Facts[0]
	fact.Size = max(fact.Size, domain.Size(last))
}

// lastDay is the civil day on which a fact ended.
func (f *flagFold) lastDay(r *entryRow) domain.Day {
	if s := r.span(); s.Clocked() && s.End > s.Start {
		return (s.End - 1).Day()
	}
	return domain.Day(r.day)
}

// reversal looks for values of an entry that were voided or replaced after a
// star rested on them.
func (f *flagFold) reversal(l *life) {
	var x Flag
	for _, j := range l.rows {
		r := f.v.b.entries.at(j)
		closed := atomic.LoadUint32(&r.closed)
		if r.flags&entryStudy != 0 || atomic.LoadUint32(&r.effective) >= closed || closed >= f.v.size {
			continue
		}
		on := f.v.closedOn(l, closed)
		before, after := f.v.starsAt(l.person, closed, on), f.v.starsAt(l.person, closed+1, on)
		if after >= before {
			continue
		}
		if x.Kind == "" {
			x = f.flagOf(FlagReversal, l, j)
			x.Since = domain.Size(closed) + 1
		}
		x.Community, x.Account = f.v.claimedBy(j)
		x.Day, x.Value, x.Limit = domain.Day(r.day), int64(after), int64(before)
		x.Facts = append(x.Facts[:min(len(x.Facts), listedFacts-1)], FlagFact{x.Person.Stream(), uint64(r.entry), domain.Size(closed)})
		x.Count++
	}
	if x.Kind != "" {
		f.out = append(f.out, x)
	}
}

// closedOn is the day on which it was decided that a value no longer stands.
func (v *View) closedOn(l *life, closed uint32) domain.Day {
	for _, j := range l.rows {
		if atomic.LoadUint32(&v.b.entries.at(j).effective) == closed {
			return dayOfMinute(atomic.LoadUint32(&v.b.signs.at(j).decided))
		}
	}
	for _, a := range v.actsAbout(l) {
		if a.at == closed {
			return dayOfMinute(a.minute)
		}
	}
	return v.b.dayOf(closed + 1)
}

// starsAt are a person's stars by what was known of them at a size, under the
// rules the view knows for a day: what other streams said meanwhile does not
// enter.
func (v *View) starsAt(i, size uint32, on domain.Day) int {
	then := *v
	then.size, then.day = size, on
	s := then.subjectOf(i)
	fold := serviceFold{v: &then}
	rating, _ := fold.rate(s, then.schemeFor(s, then.homeOn(s, on)))
	return rating.Stars
}
