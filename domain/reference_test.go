package domain_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"zhishu/domain"
)

// The slow model: counting and stars again, written from the rules and not
// from the code, minute by minute and without thought for speed.

// slowPart is what one entry gives to one day.
type slowPart struct {
	entry           domain.EntryNo
	day             domain.Day
	raw, recognised domain.Minutes
}

type slowCounts []slowPart

func (s slowCounts) equal(portions []domain.Portion) bool {
	return slices.EqualFunc(s, portions, func(a slowPart, p domain.Portion) bool {
		return a == slowPart{p.Entry, p.Day, p.Raw, p.Recognised}
	})
}

func (s slowCounts) String() string { return fmt.Sprint([]slowPart(s)) }

// slowDays walks through a span a minute at a time. A minute belongs to the
// civil day in which it begins; minutes beyond those that were given are the
// break at the end.
func slowDays(s domain.Span) map[domain.Day]domain.Minutes {
	days := map[domain.Day]domain.Minutes{}
	if s.Start == 0 && s.End == 0 {
		days[s.Day] = s.Minutes
		return days
	}
	t := s.Start
	for i := domain.Minutes(0); i < s.Minutes; i++ {
		days[slowDay(t)]++
		t += 60_000
	}
	return days
}

// slowDay is the civil date at UTC+08:00 by counting whole days.
func slowDay(t domain.Instant) domain.Day {
	ms := int64(t) + 8*3_600_000
	d := ms / 86_400_000
	if ms%86_400_000 < 0 {
		d--
	}
	return domain.Day(d)
}

// slowInForce looks at every version and keeps the best.
func slowInForce(versions []domain.PolicyVersion, kind domain.PolicyKind, c domain.CommunityCode, d domain.Day) *domain.PolicyVersion {
	var best *domain.PolicyVersion
	for i := range versions {
		v := &versions[i]
		code, scope := c.String(), v.ID.Scope.String()
		if v.ID.Kind != kind || v.From > d || code[:len(scope)] != scope {
			continue
		}
		if best == nil || slices.Compare(
			[]int64{int64(v.ID.Scope.Digits()), int64(v.From), int64(v.Version)},
			[]int64{int64(best.ID.Scope.Digits()), int64(best.From), int64(best.Version)}) > 0 {
			best = v
		}
	}
	return best
}

// slowCount applies the clauses in the order a counting policy states them,
// number after number: time that an entry under an earlier number keeps is gone.
func slowCount(facts []domain.Fact, versions []domain.PolicyVersion) slowCounts {
	var parts slowCounts
	caps := map[domain.EntryNo]domain.Minutes{}
	facts = slices.Clone(facts)
	slices.SortFunc(facts, func(a, b domain.Fact) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Entry, b.Entry))
	})
	several := slices.ContainsFunc(facts, func(f domain.Fact) bool { return f.Number != facts[0].Number })
	var kept []domain.Fact
	full := map[domain.Day]domain.Minutes{}
	for _, f := range facts {
		v := slowInForce(versions, domain.CountingKind, f.Community, f.Span.Day)
		days := slowDays(f.Span)
		own, whole := maps.Clone(days), domain.Minutes(0)
		for d := range own {
			if several {
				own[d] = min(slowFree(f, d, own[d], kept), domain.DayMinutes-full[d])
			}
			whole += own[d]
		}
		given := domain.Minutes(0)
		if v != nil {
			given = slowClauses(f, whole, v.Counting)
			caps[f.Entry] = v.Counting.DayCap
		}
		if given > 0 {
			kept = append(kept, f)
			for d, m := range own {
				full[d] += m
			}
		}
		order, last := slices.Sorted(maps.Keys(days)), -1
		for _, d := range order {
			part := slowPart{f.Entry, d, days[d], min(own[d], given)}
			given -= part.recognised
			if own[d] > 0 {
				last = len(parts)
			}
			parts = append(parts, part)
		}
		if last >= 0 {
			parts[last].recognised += given // what rounding up gave beyond the clock
		}
	}
	slices.SortFunc(parts, func(a, b slowPart) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.entry, b.entry))
	})
	for i := range parts {
		before := domain.Minutes(0) // what earlier entries gave this day
		for j := range i {
			if parts[j].day == parts[i].day {
				before += parts[j].recognised
			}
		}
		if limit := caps[parts[i].entry]; limit > 0 {
			for parts[i].recognised > 0 && before+parts[i].recognised > limit {
				parts[i].recognised--
			}
		}
	}
	return parts
}

