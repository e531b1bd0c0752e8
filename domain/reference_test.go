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

// slowCount applies the clauses in the order a counting policy states them.
func slowCount(facts []domain.Fact, versions []domain.PolicyVersion) slowCounts {
	var parts slowCounts
	caps := map[domain.EntryNo]domain.Minutes{}
	for _, f := range facts {
		v := slowInForce(versions, domain.CountingKind, f.Community, f.Span.Day)
		given := domain.Minutes(0)
		if v != nil {
			given = slowClauses(f, v.Counting)
			caps[f.Entry] = v.Counting.DayCap
		}
		days := slowDays(f.Span)
		order := slices.Sorted(maps.Keys(days))
		for i, d := range order {
			part := slowPart{f.Entry, d, days[d], min(days[d], given)}
			given -= part.recognised
			if i == len(order)-1 {
				part.recognised += given // what rounding up gave beyond the clock
			}
			parts = append(parts, part)
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

func slowClauses(f domain.Fact, p *domain.CountingPolicy) domain.Minutes {
	m := f.Span.Minutes
	for _, c := range p.ExcludedCategories {
		if c == f.Category {
			return 0
		}
	}
	if p.ExcludeHonour && f.Hours != domain.Credit || m < p.Minimum {
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

// slowRate tries every number of stars from the top, and finds the day of the
// last one by asking at which day's end the threshold was first met.
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
	for n, threshold := range scheme.Stars.Thresholds {
		if r.Recognised < threshold {
			r.ToNext = threshold - r.Recognised
			return r
		}
		r.Stars = n + 1
		for i := range portions {
			if sum := sumUpTo(portions, portions[i].Day); sum >= threshold {
				r.ReachedOn = portions[i].Day
				break
			}
		}
	}
	return r
}

func sumUpTo(portions []domain.Portion, last domain.Day) (sum domain.Minutes) {
	for _, p := range portions {
		if p.Day <= last {
			sum += p.Recognised
		}
	}
	return sum
}
