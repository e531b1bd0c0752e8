package imports

import (
	"testing"

	"zhishu/domain"
)

func TestGiftsAreRecordedAndTheTotalIsMet(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportDonations, "一月.csv", donations("1300.50",
		"2026.02.01,赵*\t,100.00,", "2026.02.01,明湖建材有限公司,1200,转来", "2026/2/2,钱**,0.50,")))
	if res.Status != Finished || res.Rows != 3 || res.Accepted != 3 || res.Added != 3 || res.Refused != 0 {
		t.Fatalf("%+v", res)
	}
	if !res.Money.Met || res.Money.Declared != "1300.50" || res.Money.Computed != "1300.50" || res.Money.Difference != "0.00" {
		t.Fatalf("%+v", res.Money)
	}
	if got := l.totals(); got.gifts != 3 || got.fen != 130050 {
		t.Fatalf("%+v", got)
	}
}
