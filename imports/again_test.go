package imports

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"zhishu/domain"
	"zhishu/eventstore/storetest"
	"zhishu/projections"
)

// strangers has imported a sheet without enrolling anybody: V1 is known, the
// rows of V2 and V3 are refused. It answers with the sheet, to be given again.
func strangers(t testing.TB) (*ledger, *Importer, Job) {
	t.Helper()
	l := newLedger(t)
	im := New(l.handler, l.vault, l.following())
	l.mustImport(im, l.job(domain.ImportService, "o.csv", hours("V1,2026-01-02,清洁,60,男,40")))
	j := l.job(domain.ImportService, "a.csv", hours("V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,30,女,50", "V3,2026-01-05,清洁,20,女,51", "V3,2026-01-05,清洁,,女,51", "V2,2026-01-06,清洁,30,女,50"))
	j.Enrol = false
	res := l.mustImport(im, j)
	if res.Accepted != 1 || res.Refused != 4 || res.Again != 0 {
		t.Fatalf("%+v", res)
	}
	return l, im, j
}

func TestRefusedRowsAreRecordedWhenTheSheetIsGivenAgain(t *testing.T) {
	t.Parallel()
	l, im, j := strangers(t)
	size := l.size()
	res := l.mustImport(im, j)
	if res.Status != AlreadyImported || res.Refused != 4 || l.size() != size {
		t.Fatalf("%+v", res)
	}
	// Each row it counts as refused is named.
	var rows []int
	for _, e := range res.Errors {
		rows = append(rows, e.Row)
	}
	if fmt.Sprint(rows) != "[3 4 5 6]" {
		t.Fatalf("%v: %+v", rows, res.Errors)
	}
	j.Enrol, j.DryRun = true, true
	if res := l.mustImport(im, j); res.Status != DryRun || res.Added != 3 || res.Enrolled != 2 || res.Again != 1 || l.size() != size {
		t.Fatalf("%+v", res)
	}
	j.DryRun = false
	res = l.mustImport(im, j)
	if res.Status != Finished || res.Again != 1 || res.Added != 3 || res.Confirmed != 3 || res.Enrolled != 2 || res.Accepted != 4 || res.Refused != 1 || res.Minutes.Computed != "140" {
		t.Fatalf("%+v %+v", res, res.Minutes)
	}
	size = l.size()
	told := l.mustImport(im, j)
	if told.Status != AlreadyImported || figures(told) != figures(res) || told.Again != 1 || l.size() != size {
		t.Fatalf("%+v", told)
	}
	if n := l.events(); n["service-claimed"] != 5 || n["import-started"] != 3 || n["import-finished"] != 3 {
		t.Fatalf("%v", n)
	}
	view, err := im.books.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list := view.Imports()
	if last := list[2]; last.Disposition != domain.GivenAgain || last.Earlier != importID(t, res) || last.Running || last.Finished.Accepted != 4 {
		t.Fatalf("%+v", last)
	}
	if rows := view.RowsOf(importID(t, res)); len(rows) != 4 || len(view.RowsOf(list[2].Import)) != 0 {
		t.Fatalf("%+v", rows)
	}
}

// Whoever was enrolled meanwhile need not be enrolled by the sheet, and what is
// given again is given again once more for the rest.
func TestGivenAgainAsOftenAsItTakes(t *testing.T) {
	t.Parallel()
	l, im, j := strangers(t)
	l.enrolled(2, domain.EnrolPerson{Name: "某", External: []domain.NumberFrom{{Issuer: here.String(), Number: "V2"}}})
	if res := l.mustImport(im, j); res.Again != 1 || res.Added != 2 || res.Accepted != 3 || res.Refused != 2 {
		t.Fatalf("%+v", res)
	}
	j.Enrol = true
	if res := l.mustImport(im, j); res.Again != 2 || res.Added != 1 || res.Enrolled != 1 || res.Accepted != 4 {
		t.Fatalf("%+v", res)
	}
	// Voided meanwhile, a row does not come back this way either.
	l.void("V3")
	size := l.size()
	if res := l.mustImport(im, j); res.Status != AlreadyImported || l.size() != size {
		t.Fatalf("%+v", res)
	}
}

