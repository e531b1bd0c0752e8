package domain_test

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// TestSameGift: equal in every clear field, and a change of any one is seen.
func TestSameGift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a domain.Gift
		fill(t, reflect.ValueOf(&a).Elem(), "gift")
		b := deepCopy(a)
		if !domain.SameGift(a, b) {
			t.Fatal("a copy differs")
		}
		v := reflect.ValueOf(&b).Elem()
		i := rapid.IntRange(0, v.NumField()-1).Draw(t, "field")
		fill(t, v.Field(i), "other")
		// A nil list and an empty one hold the same things.
		if len(a.Items) == 0 && len(b.Items) == 0 {
			b.Items = a.Items
		}
		if domain.SameGift(a, b) != reflect.DeepEqual(a, b) {
			t.Fatalf("%s: %+v and %+v", v.Type().Field(i).Name, a, b)
		}
	})
}

// TestGiftLife: under random commands a gift has at most one correction
// waiting, decided by another account, and never a value that could not have
// been received.
func TestGiftLife(t *testing.T) {
	accepted := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		l := newLedger(t)
		g := donation("G")
		state := func() *domain.Donation { return l.state(g.Stream()).(*domain.Donation) }
		proposer := domain.AccountID{}
		for range 60 {
			by := domain.Actor{Account: account(rapid.SampledFrom([]string{"clerk", "reviewer", "third"}).Draw(t, "by")), Role: domain.RoleRecorder}
			before := deepCopy(*state())
			events, err := l.decide(randomGiftCommand(t, g, state()), by)
			if err != nil || len(events) == 0 {
				continue
			}
			accepted[events[0].event.Type()]++
			after := state()
			switch events[0].event.(type) {
			case *domain.DonationReceived:
				if before.Exists {
					t.Fatal("received twice")
				}
			case *domain.DonationCorrectionProposed:
				if before.Pending != nil || !domain.SameGift(before.Gift, after.Gift) {
					t.Fatal("a second proposal, or a value changed by proposing")
				}
				proposer = by.Account
			case *domain.DonationCorrectionApproved, *domain.DonationCorrectionRefused:
				if by.Account == proposer || before.Pending == nil || after.Pending != nil {
					t.Fatal("decided by the proposer, or nothing to decide")
				}
			}
			if a := after.Gift.Amount; a <= 0 || a > domain.MaxGift || after.Gift.Community != lifeCode {
				t.Fatalf("the gift is now %+v", after.Gift)
			}
		}
	})
	for _, e := range []string{"donation-received", "donation-correction-proposed", "donation-correction-approved", "donation-correction-refused"} {
		if accepted[e] == 0 {
			t.Errorf("no random gift had a %s", e)
		}
	}
}

func randomGiftCommand(t *rapid.T, g domain.DonationID, s *domain.Donation) domain.Command {
	gift := domain.Gift{
		Day: day("2026-03-01"), Kind: domain.Cash, DonorKind: domain.Individual,
		Amount:    rapid.SampledFrom([]domain.Fen{100, 1, 0, -1, domain.MaxGift, domain.MaxGift + 1}).Draw(t, "amount"),
		Community: rapid.SampledFrom([]domain.CommunityCode{lifeCode, lifeCode, 430702001008}).Draw(t, "community"),
	}
	if !s.Exists {
		gift.Community = lifeCode
	}
	row, proposal := domain.Row{}, domain.ProposalNo(99)
	if rapid.Bool().Draw(t, "imported") {
		row = domain.Row{Import: domain.ImportID{UUID: id("import", "A")}, Number: uint32(rapid.IntRange(1, 9).Draw(t, "row"))}
	}
	if s.Pending != nil {
		proposal, row = s.Pending.No, s.Pending.Row
	}
	switch rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		return &domain.DecideDonationCorrection{Donation: g, Proposal: proposal, Row: row, Approve: rapid.Bool().Draw(t, "approve"), Reason: "如下"}
	case 1:
		return &domain.ProposeDonationCorrection{Donation: g, Gift: gift, DonorName: "王某", Reason: "抄错", Row: row}
	}
	donor := domain.DonorID{UUID: id("donor", "王某")}
	return &domain.ReceiveDonation{Donation: g, Donor: donor, Gift: gift, DonorName: "王某", Row: row}
}

// TestNobodyDecidesWhatTheyGave: an account of the donor approves no correction
// of the gift.
func TestNobodyDecidesWhatTheyGave(t *testing.T) {
	person := domain.PersonID{UUID: domain.UUID{15: 1}}
	gift := domain.Gift{Day: 20_000, Kind: domain.Cash, Amount: 100, Community: 430702001007}
	d := &domain.Donation{}
	d.Evolve(&domain.DonationReceived{Person: person, Gift: gift}, domain.Meta{})
	d.Evolve(&domain.DonationCorrectionProposed{Gift: gift}, domain.Meta{Account: domain.AccountID{UUID: domain.UUID{15: 2}}})
	approve := &domain.DecideDonationCorrection{Proposal: 1, Approve: true}
	for by, want := range map[domain.PersonID]domain.Code{person: domain.OwnRecord, {UUID: domain.UUID{15: 9}}: "", {}: ""} {
		_, err := d.Decide(approve, domain.Actor{Account: domain.AccountID{UUID: domain.UUID{15: 3}}, Role: domain.RoleRecorder, Person: by}, domain.Day(20_001).Start())
		var r *domain.Refusal
		if got := errors.As(err, &r); got != (want != "") || got && r.Code != want {
			t.Errorf("by %v: %v, want %q", by, err, want)
		}
	}
}
