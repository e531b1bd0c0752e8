package domain_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

var clauses = []domain.Minutes{0, 0, 1, 20, 30, 45, 60, 120, 480}

func randomCounting(t *rapid.T) *domain.CountingPolicy {
	p := &domain.CountingPolicy{
		ExcludeHonour: rapid.IntRange(0, 5).Draw(t, "exclude honour") == 3,
		Minimum:       rapid.SampledFrom(clauses).Draw(t, "minimum"),
		EntryCap:      rapid.SampledFrom(clauses).Draw(t, "entry cap"),
		DayCap:        rapid.SampledFrom(clauses).Draw(t, "day cap"),
		Deduction:     rapid.SampledFrom(clauses).Draw(t, "deduction"),
		Floor:         rapid.SampledFrom(clauses).Draw(t, "floor"),
		Rounding:      rapid.SampledFrom([]domain.Rounding{domain.RoundNone, domain.RoundDown, domain.RoundUp, domain.RoundNearest}).Draw(t, "rounding"),
	}
	if p.Rounding != domain.RoundNone {
		p.Unit = domain.Minutes(rapid.IntRange(1, 120).Draw(t, "unit"))
	}
	if rapid.IntRange(0, 2).Draw(t, "presence") == 0 {
		p.PresencePercent = rapid.Int64Range(1, 100).Draw(t, "percent")
	}
	if rapid.IntRange(0, 2).Draw(t, "weighted") == 0 {
		p.Weights = []domain.Weight{{Category: "献血", Numerator: rapid.Int64Range(0, 30).Draw(t, "numerator"), Denominator: rapid.Int64Range(3, 20).Draw(t, "denominator")}}
	}
	if rapid.Bool().Draw(t, "excluded") {
		p.ExcludedCategories = []string{"献血"}
	}
	return p
}

// randomVersions are counting policies of several scopes and first days; at
// most one for each scope and number, as the policy's stream would have them.
func randomVersions(t *rapid.T) (versions []domain.PolicyVersion) {
	for _, scope := range []string{"", "4307", "430702", "430702001007"} {
		for n := range rapid.IntRange(0, 2).Draw(t, "versions of "+scope) {
			v := domain.PolicyVersion{
				ID:      domain.PolicyID{Kind: domain.CountingKind, Scope: division(scope)},
				Version: n + 1, From: day("2026-03-04") + domain.Day(rapid.IntRange(0, 4).Draw(t, "from")), Counting: randomCounting(t),
			}
			if rapid.Bool().Draw(t, "always") {
				v.From = domain.MinDay
			}
			versions = append(versions, v)
		}
	}
	return versions
}

func randomFacts(t *rapid.T) (facts []domain.Fact) {
	numbers := rapid.IntRange(0, 2).Draw(t, "numbers merged")
	for i := range rapid.IntRange(0, 10).Draw(t, "facts") {
		s := randomSpan(t)
		if s.Start != 0 {
			s.Day = s.Start.Day()
			if long := domain.Minutes((s.End - s.Start) / 60_000); s.Minutes == 0 || s.Minutes > long {
				s.Minutes = long
			}
		}
		if s.Minutes <= 0 || s.Start == 0 && s.Minutes > domain.DayMinutes {
			continue // no such fact is ever recorded
		}
		facts = append(facts, domain.Fact{
			Entry: domain.EntryNo(i + 1), Span: s,
			Community: rapid.SampledFrom([]domain.CommunityCode{430702001007, 430703001001}).Draw(t, "community"),
			Category:  rapid.SampledFrom([]string{"", "献血"}).Draw(t, "category"),
			Hours:     rapid.SampledFrom([]domain.HoursKind{domain.Honour, domain.Credit}).Draw(t, "hours"),
			Number:    rapid.IntRange(0, numbers).Draw(t, "number"),
			Scheduled: rapid.SampledFrom([]domain.Minutes{0, 0, 45, 90, 240}).Draw(t, "scheduled"),
		})
	}
	return facts
}

