package domain_test

import (
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// tallyOf is what events say of a gift's use, by the thing ("" is money): a
// second book, kept with maps and nothing of the domain's own.
type tallyOf struct {
	received, returned map[string]int64
	allocated          map[domain.AllocationNo]map[string]int64
	delivered          map[domain.AllocationNo]map[string]int64
	by                 map[domain.AllocationNo]domain.AccountID
}

func partsOf(amount domain.Fen, items []domain.Item) map[string]int64 {
	out := map[string]int64{"": int64(amount)}
	for _, it := range items {
		out[it.Name+"/"+it.Unit] += it.Quantity
	}
	return out
}

func tallyUse(history []recorded) tallyOf {
	t := tallyOf{map[string]int64{}, map[string]int64{}, map[domain.AllocationNo]map[string]int64{}, map[domain.AllocationNo]map[string]int64{}, map[domain.AllocationNo]domain.AccountID{}}
	add := func(to, what map[string]int64, sign int64) {
		for k, n := range what {
			to[k] += sign * n
		}
	}
	var offered domain.Gift
	take := func(g domain.Gift) {
		t.received = partsOf(0, g.Items)
		if g.Kind == domain.Cash {
			t.received[""] = int64(g.Amount)
		}
	}
	for revision, r := range history {
		switch e := r.event.(type) {
		case *domain.DonationReceived:
			take(e.Gift)
		case *domain.DonationCorrectionProposed:
			offered = e.Gift
		case *domain.DonationCorrectionApproved:
			take(offered)
		case *domain.DonationAllocated:
			no := domain.AllocationNo(revision)
			t.allocated[no], t.delivered[no], t.by[no] = partsOf(e.Amount, e.Items), map[string]int64{}, r.meta.Account
		case *domain.DonationDelivered:
			add(t.delivered[e.Allocation], partsOf(e.Amount, e.Items), 1)
		case *domain.DonationReturned:
			add(t.returned, partsOf(e.Amount, e.Items), 1)
		case *domain.DonationUseReversed:
			of := t.allocated
			if e.Step == domain.StepDelivery {
				of = t.delivered
			}
			add(of[e.Allocation], partsOf(e.Amount, e.Items), -1)
		}
	}
	return t
}

// fault says which part of the book cannot be.
func (t *tallyOf) fault() string {
	spent := map[string]int64{}
	for k, n := range t.returned {
		spent[k] += n
	}
	for no, parts := range t.allocated {
		for k, n := range parts {
			spent[k] += n
			if d := t.delivered[no][k]; d < 0 || d > n {
				return "more delivered than allocated of " + k
			}
		}
		for k := range t.delivered[no] {
			if _, ok := parts[k]; !ok {
				return "delivered and never allocated: " + k
			}
		}
	}
	for k, n := range spent {
		if n < 0 || n > t.received[k] {
			return "more allocated than received of " + k
		}
	}
	return ""
}

// TestGiftUse: whatever is accepted of random commands, no more is allocated
// than was received and no more delivered than was allocated, of money and of
// every thing; who delivers did not allocate.
func TestGiftUse(t *testing.T) {
	accepted, refused := map[string]int{}, map[domain.Code]int{}
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(t)
		g := donation("G")
		for range 50 {
			by := domain.Actor{Account: account(rapid.SampledFrom([]string{"clerk", "reviewer"}).Draw(t, "by")), Role: domain.RoleRecorder}
			events, err := l.decide(randomUse(t, g, l.state(g.Stream()).(*domain.Donation)), by)
			if err != nil {
				refused[err.(*domain.Refusal).Code]++
				continue
			}
			if len(events) == 0 {
				continue
			}
			accepted[events[0].event.Type()]++
			book := tallyUse(l.streams[g.Stream()])
			if fault := book.fault(); fault != "" {
				t.Fatal(fault)
			}
			if e, ok := events[0].event.(*domain.DonationDelivered); ok && book.by[e.Allocation] == by.Account {
				t.Fatal("delivered by who allocated it")
			}
		}
	})
	for _, e := range []string{"donation-allocated", "donation-delivered", "donation-returned", "donation-use-reversed", "donation-correction-approved"} {
		if accepted[e] == 0 {
			t.Errorf("no random gift had a %s", e)
		}
	}
	for _, c := range []domain.Code{domain.MoreThanReceived, domain.MoreThanAllocated, domain.UndercutsUse, domain.SameAccount} {
		if refused[c] == 0 {
			t.Errorf("nothing was refused with %s", c)
		}
	}
}

func randomUse(t *rapid.T, g domain.DonationID, s *domain.Donation) domain.Command {
	amount := domain.Fen(rapid.IntRange(0, 60).Draw(t, "amount"))
	var items []domain.Item
	for _, name := range []string{"大米", "旧书"} {
		if n := rapid.Int64Range(0, 6).Draw(t, name); n > 3 {
			items = append(items, domain.Item{Name: name, Quantity: n - 3, Unit: "袋"})
		}
	}
	if len(items) > 0 && rapid.Bool().Draw(t, "things only") {
		amount = 0
	}
	on := day("2026-03-01")
	no := domain.AllocationNo(rapid.IntRange(0, 50).Draw(t, "allocation"))
	if n := len(s.Use.Allocations); n > 0 {
		no = s.Use.Allocations[int(no)%n].No
	}
	gift := domain.Gift{Day: on, Kind: domain.Cash, DonorKind: domain.Individual, Community: lifeCode, Amount: 20 + 2*amount}
	for _, it := range items {
		it.Basis, it.Quantity = domain.NotValued, 3*it.Quantity
		gift.Items = append(gift.Items, it)
	}
	if !s.Exists {
		return &domain.ReceiveDonation{Donation: g, Donor: domain.DonorID{UUID: id("donor", "王某")}, Gift: gift, DonorName: "王某"}
	}
	if s.Pending != nil {
		return &domain.DecideDonationCorrection{Donation: g, Proposal: s.Pending.No, Approve: true}
	}
	switch rapid.IntRange(0, 7).Draw(t, "what") {
	case 0, 1, 2:
		return &domain.AllocateDonation{Donation: g, Amount: amount, Items: items, Purpose: "助学", Day: on}
	case 3, 4:
		return &domain.DeliverDonation{Donation: g, Allocation: no, Amount: amount, Items: items, Day: on}
	case 5:
		return &domain.ReturnDonation{Donation: g, Amount: amount, Items: items, Day: on, Reason: "要求"}
	case 6:
		step := rapid.SampledFrom([]domain.UseStep{domain.StepAllocation, domain.StepDelivery}).Draw(t, "step")
		return &domain.ReverseDonationUse{Donation: g, Allocation: no, Step: step, Amount: amount, Items: items, Day: on, Reason: "记错"}
	}
	return &domain.ProposeDonationCorrection{Donation: g, Gift: gift, DonorName: "王某", Reason: "抄错"}
}