func TestGivenAgainAndReissued(t *testing.T) {
	t.Parallel()
	for _, named := range []string{"first", "again"} {
		l, im, j := strangers(t)
		j.Enrol = true
		res := l.mustImport(im, j)
		view, err := im.books.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		next := l.job(domain.ImportService, "b.csv", hours("V9,2026-01-07,清洁,60,男,40", "V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,45,女,50", "V3,2026-01-05,清洁,20,女,51", "V2,2026-01-06,清洁,30,女,50"))
		_, err = im.Run(t.Context(), next)
		wantCode(t, err, ReissueSuspected)
		next.ReissueOf = importID(t, res)
		if named == "again" {
			next.ReissueOf = view.Imports()[2].Import
		}
		second := l.mustImport(im, next)
		if second.Recognised != 3 || second.Corrected != 1 || second.Added != 1 || len(second.Vanished) != 0 || second.ReissueOf != res.Import {
			t.Fatalf("%s: %+v", named, second)
		}
		// The list has a later issue: the first adds nothing any more.
		size := l.size()
		if told := l.mustImport(im, j); told.Status != AlreadyImported || l.size() != size {
			t.Fatalf("%s: %+v", named, told)
		}
	}
}

// A re-issue that refused rows can be given again too, and corrects nothing twice.
func TestAReissueGivenAgain(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	first := l.mustImport(im, l.job(domain.ImportService, "a.csv", hours(fiveHours...)))
	j := l.job(domain.ImportService, "b.csv", hours(append([]string{"V8,2026-01-07,清洁,10,男,40"}, longer...)...))
	j.ReissueOf, j.Enrol = importID(t, first), false
	if res := l.mustImport(im, j); res.Recognised != 4 || res.Corrected != 1 || res.Refused != 1 {
		t.Fatalf("%+v", res)
	}
	j.ReissueOf, j.Enrol = domain.ImportID{}, true // as it was started
	res := l.mustImport(im, j)
	if res.Again != 1 || res.Recognised != 4 || res.Corrected != 1 || res.Offered != 0 || res.Added != 1 || res.Accepted != 6 || res.Minutes.Computed != "430" {
		t.Fatalf("%+v %+v", res, res.Minutes)
	}
	if n := l.events(); n["entry-correction-proposed"] != 1 || n["service-claimed"] != 6 {
		t.Fatalf("%v", n)
	}
}

// It may be interrupted like any other import; the figures are provisional then,
// and the list cannot be issued anew.
func TestGivenAgainAndInterrupted(t *testing.T) {
	t.Parallel()
	l, _, j := strangers(t)
	j.Enrol = true
	want, wantEvents := figures(l.mustRun(j)), l.events()
	for n := range 5 {
		for _, fault := range []storetest.Fault{storetest.LoseRequest, storetest.LoseReply} {
			l, im, j := strangers(t)
			j.Enrol = true
			ctx, cancel := context.WithCancel(t.Context())
			res, err := New(l.handlerOn(stopAt(l.store, n, fault, cancel)), l.vault, im.books).Run(ctx, j)
			cancel()
			if err == nil && res.Status == Finished {
				continue
			}
			view, err := im.books.Now(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if list := view.Imports(); len(list) == 3 && list[2].Running {
				told, err := view.(*projections.View).Stars(here.Division(), projections.Page{})
				if err != nil || fmt.Sprint(told.Provisional) != fmt.Sprint([]domain.ImportID{list[2].Import}) {
					t.Errorf("provisional %v, %v", told.Provisional, err)
				}
				next := l.job(domain.ImportService, "b.csv", hours("V1,2026-01-05,清洁,60,男,40", "V9,2026-01-07,清洁,60,男,40"))
				next.ReissueOf = list[1].Import
				_, err = im.Run(t.Context(), next)
				wantCode(t, err, ReissueUnfinished)
			}
			if got := l.mustImport(im, j); figures(got) != want {
				t.Errorf("after %d, %d: %s, want %s", n, fault, figures(got), want)
			}
			if got := l.events(); !maps.Equal(got, wantEvents) {
				t.Errorf("after %d, %d: %v, want %v", n, fault, got, wantEvents)
			}
		}
	}
}
