package projections

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
)

// A sheet of February that comes in March, after February was closed: in its
// own month, in the month it came, or in none; what was claimed in time or
// while the month was open again is not late.
func TestLateEntriesFollowTheClosingPolicy(t *testing.T) {
	for _, c := range []struct {
		rule            domain.LateRule
		february, march int64 // person-times of study
		service         domain.Minutes
		notCounted      domain.Clause
	}{
		{domain.LateCounts, 3, 0, 60, ""},
		{domain.LateCarried, 2, 1, 60, ""},
		{domain.LateFlagged, 2, 0, 0, domain.ClauseLate},
	} {
		w := newWorld(t).withPolicies()
		here := code(t, "430702001001")
		w.must(recorder, &domain.RegisterCommunity{Code: here, Name: "社区", From: domain.MinDay})
		v2 := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind}, Version: 2, Title: "补录", From: day(t, "2026-01-02"), Closing: &domain.ClosingPolicy{Late: c.rule}}
		w.must(recorder, &domain.AdoptPolicy{Policy: func() domain.PolicyVersion { w.now = day(t, "2026-01-02").Start(); return v2 }()})
		a := w.enrol(1, here, "2025-01-01")
		for n := range 5 { // a rate over fewer is withheld
			w.enrol(2+n, here, "2025-01-01")
		}
		w.now = day(t, "2026-02-20").Start()
		w.confirmed(a, w.study(here, "2026-02-10", "党课", 60)) // in time
		february := domain.Period{From: day(t, "2026-02-01"), To: day(t, "2026-02-28")}
		w.now = day(t, "2026-03-10").Start()
		w.must(recorder, &domain.ClosePeriod{Code: here, Period: february})
		late := w.confirmed(a, w.study(here, "2026-02-11", "读书会", 60))
		served := w.confirmed(a, w.service(here, "2026-02-12", 60))
		w.must(recorder, &domain.ProposeReopening{Code: here, Period: february, Reason: "漏报"})
		w.must(confirmer, &domain.DecideReopening{Code: here, Period: february, Proposal: domain.ProposalNo(w.counts[here.Stream()] - 1), Approve: true})
		w.confirmed(a, w.study(here, "2026-02-13", "宣讲", 60)) // while it was open again
		w.must(recorder, &domain.ClosePeriod{Code: here, Period: february})

		dir := t.TempDir()
		e := w.engine(Options{Dir: dir})
		w.snapshot(e)
		for _, v := range []*View{w.view(e, Now()), w.view(w.engine(Options{Dir: dir}), Now())} {
			for month, times := range map[string]int64{"2026-02": c.february, "2026-03": c.march} {
				p, err := domain.ParsePeriod(month)
				want(t, "period", err, nil)
				rates, err := v.Participation(here.Division(), p)
				want(t, "error", err, nil)
				want(t, string(c.rule)+": person-times of "+month, rates.PersonTimes, times)
			}
			star, err := v.Star(a)
			want(t, "error", err, nil)
			want(t, string(c.rule)+": service", star.Rating.Recognised, c.service)
			s, err := v.Statement(context.Background(), w.store, a)
			want(t, "error", err, nil)
			want(t, string(c.rule)+": statement", s.Service, star.Rating)
			for _, x := range s.Entries {
				isLate := x.No == late || x.No == served
				want(t, "late", x.Late, isLate)
				if isLate {
					want(t, "why not", x.NotCounted, c.notCounted)
				}
			}
		}
	}
}

