package imports

import (
	"errors"
	"testing"

	"zhishu/domain"
)

// renamed is the list of residents, later: one has another phone, one another
// name, and of the others what is no other name or phone.
const renamed = rosterHead +
	"1,王建国,R1,430702195001020016,13900000001,男,,,,,,2020-03-01,,纸质,,,\n" + // another phone
	"2,李秀兰,R3,,138-0000-0002,女,,,,,,2020-03-01,,纸质,,,\n" + // another name; the phone written otherwise
	"3,陈 明,R4,,138****0009,男,,,,,,,,纸质,,,\n" + // masked
	"4,赵*,R6,,无,男,,,,,,2019-01-01,2021-12-31,纸质,,,\n" // masked, and a placeholder

func (l *ledger) contactOf(number string) domain.Contact {
	l.t.Helper()
	held, err := l.handler.ContactHeld(l.t.Context(), l.person(number).Enrolled.Person)
	if err != nil {
		l.t.Fatal(err)
	}
	return held
}

// differing lists the rows that are reported for another name or phone.
func differing(r Result) (rows []string) {
	for _, e := range r.Errors {
		if e.Code == string(ContactDiffers) && e.Cure != "" && e.CureEn != "" {
			rows = append(rows, e.Field)
		}
	}
	return rows
}

// A list that calls somebody known otherwise changes nothing and says so; given
// again to update, it does what it said it would, once.
func TestAnotherNameOrPhoneIsReportedAndRecordedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	l.mustImport(im, l.roster(residents))
	before := l.contactOf("R3")
	changes := func() int { return l.events()["contact-changed"] }
	res := l.mustImport(im, l.roster(renamed))
	if got := differing(res); len(got) != 2 || got[0] != "phone" || got[1] != "name" || res.Unconfirmed != 2 || res.Recognised != 4 || res.Updated != 0 {
		t.Fatalf("%v %+v", got, res)
	}
	if changes() != 0 || l.contactOf("R3") != before {
		t.Fatal("a name was changed unasked")
	}
	j := l.roster(renamed)
	j.Update, j.DryRun = true, true
	size := l.size()
	if res := l.mustImport(im, j); res.Updated != 2 || len(differing(res)) != 0 || l.size() != size {
		t.Fatalf("%+v", res)
	}
	j.DryRun = false
	if res := l.mustImport(im, j); res.Updated != 2 || res.Again != 1 || len(differing(res)) != 0 || changes() != 2 {
		t.Fatalf("%+v: %d changes", res, changes())
	}
	size = l.size()
	if c := l.contactOf("R1"); c != (domain.Contact{Name: "王建国", Phone: "13900000001"}) {
		t.Errorf("%+v", c)
	}
	if c := l.contactOf("R3"); c != (domain.Contact{Name: "李秀兰", Phone: before.Phone}) {
		t.Errorf("%+v", c)
	}
	if c := l.contactOf("R4"); c != (domain.Contact{Name: "陈明", Phone: "13800000003"}) {
		t.Errorf("%+v", c)
	}
	for range 2 {
		if res := l.mustImport(im, j); res.Status != AlreadyImported || l.size() != size {
			t.Fatalf("%+v", res)
		}
	}
	// Changed back by hand, the list once more is asked for once more.
	l.do(l.recorder, &domain.ChangeContact{Person: l.person("R1").Enrolled.Person, Phone: "13800000001"})
	if res := l.mustImport(im, j); res.Updated != 1 || l.contactOf("R1").Phone != "13900000001" {
		t.Fatalf("%+v", res)
	}
}

// A list by name and phone finds somebody under the old and under the new.
func TestAChangedNameAndPhoneFindThePerson(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	l.mustImport(im, l.roster(residents))
	j := l.roster(renamed)
	j.Update = true
	if res := l.mustImport(im, j); res.Updated != 2 {
		t.Fatalf("%+v", res)
	}
	res := l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+
		"王建国,13900000001,,2026-01-05,清洁,60\n王建国,13800000001,,2026-01-06,清洁,60\n"+
		"李秀兰,13800000002,,2026-01-05,清洁,60\n李秀英,13800000002,,2026-01-06,清洁,60\n"))
	if res.Added != 4 || res.Enrolled != 0 || len(l.person("R1").Entries) != 2 || len(l.person("R3").Entries) != 2 {
		t.Fatalf("%+v", res)
	}
}

// A name alone that differs is reported as one.
func TestAnotherNameIsReportedOnItsRow(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.roster(residents))
	res := l.mustRun(l.roster(rosterHead + "1,陈明明,R4,,,男,,,,,,,,纸质,,,\n"))
	if got := differing(res); len(got) != 1 || got[0] != "name" || res.Errors[0].Row != 2 || res.Accepted != 1 {
		t.Fatalf("%+v", res)
	}
}

// A sheet of deeds has no say in what somebody is called.
func TestOnlyAListOfPeopleUpdates(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.job(domain.ImportService, "a.csv", hours(sevenHours...))
	j.Update = true
	size := l.size()
	_, err := l.run(j)
	if r, ok := errors.AsType[*domain.Refusal](err); !ok || r.Code != domain.FieldInvalid || r.Field != "update" || l.size() != size {
		t.Fatal(err)
	}
}