// TestCount holds counting to the slow model and to what must be true of any
// counting whatever.
func TestCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, versions := randomFacts(t), randomVersions(t)
		rules := domain.NewRulebook(versions)
		given := slices.Clone(facts)
		portions := domain.Count(facts, rules, true)
		if !slices.Equal(facts, given) {
			t.Fatal("Count changed the facts")
		}
		if want := slowCount(facts, versions); !want.equal(portions) {
			t.Fatalf("got  %+v\nwant %v", portions, want)
		}
		checkPortions(t, facts, portions)

		brief := domain.Count(facts, rules, false)
		for i := range portions {
			p := portions[i]
			p.Steps = nil
			if !reflect.DeepEqual(p, brief[i]) {
				t.Fatalf("explained %+v, not explained %+v", p, brief[i])
			}
		}
		seed := rapid.Uint64().Draw(t, "order")
		r := rand.New(rand.NewPCG(seed, 0))
		r.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		r.Shuffle(len(versions), func(i, j int) { versions[i], versions[j] = versions[j], versions[i] })
		if !reflect.DeepEqual(portions, domain.Count(facts, domain.NewRulebook(versions), true)) {
			t.Fatal("another order of facts or versions, another count")
		}
	})
}

func checkPortions(t *rapid.T, facts []domain.Fact, portions []domain.Portion) {
	raw, recognised := map[domain.EntryNo]domain.Minutes{}, map[domain.EntryNo]domain.Minutes{}
	days := map[domain.Day]domain.Minutes{}
	for i, p := range portions {
		raw[p.Entry] += p.Raw
		recognised[p.Entry] += p.Recognised
		days[p.Day] += p.Recognised
		if p.Recognised < 0 || p.Raw <= 0 {
			t.Fatalf("portion %+v", p)
		}
		if i > 0 && (portions[i-1].Day > p.Day || portions[i-1].Day == p.Day && portions[i-1].Entry >= p.Entry) {
			t.Fatal("portions are not in order")
		}
		// The last portion that gave anything found room under its own cap.
		if p.Policy != nil && p.Policy.Counting.DayCap > 0 && p.Recognised > 0 && days[p.Day] > p.Policy.Counting.DayCap {
			t.Fatalf("%d minutes on %s, the cap is %d", days[p.Day], p.Day, p.Policy.Counting.DayCap)
		}
		checkSteps(t, p)
	}
	for _, f := range facts {
		if raw[f.Entry] != f.Span.Minutes {
			t.Fatalf("entry %d: portions sum to %d of %d minutes", f.Entry, raw[f.Entry], f.Span.Minutes)
		}
		first := portions[slices.IndexFunc(portions, func(p domain.Portion) bool { return p.Entry == f.Entry })]
		if first.Policy == nil || first.Policy.Counting.Floor > 0 || len(first.Policy.Counting.Weights) > 0 {
			continue // these may give more, without a bound of their own
		}
		up := first.Policy.Counting.Rounding == domain.RoundUp || first.Policy.Counting.Rounding == domain.RoundNearest
		if !up && recognised[f.Entry] > f.Span.Minutes {
			t.Fatalf("entry %d: recognised more than was given", f.Entry)
		}
		if up && recognised[f.Entry] >= f.Span.Minutes+first.Policy.Counting.Unit {
			t.Fatalf("entry %d: rounded up by a whole unit", f.Entry)
		}
	}
}

// checkSteps: each step goes on where the one before stopped, and changes
// something.
func checkSteps(t *rapid.T, p domain.Portion) {
	for i, s := range p.Steps {
		if s.Before == s.After {
			t.Fatalf("%s changed nothing", s.Clause)
		}
		if i > 0 && s.Clause != domain.ClauseDayCap && s.Before != p.Steps[i-1].After {
			t.Fatalf("steps %+v do not follow", p.Steps)
		}
		if s.Clause == domain.ClauseDayCap && s.After != p.Recognised {
			t.Fatalf("the day cap leaves %d, recognised is %d", s.After, p.Recognised)
		}
	}
}

