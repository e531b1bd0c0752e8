package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// closingRow: from size at until size until a month or year of a community was
// closed.
type closingRow struct {
	period domain.Period
	at     uint32
	until  uint32
}

// lateness says for whom an entry came to stand in a period that was closed
// already. Whose figures it enters closed its month or did not: the community
// that recorded it, and the one its person belonged to on the day.
type lateness uint8

const (
	lateHere lateness = 1 << iota // that recorded it
	lateHome                      // of its person, another one
)

func (b *books) closePeriod(e *domain.PeriodClosed) {
	i := b.communityOf(e.Code)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closings == nil {
		b.closings = map[uint32][]closingRow{}
	}
	b.closings[i] = append(b.closings[i], closingRow{e.Period, b.size, never})
}

func (b *books) reopenPeriod(e *domain.PeriodReopened) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := slices.Clone(b.closings[b.communityOf(e.Code)])
	for k := range rows {
		if rows[k].period == e.Period && rows[k].until == never {
			rows[k].until = b.size
		}
	}
	b.closings[b.communityOf(e.Code)] = rows
}

// judge says of a value that takes effect now whether the entry comes late with
// it: whether a period it lies in was closed when the entry came to stand there,
// which is when somebody confirmed it there, or moved it there. What was only
// claimed by then stood in no figure. A correction within a period does not make
// an entry late that stood there in time. The folding goroutine asks, which
// alone writes closings; what it says never changes.
func (b *books) judge(r *entryRow) (l lateness) {
	if len(b.closings) == 0 {
		return 0
	}
	here, home := b.placesOf(r, b.firstStood(r, b.size))
	if b.came(r, here) {
		l |= lateHere
	}
	if home != here && home != none && b.came(r, home) {
		l |= lateHome
	}
	return l
}

// firstStood is the size at which an entry took effect first. Where its person
// belonged is looked at as it was known then: what becomes known later of a move
// makes no entry late that was in time, nor the other way round.
func (b *books) firstStood(r *entryRow, now uint32) uint32 {
	first := r
	for j := r.prev; first.flags&entryCorrection != 0 && j != none; {
		older := b.entries.at(j)
		if older.entry == r.entry && older.flags&entryCorrection == 0 {
			first = older
		}
		j = older.prev
	}
	return min(atomic.LoadUint32(&first.effective), now)
}

// placesOf are the communities whose figures an entry enters, as known at a
// size: the one that stands for where it was recorded, and its person's on the
// day.
func (b *books) placesOf(r *entryRow, size uint32) (here, home uint32) {
	day, then := domain.Day(r.day), View{b: b, size: size}
	here = b.standsFor(r.community, day, size)
	if home = then.homeOn(then.subjectOf(r.person), day); home != none {
		home = b.standsFor(home, day, size)
	}
	return here, home
}

// came reports whether an entry came to stand in a period of a community while
// that was closed.
func (b *books) came(r *entryRow, place uint32) bool {
	for _, c := range b.closings[place] {
		if !c.period.Contains(domain.Day(r.day)) {
			continue
		}
		at := b.since(r, b.size, func(older *entryRow) bool {
			if !c.period.Contains(domain.Day(older.day)) {
				return false
			}
			here, home := b.placesOf(older, b.firstStood(older, b.size))
			return here == place || home == place
		})
		if c.at < at && at < c.until {
			return true
		}
	}
	return false
}

// since is the size at which the first of an entry's values took effect from
// which on all that stood are alike; the newest of them did at a size.
func (b *books) since(r *entryRow, at uint32, alike func(*entryRow) bool) uint32 {
	for j := r.prev; r.flags&entryCorrection != 0 && j != none; {
		older := b.entries.at(j)
		j = older.prev
		effective := atomic.LoadUint32(&older.effective)
		if older.entry != r.entry || effective == never {
			continue
		}
		if !alike(older) {
			break
		}
		if at = effective; older.flags&entryCorrection == 0 {
			break
		}
	}
	return at
}

// closedAt reports whether a period that an entry stood in was closed at a size,
// for a community whose figures it enters.
func (b *books) closedAt(r *entryRow, size uint32) bool {
	b.mu.RLock()
	some := len(b.closings) > 0
	b.mu.RUnlock()
	if !some {
		return false
	}
	here, home := b.placesOf(r, size)
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.ContainsFunc(slices.Concat(b.closings[here], b.closings[home]), func(c closingRow) bool {
		return c.at < size && size < c.until && c.period.Contains(domain.Day(r.day))
	})
}

// lateRule is what the closing policies say of a confirmed row that came late:
// the strictest one of those who had closed its period. Every other row counts.
func (v *View) lateRule(r *entryRow) domain.LateRule {
	rule := domain.LateCounts
	if r.late == 0 {
		return rule
	}
	here, home := v.b.placesOf(r, v.b.firstStood(r, v.size))
	for _, x := range [...]struct {
		late  lateness
		place uint32
	}{{lateHere, here}, {lateHome, home}} {
		if r.late&x.late == 0 || x.place == none {
			continue
		}
		if p := v.rules.InForce(domain.ClosingKind, v.b.communities.at(x.place).code, domain.Day(r.day)); p != nil {
			rule = rule.Stricter(p.Closing.Late)
		}
	}
	return rule
}

// counted reports whether the row enters figures at the view: it is the
// confirmed value, and no closing policy keeps it out.
func (v *View) counted(r *entryRow) bool {
	return r.counts(v.size) && (r.late == 0 || v.lateRule(r) != domain.LateFlagged)
}

// countsOn is the day by which a confirmed row belongs to a period: the day it
// occurred, or the ledger day on which it came late where a closing policy
// carries it over.
func (v *View) countsOn(r *entryRow) domain.Day {
	if r.late != 0 && v.lateRule(r) == domain.LateCarried {
		at := v.b.since(r, atomic.LoadUint32(&r.effective), func(older *entryRow) bool { return older.late != 0 })
		return v.b.dayOf(at + 1)
	}
	return domain.Day(r.day)
}

// attended is the row of a study entry in reduced form.
func (v *View) attended(r *entryRow) attendance {
	return attendance{r.content, domain.Day(r.day), r.minutes, r.flags&entryNamed != 0, v.countsOn(r)}
}

// lateness says of a person's entry what a closing policy makes of it.
func (v *View) lateness(person uint32, no domain.EntryNo) (late bool, rule domain.LateRule, on domain.Day) {
	for j := atomic.LoadUint32(&v.b.persons.at(person).entries); j != none; {
		r := v.b.entries.at(j)
		if r.entry == uint32(no) && r.counts(v.size) {
			return r.late != 0, v.lateRule(r), v.countsOn(r)
		}
		j = r.prev
	}
	return false, domain.LateCounts, domain.NoDay
}

// judgeLate notes on an entry of a statement what became of it for being late.
func (v *View) judgeLate(e *StatementEntry) {
	e.CountsOn = e.Deed.Span.Day
	i, ok := v.person(e.Person)
	if !ok {
		return
	}
	late, rule, on := v.lateness(i, e.No)
	if e.Late = late; !late {
		return
	}
	e.CountsOn, e.lateOut = on, rule == domain.LateFlagged
}
