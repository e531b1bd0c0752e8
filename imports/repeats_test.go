package imports

import (
	"testing"

	"zhishu/domain"
)

// Two rows of one sheet may be one thing written twice, or two. Both are
// recorded, and whoever gives the sheet is told, the dry run before anything is written.
func TestEqualRowsOfOneSheetAreTold(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.job(domain.ImportService, "a.csv", hours("V1,2026-01-05,清洁,60,男,40", "V1,2026-01-05,清洁,60,男,40", "V1,2026-01-05,清洁,60,男,40", "V1,2026-01-06,清洁,60,男,40"))
	j.DryRun = true
	if res := l.mustRun(j); res.Repeats != 2 || res.LookAlikes != 0 {
		t.Errorf("dry run: %+v", res)
	}
	j.DryRun = false
	if res := l.mustRun(j); res.Accepted != 4 || res.Repeats != 2 || res.LookAlikes != 0 {
		t.Errorf("%+v", res)
	}
}
