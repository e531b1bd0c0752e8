package projections

import (
	"context"
	"testing"

	"zhishu/domain"
)

// closedWorld has two communities whose February is over: here, which
// has closed it, and there, which has not. Each has its own rule for late
// entries.
func closedWorld(t *testing.T, rules map[string]domain.LateRule) (w *world, here, there domain.CommunityCode) {
	w = newWorld(t).withPolicies()
	here, there = code(t, "430702001001"), code(t, "430702001002")
	w.now = day(t, "2026-01-02").Start()
	for _, c := range []domain.CommunityCode{here, there} {
		w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "社区", From: domain.MinDay})
		w.must(recorder, &domain.AdoptPolicy{Policy: domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ClosingKind, Scope: c.Division()}, Version: 1,
			Title: "补录", From: day(t, "2026-01-02"), Closing: &domain.ClosingPolicy{Late: rules[c.String()]}}})
	}
	for n := range 2 {
		w.enrol(n, here, "2025-01-01")
	}
	w.now = day(t, "2026-02-20").Start()
	return w, here, there
}

func february(t *testing.T) domain.Period {
	return domain.Period{From: day(t, "2026-02-01"), To: day(t, "2026-02-28")}
}

// What a neighbour records of a member after the member's community closed the
// month is late for the figures of that community, and goes by its rule; what is
// late for both goes by the stricter one.
func TestANeighbourDoesNotChangeAClosedMonth(t *testing.T) {
	for _, c := range []struct {
		here, there     domain.LateRule
		february, march int64 // person-times of the members of here
	}{
		{domain.LateCounts, domain.LateFlagged, 3, 0},
		{domain.LateCarried, domain.LateCounts, 1, 2},
		{domain.LateFlagged, domain.LateCounts, 1, 0},
	} {
		w, here, there := closedWorld(t, map[string]domain.LateRule{"430702001001": c.here, "430702001002": c.there})
		w.confirmed(person(0), w.study(there, "2026-02-10", "党课", 60)) // in time
		w.now = day(t, "2026-03-10").Start()
		w.must(recorder, &domain.ClosePeriod{Code: here, Period: february(t)})
		size := domain.Size(len(w.steps))
		first := w.confirmed(person(1), w.study(there, "2026-02-11", "党课", 60))
		second := w.confirmed(person(0), w.study(there, "2026-02-12", "读书会", 60))
		e := w.engine(Options{Dir: t.TempDir()})
		w.snapshot(e)
		for _, v := range []*View{w.view(e, Now()), replayed(t, w)} {
			for month, times := range map[string]int64{"2026-02": c.february, "2026-03": c.march} {
				p, err := domain.ParsePeriod(month)
				want(t, "period", err, nil)
				v.everything = true
				rates, err := v.Participation(here.Division(), p)
				want(t, "error", err, nil)
				want(t, string(c.here)+": person-times of "+month, rates.PersonTimes, times)
			}
		}
		then := w.view(e, AtSize(size))
		then.everything = true
		before, err := then.Participation(here.Division(), february(t))
		want(t, "error", err, nil)
		want(t, "as it was closed", before.PersonTimes, 1)
		for id, no := range map[domain.PersonID]domain.EntryNo{person(0): second, person(1): first} {
			x := kindsOf(t, w.view(e, Now()), id)[FlagLate]
			want(t, "flagged", x.Facts[0].Revision, uint64(no))
		}
	}

	w, here, there := closedWorld(t, map[string]domain.LateRule{"430702001001": domain.LateCarried, "430702001002": domain.LateFlagged})
	w.now = day(t, "2026-03-10").Start()
	w.must(recorder, &domain.ClosePeriod{Code: here, Period: february(t)})
	w.must(recorder, &domain.ClosePeriod{Code: there, Period: february(t)})
	w.confirmed(person(0), w.service(there, "2026-02-10", 60))
	star, err := w.view(w.engine(Options{}), Now()).Star(person(0))
	want(t, "error", err, nil)
	want(t, "late for both: the stricter rule", star.Rating.Recognised, 0)
}