// slowFree is how many minutes of an entry on a day nobody else has, piece by
// piece between all instants at which anything begins or ends.
func slowFree(f domain.Fact, d domain.Day, raw domain.Minutes, kept []domain.Fact) domain.Minutes {
	if !f.Span.Clocked() {
		return raw
	}
	var others []domain.Span
	at := []domain.Instant{f.Span.Start, f.Span.End, d.Start(), (d + 1).Start()}
	for _, k := range kept {
		if k.Number != f.Number && k.Span.Clocked() {
			others = append(others, k.Span)
			at = append(at, k.Span.Start, k.Span.End)
		}
	}
	slices.Sort(at)
	var free domain.Instant
	touched := false
	for i := 1; i < len(at); i++ {
		from, to := at[i-1], at[i]
		if from == to || from < f.Span.Start || to > f.Span.End || from < d.Start() || to > (d+1).Start() {
			continue
		}
		if slices.ContainsFunc(others, func(s domain.Span) bool { return s.Start <= from && to <= s.End }) {
			touched = true
		} else {
			free += to - from
		}
	}
	if !touched {
		return raw
	}
	return min(raw, domain.Minutes(free/60_000))
}

// slowClauses counts m minutes of an entry: all of it, or what others left.
func slowClauses(f domain.Fact, m domain.Minutes, p *domain.CountingPolicy) domain.Minutes {
	for _, c := range p.ExcludedCategories {
		if c == f.Category {
			return 0
		}
	}
	present := true // of every hundred minutes planned, or else by the clock, so many were given
	if f.Scheduled != 0 {
		present = 100*int64(f.Span.Minutes) >= p.PresencePercent*int64(f.Scheduled)
	} else if f.Span.Clocked() {
		clock := int64(f.Span.End-f.Span.Start) / 60_000
		present = 100*int64(f.Span.Minutes) >= p.PresencePercent*clock
	}
	if p.ExcludeHonour && f.Hours != domain.Credit || !present || f.Span.Minutes < p.Minimum {
		return 0
	}
	for range p.Deduction {
		m = max(0, m-1)
	}
	if m == 0 {
		return 0
	}
	for m < p.Floor {
		m++
	}
	for _, w := range p.Weights {
		if w.Category != f.Category {
			continue
		}
		parts := int64(m) * w.Numerator
		for m = 0; parts >= w.Denominator; parts -= w.Denominator {
			m++
		}
	}
	if m == 0 {
		return 0
	}
	if p.Unit > 0 {
		down := m
		for down%p.Unit != 0 {
			down--
		}
		up := m
		for up%p.Unit != 0 {
			up++
		}
		switch {
		case p.Rounding == domain.RoundDown, p.Rounding == domain.RoundNearest && m-down < up-m:
			m = down
		default:
			m = up // halves go up
		}
	}
	if p.EntryCap > 0 && m > p.EntryCap {
		m = p.EntryCap
	}
	return m
}

// slowRate asks for every day whether so many stars are due at its end, and
// finds the day of the last one by asking when it first was.
func slowRate(portions []domain.Portion, scheme *domain.PolicyVersion) domain.StarRating {
	r := domain.StarRating{ReachedOn: domain.NoDay, Scheme: scheme}
	for _, p := range portions {
		r.Raw += p.Raw
		r.Recognised += p.Recognised
		if p.Hours == domain.Credit {
			r.Credit += p.Recognised
		}
	}
	r.Honour = r.Recognised - r.Credit
	if scheme == nil {
		return r
	}
	s := scheme.Stars
	var counted, earlier []domain.Portion
	for _, p := range portions {
		switch {
		case s.Since != 0 && p.Day < s.Since:
			earlier = append(earlier, p)
		case s.CutOff == 0 || p.Day <= s.CutOff:
			counted = append(counted, p)
		}
	}
	if s.ExcludeEarlier && sumUpTo(earlier, domain.MaxDay) >= s.Thresholds[0] {
		r.Excluded = true
		return r
	}
	r.ToMonths = max(0, s.ContinuousMonths-inARow(counted, domain.MaxDay))
	for n, threshold := range s.Thresholds {
		for i := range counted {
			d := counted[i].Day
			if r.Stars == n && sumUpTo(counted, d) >= threshold && inARow(counted, d) >= s.ContinuousMonths {
				r.Stars, r.ReachedOn = n+1, d
			}
		}
	}
	if r.Stars < len(s.Thresholds) {
		r.ToNext = max(0, s.Thresholds[r.Stars]-sumUpTo(counted, domain.MaxDay))
	}
	return r
}

// inARow is the most calendar months in a row with service up to a day.
func inARow(portions []domain.Portion, last domain.Day) (longest int64) {
	has := map[domain.Month]bool{}
	for _, p := range portions {
		if p.Day <= last && p.Recognised > 0 {
			has[p.Day.Month()] = true
		}
	}
	for m := range has {
		n := int64(0)
		for has[m] {
			n++
			m++
		}
		longest = max(longest, n)
	}
	return longest
}

func sumUpTo(portions []domain.Portion, last domain.Day) (sum domain.Minutes) {
	for _, p := range portions {
		if p.Day <= last {
			sum += p.Recognised
		}
	}
	return sum
}
