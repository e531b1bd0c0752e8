package imports

import (
	"errors"
	"testing"

	"zhishu/domain"
)

// A list that merges two earlier lists is a new issue of one of them and would
// double the other.
func TestListThatMergesTwo(t *testing.T) {
	february := []string{"2026.02.22,赵**,30.00,", "2026.02.23,钱*,10.00,"}
	for name, again := range map[string][]string{"equal": february, "alike": {"2026.02.22,赵**,30.00,转账", "2026.02.23,钱*,10.00,转账"}} {
		l := newLedger(t)
		first := l.mustRun(l.job(domain.ImportDonations, "jan.csv", donations("600.00", threeGifts...)))
		second := l.mustRun(l.job(domain.ImportDonations, "feb.csv", donations("40.00", february...)))
		size := l.size()
		j := l.job(domain.ImportDonations, "both.csv", donations("640.00", append(threeGifts[:3:3], again...)...))
		j.ReissueOf = importID(t, first)
		_, err := l.run(j)
		wantCode(t, err, ReissueMerges)
		var near *Resemblance
		if !errors.As(err, &near) || near.Earlier.String() != second.Import || near.Shared != 2 || near.Rows != 2 || l.size() != size {
			t.Fatalf("%s: %+v", name, near)
		}
	}
}

// Rows that come again from the list's own earlier issue may look like those of
// another list.
func TestReissueBesideAListThatLooksAlike(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", threeGifts...)))
	j := l.job(domain.ImportDonations, "night.csv", donations("", "2026.01.22,孙**,300.00,夜", "2026.01.23,王*,100.00,夜"))
	j.Separate = true
	l.mustRun(j)
	j = l.job(domain.ImportDonations, "b.csv", donations("", fourGifts...))
	j.ReissueOf = importID(t, first)
	if res := l.mustRun(j); res.Recognised != 3 || res.Added != 1 {
		t.Fatalf("%+v", res)
	}
}
