package imports

import (
	"testing"

	"zhishu/domain"
)

// merge makes what the sheets call V2 another number of V1.
func (l *ledger) merge() (stays, old domain.PersonID) {
	l.t.Helper()
	find := func(number string) domain.PersonID {
		id, err := l.handler.PersonByNumber(l.t.Context(), here.String(), number)
		if err != nil || id.IsZero() {
			l.t.Fatalf("%s: %v", number, err)
		}
		return id
	}
	stays, old = find("V1"), find("V2")
	proposed := l.do(l.recorder, &domain.ProposePersonMerge{Person: old, Into: stays, Reason: "同一人"})
	l.do(l.confirmer, &domain.DecidePersonMerge{Person: old, Proposal: domain.ProposalNo(proposed.First), Into: stays, Approve: true})
	return stays, old
}

// TestASheetUnderAMergedNumber: what a sheet brings under an old number is recorded
// under the one that stays, beside the hours of both; the list of an earlier month
// that comes again corrects the entry where it stands.
func TestASheetUnderAMergedNumber(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportService, "a.csv", hours(fiveHours...)))
	stays, old := l.merge()
	again := l.job(domain.ImportService, "b.csv", hours(longer...)) // V2 had two hours
	again.ReissueOf = importID(t, first)
	if res := l.mustRun(again); res.Corrected != 1 || res.Taken != 1 || res.Added != 0 {
		t.Fatalf("%+v", res)
	}
	// One day holds 24 hours of both numbers: 60 and 120 minutes are taken.
	next := l.mustRun(l.job(domain.ImportService, "c.csv", hours("V2,2026-01-05,值守,1261,女,50", "V2,2026-01-07,值守,60,女,50")))
	if next.Added != 1 || next.Confirmed != 1 || len(next.Errors) != 1 || next.Errors[0].Code != string(domain.DayFull) {
		t.Fatalf("%+v", next)
	}
	entries := func(id domain.PersonID) []domain.Entry {
		state, err := l.handler.State(t.Context(), id.Stream())
		if err != nil {
			t.Fatal(err)
		}
		return state.(*domain.Person).Entries
	}
	if e := entries(old); len(e) != 1 || e[0].Deed.Span.Minutes != 120 || e[0].Pending != nil {
		t.Errorf("under the old number stands %+v", e)
	}
	if e := entries(stays); len(e) != 2 || e[1].Status != domain.Confirmed {
		t.Errorf("under the one that stays %+v", e)
	}
}
