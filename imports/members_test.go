package imports

import (
	"slices"
	"testing"

	"zhishu/domain"
)

const rosterHead = "序号,姓名,编号,身份证号,联系电话,性别,出生日期,年龄,层次,住址,特长,加入日期,离开日期,知情同意,监护人,监护人编号,监护人电话\n"

// residents is an invented list: a title, a count at the end, a child before and
// another after the guardian, somebody who did not agree, and nobody.
const residents = "西关社区居民花名册（示例）\n" + rosterHead +
	"1,王建国,R1,430702195001020016,13800000001,男,,,党员、老年,1栋101,书法,2020-03-01,,纸质,,,\n" +
	"2,王小宝,R2,,,男,2018-06-01,,青少年,1栋101,,2020.3.1,,书面,李秀英,R3,\n" +
	"3,李秀英,R3,,13800000002,女,1970年3月5日,,老年,1栋101,,2020-03-01,,线上签名,,,\n" +
	"4,陈明,R4,,13800000003,男,,45,在职,2栋202,摄影；急救,,,是,,,\n" +
	"5,陈小花,R5,,,女,2017-02-03,,青少年,2栋202,,,,是,陈明,,138-0000-0003\n" +
	"6,赵强,R6,,13800000004,男,,,,,,2019-01-01,2021-12-31,是,,,\n" +
	"7,周密,R7,,13800000005,女,,,,,,,,不同意,,,\n" +
	"8,吴缺,R8,,13800000006,女,,,,,,,,,,,\n" +
	"9,孙空,,,,男,,,,,,,,是,,,\n" +
	"10,郑童,R10,,,男,2019-05-05,,,,,,,是,,,\n" +
	"11,冯童,R11,,,男,2019-05-05,,,,,,,是,何人,,13900000009\n" +
	"12,褚错,R12,430702197003050023,,女,1971-01-01,,,,,,,是,,,\n" +
	"13,卫来,R13,,13800000007,女,,,,,,2030-01-01,2029-01-01,是,,,\n" +
	"合计,13人,,,,,,,,,,,,,,,\n"

var residentCodes = []CodeCount{{"consent-missing", 2}, {"end-before-start", 1}, {"guardian-consent-missing", 1}, {"guardian-unknown", 1}, {"person-conflict", 1}, {"person-unidentified", 1}}

func (l *ledger) roster(text string) Job {
	j := l.job(domain.ImportPeople, "花名册.csv", text)
	j.Community, j.ConsentBasis, j.Confirmer = here, domain.OnPaper, domain.AccountID{}
	return j
}

func TestPeopleAreEnrolledFromARoster(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.roster(residents)
	size := l.size()
	j.DryRun = true
	foretold := l.mustRun(j)
	if l.size() != size {
		t.Fatal("a dry run wrote")
	}
	j.DryRun = false
	res := l.mustRun(j)
	if res.Rows != 13 || res.Accepted != 6 || res.Enrolled != 6 || res.Added != 6 || res.Refused != 7 || res.Recognised != 0 || figures(foretold) != figures(res) {
		t.Fatalf("%+v", res)
	}
	if slices.SortFunc(res.Codes, func(a, b CodeCount) int { return len(b.Code) - len(a.Code) }); len(res.Codes) != len(residentCodes) {
		t.Fatalf("%+v", res.Codes)
	}
	for _, c := range residentCodes {
		if !slices.Contains(res.Codes, c) {
			t.Errorf("%+v lacks %v", res.Codes, c)
		}
	}
	if res.Count == nil || res.Count.Declared != "13" || res.Count.Computed != "6" || res.Count.Met {
		t.Errorf("%+v", res.Count)
	}
	first := l.person("R1")
	if e := first.Enrolled; e.Sex != domain.Male || e.BirthYearFrom != 1950 || !slices.Equal(e.Layers, []domain.Layer{"党员", "老年"}) || !slices.Equal(e.Skills, []string{"书法"}) {
		t.Errorf("%+v", e)
	}
	if m := first.Memberships; len(m) != 1 || m[0].From != mustDay(t, "2020-03-01") || m[0].Basis != domain.ByRoster || m[0].Community != here {
		t.Errorf("%+v", m)
	}
	if c := first.Consents; len(c) != 1 || c[0].Basis != domain.OnPaper || c[0].Witness != l.recorder {
		t.Errorf("%+v", c)
	}
	guardian := l.person("R3")
	if c := guardian.Consents; len(c) != 1 || c[0].Basis != domain.Online {
		t.Errorf("%+v", c)
	}
	for child, guardian := range map[string]string{"R2": "R3", "R5": "R4"} {
		if c := l.person(child).Consents; len(c) != 1 || c[0].Guardian != l.person(guardian).Enrolled.Person {
			t.Errorf("%s: %+v", child, c)
		}
	}
	if p := l.person("R4"); p.Enrolled.Age != 45 || p.Enrolled.AgeOn != noon.Day() || p.Memberships[0].From != noon.Day() || p.Memberships[0].Basis != domain.Imported {
		t.Errorf("%+v", p)
	}
	if m := l.person("R6").Memberships; len(m) != 1 || m[0].To != mustDay(t, "2021-12-31") {
		t.Errorf("%+v", m)
	}
	size = l.size()
	if res := l.mustRun(j); res.Status != AlreadyImported || l.size() != size || figures(res) != figures(foretold) {
		t.Fatalf("%+v", res)
	}
}

