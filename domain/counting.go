package domain

import (
	"cmp"
	"slices"
)

// Clause is a line of a counting policy that changed a figure, or, for
// NotCounting, the reason an entry is not counted at all.
type Clause string

const (
	ClauseNotConfirmed Clause = "not-confirmed"
	ClauseVoided       Clause = "voided"
	ClauseExcluded     Clause = "excluded-category"
	ClauseHonour       Clause = "honour-not-counted"
	ClausePresence     Clause = "below-presence"
	ClauseMinimum      Clause = "below-minimum"
	ClauseDeduction    Clause = "deduction"
	ClauseFloor        Clause = "floor"
	ClauseWeight       Clause = "weight"
	ClauseRounding     Clause = "rounding"
	ClauseEntryCap     Clause = "entry-cap"
	ClauseDayCap       Clause = "day-cap"
	ClauseNoPolicy     Clause = "no-policy"
	ClauseOverlap      Clause = "overlap"          // with an entry under another number of the person
	ClauseDayFull      Clause = "day-full"         // the numbers of the person fill the civil day
	ClauseLate         Clause = "late-not-counted" // by a closing policy
)

// Step is one change on the way from raw to recognised minutes.
type Step struct {
	Clause Clause
	Before Minutes
	After  Minutes
	// Of an overlap: the entry that keeps the time, and whose record it is in.
	With     EntryNo
	Under    PersonID
	Presence Presence // of the clause of that name
}

// Fact is what counting needs to know of one confirmed service entry.
type Fact struct {
	Entry     EntryNo
	Span      Span
	Community CommunityCode // whose policy applies
	Category  string
	Hours     HoursKind
	Scheduled Minutes // the length of its activity; zero: not known
	// Of a person with several numbers: the one it was recorded under, and its
	// place among them; 0 is the one that stays.
	Person PersonID
	Number int
}

// Portion is the part of an entry that falls on one civil day, counted.
type Portion struct {
	Entry      EntryNo
	Day        Day
	Hours      HoursKind
	Raw        Minutes
	Recognised Minutes
	Policy     *PolicyVersion
	Steps      []Step // only when asked for
}

// Count computes the recognised minutes of one person's confirmed service. The
// result does not depend on the order of facts: portions come back by day, and
// within a day by entry number, and caps are used up in that order. An entry
// across midnight is one fact; the clauses on the entry apply to the whole of
// it under the policy of the day it began, the day cap to each day. Time that
// entries under several numbers share counts once.
func Count(facts []Fact, rules *Rulebook, explain bool) []Portion {
	portions := make([]Portion, 0, len(facts))
	if severalNumbers(facts) {
		once := onceOnly{days: map[Day]Minutes{}}
		for _, f := range inTurn(facts) {
			first, l := len(portions), once.leave(f)
			portions = countEntry(portions, f, &l, rules, explain)
			once.keep(f, portions[first:], l)
		}
	} else {
		for i := range facts {
			portions = countEntry(portions, &facts[i], nil, rules, explain)
		}
	}
	slices.SortStableFunc(portions, func(a, b Portion) int {
		if c := cmp.Compare(a.Day, b.Day); c != 0 {
			return c
		}
		return cmp.Compare(a.Entry, b.Entry)
	})
	capDays(portions, explain)
	return portions
}

// countEntry applies the clauses on a single entry and appends its portions.
// What other numbers of the person leave of it is nil where there are none.
func countEntry(portions []Portion, f *Fact, l *left, rules *Rulebook, explain bool) []Portion {
	version := rules.InForce(CountingKind, f.Community, f.Span.Day)
	rest, steps := recogniseEntry(f, l, version, explain)
	first := len(portions)
	last := first
	f.Span.ByDay(func(d Day, raw Minutes) bool {
		room := raw
		if l != nil {
			room = l.days[len(portions)-first]
		}
		if room > 0 {
			last = len(portions)
		}
		m := min(rest, room)
		rest -= m
		portions = append(portions, Portion{Entry: f.Entry, Day: d, Hours: f.Hours, Raw: raw, Recognised: m, Policy: version})
		return true
	})
	if len(portions) > first {
		// Rounding up may leave minutes that no day holds: they belong to the last.
		portions[last].Recognised += rest
		portions[first].Steps = steps
	}
	return portions
}

func recogniseEntry(f *Fact, l *left, version *PolicyVersion, explain bool) (Minutes, []Step) {
	m := f.Span.Minutes
	var steps []Step
	set := func(c Clause, to Minutes) {
		if explain && to != m {
			steps = append(steps, Step{Clause: c, Before: m, After: to})
		}
		m = to
	}
	if version == nil {
		set(ClauseNoPolicy, 0)
		return m, steps
	}
	if l != nil && len(l.steps) > 0 {
		if m = l.steps[len(l.steps)-1].After; explain {
			steps = slices.Clone(l.steps)
		}
	}
	p := version.Counting
	if len(p.ExcludedCategories) > 0 && slices.Contains(p.ExcludedCategories, f.Category) {
		set(ClauseExcluded, 0)
	}
	if p.ExcludeHonour && f.Hours == Honour {
		set(ClauseHonour, 0)
	}
	if p.PresencePercent > 0 {
		there, before := PresenceOf(f.Span, f.Scheduled, p.PresencePercent), len(steps)
		if !there.Enough() {
			set(ClausePresence, 0)
		}
		for i := range steps[before:] {
			steps[before+i].Presence = there
		}
	}
	if f.Span.Minutes < p.Minimum { // as the presence: of the entry, not of what others left of it
		set(ClauseMinimum, 0)
	}
	if p.Deduction > 0 && m > 0 {
		set(ClauseDeduction, max(0, m-p.Deduction))
	}
	if m > 0 && m < p.Floor {
		set(ClauseFloor, p.Floor)
	}
	for _, w := range p.Weights {
		if w.Category == f.Category && m > 0 {
			set(ClauseWeight, Minutes(int64(m)*w.Numerator/w.Denominator))
		}
	}
	if p.Unit > 0 && m > 0 {
		set(ClauseRounding, roundTo(m, p.Unit, p.Rounding))
	}
	if p.EntryCap > 0 && m > p.EntryCap {
		set(ClauseEntryCap, p.EntryCap)
	}
	return m, steps
}

func roundTo(m, unit Minutes, mode Rounding) Minutes {
	switch mode {
	case RoundDown:
		return m / unit * unit
	case RoundUp:
		return (m + unit - 1) / unit * unit
	case RoundNearest:
		return (m + unit/2) / unit * unit
	}
	return m
}

// capDays applies each portion's own day cap to what the day has given so far.
func capDays(portions []Portion, explain bool) {
	var day Day = NoDay
	var used Minutes
	for i := range portions {
		p := &portions[i]
		if p.Day != day {
			day, used = p.Day, 0
		}
		if p.Policy != nil && p.Policy.Counting.DayCap > 0 {
			if room := max(0, p.Policy.Counting.DayCap-used); p.Recognised > room {
				if explain {
					p.Steps = append(p.Steps, Step{Clause: ClauseDayCap, Before: p.Recognised, After: room})
				}
				p.Recognised = room
			}
		}
		used += p.Recognised
	}
}
