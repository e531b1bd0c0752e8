package projections

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

var undone = []string{"claim", "correct", "gift", "use", "giver", "count", "close", "merge"}

// TestUndoingRestores does something to a history and takes it back in the way
// the books know: every figure is what it was, while the facts are remembered.
func TestUndoingRestores(t *testing.T) {
	done := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 120)
		h.enrolSomeone() // so that ledger time does not move in what follows
		e := h.engine(Options{Batch: 20})
		before := h.figures(t, h.view(e, Now()))
		changes := map[string]func(){"claim": h.claimAndVoid, "correct": h.correctAndBack, "gift": h.giftAndBack,
			"use": h.useAndReverse, "giver": h.giverAndBack, "count": h.countAndWithdraw, "close": h.closeAndReopen, "merge": h.mergeAndPart}
		for _, name := range rapid.Permutation(undone).Draw(t, "changes") {
			from := len(h.steps)
			if changes[name](); len(h.steps) > from {
				done[name]++
			}
		}
		if err := e.CatchUp(context.Background()); err != nil {
			t.Fatalf("catch up: %v", err)
		}
		after := h.figures(t, h.view(e, Now()))
		for i := range before {
			want(t, "restored", after[i], before[i])
		}
		checkFigures(t, h.view(e, Now()), modelOf(h.steps), domain.AllTime)
	})
	for _, name := range undone {
		if done[name] == 0 {
			t.Errorf("no history undid a %s", name)
		}
	}
}

// figures are what must be as it was: the digests of what persons, groups and
// communities come to, the sums of gifts, and every scorecard.
func (h *history) figures(t *rapid.T, v *View) (out []string) {
	for _, d := range v.Digests() {
		if slices.Contains([]string{"stars", "standing", "participation", "groups", "programme", "communities", "policies"}, d.Model) {
			out = append(out, fmt.Sprint(d, " of ", d.Subjects))
		}
	}
	for n := range h.people {
		gifts, err := v.GiftsOf(context.Background(), h.store, person(n))
		want(t, "gifts: error", err, nil)
		for i := range gifts {
			g := &gifts[i]
			out = append(out, fmt.Sprint(n, g.Person, g.Donation, g.Gift, g.Left, g.Pending))
		}
	}
	for _, c := range h.codes {
		sums, err := v.Donations(DonationFilter{Division: c.Division(), Period: domain.AllTime})
		want(t, "donations: error", err, nil)
		out = append(out, fmt.Sprint(c, sums.Total, sums.ByMonth, sums.ByKind, sums.ByDonor))
		card, err := v.Scorecard(c, domain.YearPeriod(2025))
		want(t, "scorecard: error", err, nil)
		for i := range card.Items {
			out = append(out, fmt.Sprint(c, card.Items[i].Item, scoreLine(&card.Items[i])))
		}
	}
	return out
}

// known is a community of which the ledger knows, so that a fact recorded there
// makes none.
func (h *history) known() (c domain.CommunityCode, ok bool) {
	c = h.community()
	return c, h.state(c.Stream()).(*domain.Community).Exists
}

func (h *history) claimAndVoid() {
	c, ok := h.known()
	id := h.person()
	if !ok || h.do(recorder, &domain.ClaimEntry{Person: id, Deed: h.deed(c)}) != nil {
		return
	}
	no := h.lastEntry(id)
	if h.chance("reject", 3) {
		h.must(confirmer, &domain.RejectEntry{Person: id, Entry: no, Reason: "不符"})
		return
	}
	h.must(confirmer, &domain.ConfirmEntry{Person: id, Entry: no})
	h.must(recorder, &domain.ProposeVoid{Person: id, Entry: no, Reason: "重复"})
	h.approve(id, no)
}

func (h *history) approve(id domain.PersonID, no domain.EntryNo) {
	p := h.state(id.Stream()).(*domain.Person)
	i := slices.IndexFunc(p.Entries, func(e domain.Entry) bool { return e.No == no })
	h.must(confirmer, &domain.DecideProposal{Person: id, Entry: no, Proposal: p.Entries[i].Pending.No, Approve: true, Reason: "核对"})
}