// A later list says what is new of those who are known, and nothing twice.
func TestALaterRosterKnowsWhoIsEnrolled(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.roster(residents))
	elsewhere := l.person("R4").Enrolled.Person
	l.do(l.recorder, &domain.EndMembership{Person: elsewhere, Kind: domain.MemberOfCommunity, Community: here, To: noon.Day()})
	l.do(l.recorder, &domain.StartMembership{Person: elsewhere, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: here + 1, From: noon.Day() + 1}})
	l.do(l.recorder, &domain.WithdrawConsent{Person: l.person("R1").Enrolled.Person, Kind: domain.ConsentRecord, From: noon.Day()})
	size := l.size()
	res := l.mustRun(l.roster(rosterHead +
		"1,王建国,R1,430702195001020016,13800000001,男,,,,,,2020-03-01,,纸质,,,\n" + // nothing new
		"2,李秀英,,,13800000002,女,,,,,,2019-01-01,,纸质,,,\n" + // since earlier; known by name and phone
		"3,陈明,R4,,,男,,,,,,,,纸质,,,\n" + // a member elsewhere by now
		"4,赵强,R6,,,男,,,,,,2019-01-01,2021-12-31,纸质,,,\n" + // nothing new
		"5,王小宝,R2,,,男,,,,,,2020-03-01,2026-01-31,纸质,,,\n" + // has left
		"6,钱多,R20,,13800000008,女,,,,,,,,纸质,,,\n"))
	if res.Accepted != 5 || res.Recognised != 4 || res.Enrolled != 1 || res.Added != 3 || res.Refused != 1 || res.Codes[0].Code != string(domain.MembershipOverlap) {
		t.Fatalf("%+v", res)
	}
	if l.size() != size+2+1+1+3 { // begun and ended; earlier; left; enrolled
		t.Errorf("%d events", l.size()-size)
	}
	if c := l.person("R1").Consents; len(c) != 0 {
		t.Errorf("a list gave consent anew: %+v", c)
	}
	if m := l.person("R3").Memberships; len(m) != 1 || m[0].From != mustDay(t, "2019-01-01") {
		t.Errorf("%+v", m)
	}
}

func TestNamesakesAreToldApartAndFlagged(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.enrolled(1, domain.EnrolPerson{Name: "王伟", Phone: "13800000001", IDNumber: "11010519491231002X"})
	res := l.mustRun(l.roster("姓名,身份证号,联系电话,出生日期\n" +
		"王伟,430702198001010073,13800000001,\n" + // the name and phone of somebody with another ID number
		"李强,,13800000002,1980-01-01\n李强,,13800000003,1980-01-01\n李强,,13800000004,1981-01-01\n"))
	if res.Enrolled != 4 || res.LookAlikes != 2 || !slices.Equal(res.AlikeRows, []int{2, 4}) {
		t.Fatalf("%+v", res)
	}
}

// Several rows may speak of one person; they must not contradict one another.
func TestSeveralRowsOfOnePerson(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	res := l.mustRun(l.roster("姓名,编号,出生日期,层次,加入日期\n王伟,R1,1980-01-01,党员,2021-01-01\n王伟,R1,,在职,2021-01-01\n王伟,R1,1981-01-01,,\n"))
	if res.Enrolled != 1 || res.Accepted != 2 || res.Added != 1 || res.Codes[0].Code != string(PersonConflict) {
		t.Fatalf("%+v", res)
	}
	if p := l.person("R1"); !slices.Equal(p.Enrolled.Layers, []domain.Layer{"党员", "在职"}) || len(p.Memberships) != 1 {
		t.Errorf("%+v", p)
	}
}

// The child whose guardian was not enrolled is recorded when the list is given
// again and the guardian is.
func TestARosterGivenAgain(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.roster(rosterHead + "1,冯童,R11,,,男,2019-05-05,,,,,,,是,何人,,13900000009\n2,陈明,R4,,13800000003,男,,45,,,,,,是,,,\n")
	if res := l.mustRun(j); res.Accepted != 1 || res.Codes[0].Code != string(GuardianUnknown) {
		t.Fatalf("%+v", res)
	}
	guardian := l.enrolled(1, domain.EnrolPerson{Name: "何人", Phone: "13900000009"})
	res := l.mustRun(j)
	if res.Again != 1 || res.Added != 1 || res.Enrolled != 1 || res.Accepted != 2 || res.Recognised != 0 {
		t.Fatalf("%+v", res)
	}
	if c := l.person("R11").Consents; len(c) != 1 || c[0].Guardian != guardian {
		t.Errorf("%+v", c)
	}
}

func TestARosterNeedsACommunityAndConsent(t *testing.T) {
	l := newLedger(t)
	j := l.roster("姓名,编号,出生日期\n张三,R-1,1980-01-01\n")
	j.ConsentBasis = ""
	_, err := l.run(j)
	wantCode(t, err, ConsentBasisMissing)
	// Its own column may say it; who is only said to agree is refused.
	j = l.roster("姓名,编号,出生日期,知情同意\n张三,R-1,1980-01-01,纸质\n李四,R-2,1981-01-01,是\n")
	j.ConsentBasis, j.DryRun = "", true
	if res := l.mustRun(j); res.Accepted != 1 || len(res.Codes) != 1 || res.Codes[0] != (CodeCount{string(ConsentBasisMissing), 1}) {
		t.Errorf("%+v", res)
	}
	j = l.roster(residents)
	j.Community = 0
	_, err = l.run(j)
	wantCode(t, err, domain.FieldMissing)
}
