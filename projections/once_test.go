package projections

import (
	"context"
	"fmt"
	"slices"
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
	flags, err := then.Flags(c.Division(), FlagFilter{Kind: FlagShared}, Page{})
	want(t, "error", err, nil)
	want(t, "flags before", len(flags.Rows), 0)
	flags, err = now.Flags(c.Division(), FlagFilter{Kind: FlagShared}, Page{})
	want(t, "error", err, nil)
	var days []string
	for _, x := range flags.Rows {
		want(t, "whose", x.Person, a)
		days = append(days, fmt.Sprint(x.Day, " ", x.Value, " ", x.Count, " ", x.Since-before))
	}
	slices.Sort(days)
	want(t, "days somebody should look at", fmt.Sprint(days), "[2025-03-05 300 2 1 2025-03-06 1600 2 1]")
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

// sharedOn lists, the slow way, what several numbers of a person have at the
// same time of a day, or all of it when the day is too full, and the size before
// that was so: it tries every ledger size.
func (m *flagModel) sharedOn(id domain.PersonID, d domain.Day, values []ownValue, minutes map[ownValue]domain.Minutes) (since int, shared []ownValue) {
	joined := map[domain.PersonID]int{id: 0}
	for n := len(m.steps) - 1; n >= 0; n-- { // the last merge into the one that stays comes last
		if e, ok := m.steps[n].event.(*domain.PersonMerged); ok && m.into[e.Person] == e.Into {
			if at, known := joined[e.Into]; known && joined[e.Person] == 0 {
				joined[e.Person] = max(at, n)
			}
		}
	}
	numbers := map[domain.PersonID]bool{}
	for _, v := range values {
		numbers[v.person] = true
	}
	if len(numbers) < 2 {
		return 0, nil
	}
	at := func(size int) (list []ownValue) { // what was there behind the event of that size
		var there []ownValue
		sum := domain.Minutes(0)
		for _, v := range values {
			if v.offered() <= size && joined[v.person] <= size {
				there = append(there, v)
				sum += minutes[v]
			}
		}
		if sum > domain.DayMinutes {
			return there
		}
		for _, v := range there {
			if slices.ContainsFunc(there, func(o ownValue) bool { return o.person != v.person && both(v.deed.Span, o.deed.Span, d) }) {
				list = append(list, v)
			}
		}
		return list
	}
	if shared = at(len(m.steps)); len(shared) == 0 {
		return 0, nil
	}
	for len(at(since)) == 0 {
		since++
	}
	return since, shared
}

// both reports time of a day that lies in two spans.
func both(a, b domain.Span, d domain.Day) bool {
	if !a.Clocked() || !b.Clocked() {
		return false
	}
	from, to := d.Start(), (d + 1).Start()
	for _, s := range []domain.Span{a, b} {
		from, to = max(from, s.Start), min(to, s.End)
	}
	return from < to
}
