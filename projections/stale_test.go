package projections

import (
	"context"
	"testing"

	"zhishu/domain"
)

// catchUp folds what a test has added.
func (w *world) catchUp(e *Engine) *View {
	w.t.Helper()
	if err := e.CatchUp(context.Background()); err != nil {
		w.t.Fatalf("catch up: %v", err)
	}
	return w.view(e, Now())
}

func TestAPolicyOfTodayMovesTodaysFacts(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	a := w.enrol(1, c, "2025-01-01")
	w.now = day(t, "2026-03-02").Start() - 1
	w.confirmed(a, w.service(c, "2026-03-01", 50))
	e := w.engine(Options{})
	recognised := func(v *View) domain.Minutes {
		b, err := v.Stars(c.Division(), Page{})
		want(t, "error", err, nil)
		return b.Rows[0].Rating.Recognised
	}
	want(t, "by the minute", recognised(w.view(e, Now())), 50)
	w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{
		ID: domain.PolicyID{Kind: domain.CountingKind}, Version: 2, Title: "整点", From: day(t, "2026-03-01"),
		Counting: &domain.CountingPolicy{Rounding: domain.RoundUp, Unit: 60},
	}})
	want(t, "by the hour", recognised(w.catchUp(e)), 60)
}

func TestPopulationsMoveWithTheDay(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	for i := range 5 {
		w.enrol(i, c, "2025-01-01")
	}
	w.enrol(5, c, "2026-01-02")
	e := w.engine(Options{})
	first, pages := w.now.Day(), 0
	check := func(v *View, n int64) {
		t.Helper()
		p, err := v.Participation(c.Division(), domain.AllTime)
		want(t, "error", err, nil)
		want(t, "population", p.Rates[0].Population, n)
		pages++ // never the same, so that the board is put together from its parts
		b, err := v.Stars(c.Division(), Page{Limit: pages})
		want(t, "error", err, nil)
		want(t, "members on the board", b.Members, n)
	}
	tomorrow := func() *View { // something happens elsewhere
		w.now += 24 * 3600 * 1000
		elsewhere := code(t, "110101001001") + domain.CommunityCode(w.now.Day()-first)
		w.must(recorder, &domain.RegisterCommunity{Code: elsewhere, Name: "他处", From: domain.MinDay})
		return w.catchUp(e)
	}
	check(w.view(e, Now()), 5)
	check(tomorrow(), 6)
	check(w.view(e, OnDay(first)), 5)
	w.must(recorder, &domain.EndMembership{Person: person(0), Kind: domain.MemberOfCommunity, Community: c, To: w.now.Day() + 1})
	check(w.catchUp(e), 6)
	check(tomorrow(), 6)
	check(tomorrow(), 5)
	for d, n := range map[domain.Day]int64{first: 5, first + 1: 6, first + 2: 6, first + 3: 5} {
		check(w.view(e, OnDay(d)), n)
	}
}

func TestFactsOfASucceededCommunityCountForItsSuccessor(t *testing.T) {
	w := newWorld(t).withPolicies()
	old, heir, elsewhere := code(t, "430702001001"), code(t, "430702001002"), code(t, "430703001001")
	w.must(recorder, &domain.RegisterCommunity{Code: old, Name: "旧", From: domain.MinDay})
	a := w.enrol(1, elsewhere, "2025-01-01")
	w.record(old.Stream(), &domain.CommunitySucceeded{Code: old, Successors: []domain.CommunityCode{heir}, From: day(t, "2025-06-01")}, recorder)
	e := w.engine(Options{})
	visits := func(v *View) int64 {
		b, err := v.Stars(heir.Division(), Page{})
		want(t, "error", err, nil)
		return b.Outside.Entries
	}
	want(t, "visits", visits(w.view(e, Now())), 0)
	w.confirmed(a, w.service(old, "2025-05-31", 10)) // before the succession
	want(t, "visits before it", visits(w.catchUp(e)), 0)
	w.confirmed(a, w.service(old, "2025-06-01", 10))
	want(t, "visits from its day", visits(w.catchUp(e)), 1)
}

