package imports

import (
	"testing"

	"zhishu/domain"
)

// besideBooks is a ledger whose imports read the books an engine keeps.
func besideBooks(t *testing.T) (*ledger, *Importer) {
	l := newLedger(t)
	return l, New(l.handler, l.vault, l.following())
}

func (l *ledger) mustImport(im *Importer, j Job) Result {
	l.t.Helper()
	res, err := im.Run(l.t.Context(), j)
	if err != nil {
		l.t.Fatal(err)
	}
	return res
}

func TestAGiftCorrectedByHandIsRecognised(t *testing.T) {
	l, im := besideBooks(t)
	rows := []string{"2026.01.22,孙**,300.00,", "2026.01.23,王*,100.00,", "2026.01.24,李*,200.00,"}
	first := l.mustImport(im, l.job(domain.ImportDonations, "a.csv", donations("600.00", rows...)))
	gift := importedGift(t, l, first, 2)
	state, err := l.handler.State(t.Context(), gift.Stream())
	if err != nil {
		t.Fatal(err)
	}
	value := state.(*domain.Donation).Gift
	value.Purpose = "助学"
	out := l.do(l.recorder, &domain.ProposeDonationCorrection{Donation: gift, Gift: value, DonorName: "王*", Reason: "定向用途漏登"})
	l.do(l.confirmer, &domain.DecideDonationCorrection{Donation: gift, Proposal: domain.ProposalNo(out.First), Approve: true})
	j := l.job(domain.ImportDonations, "b.csv", donations("650.00", append(rows, "2026.01.25,周*,50.00,")...))
	j.ReissueOf = importID(t, first)
	res := l.mustImport(im, j)
	if res.Recognised != 3 || res.Added != 1 || res.LookAlikes != 0 || len(res.Vanished) != 0 || !res.Money.Met {
		t.Fatalf("%+v", res)
	}
	if state, err = l.handler.State(t.Context(), gift.Stream()); err != nil || state.(*domain.Donation).Gift.Purpose != "助学" {
		t.Fatalf("%+v, %v", state, err)
	}
	if n := l.events()["donation-received"]; n != 4 {
		t.Fatalf("%d gifts", n)
	}
}
