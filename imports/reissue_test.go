package imports

import (
	"errors"
	"slices"
	"testing"

	"zhishu/domain"
)

// reissue is January once more with three rows changed (a remark added, a name
// written out, a date corrected), one vanished and three new.
var reissue = []string{"2026.01.22,孙**,300.00,", "2026.01.23,王*,100.00,", "2026.01.23,长明市新湘门经营部,10000.00,", "2026.01.23,谭**,50000.00,", "2026.01.23,谭**,50000.00,",
	"2026.01.24,万*****股份有限公司,1000000.00,〔略〕", "2026.01.25,田********,10000.00,", "2026.01.25,何**,0.01,",
	"2026.01.26,李**,20.00,", "2026.01.26,谭**,50000.00,", "2026.01.23,谭**,50000.00,"}

func importID(t testing.TB, res Result) domain.ImportID {
	t.Helper()
	id, err := domain.ParseUUID(res.Import)
	if err != nil {
		t.Fatal(err)
	}
	return domain.ImportID{UUID: id}
}

// inJanuary has imported the first issue and returns it with the second's job.
func inJanuary(t testing.TB) (*ledger, Result, Job) {
	t.Helper()
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("1122400.01", january...)))
	return l, first, l.job(domain.ImportDonations, "b.csv", donations("1220420.01", reissue...))
}

func TestReissueIsSuspected(t *testing.T) {
	l, first, j := inJanuary(t)
	size := l.size()
	_, err := l.run(j)
	wantCode(t, err, ReissueSuspected)
	var near *Resemblance
	if !errors.As(err, &near) || near.Earlier.String() != first.Import || near.Rows != 9 || near.Shared != 5 {
		t.Fatalf("%+v", near)
	}
	if l.size() != size {
		t.Fatal("something was written")
	}
}

func TestReissueIsAligned(t *testing.T) {
	l, first, j := inJanuary(t)
	j.ReissueOf = importID(t, first)
	res := l.mustRun(j)
	if res.Recognised != 5 || res.Corrected != 3 || res.Offered != 3 || res.Taken != 3 || res.Added != 3 || res.Accepted != 11 || res.LookAlikes != 0 {
		t.Fatalf("%+v", res)
	}
	if len(res.Vanished) != 1 || res.Vanished[0].Row != 7 || res.Vanished[0].Import != first.Import {
		t.Fatalf("%+v", res.Vanished)
	}
	if !res.Money.Met {
		t.Fatalf("%+v", res.Money)
	}
	// The vanished gift stands beside what the new issue declares.
	if got := l.totals(); got.gifts != 12 || got.fen != 122042001+200000 {
		t.Fatalf("%+v", got)
	}
	if res := l.mustRun(j); res.Status != AlreadyImported || res.Recognised != 5 || res.Corrected != 3 {
		t.Fatalf("%+v", res)
	}
}

func TestCorrectionCarriesItsNote(t *testing.T) {
	l, first, j := inJanuary(t)
	j.ReissueOf = importID(t, first)
	l.mustRun(j)
	stream := importedGift(t, l, first, 9).Stream() // 何**, unchanged
	if state, _ := l.handler.State(t.Context(), stream); state.(*domain.Donation).Corrections != 0 {
		t.Fatal("an equal row was corrected")
	}
	notes := l.notes()
	slices.Sort(notes)
	want := []string{"据重新发布的名单更正：备注", "据重新发布的名单更正：捐赠人", "据重新发布的名单更正：日期"}
	if !slices.Equal(notes, want) {
		t.Fatalf("%q", notes)
	}
}

func TestWithoutConfirmerACorrectionWaits(t *testing.T) {
	l, first, j := inJanuary(t)
	j.ReissueOf, j.Confirmer = importID(t, first), domain.AccountID{}
	res := l.mustRun(j)
	if res.Offered != 3 || res.Taken != 0 || res.Corrected != 3 {
		t.Fatalf("%+v", res)
	}
	if n := l.events()["donation-correction-approved"]; n != 0 {
		t.Fatalf("%d approved", n)
	}
}

