package commands_test

import (
	"testing"

	"zhishu/commands"
	"zhishu/domain"
)

// TestALateRetryUndoesNothing: the retry of a command that was recorded, coming
// after what undid it, is known by its key, also on a server that has nothing in
// its memory, and records nothing.
func TestALateRetryUndoesNothing(t *testing.T) {
	b := newBench(t)
	h, elsewhere := b.handler(b.store), b.handler(b.store)
	id := domain.ActivityID{UUID: domain.UUID{6: 0x40, 8: 0x80, 14: 9, 15: 1}}
	plan := domain.Plan{Kind: domain.ServiceActivity, Title: "清洁日", Community: community, Start: h.Now(), End: h.Now() + 120*60_000}
	gift := domain.DonationID{UUID: domain.UUID{6: 0x40, 8: 0x80, 14: 9, 15: 2}}
	do := func(key string, c domain.Command) {
		t.Helper()
		b.must(h.Do(t.Context(), b.by(h, "clerk", key, c)))
	}
	late := func(key string, c domain.Command) {
		t.Helper()
		before := len(recorded(t, b.store, c.Target()))
		for _, server := range []*commands.Handler{h, elsewhere} {
			if out := b.must(server.Do(t.Context(), b.by(server, "clerk", key, c))); !out.Repeated {
				t.Errorf("the retry of %s is not known again: %+v", c.Operation(), out)
			}
		}
		if got := recorded(t, b.store, c.Target()); len(got) != before {
			t.Errorf("the retry of %s recorded %s", c.Operation(), got[len(got)-1].Type)
		}
	}
	do("plan", &domain.ScheduleActivity{Activity: id, Plan: plan})
	do("in", &domain.SignUpFor{Activity: id, Person: b.person})
	do("out", &domain.WithdrawSignUp{Activity: id, Person: b.person})
	late("in", &domain.SignUpFor{Activity: id, Person: b.person})
	do("in again", &domain.SignUpFor{Activity: id, Person: b.person})
	late("out", &domain.WithdrawSignUp{Activity: id, Person: b.person})
	do("open", &domain.OpenCheckIn{Activity: id})
	do("close", &domain.CloseCheckIn{Activity: id})
	late("open", &domain.OpenCheckIn{Activity: id})
	do("open again", &domain.OpenCheckIn{Activity: id})
	late("close", &domain.CloseCheckIn{Activity: id})

	// The second of two such answers was none that could be known again.
	agree := &domain.AgreePublication{Donation: gift, Publication: domain.PublishName, Basis: domain.OnPaper, Day: h.Now().Day()}
	do("gift", &domain.ReceiveDonation{Donation: gift, Donor: domain.DonorID(gift), DonorName: "王某", Gift: domain.Gift{
		Day: h.Now().Day(), Kind: domain.Cash, Amount: 100, Community: community, DonorKind: domain.Individual}})
	do("yes", agree)
	do("yes, said twice", agree)
	do("no", &domain.WithdrawPublication{Donation: gift, Day: h.Now().Day()})
	do("no, said twice", &domain.WithdrawPublication{Donation: gift, Day: h.Now().Day()})
	late("yes, said twice", agree)
	do("yes after all", agree)
	late("no, said twice", &domain.WithdrawPublication{Donation: gift, Day: h.Now().Day()})
}
