package imports

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore/storetest"
)

// The same rows come back with a title more, blank lines, or a heading that is
// repeated: the lines of the file are numbered otherwise, the data rows are not.
func TestResumeWithShiftedLines(t *testing.T) {
	t.Parallel()
	gifts := "2026.01.22,孙**,300.00\n2026.01.23,王*,100.00\n2026.01.23,,7.00\n2026.01.24,李*,200.00\n2026.01.25,周*,50.00\n"
	service := "V1,2026-01-05,清洁,60,男,40\nV1,2026-01-06,清洁,60,男,40\nV1,2026-02-30,清洁,60,男,40\nV1,2026-01-07,清洁,60,男,40\nV2,2026-01-05,清洁,60,女,50\n"
	for _, c := range []struct {
		kind         domain.ImportKind
		title, heads string
		rows         string
	}{
		{domain.ImportDonations, "某某社区捐款名单,,\n\n", "捐赠日期,捐赠人,捐赠金额（元）\n", gifts + "合计,,650.00\n"},
		{domain.ImportService, "某某社区服务时长\n\n", hours()[:len(hours())-1], service},
	} {
		whole := newLedger(t)
		whole.mustRun(whole.job(c.kind, "a.csv", c.heads+c.rows))
		want, events := whole.totals(), whole.events()
		for left := range 6 {
			for _, sameClerk := range []bool{true, false} {
				t.Run(fmt.Sprint(c.kind, left, sameClerk), func(t *testing.T) {
					l := newLedger(t)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					res, err := l.importer(stopAt(l.store, left, storetest.LoseRequest, cancel)).Run(ctx, l.job(c.kind, "a.csv", c.heads+c.rows))
					if err == nil && res.Status == Finished {
						return // there were no more appends
					}
					j := l.job(c.kind, "a.csv", c.title+c.heads+c.rows)
					if !sameClerk {
						j.Recorder = l.open("clerk-2", domain.RoleRecorder)
					}
					res = l.mustRun(j)
					if res.Accepted != 4 || res.Refused != 1 || res.Errors[0].Row != 6 {
						t.Errorf("%+v", res)
					}
					got := l.events()
					got["account-opened"] = events["account-opened"]
					if l.totals() != want || !maps.Equal(got, events) {
						t.Errorf("%+v %v, want %+v %v", l.totals(), got, want, events)
					}
				})
			}
		}
	}
}
