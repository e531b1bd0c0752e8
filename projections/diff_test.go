package projections

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// TestDiffOfAStatement: an entry that came, one corrected, one voided, one that
// a day's cap counts otherwise, each with the event that did it.
func TestDiffOfAStatement(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-03-05").Start()
	a := w.enrol(1, c, "2025-01-01")
	w.confirmed(a, w.service(c, "2026-01-10", 60))
	longer := w.confirmed(a, w.service(c, "2026-01-11", 90))
	voided := w.confirmed(a, w.service(c, "2026-01-12", 30))
	e := w.engine(Options{})
	before := w.view(e, Now())
	value := w.service(c, "2026-01-11", 120)
	w.must(recorder, &domain.ProposeCorrection{Person: a, Entry: longer, Deed: value, Reason: "少记"})
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: longer, Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	w.must(recorder, &domain.ProposeVoid{Person: a, Entry: voided, Reason: "记错人"})
	w.must(confirmer, &domain.DecideProposal{Person: a, Entry: voided, Proposal: domain.ProposalNo(w.counts[a.Stream()] - 1), Approve: true})
	came := w.confirmed(a, w.service(c, "2026-01-13", 45))
	v := w.catchUp(e)
	diff, err := v.DiffStatement(context.Background(), w.store, before, a)
	want(t, "error", err, nil)
	var got []string
	for _, x := range diff.Entries {
		text := fmt.Sprint(x.No, " ", x.Change())
		for _, d := range x.Events {
			text += fmt.Sprint(" ", d.Type, "@", d.Revision, "/", d.Size)
			want(t, "the event of that size", w.steps[d.Size-1].event.Type(), d.Type)
		}
		got = append(got, text)
	}
	size := before.Size()
	want(t, "changes", fmt.Sprint(got), fmt.Sprint([]string{
		fmt.Sprintf("%d 30 entry-correction-proposed@%d/%d entry-correction-approved@%d/%d", longer, came-4, size+1, came-3, size+2),
		fmt.Sprintf("%d -30 entry-void-proposed@%d/%d entry-void-approved@%d/%d", voided, came-2, size+3, came-1, size+4),
		fmt.Sprintf("%d 45 service-claimed@%d/%d entry-confirmed@%d/%d", came, came, size+5, came+1, size+6),
	}))
	board := v.DiffStars(before, c.Division(), 10)
	want(t, "changed", board.Changed, 1)
	var facts []string
	for _, f := range board.Rows[0].Facts {
		facts = append(facts, fmt.Sprint(f.Entry, " ", f.Minutes, " ", f.Came, " ", f.Size))
	}
	want(t, "facts", fmt.Sprint(facts), fmt.Sprint([]string{
		fmt.Sprint(longer, " 90 false ", size+2), fmt.Sprint(longer, " 120 true ", size+2),
		fmt.Sprint(voided, " 30 false ", size+4), fmt.Sprint(came, " 45 true ", size+6)}))
	want(t, "withheld where one member is all there is", published(v).DiffStars(published(before), c.Division(), 10).Suppressed, SmallGroup)
	capped := domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CountingKind}, Title: "每次一小时",
		Counting: &domain.CountingPolicy{Rounding: domain.RoundNone, EntryCap: 60}}
	ruled, err := v.WhatIf(&capped).DiffStatement(context.Background(), w.store, v, a)
	want(t, "error", err, nil)
	want(t, "entries another rule counts otherwise", len(ruled.Entries), 1)
	for _, x := range ruled.Entries {
		want(t, "cause", fmt.Sprint(x.Causes, len(x.Events)), "[rule] 0")
		want(t, "the one that is longer", x.No, longer)
		want(t, "its change", x.Change(), -60)
	}
}

// TestDiffsAddUp: over random histories a difference of a point of view with
// itself is empty, those of steps add up to the whole, and boards and rates
// differ by what their differences say.
func TestDiffsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		e := h.engine(Options{})
		end := h.view(e, Now())
		var views []*View
		for size := domain.Size(0); size < end.Size(); size += domain.Size(rapid.IntRange(1, 40).Draw(t, "step")) {
			views = append(views, h.view(e, AtSize(size)))
		}
		views = append(views, end)
		for n := range h.people {
			h.statementsAddUp(views, person(n))
			h.givingAddsUp(views, person(n))
		}
		for _, s := range divisions {
			d := division(t, s)
			for i, v := range views {
				before := views[max(0, i-1)]
				h.boardsDiffer(before, v, d)
				h.ratesDiffer(before, v, d)
			}
		}
	})
}