// TestSeveralNumbersAreInOnePlace: as recorded and under no clause at all, a
// person with several numbers has no more minutes than the clock had, and no
// day of more than 24 hours; one number alone keeps every minute.
func TestSeveralNumbersAreInOnePlace(t *testing.T) {
	rules := domain.NewRulebook([]domain.PolicyVersion{{
		ID: domain.PolicyID{Kind: domain.CountingKind}, Version: 1, From: domain.MinDay, Counting: &domain.CountingPolicy{},
	}})
	rapid.Check(t, func(t *rapid.T) {
		var facts []domain.Fact
		for i, f := range randomFacts(t) { // a fact for each number: what one number refuses to itself is not asked here
			f.Number = i
			facts = append(facts, f)
		}
		days, minutes := map[domain.Day]domain.Minutes{}, map[domain.Instant]bool{}
		var clocked, first domain.Minutes
		for _, p := range domain.Count(facts, rules, false) {
			f := facts[slices.IndexFunc(facts, func(f domain.Fact) bool { return f.Entry == p.Entry })]
			if days[p.Day] += p.Recognised; f.Span.Clocked() {
				clocked += p.Recognised
			}
			if f.Number == 0 {
				first += p.Recognised
			}
		}
		for _, f := range facts {
			for at := f.Span.Start / 60_000; f.Span.Clocked() && at <= (f.Span.End-1)/60_000; at++ {
				minutes[at] = true
			}
		}
		if len(facts) > 0 && first != facts[0].Span.Minutes {
			t.Fatalf("the number that stays keeps %d of %d minutes", first, facts[0].Span.Minutes)
		}
		if clocked > domain.Minutes(len(minutes)) {
			t.Fatalf("%d minutes recognised, the clock had %d", clocked, len(minutes))
		}
		for d, m := range days {
			if m > domain.DayMinutes {
				t.Fatalf("%d minutes on %s", m, d)
			}
		}
	})
}

// TestCountWithoutPolicy: where no policy applies nothing counts, and the
// reason is said.
func TestCountWithoutPolicy(t *testing.T) {
	f := []domain.Fact{{Entry: 1, Span: domain.Span{Day: day("2026-03-01"), Minutes: 60}, Community: lifeCode}}
	got := domain.Count(f, domain.NewRulebook(nil), true)
	if len(got) != 1 || got[0].Raw != 60 || got[0].Recognised != 0 || len(got[0].Steps) != 1 || got[0].Steps[0].Clause != domain.ClauseNoPolicy {
		t.Errorf("got %+v", got)
	}
	if r := domain.Rate(got, nil); r.Raw != 60 || r.Stars != 0 || r.ReachedOn != domain.NoDay || r.ToNext != 0 {
		t.Errorf("rated %+v", r)
	}
}

// TestRate: stars agree with the slow model, and neither more service nor lower
// thresholds ever take a star away.
func TestRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var portions []domain.Portion
		d := day("2026-01-01")
		for range rapid.IntRange(0, 12).Draw(t, "portions") {
			d += domain.Day(rapid.SampledFrom([]int{0, 0, 1, 3, 20, 33, 70}).Draw(t, "later"))
			m := domain.Minutes(rapid.IntRange(0, 600).Draw(t, "minutes"))
			portions = append(portions, domain.Portion{
				Day: d, Raw: m, Recognised: m, Hours: rapid.SampledFrom([]domain.HoursKind{domain.Honour, domain.Credit}).Draw(t, "hours"),
			})
		}
		scheme := &domain.PolicyVersion{Stars: &domain.StarScheme{}}
		last := domain.Minutes(0)
		for range rapid.IntRange(1, 6).Draw(t, "stars") {
			last += domain.Minutes(rapid.IntRange(1, 900).Draw(t, "step"))
			scheme.Stars.Thresholds = append(scheme.Stars.Thresholds, last)
		}
		if rapid.Bool().Draw(t, "months") {
			scheme.Stars.ContinuousMonths = rapid.Int64Range(1, 4).Draw(t, "in a row")
		}
		if rapid.IntRange(0, 2).Draw(t, "days") == 0 {
			scheme.Stars.Since = day("2026-01-01") + domain.Day(rapid.IntRange(0, 40).Draw(t, "since"))
			scheme.Stars.CutOff = scheme.Stars.Since + domain.Day(rapid.IntRange(0, 90).Draw(t, "days"))
			scheme.Stars.ExcludeEarlier = rapid.Bool().Draw(t, "exclude")
		}
		r := domain.Rate(portions, scheme)
		if want := slowRate(portions, scheme); r != want {
			t.Fatalf("got %+v, want %+v", r, want)
		}
		if r.Credit+r.Honour != r.Recognised {
			t.Fatalf("%d credit and %d honour are not %d", r.Credit, r.Honour, r.Recognised)
		}
		for n := range portions {
			if fewer := domain.Rate(portions[:n], scheme); fewer.Stars > r.Stars && !r.Excluded || fewer.Recognised > r.Recognised {
				t.Fatal("more service, fewer stars")
			}
		}
		body := *scheme.Stars
		easier := &domain.PolicyVersion{Stars: &body}
		body.Thresholds = slices.Clone(body.Thresholds)
		body.Thresholds[0]--
		if of := domain.Rate(portions, easier); of.Stars < r.Stars && !of.Excluded {
			t.Fatal("a lower threshold took a star away")
		}
	})
}

