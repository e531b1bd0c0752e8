package imports

import (
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

const january2026 = "2026-01-05"

func mustDay(t testing.TB, s string) domain.Day {
	t.Helper()
	d, err := domain.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A sheet of an earlier month that comes later makes its people members from
// then on, so that the order of the sheets changes no figure.
func TestASheetOfAnEarlierMonthComesLater(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	march := l.job(domain.ImportService, "m.csv", hours("V1,2026-03-05,清洁,60,男,40", "V2,2026-03-05,清洁,60,女,50"))
	early := l.job(domain.ImportService, "j.csv", hours("V1,2026-01-09,清洁,30,男,40", "V1,2026-01-05,清洁,60,男,40", "V3,2026-01-05,清洁,60,女,51"))
	l.mustImport(im, march)
	before := l.size()
	early.DryRun = true
	l.mustImport(im, early)
	if l.size() != before {
		t.Fatal("a dry run wrote")
	}
	early.DryRun = false
	if res := l.mustImport(im, early); res.Added != 3 || res.Enrolled != 1 {
		t.Fatalf("%+v", res)
	}
	for number, from := range map[string]string{"V1": january2026, "V2": "2026-03-05", "V3": january2026} {
		m := l.person(number).Memberships
		if len(m) != 1 || m[0].From != mustDay(t, from) || m[0].Basis != domain.Imported {
			t.Errorf("%s: %+v", number, m)
		}
	}
	view, err := im.books.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stars, err := view.(*projections.View).Stars(here.Division(), projections.Page{})
	if err != nil || stars.Outside.Entries != 0 {
		t.Fatalf("%+v, %v", stars, err)
	}
	size := l.size()
	l.mustImport(im, march)
	l.mustImport(im, early)
	late := l.job(domain.ImportService, "n.csv", hours("V1,2026-03-06,清洁,60,男,40"))
	if l.mustImport(im, late); l.size() != size+4 { // begun, claimed, confirmed, ended
		t.Errorf("%d events more", l.size()-size)
	}
}

// What somebody stated of a membership, and one that has ended, an import leaves
// as it is.
func TestAStatedMembershipStays(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	l.mustImport(im, l.job(domain.ImportService, "m.csv", hours("V1,2026-03-05,清洁,60,男,40", "V2,2026-03-05,清洁,60,女,50")))
	one, two := l.person("V1").Enrolled.Person, l.person("V2").Enrolled.Person
	l.do(l.recorder, &domain.StartMembership{Person: one, Membership: domain.Membership{
		Kind: domain.MemberOfCommunity, Community: here, From: mustDay(t, "2026-02-01"), Basis: domain.OnPaper}})
	l.do(l.recorder, &domain.EndMembership{Person: two, Kind: domain.MemberOfCommunity, Community: here, To: mustDay(t, "2026-03-09")})
	res := l.mustImport(im, l.job(domain.ImportService, "j.csv", hours("V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,60,女,50")))
	if res.Added != 2 {
		t.Fatalf("%+v", res)
	}
	for number, from := range map[string]string{"V1": "2026-02-01", "V2": "2026-03-05"} {
		if m := l.person(number).Memberships; len(m) != 1 || m[0].From != mustDay(t, from) {
			t.Errorf("%s: %+v", number, m)
		}
	}
}

// Only rows that are recorded make somebody a member: one that was voided, and
// comes again, does not.
func TestAWithdrawnRowMakesNobodyAMember(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	first := l.mustImport(im, l.job(domain.ImportService, "m.csv", hours("V1,2026-01-05,清洁,60,男,40")))
	l.void("V1")
	p := l.person("V1").Enrolled.Person
	l.do(l.recorder, &domain.EndMembership{Person: p, Kind: domain.MemberOfCommunity, Community: here, To: mustDay(t, "2026-01-31")})
	l.do(l.recorder, &domain.StartMembership{Person: p, Membership: domain.Membership{
		Kind: domain.MemberOfCommunity, Community: here, From: mustDay(t, "2026-03-01"), Basis: domain.Imported}})
	j := l.job(domain.ImportService, "n.csv", hours("V1,2026-01-05,清洁,60,男,40", "V1,2026-03-02,清洁,60,男,40"))
	j.ReissueOf = importID(t, first)
	if res := l.mustImport(im, j); res.Added != 1 || res.Refused != 1 {
		t.Fatalf("%+v", res)
	}
	if m := l.person("V1").Memberships; len(m) != 2 || m[1].From != mustDay(t, "2026-03-01") {
		t.Errorf("%+v", m)
	}
}
