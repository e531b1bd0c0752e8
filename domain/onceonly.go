package domain

import (
	"cmp"
	"slices"
)

// What one number of a person records is checked against the other entries of
// that number alone. Once two numbers turn out to be one person, their entries
// may lie at the same time, or fill more than a civil day. Nobody is in two
// places at once: the time is counted once. The entries under the number that
// stays keep it, then those under the others in the order of their merges, and
// of one number the entry recorded first; what is left of an entry goes through
// its counting policy. The raw minutes stay as they are.

// onceOnly is what the entries counted so far have taken of the clock and of
// civil days.
type onceOnly struct {
	kept []*Fact // with clock times
	days map[Day]Minutes
}

// left is what the others leave of an entry, by the civil days it touches.
type left struct {
	days  []Minutes
	steps []Step
}

// Attended is what a study entry counts in minutes, and which entries under other
// numbers of the person keep the rest.
type Attended struct {
	Minutes Minutes
	Steps   []Step
}

// AttendedOnce counts the minutes of one person's confirmed study, in the order of
// facts: time that entries under several numbers share once, and no more than a
// civil day holds. Study has no clauses of a policy; what an entry is long enough
// for is asked of the whole of it.
func AttendedOnce(facts []Fact) []Attended {
	out := make([]Attended, len(facts))
	if !severalNumbers(facts) {
		for i := range facts {
			out[i].Minutes = facts[i].Span.Minutes
		}
		return out
	}
	place := make(map[*Fact]int, len(facts))
	for i := range facts {
		place[&facts[i]] = i
	}
	once := onceOnly{days: map[Day]Minutes{}}
	for _, f := range inTurn(facts) {
		l := once.leave(f)
		var portions []Portion
		f.Span.ByDay(func(d Day, _ Minutes) bool {
			portions = append(portions, Portion{Day: d, Recognised: l.days[len(portions)]})
			return true
		})
		once.keep(f, portions, l)
		counted := &out[place[f]]
		for _, m := range l.days {
			counted.Minutes += m
		}
		counted.Steps = l.steps
	}
	return out
}

// severalNumbers reports facts recorded under more than one number: those of
// one number cannot meet.
func severalNumbers(facts []Fact) bool {
	for i := range facts {
		if facts[i].Number != facts[0].Number {
			return true
		}
	}
	return false
}

// inTurn orders facts by who keeps the time they share.
func inTurn(facts []Fact) []*Fact {
	order := make([]*Fact, len(facts))
	for i := range facts {
		order[i] = &facts[i]
	}
	slices.SortFunc(order, func(a, b *Fact) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Entry, b.Entry))
	})
	return order
}

// leave says what is left of an entry, and which entry took the rest.
func (o *onceOnly) leave(f *Fact) left {
	var l left
	var days []Day
	f.Span.ByDay(func(d Day, raw Minutes) bool {
		days, l.days = append(days, d), append(l.days, raw)
		return true
	})
	var taken []Span
	for _, g := range o.kept {
		if g.Number == f.Number || !g.Span.Overlaps(f.Span) {
			continue
		}
		taken = append(taken, g.Span)
		slices.SortFunc(taken, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
		l.lower(Step{Clause: ClauseOverlap, With: g.Entry, Under: g.Person}, func(i int) Minutes {
			from, to := max(f.Span.Start, days[i].Start()), min(f.Span.End, (days[i]+1).Start())
			free := uncovered(from, to, taken)
			if free == to-from {
				return l.days[i] // a minute begun counts whole
			}
			return Minutes(free / millisPerMinute)
		})
	}
	l.lower(Step{Clause: ClauseDayFull}, func(i int) Minutes { return max(0, DayMinutes-o.days[days[i]]) })
	return l
}

// lower bounds each day, and notes the step when that changed anything.
func (l *left) lower(s Step, bound func(i int) Minutes) {
	for i := range l.days {
		s.Before += l.days[i]
		l.days[i] = min(l.days[i], bound(i))
		s.After += l.days[i]
	}
	if s.Before != s.After {
		l.steps = append(l.steps, s)
	}
}

// keep notes the time of an entry that counts. One that its policy recognises in
// nothing takes nothing from the others.
func (o *onceOnly) keep(f *Fact, portions []Portion, l left) {
	var recognised Minutes
	for i := range portions {
		recognised += portions[i].Recognised
	}
	if recognised == 0 {
		return
	}
	if f.Span.Clocked() {
		o.kept = append(o.kept, f)
	}
	for i := range portions {
		o.days[portions[i].Day] += l.days[i]
	}
}

// uncovered is how much of the time from one instant to another no span covers;
// spans come by their start.
func uncovered(from, to Instant, spans []Span) (free Instant) {
	for _, s := range spans {
		if s.Start > from {
			free += min(s.Start, to) - from
		}
		if from = max(from, s.End); from >= to {
			return free
		}
	}
	return free + to - from
}