func TestSchemesComeIntoForceWithTheirDay(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	a := w.enrol(1, c, "2025-01-01")
	w.confirmed(a, w.service(c, "2025-03-01", 60))
	w.confirmed(a, w.study(c, "2025-03-01", "党课", 60))
	tomorrow := w.now.Day() + 1
	w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{
		ID: domain.PolicyID{Kind: domain.StandingKind}, Version: 2, Title: "两次起", From: tomorrow,
		Standing: &domain.StandingScheme{Criteria: []domain.Criterion{domain.BySessions}, MinSessions: 2},
	}})
	w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{
		ID: domain.PolicyID{Kind: domain.StarsKind}, Version: 2, Title: "一小时一星", From: tomorrow,
		Stars: &domain.StarScheme{Thresholds: []domain.Minutes{60}},
	}})
	e := w.engine(Options{})
	check := func(v *View, ranked int64, stars int) {
		t.Helper()
		r, err := v.Standing(c.Division(), domain.AllTime, Page{})
		want(t, "error", err, nil)
		want(t, "ranked", r.Ranked, ranked)
		b, err := v.Stars(c.Division(), Page{})
		want(t, "error", err, nil)
		want(t, "stars", b.Rows[0].Rating.Stars, stars)
	}
	check(w.view(e, Now()), 1, 0)
	w.now = tomorrow.Start()
	w.must(recorder, &domain.RegisterCommunity{Code: code(t, "110101001001"), Name: "他处", From: domain.MinDay})
	check(w.catchUp(e), 0, 1)
	check(w.view(e, OnDay(tomorrow-1)), 1, 0)
}

// TestAnActivityBringsACommunityIntoUse: from then on it is one without a figure
// of its own, so that a rate over the county would leave it out.
func TestAnActivityBringsACommunityIntoUse(t *testing.T) {
	w := newWorld(t).withPolicies()
	c, other := code(t, "430702001001"), code(t, "430702001002")
	for i := range 6 {
		w.enrol(i, c, "2025-01-01")
		w.confirmed(person(i), w.study(c, "2025-12-01", "党课", 60))
	}
	w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "红旗", From: domain.MinDay})
	w.must(recorder, &domain.RecordPopulation{Code: c, Day: day(t, "2025-01-01"), Basis: domain.Resident, Count: 10, Source: "街道"})
	e := w.engine(Options{})
	missing := func(v *View) int {
		p, err := v.Participation(c.Division().Up(6), domain.AllTime)
		want(t, "error", err, nil)
		for _, r := range p.Rates {
			if r.Basis == domain.Resident {
				return len(r.Missing)
			}
		}
		return -1
	}
	want(t, "missing", missing(w.view(e, Now())), 0)
	v := w.view(e, Now())
	before := v.Communities(c.Division().Up(6))
	w.must(recorder, &domain.ScheduleActivity{Activity: activity(1), Plan: domain.Plan{
		Kind: domain.Talk, Title: "防火", Community: other, Start: w.now, End: w.now + 3_600_000}})
	v = w.catchUp(e)
	want(t, "missing with an activity elsewhere", missing(v), 1)
	want(t, "the list says that it changed", v.Communities(c.Division().Up(6)).ChangedAt > before.ChangedAt, true)
}

// TestAKeptRankingIsOfThePartItStandsBeside: who moves away later is summed apart
// in what is made anew of the past, and must not stand in a kept ranking, too.
func TestAKeptRankingIsOfThePartItStandsBeside(t *testing.T) {
	w := newWorld(t).withPolicies()
	c, other := code(t, "430702001001"), code(t, "430702001002")
	a := w.enrol(1, c, "2025-01-01")
	w.confirmed(a, w.study(c, "2025-12-01", "党课", 60))
	e := w.engine(Options{})
	ranked := func(v *View) int64 {
		b, err := v.Standing(c.Division(), domain.AllTime, Page{})
		want(t, "error", err, nil)
		return b.Ranked
	}
	size := domain.Size(len(w.steps))
	want(t, "ranked", ranked(w.view(e, Now())), 1)
	w.must(recorder, &domain.EndMembership{Person: a, Kind: domain.MemberOfCommunity, Community: c, To: day(t, "2025-12-20")})
	w.must(recorder, &domain.StartMembership{Person: a, Membership: domain.Membership{
		Kind: domain.MemberOfCommunity, Community: other, From: day(t, "2025-12-21"), Basis: domain.OnPaper}})
	_, err := w.catchUp(e).Participation(c.Division(), domain.AllTime) // makes the study of the community anew, and no ranking
	want(t, "error", err, nil)
	v := w.view(e, AtSize(size))
	_, err = v.Standing(c.Division(), domain.AllTime, Page{Limit: 1}) // another page, so that the board is put together from its parts
	want(t, "error", err, nil)
	b, err := v.Standing(c.Division(), domain.AllTime, Page{Limit: 2})
	want(t, "error", err, nil)
	want(t, "ranked as of the past", b.Ranked, 1)
	want(t, "rows as of the past", len(b.Rows), 1)
}
