package imports

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// following runs the read side beside the ledger, as a server does.
func (l *ledger) following() Books {
	l.t.Helper()
	engine, err := projections.Open(l.t.Context(), projections.Options{Log: l.store})
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- engine.Run(ctx) }()
	l.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			l.t.Error(err)
		}
	})
	return Following(engine, l.store)
}

// TestReadSideAnswersLikeTheFold imports the same sheets over the read side and
// over the books that fold the log anew: both must come to the same.
func TestReadSideAnswersLikeTheFold(t *testing.T) {
	history := func(l *ledger, im *Importer) (told []string) {
		t.Helper()
		var first domain.ImportID
		for i, step := range []struct {
			kind    domain.ImportKind
			text    string
			reissue bool
		}{
			{domain.ImportDonations, donations("1122400.01", january...), false},
			{domain.ImportDonations, donations("1220420.01", reissue...), false},
			{domain.ImportDonations, donations("1220420.01", reissue...), true},
			{domain.ImportDonations, donations("", "2026.01.23,谭**,50000.00,夜间", "2026.02.01,谭**,1.00,"), false},
			{domain.ImportDonations, donations("1220420.01", reissue...), false},
			{domain.ImportService, hours(sevenHours...), false},
			{domain.ImportService, hours(append([]string{"V1,2026-01-01,清洁,10,男,40"}, sevenHours...)...), false},
			{domain.ImportStudy, "学员编号,学习日期,学习内容,学习时长(分钟)\nV1,2026-03-01,防火知识,60\n", false},
		} {
			j := l.job(step.kind, "a.csv", step.text)
			if step.reissue {
				j.ReissueOf = first
			}
			res, err := im.Run(t.Context(), j)
			if i == 0 {
				first = importID(t, res)
			}
			code := ""
			if err != nil {
				wantCode(t, err, ReissueSuspected)
				code = err.Error()[:17]
			}
			told = append(told, fmt.Sprint(figures(res), res.Status, res.Added, res.Enrolled, len(res.Vanished), code))
		}
		return told
	}
	a, b := newLedger(t), newLedger(t)
	want := history(a, a.importer(a.store))
	got := history(b, New(b.handlerOn(b.store), b.vault, b.following()))
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("step %d: %s, want %s", i, got[i], want[i])
		}
	}
	if a.totals() != b.totals() {
		t.Errorf("%+v, want %+v", b.totals(), a.totals())
	}
}
