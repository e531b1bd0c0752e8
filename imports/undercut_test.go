package imports

import (
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// TestACorrectionMayNotUndercutWhatWasAllocated: a new issue that says less of
// a gift than was allocated of it has that row refused, and takes the others.
func TestACorrectionMayNotUndercutWhatWasAllocated(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "一月.csv", donations("1122400.01", january...)))
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refs := view.RowsOf(importID(t, first))
	used := refs[slices.IndexFunc(refs, func(r projections.RowRef) bool { return r.Number == 7 })].Donation // 董**, 2000.00
	day, _ := domain.ParseDay("2026-02-01")
	l.do(l.recorder, &domain.AllocateDonation{Donation: used, Amount: 1500_00, Purpose: "助学", Day: day})

	rows := slices.Clone(january)
	rows[6] = strings.Replace(rows[6], "2000.00", "1499.99", 1)
	rows[0] = strings.Replace(rows[0], "300.00", "301.00", 1)
	j := l.job(domain.ImportDonations, "一月（更正）.csv", donations("", rows...))
	j.ReissueOf = importID(t, first)
	res := l.mustRun(j)
	if res.Refused != 1 || len(res.Codes) != 1 || res.Codes[0].Code != string(domain.UndercutsUse) || res.Corrected != 1 {
		t.Fatalf("%+v", res)
	}
	if got := l.totals(); got.fen != 112240001+100 {
		t.Errorf("%+v", got)
	}
	// What leaves enough is taken.
	rows[6] = strings.Replace(rows[6], "1499.99", "1500.00", 1)
	j = l.job(domain.ImportDonations, "一月（再更正）.csv", donations("", rows...))
	j.ReissueOf = importID(t, res)
	if res := l.mustRun(j); res.Refused != 0 || res.Corrected != 1 {
		t.Fatalf("%+v", res)
	}
}