// What is moved into a closed period is late, however early it was claimed, and
// stays so when it is corrected again; what is moved within it is not.
func TestWhatIsMovedIntoAClosedPeriodIsLate(t *testing.T) {
	for _, c := range []struct {
		rule      domain.LateRule
		countsOn  string
		published domain.Minutes
	}{
		{domain.LateCounts, "2026-02-12", 240}, {domain.LateCarried, "2026-03-20", 240}, {domain.LateFlagged, "2026-02-12", 60},
	} {
		w := newWorld(t).withPolicies()
		here := code(t, "430702001001")
		w.must(recorder, &domain.RegisterCommunity{Code: here, Name: "社区", From: domain.MinDay})
		w.now = day(t, "2026-01-02").Start()
		w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind}, Version: 2, Title: "补录",
			From: day(t, "2026-01-02"), Closing: &domain.ClosingPolicy{Late: c.rule}}})
		a := w.enrol(1, here, "2025-01-01")
		w.now = day(t, "2026-03-05").Start()
		within := w.confirmed(a, w.service(here, "2026-02-10", 50))
		moved := w.confirmed(a, w.service(here, "2026-03-03", 50))
		february, err := domain.ParsePeriod("2026-02")
		want(t, "period", err, nil)
		w.now = day(t, "2026-03-10").Start()
		w.must(recorder, &domain.ClosePeriod{Code: here, Period: february})
		correct := func(no domain.EntryNo, on string, minutes int64) {
			w.now += 10 * 24 * 60 * 60 * 1000
			w.must(recorder, &domain.ProposeCorrection{Person: a, Entry: no, Deed: w.service(here, on, minutes), Reason: "改正"})
			w.must(confirmer, &domain.DecideProposal{Person: a, Entry: no, Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
		}
		correct(moved, "2026-02-11", 170)
		correct(moved, "2026-02-12", 180)
		correct(within, "2026-02-09", 60)

		v := w.view(w.engine(Options{}), Now())
		s, err := v.Statement(context.Background(), w.store, a)
		want(t, "error", err, nil)
		for _, e := range s.Entries {
			want(t, "late", e.Late, e.No == moved)
			if e.No == moved {
				want(t, string(c.rule)+": counts on", e.CountsOn, day(t, c.countsOn))
			}
		}
		star, err := v.Star(a)
		want(t, "error", err, nil)
		want(t, string(c.rule)+": service", star.Rating.Recognised, c.published)
	}
}

// TestASessionOfWhichSomeEntriesWereLate: it was held in the first month one of
// them counts in, in the scorecard as in the monthly sessions, whoever was late.
func TestASessionOfWhichSomeEntriesWereLate(t *testing.T) {
	for late := range 2 {
		w := newWorld(t).withPolicies()
		here := code(t, "430702001001")
		w.must(recorder, &domain.RegisterCommunity{Code: here, Name: "社区", From: domain.MinDay})
		w.now = day(t, "2026-01-02").Start()
		w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind}, Version: 2, Title: "补录",
			From: day(t, "2026-01-02"), Closing: &domain.ClosingPolicy{Late: domain.LateCarried}}})
		people := []domain.PersonID{w.enrol(1, here, "2025-01-01"), w.enrol(2, here, "2025-01-01")}
		w.now = day(t, "2026-02-20").Start()
		w.confirmed(people[1-late], w.study(here, "2026-02-10", "党课", 60))
		w.now = day(t, "2026-03-10").Start()
		w.must(recorder, &domain.ClosePeriod{Code: here, Period: domain.Period{From: day(t, "2026-02-01"), To: day(t, "2026-02-28")}})
		w.confirmed(people[late], w.study(here, "2026-02-10", "党课", 60))
		w.now = day(t, "2026-04-01").Start()
		w.enrol(3, here, "2026-04-01")

		v, period := w.view(w.engine(Options{}), Now()), domain.Period{From: day(t, "2026-02-01"), To: day(t, "2026-03-31")}
		months := v.Sessions(here.Division(), period).Months
		want(t, "sessions of the months", fmt.Sprint(months[0].Layered, months[1].Layered), "1 0")
		checkScorecard(t, v, groupModelOf(modelOf(w.steps)), here, period)
	}
}

// TestAClosingRuleOfThePastMovesTheFooting: no figure of study names the closing
// policy, and yet two answers before and after its adoption differ.
func TestAClosingRuleOfThePastMovesTheFooting(t *testing.T) {
	w := newWorld(t).withPolicies()
	here := code(t, "430702001001")
	w.must(recorder, &domain.RegisterCommunity{Code: here, Name: "社区", From: domain.MinDay})
	a := w.enrol(1, here, "2025-01-01")
	w.now = day(t, "2026-03-10").Start()
	february := domain.Period{From: day(t, "2026-02-01"), To: day(t, "2026-02-28")}
	w.must(recorder, &domain.ClosePeriod{Code: here, Period: february})
	w.confirmed(a, w.study(here, "2026-02-11", "读书会", 60))
	e := w.engine(Options{})
	before, err := w.view(e, Now()).Participation(here.Division(), february)
	want(t, "error", err, nil)
	want(t, "person-times", before.PersonTimes, 1)
	v := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind}, Version: 2, Title: "不计", From: day(t, "2026-01-01"),
		Adopted: w.now.Day(), Closing: &domain.ClosingPolicy{Late: domain.LateFlagged}}
	w.record(v.ID.Stream(), &domain.PolicyAdopted{Policy: v}, recorder)
	after, err := w.catchUp(e).Participation(here.Division(), february)
	want(t, "error", err, nil)
	want(t, "person-times under the rule", after.PersonTimes, 0)
	want(t, "the footing moved", after.ChangedAt, domain.Size(len(w.steps)))
}
