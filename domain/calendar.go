package domain

import (
	"slices"
	"sort"
)

// CalendarKind is the policy that says which days are working days, as the
// State Council announces them for each year (节假日安排).
const CalendarKind PolicyKind = "calendar" // 工作日历

// Calendar lists, for the days it speaks of, the days off and the weekend days
// worked to make up for them (调休). Every other day goes by the week.
type Calendar struct {
	From, To Day // the days it speaks of
	Holidays []Holiday
	Working  []Day // days of weekends, in order
}

// Holiday is days off in a row.
type Holiday struct {
	Name     string
	From, To Day
}

// maxCovered bounds what a calendar speaks of: four years.
const maxCovered = 4*365 + 1

func (c *Calendar) check() error {
	switch {
	case c == nil:
		return Refuse(PolicyInvalid, "calendar")
	case !givenDay(c.From) || !givenDay(c.To) || c.To < c.From || c.To-c.From >= maxCovered:
		return Refuse(PolicyInvalid, "covers")
	case len(c.Holidays) > maxList:
		return Refuse(PolicyInvalid, "holidays")
	case len(c.Working) > maxList:
		return Refuse(PolicyInvalid, "working")
	}
	last := c.From - 1
	for _, h := range c.Holidays {
		if blank(h.Name) || !words(h.Name) || h.From <= last || h.To < h.From || h.To > c.To {
			return Refuse(PolicyInvalid, "holidays")
		}
		last = h.To
	}
	last = c.From - 1
	for _, d := range c.Working {
		off := func(h Holiday) bool { return h.From <= d && d <= h.To }
		if d <= last || d > c.To || d.weekday() || slices.ContainsFunc(c.Holidays, off) {
			return Refuse(PolicyInvalid, "working")
		}
		last = d
	}
	return c.bounded()
}

// A calendar may not put off what is counted in working days for as long as two
// people like: the longest holidays announced so far are nine days, and eighteen
// days from Monday to Friday a year, to which autonomous regions add a few.
const (
	longestRest    = 15 // days in a row without a working day
	mostWeekdayOff = 40 // days from Monday to Friday that are off, of a calendar year
)

func (c *Calendar) bounded() error {
	rest, off, h, w := 0, 0, 0, 0
	for d := c.From; d <= c.To; d++ {
		for h < len(c.Holidays) && c.Holidays[h].To < d {
			h++
		}
		for w < len(c.Working) && c.Working[w] < d {
			w++
		}
		holiday := h < len(c.Holidays) && c.Holidays[h].From <= d
		if d.Year() != (d - 1).Year() {
			off = 0
		}
		if holiday && d.weekday() {
			off++
		}
		if works := d.weekday() && !holiday || w < len(c.Working) && c.Working[w] == d; works {
			rest = 0
		} else {
			rest++
		}
		if rest > longestRest || off > mostWeekdayOff {
			return Refuse(PolicyInvalid, "holidays")
		}
	}
	return nil
}

// weekday reports a day from Monday to Friday.
func (d Day) weekday() bool { return (int64(d)%7+7+3)%7 < 5 } // 1970-01-01 was a Thursday

// WorkingDays counts the days from Monday to Friday after one day up to
// another.
func WorkingDays(after, to Day) (n int64) {
	if to <= after {
		return 0
	}
	weeks := int64(to-after) / 7
	n = 5 * weeks
	for d := after + Day(7*weeks) + 1; d <= to; d++ {
		if d.weekday() {
			n++
		}
	}
	return n
}

// WorkCalendar is what the calendars in force in a division come to, day by day.
// It is built once and then only read.
type WorkCalendar struct {
	changes []workChange // in order
	spans   []workSpan   // in order, apart from one another
}

// workChange is a day that is worked, or not, against the week.
type workChange struct {
	day Day
	sum int64 // of all changes up to it
}

// workSpan is days that a version speaks of.
type workSpan struct {
	from, to Day
	version  *PolicyVersion
}

// WorkCount is a number of working days, and what it was counted by.
type WorkCount struct {
	Days     int64
	Versions []*PolicyVersion // of calendars, by their days
	// ByWeek: for some of the days no calendar was in force that speaks of them,
	// and Monday to Friday were taken.
	ByWeek bool
}

// Calendar is the working calendar of a division: on each day the version in
// force there, where it speaks of that day.
func (b *Rulebook) Calendar(d Division) *WorkCalendar {
	var cuts []Day
	for _, v := range b.byKind[CalendarKind] {
		if v.ID.Scope.Covers(d) {
			cuts = append(cuts, max(v.From, v.Calendar.From), v.Calendar.To+1, v.From)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	out := &WorkCalendar{}
	for i, from := range cuts {
		to := MaxDay
		if i+1 < len(cuts) {
			to = cuts[i+1] - 1
		}
		v := b.InForceFor(CalendarKind, d, from)
		if v == nil || from < v.Calendar.From || v.Calendar.To < from {
			continue
		}
		if n := len(out.spans); n > 0 && out.spans[n-1].version == v && out.spans[n-1].to+1 == from {
			out.spans[n-1].to = to
		} else {
			out.spans = append(out.spans, workSpan{from, to, v})
		}
		out.change(v.Calendar, from, to)
	}
	sum := int64(0)
	for i := range out.changes {
		sum += out.changes[i].sum
		out.changes[i].sum = sum
	}
	return out
}

// change adds what a calendar changes within days, as single steps.
func (w *WorkCalendar) change(c *Calendar, from, to Day) {
	first := len(w.changes)
	for _, h := range c.Holidays {
		for d := max(h.From, from); d <= min(h.To, to); d++ {
			if d.weekday() {
				w.changes = append(w.changes, workChange{d, -1})
			}
		}
	}
	for _, d := range c.Working {
		if from <= d && d <= to {
			w.changes = append(w.changes, workChange{d, 1})
		}
	}
	slices.SortFunc(w.changes[first:], func(a, b workChange) int { return int(a.day - b.day) })
}

// Between counts the working days after one day up to another.
func (w *WorkCalendar) Between(after, to Day) WorkCount {
	if to <= after {
		return WorkCount{}
	}
	out := WorkCount{Days: WorkingDays(after, to) + w.sum(to) - w.sum(after), ByWeek: true}
	next := after + 1 // the first day that nothing speaks of yet
	for i := sort.Search(len(w.spans), func(i int) bool { return w.spans[i].to > after }); i < len(w.spans) && w.spans[i].from <= to; i++ {
		s := &w.spans[i]
		if !slices.Contains(out.Versions, s.version) {
			out.Versions = append(out.Versions, s.version)
		}
		if s.from <= next {
			next = s.to + 1
		}
	}
	out.ByWeek = next <= to
	return out
}

// sum is what all changes up to a day come to.
func (w *WorkCalendar) sum(d Day) int64 {
	i := sort.Search(len(w.changes), func(i int) bool { return w.changes[i].day > d })
	if i == 0 {
		return 0
	}
	return w.changes[i-1].sum
}