func (h *history) statementsAddUp(views []*View, id domain.PersonID) {
	type key struct {
		person domain.PersonID
		no     domain.EntryNo
	}
	ctx := context.Background()
	diff := func(before, after *View) map[key]EntryChange {
		out := map[key]EntryChange{}
		d, err := after.DiffStatement(ctx, h.store, before, id)
		if errors.Is(err, ErrUnknownPerson) {
			return out
		}
		want(h.t, "error", err, nil)
		sum := domain.Minutes(0)
		h.waitingAddsUp(&d)
		for _, c := range d.Entries {
			out[key{c.Person, c.No}] = c
			sum += c.Change()
		}
		want(h.t, "the entries make the difference", sum, d.After.Service.Recognised-d.Before.Service.Recognised)
		return out
	}
	together := map[key]domain.Minutes{}
	events := map[key][]Did{}
	for i, v := range views {
		want(h.t, "with itself", len(diff(v, v)), 0)
		if i == 0 {
			continue
		}
		for k, c := range diff(views[i-1], v) {
			together[k] += c.Change()
			events[k] = append(events[k], c.Events...)
		}
	}
	whole := diff(views[0], views[len(views)-1])
	for k, c := range whole {
		want(h.t, "minutes in steps", together[k], c.Change())
		for _, did := range c.Events {
			want(h.t, "the event of that size", h.steps[did.Size-1].stream, k.person.Stream())
			want(h.t, "and its type", h.steps[did.Size-1].event.Type(), did.Type)
		}
		for _, did := range events[k] { // what was recorded before a merge shows in the whole
			found := false
			for _, in := range c.Events {
				found = found || reflect.DeepEqual(in, did)
			}
			want(h.t, "an event of a step is one of the whole", found, true)
		}
	}
	for k := range together {
		_, known := whole[k]
		if p := h.state(k.person.Stream()).(*domain.Person); !known && p.Parted {
			want(h.t, "minutes that came with a merge and went with its undoing", together[k], 0)
			continue
		}
		want(h.t, "an entry of a step is one of the whole", known, true)
	}
}

// waitingAddsUp: the earlier reports and open check-ins and their changes make the
// later ones, and every event named is in the log.
func (h *history) waitingAddsUp(d *StatementDiff) {
	come := func(before, after bool) int {
		switch {
		case before == after:
			return 0
		case after:
			return 1
		}
		return -1
	}
	reports, open, pending := len(d.Before.Reports), 0, len(d.Before.Pending)
	for _, r := range d.Before.Reports {
		open += come(false, r.Open)
	}
	for _, c := range d.Reports {
		h.named(h.t, c.Events)
		reports += come(c.Before != nil, c.After != nil)
		open += come(c.Before != nil && c.Before.Open, c.After != nil && c.After.Open)
		want(h.t, "a change of a report has a cause", len(c.Events) > 0 || c.Merged, true)
	}
	for _, c := range d.CheckIns {
		h.named(h.t, c.Events)
		pending += come(c.Before != nil, c.After != nil)
		want(h.t, "a change of a check-in has a cause", len(c.Events) > 0 || c.Merged, true)
	}
	for _, r := range d.After.Reports {
		open -= come(false, r.Open)
	}
	want(h.t, "reports", reports, len(d.After.Reports))
	want(h.t, "open reports", open, 0)
	want(h.t, "open check-ins", pending, len(d.After.Pending))
}

func (h *history) boardsDiffer(before, v *View, d domain.Division) {
	const all = 1 << 30
	same := v.DiffStars(v, d, all)
	want(h.t, "stars with themselves", len(same.Rows), 0)
	diff := v.DiffStars(before, d, all)
	h.factsAreNamed(h.t, v, diff.Moves())
	was, is := h.starsOf(before, d), h.starsOf(v, d)
	for _, r := range diff.Rows {
		id := r.Person
		if r.After == nil {
			delete(was, id)
			continue
		}
		want(h.t, "the later rating", r.After.Value.Recognised, is[id])
		sum := domain.Minutes(0)
		for _, f := range r.Facts {
			if f.Came {
				sum += f.Minutes
			} else {
				sum -= f.Minutes
			}
		}
		raw := r.After.Value.Raw
		if r.Before != nil {
			want(h.t, "the earlier rating", r.Before.Value.Recognised, was[id])
			raw -= r.Before.Value.Raw
			want(h.t, "the facts make the difference", sum, raw)
		}
		was[id] = is[id]
	}
	want(h.t, "the one board and the difference make the other", fmt.Sprint(was), fmt.Sprint(is))
	if v.rules.InForceFor(domain.StandingKind, d, v.day) != nil {
		ranked, err := v.DiffStanding(v, d, domain.AllTime, all)
		want(h.t, "error", err, nil)
		want(h.t, "a ranking with itself", len(ranked.Rows), 0)
	}
}

func (h *history) starsOf(v *View, d domain.Division) map[domain.PersonID]domain.Minutes {
	board, err := v.Stars(d, Page{Limit: MaxLimit})
	want(h.t, "error", err, nil)
	out := map[domain.PersonID]domain.Minutes{}
	for _, r := range board.Rows {
		out[r.Person] = r.Rating.Recognised
	}
	return out
}

func (h *history) ratesDiffer(before, v *View, d domain.Division) {
	diff, err := v.DiffParticipation(before, d, domain.AllTime, 1<<30)
	if errors.Is(err, ErrNoPolicy) {
		return
	}
	want(h.t, "error", err, nil)
	h.factsAreNamed(h.t, v, diff.Moves())
	if diff.Before.Participants != diff.After.Participants && diff.Persons == 0 && v.moved == nil && before.moved == nil {
		h.t.Fatalf("the rates of %q differ by nobody: %+v", d, diff)
	}
	public, err := published(v).DiffParticipation(published(before), d, domain.AllTime, 10)
	want(h.t, "error", err, nil)
	need := max(before.smallest(d, diff.Before.On), v.smallest(d, diff.After.On)) // a definition may ask for fewer than the default
	if 0 < diff.Persons && diff.Persons < need && public.Suppressed == NotSuppressed {
		h.t.Fatalf("a difference of %d persons is published", diff.Persons)
	}
	if public.Suppressed != NotSuppressed {
		want(h.t, "facts that are withheld", public.Came+public.Went+public.Persons+int64(len(public.Facts)), 0)
	}
}