func TestSeparateSheetIsRecordedWhole(t *testing.T) {
	l, first, j := inJanuary(t)
	j.Separate = true
	res := l.mustRun(j)
	if res.Added != 11 || res.Recognised != 0 || !res.Separate || res.LookAlikes != 6 {
		t.Fatalf("%+v", res)
	}
	if got := l.totals(); got.gifts != 20 {
		t.Fatalf("%+v", got)
	}
	view, err := foldedBooks{l.store}.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	info := view.Imports()[1]
	if info.Disposition != domain.Separate || info.Earlier.String() != first.Import {
		t.Fatalf("%+v", info)
	}
}

func TestReissueOfAReissue(t *testing.T) {
	l, first, j := inJanuary(t)
	j.ReissueOf = importID(t, first)
	second := l.mustRun(j)
	third := slices.Clone(reissue)
	third[8] = "2026.01.26,李**,25.00,"
	third = append(third, "2026.01.27,周*,1.00,")
	j3 := l.job(domain.ImportDonations, "c.csv", donations("", third...))

	_, err := l.run(j3)
	wantCode(t, err, ReissueSuspected)
	var near *Resemblance
	if !errors.As(err, &near) || near.Earlier.String() != second.Import {
		t.Fatalf("%v: the latest issue is %s", err, second.Import)
	}
	j3.ReissueOf = importID(t, first)
	_, err = l.run(j3)
	wantCode(t, err, ReissueSuperseded)
	j3.ReissueOf = importID(t, second)
	res := l.mustRun(j3)
	if res.Recognised != 10 || res.Corrected != 1 || res.Taken != 1 || res.Added != 1 {
		t.Fatalf("%+v", res)
	}
}

func TestReissueOfWhatCannotBe(t *testing.T) {
	l, first, j := inJanuary(t)
	service := l.mustRun(l.job(domain.ImportService, "h.csv", hours("V1,2026-01-05,清洁,60,男,40")))
	j.ReissueOf = importID(t, service)
	_, err := l.run(j)
	wantCode(t, err, ReissueUnknown)
	j.ReissueOf, j.Community = importID(t, first), here
	_, err = l.run(j)
	wantCode(t, err, ReissueElsewhere)
}

func TestSortedAnewIsRecognised(t *testing.T) {
	l, first, j := inJanuary(t)
	turned := slices.Clone(january)
	slices.Reverse(turned)
	j = l.job(domain.ImportDonations, "b.csv", donations("", append(turned, "2026.01.28,冯*,9.00,")...))
	j.ReissueOf = importID(t, first)
	res := l.mustRun(j)
	if res.Recognised != 9 || res.Added != 1 || res.Corrected != 0 || len(res.Vanished) != 0 {
		t.Fatalf("%+v", res)
	}
}

func TestServiceReissueIsCorrected(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportService, "a.csv", hours("V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,60,女,50",
		"V3,2026-01-05,清洁,60,女,51", "V1,2026-01-06,宣传,90,男,40")))
	j := l.job(domain.ImportService, "b.csv", hours("V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,120,女,50",
		"V3,2026-01-05,清洁,60,女,51", "V1,2026-01-06,宣传,90,男,40", "V4,2026-01-07,宣传,30,男,33"))
	_, err := l.run(j)
	wantCode(t, err, ReissueSuspected)
	j.ReissueOf = importID(t, first)
	res := l.mustRun(j)
	if res.Recognised != 3 || res.Corrected != 1 || res.Taken != 1 || res.Added != 1 || res.Enrolled != 1 {
		t.Fatalf("%+v", res)
	}
	if got := l.totals(); got.entries != 5 || got.minutes != 360 {
		t.Fatalf("%+v", got)
	}
	// A third issue that says the same as the second finds nothing to correct.
	j3 := l.job(domain.ImportService, "c.csv", hours("V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,120,女,50",
		"V3,2026-01-05,清洁,60,女,51", "V1,2026-01-06,宣传,90,男,40", "V4,2026-01-07,宣传,30,男,33", "V4,2026-01-08,宣传,30,男,33"))
	j3.ReissueOf = importID(t, res)
	res = l.mustRun(j3)
	if res.Recognised != 5 || res.Corrected != 0 || res.Added != 1 || l.totals().minutes != 390 {
		t.Fatalf("%+v", res)
	}
}

func TestHalfOfASheetIsNotSuspected(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportDonations, "a.csv", donations("", january[0], january[1], january[5], january[6])))
	res := l.mustRun(l.job(domain.ImportDonations, "b.csv", donations("", january[0], january[1], january[7])))
	if res.Added != 3 || res.LookAlikes != 2 {
		t.Fatalf("%+v", res)
	}
}