// A claim enters no figure. One that was made in time and is confirmed after the
// closing is late from its confirmation on, and what is made of it afterwards
// stays late; one confirmed while the period was open again is not.
func TestAClaimOfBeforeTheClosingIsLateOnceItIsConfirmed(t *testing.T) {
	w, here, _ := closedWorld(t, map[string]domain.LateRule{"430702001001": domain.LateFlagged, "430702001002": domain.LateCounts})
	claim := func(n int, on string) domain.EntryNo {
		w.must(recorder, &domain.ClaimEntry{Person: person(n), Deed: w.service(here, on, 1)})
		return w.lastEntry(person(n))
	}
	placeholder, forgotten := claim(0, "2026-02-10"), claim(1, "2026-02-11")
	w.now = day(t, "2026-03-02").Start()
	w.must(recorder, &domain.ClosePeriod{Code: here, Period: february(t)})
	w.must(confirmer, &domain.ConfirmEntry{Person: person(0), Entry: placeholder})
	confirmed := domain.Size(len(w.steps))
	w.must(recorder, &domain.ProposeCorrection{Person: person(0), Entry: placeholder, Deed: w.service(here, "2026-02-10", 600), Reason: "改正"})
	w.must(confirmer, &domain.DecideProposal{Person: person(0), Entry: placeholder, Proposal: domain.ProposalNo(w.counts[person(0).Stream()] - 1), Approve: true})
	changed := domain.Size(len(w.steps))
	w.must(recorder, &domain.ProposeReopening{Code: here, Period: february(t), Reason: "漏了一张表"})
	w.must(confirmer, &domain.DecideReopening{Code: here, Period: february(t), Proposal: domain.ProposalNo(w.counts[here.Stream()] - 1), Approve: true})
	w.must(confirmer, &domain.ConfirmEntry{Person: person(1), Entry: forgotten})

	e := w.engine(Options{})
	for _, v := range []*View{w.view(e, Now()), replayed(t, w)} {
		for n, minutes := range []domain.Minutes{0, 1} {
			star, err := v.Star(person(n))
			want(t, "error", err, nil)
			want(t, "service", star.Rating.Recognised, minutes)
			s, err := v.Statement(context.Background(), w.store, person(n))
			want(t, "error", err, nil)
			want(t, "statement", s.Service.Recognised, minutes)
			want(t, "late", s.Entries[0].Late, n == 0)
		}
	}
	flags := kindsOf(t, w.view(e, Now()), person(0))
	want(t, "late since it was confirmed", flags[FlagLate].Since, confirmed)
	want(t, "changed in a closed month", flags[FlagChanged].Since, changed)
	want(t, "before and after", [2]int64{flags[FlagChanged].Limit, flags[FlagChanged].Value}, [2]int64{1, 600})
	want(t, "confirmed while it was open again", len(kindsOf(t, w.view(e, Now()), person(1))), 0)
	want(t, "before the confirmation", len(kindsOf(t, w.view(e, AtSize(confirmed-1)), person(0))), 0)
}

// A correction or voiding of what stood in a closed month changes the month as
// people decided, and is always flagged, also one of the neighbour's.
func TestWhatChangesAClosedMonthIsFlagged(t *testing.T) {
	w, here, there := closedWorld(t, map[string]domain.LateRule{"430702001001": domain.LateFlagged, "430702001002": domain.LateFlagged})
	corrected, voided := w.confirmed(person(0), w.service(there, "2026-02-10", 60)), w.confirmed(person(1), w.service(here, "2026-02-10", 90))
	w.now = day(t, "2026-03-02").Start()
	w.must(recorder, &domain.ClosePeriod{Code: here, Period: february(t)})
	w.must(recorder, &domain.ProposeCorrection{Person: person(0), Entry: corrected, Deed: w.service(there, "2026-02-11", 120), Reason: "改正"})
	w.must(confirmer, &domain.DecideProposal{Person: person(0), Entry: corrected, Proposal: domain.ProposalNo(w.counts[person(0).Stream()] - 1), Approve: true})
	w.must(recorder, &domain.ProposeVoid{Person: person(1), Entry: voided, Reason: "没有去"})
	w.must(confirmer, &domain.DecideProposal{Person: person(1), Entry: voided, Proposal: domain.ProposalNo(w.counts[person(1).Stream()] - 1), Approve: true})
	v := w.view(w.engine(Options{}), Now())
	for n, x := range []struct {
		counts        domain.Minutes
		before, after int64
	}{{120, 60, 120}, {0, 90, 0}} {
		star, err := v.Star(person(n))
		want(t, "error", err, nil)
		want(t, "service", star.Rating.Recognised, x.counts)
		flags := kindsOf(t, v, person(n))
		want(t, "flags", len(flags), 1)
		want(t, "before and after", [2]int64{flags[FlagChanged].Limit, flags[FlagChanged].Value}, [2]int64{x.before, x.after})
	}
}

func replayed(t *testing.T, w *world) *View {
	t.Helper()
	r, err := Replay(context.Background(), w.store, ReplayOptions{})
	want(t, "replay", err, nil)
	return r.View
}