// TestInForce: the rulebook answers as the slow search does, for communities
// and for divisions.
func TestInForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions := randomVersions(t)
		rules := domain.NewRulebook(versions)
		c := rapid.SampledFrom([]domain.CommunityCode{430702001007, 430702002001, 430703001001, 430802001001}).Draw(t, "community")
		d := day("2026-03-03") + domain.Day(rapid.IntRange(0, 6).Draw(t, "day"))
		got, want := rules.InForce(domain.CountingKind, c, d), slowInForce(versions, domain.CountingKind, c, d)
		if (got == nil) != (want == nil) || got != nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if whole := rules.InForceFor(domain.CountingKind, c.Division(), d); whole != got {
			t.Fatal("the community as a division has another policy")
		}
		if v := rules.InForceFor(domain.CountingKind, domain.Division{}, d); v != nil && v.ID.Scope.Digits() != 0 {
			t.Fatal("the whole country under a local policy")
		}
		if len(rules.Versions(domain.CountingKind)) != len(versions) || rules.InForce(domain.StarsKind, c, d) != nil {
			t.Fatal("versions were lost or mixed")
		}
	})
}

// TestCompareTallies: the order is total, and what it says is decisive is.
func TestCompareTallies(t *testing.T) {
	all := []domain.Criterion{domain.BySessions, domain.ByMonths, domain.ByMinutes}
	draw := func(t *rapid.T, label string) domain.StudyTally {
		n := rapid.Int64Range(0, 2)
		return domain.StudyTally{Sessions: n.Draw(t, label), Months: n.Draw(t, label), Minutes: domain.Minutes(n.Draw(t, label))}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := &domain.StandingScheme{Criteria: rapid.Permutation(all).Draw(t, "criteria")[:rapid.IntRange(1, 3).Draw(t, "n")]}
		a, b, c := draw(t, "a"), draw(t, "b"), draw(t, "c")
		ab, by := domain.CompareTallies(s, a, b)
		ba, _ := domain.CompareTallies(s, b, a)
		bc, _ := domain.CompareTallies(s, b, c)
		ac, _ := domain.CompareTallies(s, a, c)
		switch {
		case ab != -ba, ab < 0 && bc < 0 && ac >= 0:
			t.Fatal("not an order")
		case (ab == 0) != (by == ""):
			t.Fatalf("order %d by %q", ab, by)
		case ab < 0 && a.Value(by) <= b.Value(by):
			t.Fatal("the one with less stands first")
		}
		for _, criterion := range s.Criteria {
			if criterion == by {
				break
			}
			if a.Value(criterion) != b.Value(criterion) {
				t.Fatalf("%s differs and comes before %s", criterion, by)
			}
		}
	})
}
