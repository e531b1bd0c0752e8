package imports

import (
	"testing"

	"zhishu/domain"
)

// The total is held against what stands: a correction that waits for a second
// person counts with its old value, and is told apart.
func TestWaitingCorrectionCountsWithItsOldValue(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("600.00", threeGifts...)))
	text := donations("650.00", threeGifts[0], "2026.01.23,王*,150.00,", threeGifts[2])
	j := l.job(domain.ImportDonations, "b.csv", text)
	j.ReissueOf, j.Confirmer = importID(t, first), domain.AccountID{}
	j.DryRun = true
	foretold := l.mustRun(j)
	j.DryRun = false
	res := l.mustRun(j)
	for _, r := range []Result{foretold, res} {
		if want := (Control{Declared: "650.00", Computed: "600.00", Difference: "50.00", Pending: "50.00"}); *r.Money != want || r.Corrected != 1 {
			t.Errorf("%s: %+v, want %+v", r.Status, *r.Money, want)
		}
	}
	if fen := l.finished(res).Fen; fen != 60000 {
		t.Errorf("finished with %s", fen)
	}

	l = newLedger(t)
	first = l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	changed := append([]string(nil), sevenHours...)
	changed[1] = "V2,2026-01-05,清洁,75,女,50"
	j = l.job(domain.ImportService, "b.csv", hours(changed...))
	j.ReissueOf, j.Confirmer = importID(t, first), domain.AccountID{}
	res = l.mustRun(j)
	if want := (Control{Computed: "465", Pending: "15"}); *res.Minutes != want || l.finished(res).Minutes != 465 {
		t.Errorf("%+v, want %+v", *res.Minutes, want)
	}
}

func TestTakenCorrectionCountsWithItsNewValue(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("600.00", threeGifts...)))
	j := l.job(domain.ImportDonations, "b.csv", donations("650.00", threeGifts[0], "2026.01.23,王*,150.00,", threeGifts[2]))
	j.ReissueOf = importID(t, first)
	res := l.mustRun(j)
	if want := (Control{Declared: "650.00", Computed: "650.00", Difference: "0.00", Met: true}); *res.Money != want {
		t.Errorf("%+v", *res.Money)
	}
}

// finished is what an import's last event says.
func (l *ledger) finished(res Result) domain.ImportFinished {
	l.t.Helper()
	view, err := foldedBooks{l.store}.Now(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	info, err := view.Import(importID(l.t, res))
	if err != nil || info.Running {
		l.t.Fatalf("%v %+v", err, info)
	}
	return info.Finished
}
