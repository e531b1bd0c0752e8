package projections

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
)

// atOneTime lets two numbers record the same hours, or days that are too full
// together: each alone is as it should be.
func (h *history) atOneTime(numbers ...domain.PersonID) {
	c, d, full := h.community(), h.day(), h.chance("full day", 3)
	start := d.Start() + domain.Instant(h.pick("quarter", 96))*15*60_000
	for _, id := range numbers {
		deed := h.deed(c)
		deed.Activity = domain.ActivityID{}
		if deed.Span = (domain.Span{Day: d, Minutes: domain.Minutes(700 + h.pick("minutes", 700))}); !full {
			from := start + domain.Instant(h.pick("later", 8))*10*60_000
			deed.Span = domain.Span{Start: from, End: from + domain.Instant(1+h.pick("quarters", 40))*15*60_000}
		}
		if h.do(recorder, &domain.ClaimEntry{Person: id, Deed: deed}) == nil {
			_ = h.do(confirmer, &domain.ConfirmEntry{Person: id, Entry: h.lastEntry(id)})
		}
	}
}

// TestTimeOfOnePersonCountsOnce: two numbers turn out to be one person, who was
// in two places at once and had a day of more than 24 hours. Every figure says
// the same, before and after, and the statement names the entry that keeps the
// time.
func TestTimeOfOnePersonCountsOnce(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "东社区", From: domain.MinDay})
	a, b := w.enrol(1, c, "2025-01-01"), w.enrol(2, c, "2025-01-01")
	at := func(hour, minutes int) domain.Deed {
		d := w.service(c, "2025-03-05", 1)
		d.Span = clock(t, "2025-03-05", hour, minutes)
		return d
	}
	kept := w.confirmed(a, at(9, 120))
	shared := w.confirmed(b, at(10, 120)) // one hour of it is a's
	w.confirmed(b, at(12, 60))            // none of it
	w.confirmed(a, w.service(c, "2025-03-06", 900))
	full := w.confirmed(b, w.service(c, "2025-03-06", 700)) // 540 of it fit the day
	before := domain.Size(len(w.steps))
	w.record(b.Stream(), &domain.PersonMerged{Person: b, Into: a}, recorder)
	e := w.engine(Options{})
	ctx := context.Background()

	figures := func(v *View, id domain.PersonID) string {
		star, err := v.Star(id)
		want(t, "error", err, nil)
		s, err := v.Statement(ctx, w.store, id)
		want(t, "error", err, nil)
		want(t, "statement and stars", s.Service.Recognised, star.Rating.Recognised)
		want(t, "raw minutes", s.Service.Raw, star.Rating.Raw)
		return fmt.Sprint(star.Rating.Raw, " ", star.Rating.Recognised)
	}
	then, now := w.view(e, AtSize(before)), w.view(e, Now())
	want(t, "a alone", figures(then, a), "1020 1020")
	want(t, "b alone", figures(then, b), "880 880")
	want(t, "one person", figures(now, a), "1900 1680") // 60 and 160 less
	want(t, "asked by the other number", figures(now, b), "1900 1680")
	board, err := now.Stars(c.Division(), Page{})
	want(t, "error", err, nil)
	want(t, "board", board.Totals.Recognised, 1680)
	register, err := now.Register(ctx, w.store, domain.Service, c, domain.YearPeriod(2025))
	want(t, "error", err, nil)
	want(t, "register", register.Members.Recognised, 1680)
	same := now.WhatIf(&domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CountingKind}, Title: "如实", Counting: &domain.CountingPolicy{Rounding: domain.RoundNone}})
	want(t, "what if nothing else changed", figures(same, a), "1900 1680")

	s, err := now.Statement(ctx, w.store, a)
	want(t, "error", err, nil)
	steps := map[domain.EntryNo][]domain.Step{}
	for i := range s.Entries {
		if x := &s.Entries[i]; x.Person == b {
			steps[x.No] = stepsOf(x)
		} else {
			want(t, "of the number that stays", len(stepsOf(x)), 0)
		}
	}
	want(t, "shared", fmt.Sprint(steps[shared]), fmt.Sprint([]domain.Step{{Clause: domain.ClauseOverlap, Before: 120, After: 60, With: kept, Under: a}}))
	want(t, "full", fmt.Sprint(steps[full]), fmt.Sprint([]domain.Step{{Clause: domain.ClauseDayFull, Before: 700, After: 540}}))
	d, err := now.DiffStatement(ctx, w.store, then, a)
	want(t, "error", err, nil)
	sum := domain.Minutes(0)
	for _, x := range d.Entries {
		sum += x.Change()
	}
	want(t, "the difference", sum, 1680-1020)

	// What kept the time is voided: the other has it again.
	w.must(recorder, &domain.ProposeVoid{Person: a, Entry: kept, Reason: "记错"})
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: kept, Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	want(t, "after the void", figures(w.catchUp(e), a), "1780 1620")
}
