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

// late reports whether a row lies in a period that was closed when it was said
// that the entry occurred in it. The folding goroutine asks, which alone writes
// closings.
func (b *books) late(r *entryRow) bool {
	for _, c := range b.closings[r.community] {
		if !c.period.Contains(domain.Day(r.day)) {
			continue
		}
		at := b.since(r, func(older *entryRow) bool { return c.period.Contains(domain.Day(older.day)) })
		if c.at < at && at < c.until {
			return true
		}
	}
	return false
}

// since is the size at which the first of the entry's values was recorded from
// which on all that stood are alike: the claim, or the correction that made it
// so. A correction within a period does not make an entry late that was
// recorded in time; one that moves it into a period closed by then does.
func (b *books) since(r *entryRow, alike func(*entryRow) bool) uint32 {
	at := r.at
	for j := r.prev; r.flags&entryCorrection != 0 && j != none; {
		older := b.entries.at(j)
		j = older.prev
		if older.entry != r.entry || atomic.LoadUint32(&older.effective) == never {
			continue
		}
		if !alike(older) {
			break
		}
		if at = older.at; older.flags&entryCorrection == 0 {
			break
		}
	}
	return at
}

// lateRule is what the closing policy says of a row that occurred in a closed
// period and was recorded after the closing; every other row counts.
func (v *View) lateRule(r *entryRow) domain.LateRule {
	if r.flags&entryLate == 0 {
		return domain.LateCounts
	}
	p := v.rules.InForce(domain.ClosingKind, v.b.communities.at(r.community).code, domain.Day(r.day))
	if p == nil {
		return domain.LateCounts
	}
	return p.Closing.Late
}

// counted reports whether the row enters figures at the view: it is the
// confirmed value, and no closing policy keeps it out.
func (v *View) counted(r *entryRow) bool {
	return r.counts(v.size) && (r.flags&entryLate == 0 || v.lateRule(r) != domain.LateFlagged)
}

// countsOn is the day by which a row belongs to a period: the day it occurred,
// or the ledger day it was recorded on where a closing policy carries it over.
func (v *View) countsOn(r *entryRow) domain.Day {
	if r.flags&entryLate != 0 && v.lateRule(r) == domain.LateCarried {
		return v.b.dayOf(v.b.since(r, func(older *entryRow) bool { return older.flags&entryLate != 0 }) + 1)
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
			return r.flags&entryLate != 0, v.lateRule(r), v.countsOn(r)
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
