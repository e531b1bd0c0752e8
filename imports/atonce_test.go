package imports

import (
	"errors"
	"sync"
	"testing"

	"zhishu/domain"
)

var (
	threeGifts = []string{"2026.01.22,孙**,300.00,", "2026.01.23,王*,100.00,", "2026.01.24,李*,200.00,"}
	fourGifts  = append(threeGifts[:3:3], "2026.01.25,周*,50.00,")
)

// Two issues of one list at one moment: one is recorded, the other asked about.
func TestTwoIssuesAtOnce(t *testing.T) {
	t.Parallel()
	for range 10 {
		l := newLedger(t)
		im := l.importer(l.store)
		jobs := []Job{l.job(domain.ImportDonations, "a.csv", donations("", threeGifts...)), l.job(domain.ImportDonations, "b.csv", donations("", fourGifts...))}
		res, refused := atOnce(t, im, jobs)
		wantCode(t, refused, ReissueSuspected)
		if got := l.totals(); got.gifts != res.Added || res.Rows != res.Added {
			t.Fatalf("%+v, %+v", got, res)
		}
	}
}

func TestTwoReissuesAtOnce(t *testing.T) {
	t.Parallel()
	for range 10 {
		l := newLedger(t)
		first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", threeGifts...)))
		im := l.importer(l.store)
		jobs := []Job{l.job(domain.ImportDonations, "b.csv", donations("", fourGifts...)), l.job(domain.ImportDonations, "c.csv", donations("", append(fourGifts[:4:4], "2026.01.26,吴*,10.00,")...))}
		jobs[0].ReissueOf, jobs[1].ReissueOf = importID(t, first), importID(t, first)
		res, refused := atOnce(t, im, jobs)
		wantCode(t, refused, ReissueSuperseded)
		if got := l.totals(); got.gifts != 3+res.Added || res.Recognised != 3 {
			t.Fatalf("%+v, %+v", got, res)
		}
	}
}

// atOnce runs two jobs of which one must be refused.
func atOnce(t *testing.T, im *Importer, jobs []Job) (done Result, refused error) {
	t.Helper()
	results, errs := make([]Result, 2), make([]error, 2)
	var both sync.WaitGroup
	for i := range jobs {
		both.Go(func() { results[i], errs[i] = im.Run(t.Context(), jobs[i]) })
	}
	both.Wait()
	for i := range jobs {
		if errs[i] == nil && errs[1-i] != nil {
			return results[i], errs[1-i]
		}
	}
	t.Fatalf("one must be refused: %v", errs)
	return Result{}, nil
}

// An import that has begun and recorded nothing yet counts with all its rows.
func TestIssueWhileAnotherIsWritten(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	h := &hook{Store: l.store, stream: "donation-"}
	im := l.importer(h)
	var during error
	h.do = func() {
		_, during = im.Run(t.Context(), l.job(domain.ImportDonations, "b.csv", donations("", fourGifts...)))
	}
	first, err := im.Run(t.Context(), l.job(domain.ImportDonations, "a.csv", donations("", threeGifts...)))
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, during, ReissueSuspected)
	var near *Resemblance
	if !errors.As(during, &near) || near.Earlier.String() != first.Import || near.Shared != 3 || near.Rows != 3 {
		t.Fatalf("%+v", near)
	}
	if got := l.totals(); got.gifts != 3 {
		t.Fatalf("%+v", got)
	}
}
