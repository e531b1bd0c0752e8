package imports

import (
	"testing"

	"zhishu/domain"
)

// Sums that no list comes to are refused before anything is written.
func TestSumsBeyondReason(t *testing.T) {
	l := newLedger(t)
	size := l.size()
	largest := "2026.01.22,孙**,1000000000000.00,"
	eleven := []string{largest, largest, largest, largest, largest, largest, largest, largest, largest, largest, largest}
	page := "本页合计,,60000000000000000.00,\n"
	for name, text := range map[string]string{
		"rows":      donations("", eleven...),
		"declared":  donations("90000000000000000.00", threeGifts...),
		"subtotals": "捐赠日期,捐赠人,捐赠金额（元）,备注\n" + threeGifts[0] + "\n" + page + threeGifts[1] + "\n" + page,
	} {
		j := l.job(domain.ImportDonations, "a.csv", text)
		for _, j.DryRun = range []bool{true, false} {
			_, err := l.run(j)
			if wantCode(t, err, TotalTooLarge); l.size() != size {
				t.Errorf("%s: something was written", name)
			}
		}
	}
	if res := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("10000000000000.00", eleven[:10]...))); !res.Money.Met {
		t.Errorf("%+v", res.Money)
	}
}
