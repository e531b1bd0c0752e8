package imports

import (
	"testing"

	"zhishu/commands"
	"zhishu/domain"
)

const contactHead = "姓名,联系电话,身份证号,服务日期,活动名称,服务时长(分钟)\n"

// enrolled enrols somebody by hand, as the API does, with consent.
func (l *ledger) enrolled(n byte, c domain.EnrolPerson) domain.PersonID {
	l.t.Helper()
	c.Person, c.Community, c.Basis, c.AgeOn = domain.PersonID{UUID: domain.UUID{9, n}}, here, domain.OnPaper, domain.NoDay
	l.do(l.recorder, &c)
	l.do(l.recorder, &domain.GiveConsent{Person: c.Person, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper}})
	return c.Person
}

func (l *ledger) entriesOf(id domain.PersonID) int {
	l.t.Helper()
	state, err := l.handler.State(l.t.Context(), id.Stream())
	if err != nil {
		l.t.Fatal(err)
	}
	return len(state.(*domain.Person).Entries)
}

// Who was enrolled by hand under a name and a phone is found by a sheet that
// gives no more, however either of them writes it.
func TestAPersonEnrolledByHandIsFoundByNameAndPhone(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	id := l.enrolled(1, domain.EnrolPerson{Name: "王 伟", Phone: "１３８-0000 0001"})
	shared := l.enrolled(2, domain.EnrolPerson{Name: "王小伟", Phone: "13800000001"}) // of the family
	res := l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+
		"王伟,138 0000 0001,,2026-01-05,清洁,60\n王小伟,13800000001,,2026-01-05,清洁,60\n王伟,13800000002,,2026-01-05,清洁,60\n"))
	if res.Added != 3 || res.Enrolled != 1 || l.entriesOf(id) != 1 || l.entriesOf(shared) != 1 {
		t.Fatalf("%+v: %d, %d", res, l.entriesOf(id), l.entriesOf(shared))
	}
}

// Two who share name and phone are both enrolled; the first is found by them.
func TestTheSecondUnderANameAndPhoneIsNotRefused(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	one := l.enrolled(1, domain.EnrolPerson{Name: "王伟", Phone: "13800000001"})
	two := l.enrolled(2, domain.EnrolPerson{Name: "王伟", Phone: "13800000001"})
	l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+"王伟,13800000001,,2026-01-05,清洁,60\n"))
	if l.entriesOf(one) != 1 || l.entriesOf(two) != 0 {
		t.Fatalf("%d, %d", l.entriesOf(one), l.entriesOf(two))
	}
}

// An ID number says more than a name with a phone: whoever has another is
// somebody else, and who has none may be the same.
func TestAnIDNumberTellsNamesakesApart(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	father := l.enrolled(1, domain.EnrolPerson{Name: "王伟", Phone: "13800000001", IDNumber: "11010519491231002X"})
	plain := l.enrolled(2, domain.EnrolPerson{Name: "李强", Phone: "13800000002"})
	res := l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+
		"王伟,13800000001,430702198001010014,2026-01-05,清洁,60\n李强,13800000002,430702198001010030,2026-01-05,清洁,60\n"))
	if res.Added != 2 || res.Enrolled != 1 || l.entriesOf(father) != 0 || l.entriesOf(plain) != 1 {
		t.Fatalf("%+v: %d, %d", res, l.entriesOf(father), l.entriesOf(plain))
	}
}

// A claim left over from an enrolment that never came belongs to whoever comes.
func TestAContactLeftOverIsTakenOver(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	contact, ok := commands.ContactOf("王伟", "13800000001")
	if !ok {
		t.Fatal("not a contact")
	}
	space, hash := l.handler.ContactHash(contact)
	if _, err := l.vault.Reserve(t.Context(), space, hash, [16]byte{4, 2}); err != nil {
		t.Fatal(err)
	}
	id := l.enrolled(1, domain.EnrolPerson{Name: "王伟", Phone: "13800000001"})
	if res := l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+"王伟,13800000001,,2026-01-05,清洁,60\n")); res.Enrolled != 0 || l.entriesOf(id) != 1 {
		t.Fatalf("%+v", res)
	}
}

// What stands in the column of phones for want of one is no phone.
func TestAPlaceholderIsNoPhone(t *testing.T) {
	t.Parallel()
	l, im := besideBooks(t)
	res := l.mustImport(im, l.job(domain.ImportService, "a.csv", contactHead+
		"王伟,无,,2026-01-05,清洁,60\n王伟,0000,,2026-01-05,清洁,60\n王伟,-,,2026-01-06,清洁,60\n"))
	if res.Refused != 3 || len(res.Codes) != 1 || res.Codes[0].Code != string(PersonUnnamed) {
		t.Fatalf("%+v", res.Codes)
	}
}
