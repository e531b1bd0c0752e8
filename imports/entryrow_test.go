package imports

import (
	"context"
	"fmt"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore/storetest"
)

var (
	fiveHours = []string{"V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,60,女,50", "V3,2026-01-05,清洁,60,女,51", "V4,2026-01-06,宣传,90,男,40", "V5,2026-01-06,宣传,90,男,40"}
	longer    = []string{fiveHours[0], "V2,2026-01-05,清洁,120,女,50", fiveHours[2], fiveHours[3], fiveHours[4]}
)

// A correction of an entry that was offered before an interruption is decided
// by its row, whoever goes on.
func TestInterruptedCorrectionGoesOnWithAnotherClerk(t *testing.T) {
	t.Parallel()
	for left := range 4 {
		for _, waits := range []bool{false, true} {
			t.Run(fmt.Sprint(left, waits), func(t *testing.T) {
				l := newLedger(t)
				first := l.mustRun(l.job(domain.ImportService, "a.csv", hours(fiveHours...)))
				j := l.job(domain.ImportService, "b.csv", hours(longer...))
				j.ReissueOf = importID(t, first)
				if waits {
					j.Confirmer = domain.AccountID{}
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				res, err := l.importer(stopAt(l.store, left, storetest.LoseReply, cancel)).Run(ctx, j)
				if err == nil && res.Status == Finished {
					return
				}
				j = l.job(domain.ImportService, "b.csv", hours(longer...))
				j.Recorder, j.ReissueOf = l.open("clerk-2", domain.RoleRecorder), importID(t, first)
				res = l.mustRun(j)
				if res.Status == AlreadyImported {
					return
				}
				if res.Recognised != 4 || res.Corrected != 1 || res.Refused != 0 || res.Unconfirmed != 0 || res.Minutes.Computed != "420" || res.Minutes.Pending != "" {
					t.Errorf("%+v %+v", res, res.Minutes)
				}
				if e := l.person("V2").Entries; len(e) != 1 || e[0].Deed.Span.Minutes != 120 || e[0].Pending != nil || e[0].Row.Import != importID(t, res) {
					t.Errorf("%+v", e)
				}
				if n := l.events(); n["entry-correction-proposed"] != 1 || n["entry-correction-approved"] != 1 {
					t.Errorf("%v", n)
				}
			})
		}
	}
}

// A corrected entry is known by the row that corrected it: a third issue may be
// sorted anew.
func TestCorrectedEntryInAThirdIssueSortedAnew(t *testing.T) {
	l, im := besideBooks(t)
	first := l.mustImport(im, l.job(domain.ImportService, "a.csv", hours(fiveHours...)))
	j := l.job(domain.ImportService, "b.csv", hours(longer...))
	j.ReissueOf = importID(t, first)
	second := l.mustImport(im, j)
	if second.Corrected != 1 || second.Taken != 1 {
		t.Fatalf("%+v", second)
	}
	j = l.job(domain.ImportService, "c.csv", hours("V6,2026-01-07,宣传,30,男,33", longer[4], longer[3], longer[2], longer[1], longer[0]))
	j.ReissueOf = importID(t, second)
	res := l.mustImport(im, j)
	if res.Recognised != 5 || res.Added != 1 || res.Corrected != 0 || len(res.Vanished) != 0 || l.totals().minutes != 450 {
		t.Fatalf("%+v %+v", res, l.totals())
	}
}