// correctAndBack corrects a confirmed entry and then corrects it to what it was. In
// a period that was ever closed, by whomever, it keeps its day: what leaves one
// and comes back is late, and what was late is not once the period is open again.
func (h *history) correctAndBack() {
	var all []*domain.Entry
	var whose []domain.PersonID
	for n := range h.people {
		p := h.state(person(n).Stream()).(*domain.Person)
		for i := range p.Entries {
			if e := &p.Entries[i]; e.Status == domain.Confirmed && e.Pending == nil {
				all, whose = append(all, e), append(whose, person(n))
			}
		}
	}
	if len(all) == 0 {
		return
	}
	k := h.pick("confirmed", len(all))
	e, id := all[k], whose[k]
	was, no := e.Deed, e.No
	changed := was
	changed.Span = domain.Span{Day: h.day(), Minutes: domain.Minutes(rapid.IntRange(1, 400).Draw(h.t, "minutes"))}
	for _, x := range h.steps {
		if c, ok := x.event.(*domain.PeriodClosed); ok && c.Period.Contains(was.Span.Day) {
			changed.Span.Day = was.Span.Day
		}
	}
	// What shares its time with an entry under another number could not be given back.
	again := was
	again.Title = "原样"
	if _, err := h.state(id.Stream()).Decide(h.judgedOn(&domain.ProposeCorrection{Person: id, Entry: no, Deed: again, Reason: "试"}), recorder, h.now); err != nil {
		return
	}
	if h.do(recorder, &domain.ProposeCorrection{Person: id, Entry: no, Deed: changed, Reason: "更正"}) != nil {
		return
	}
	h.approve(id, no)
	h.must(recorder, &domain.ProposeCorrection{Person: id, Entry: no, Deed: was, Reason: "改回"})
	h.approve(id, no)
}

func (h *history) mergeAndPart() {
	id, into := h.person(), h.person()
	if h.do(recorder, &domain.ProposePersonMerge{Person: id, Into: into, Reason: "同名"}) != nil {
		return
	}
	no := func() domain.ProposalNo { return domain.ProposalNo(h.counts[id.Stream()] - 1) }
	if h.do(confirmer, &domain.DecidePersonMerge{Person: id, Into: into, Proposal: no(), Approve: true}) != nil {
		return
	}
	h.must(recorder, &domain.ProposePersonUnmerge{Person: id, Into: into, Reason: "不是同一人"})
	h.must(confirmer, &domain.DecidePersonUnmerge{Person: id, Into: into, Proposal: no(), Approve: true})
}

func (h *history) giftAndBack() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	s := h.state(id.Stream()).(*domain.Donation)
	if !s.Exists || s.Pending != nil {
		return
	}
	was := s.Gift
	changed := h.gift()
	changed.Community, changed.Organisation = was.Community, was.Organisation
	for _, g := range []domain.Gift{changed, was} {
		if h.do(recorder, &domain.ProposeDonationCorrection{Donation: id, Gift: g, DonorName: "某人", Reason: "更正"}) != nil {
			return
		}
		h.must(confirmer, &domain.DecideDonationCorrection{
			Donation: id, Proposal: h.state(id.Stream()).(*domain.Donation).Pending.No, Approve: true, Reason: "核对"})
	}
}

// useAndReverse allocates, delivers, and reverses both.
func (h *history) useAndReverse() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	s := h.state(id.Stream()).(*domain.Donation)
	if !s.Exists || s.Gift.Kind != domain.Cash {
		return
	}
	on := h.now.Day()
	if h.do(recorder, &domain.AllocateDonation{Donation: id, Amount: 1, Purpose: "助学", Day: on}) != nil {
		return
	}
	s = h.state(id.Stream()).(*domain.Donation)
	no := s.Use.Allocations[len(s.Use.Allocations)-1].No
	steps := []domain.UseStep{domain.StepAllocation}
	if h.do(confirmer, &domain.DeliverDonation{Donation: id, Allocation: no, Amount: 1, Day: on}) == nil {
		steps = []domain.UseStep{domain.StepDelivery, domain.StepAllocation}
	}
	for _, step := range steps {
		h.must(recorder, &domain.ReverseDonationUse{Donation: id, Allocation: no, Step: step, Amount: 1, Day: on, Reason: "记错"})
	}
}

func (h *history) countAndWithdraw() {
	c, ok := h.known()
	if !ok {
		return
	}
	at := h.counts[c.Stream()]
	if h.do(recorder, &domain.CountFact{Code: c, Kind: domain.Posters, Day: h.day(), Count: 3, Evidence: []domain.Evidence{{Kind: "photo"}}}) != nil {
		return
	}
	h.must(recorder, &domain.WithdrawCount{Code: c, Fact: uint32(at), Reason: "数错"})
}

// closeAndReopen closes a month and opens it again: what is claimed of it then
// is not late.
func (h *history) closeAndReopen() {
	c, ok := h.known()
	m := h.now.Day().Month() - 1
	p := domain.Period{From: m.First(), To: m.Last()}
	if !ok || h.do(recorder, &domain.ClosePeriod{Code: c, Period: p}) != nil {
		return
	}
	h.must(recorder, &domain.ProposeReopening{Code: c, Period: p, Reason: "漏报"})
	for _, x := range h.state(c.Stream()).(*domain.Community).Closed {
		if x.Period == p {
			h.must(confirmer, &domain.DecideReopening{Code: c, Period: p, Proposal: x.Reopen.No, Approve: true, Reason: "核对"})
		}
	}
}
