package imports

import (
	"strings"
	"testing"

	"zhishu/domain"
)

var sevenHours = []string{"V1,2026-01-05,清洁,60,男,40", "V2,2026-01-05,清洁,60,女,50", "V1,2026-01-04,宣传,90,男,39",
	"V1,2026-01-05,清洁,60,男,40", "V3,2026-02-01,义诊,120,女,66", "V2,2026-02-01,义诊,45,女,50", "V1,2026-02-01,义诊,30,男,40"}

func TestPersonsAreEnrolledOnceWithTheirRows(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	if res.Added != 7 || res.Confirmed != 7 || res.Enrolled != 3 || res.PersonsInFile != 3 || res.Minutes.Computed != "465" {
		t.Fatalf("%+v %+v", res, res.Minutes)
	}
	if got := l.totals(); got.entries != 7 || got.confirmed != 7 || got.minutes != 465 {
		t.Fatalf("%+v", got)
	}
	p := l.person("V1")
	first, _ := domain.ParseDay("2026-01-04")
	if p.Enrolled.Age != 39 || p.Enrolled.AgeOn != first || p.Enrolled.Sex != domain.Male || p.Enrolled.Basis != domain.Imported {
		t.Errorf("%+v", p.Enrolled)
	}
	if m := p.Memberships[0]; m.Community != here || m.From != first || m.Basis != domain.Imported {
		t.Errorf("%+v", m)
	}
	if c := p.Consents[0]; c.Kind != domain.ConsentRecord || c.Basis != domain.OnPaper || c.Witness != l.recorder {
		t.Errorf("%+v", c)
	}
	if id := p.Enrolled.Person; id.UUID[6]>>4 != 4 {
		t.Errorf("%s is no UUIDv4", id)
	}
	// One append for each person and two for the import.
	if n := l.events()["person-enrolled"]; n != 3 {
		t.Errorf("%d enrolled", n)
	}
}

// person is the person whose number the community issued.
func (l *ledger) person(number string) *domain.Person {
	l.t.Helper()
	id, err := l.handler.PersonByNumber(l.t.Context(), here.String(), number)
	if err != nil {
		l.t.Fatal(err)
	}
	state, err := l.handler.State(l.t.Context(), id.Stream())
	if err != nil {
		l.t.Fatal(err)
	}
	return state.(*domain.Person)
}

func TestOneNumberIsOnePersonUnderBothHeadings(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	res := l.mustRun(l.job(domain.ImportStudy, "b.csv", "学员编号,学习日期,学习内容,学习时长(分钟),层次\nV1,2026-03-01,防火知识,60,在职\nV9,2026-03-01,防火知识,60,老年\n"))
	if res.Enrolled != 1 || res.Added != 2 {
		t.Fatalf("%+v", res)
	}
	if p := l.person("V1"); len(p.Entries) != 5 || p.Entries[4].Deed.Kind != domain.Study || p.Entries[4].Deed.Layer != "在职" {
		t.Errorf("%+v", p.Entries)
	}
	if p := l.person("V9"); len(p.Enrolled.Layers) != 1 || p.Enrolled.Layers[0] != "老年" {
		t.Errorf("%+v", p.Enrolled.Layers)
	}
	other := l.job(domain.ImportService, "c.csv", hours("V1,2026-03-02,清洁,60,女,70"))
	other.Issuer = "city"
	if res := l.mustRun(other); res.Enrolled != 1 {
		t.Errorf("the same number of another issuer is another person: %+v", res)
	}
}

func TestSessionsHaveAnIdentity(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportStudy, "b.csv", "学员编号,学习日期,活动名称,学习内容,学习时长(分钟)\nV1,2026-03-01,春季讲堂,防火,60\nV2,2026-03-01,春季讲堂,防火,60\nV1,2026-03-02,春季讲堂,用电,60\n"))
	a, b := l.person("V1").Entries, l.person("V2").Entries
	if a[0].Deed.Activity.IsZero() || a[0].Deed.Activity != b[0].Deed.Activity || a[0].Deed.Activity == a[1].Deed.Activity {
		t.Fatalf("%v %v", a, b)
	}
}

func TestWithoutEnrolNobodyIsInvented(t *testing.T) {
	l := newLedger(t)
	l.mustRun(l.job(domain.ImportService, "a.csv", hours("V1,2026-01-05,清洁,60,男,40")))
	j := l.job(domain.ImportService, "b.csv", hours("V1,2026-01-06,清洁,60,男,40", "V2,2026-01-06,清洁,60,女,50"))
	j.Enrol, j.ConsentBasis = false, ""
	res := l.mustRun(j)
	if res.Added != 1 || res.Refused != 1 || res.Errors[0].Row != 3 || res.Errors[0].Code != string(PersonUnknown) {
		t.Fatalf("%+v", res)
	}
}

func TestWithoutConfirmerNothingCounts(t *testing.T) {
	l := newLedger(t)
	j := l.job(domain.ImportService, "a.csv", hours(sevenHours...))
	j.Confirmer = domain.AccountID{}
	if res := l.mustRun(j); res.Added != 7 || res.Confirmed != 0 {
		t.Fatalf("%+v", res)
	}
	if got := l.totals(); got.entries != 7 || got.confirmed != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestPersonsAreTold(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportService, "a.csv", "姓名,身份证号,志愿者编号,联系电话,服务日期,活动名称,服务时长(小时),年龄,人数\n"+
		strings.Join([]string{
			"测试甲,11010519491231002X,,13800000001,2026-01-05,清洁,1,,", // 2: by ID number
			"测试甲,,,13800000001,2026-01-06,清洁,1,,",                   // 3: the same, by name and phone
			"测试乙,,N7,13800000001,2026-01-06,清洁,1.5,,",               // 4: shares the phone
			"测试丙,,,,2026-01-06,清洁,1,,",                              // 5: a name alone
			"测试丁,,N7,,2026-01-07,清洁,1,,",                            // 6: N7 is somebody else
			",,,,2026-01-07,清洁,20,,10",                              // 7: ten people without a name
			"测试戊,11010519491231002X,N7,,2026-01-08,清洁,1,,",          // 8: two persons in one row
			"测试己,,N8,,2026-01-08,清洁,1,12,",                          // 9: a child
			"测试庚,,11010519491231002X,,2026-01-09,清洁,1,,",            // 10: an ID number as number, of somebody else
			",110105194912310021,,,2026-01-09,清洁,1,,",               // 11: check digit
		}, "\n")+"\n"))
	want := map[int]string{5: "person-unidentified", 6: "person-conflict", 7: "group-row", 8: "person-conflict",
		9: "guardian-consent-missing", 10: "person-conflict", 11: "id-number-invalid"}
	for _, e := range res.Errors {
		if want[e.Row] != e.Code {
			t.Errorf("row %d: %s, want %s", e.Row, e.Code, want[e.Row])
		}
		delete(want, e.Row)
	}
	if len(want) > 0 || res.Added != 3 || res.Enrolled != 2 || res.Accepted+res.Refused != res.Rows {
		t.Errorf("not named: %v; %+v", want, res)
	}
	again := l.mustRun(l.job(domain.ImportService, "b.csv", "姓名,联系电话,服务日期,活动名称,服务时长(小时)\n测试甲,13800000001,2026-01-20,清洁,2\n测试乙,13800000001,2026-01-20,清洁,2\n"))
	if again.Enrolled != 0 || again.Added != 2 {
		t.Errorf("known by name and phone: %+v", again)
	}
}

func TestRowsTheSheetTakesBack(t *testing.T) {
	l := newLedger(t)
	res := l.mustRun(l.job(domain.ImportService, "a.csv", "志愿者编号,日期,活动名称,时长(小时),参加确认,复核状态,记录来源\n"+
		"V1,2026-01-05,清洁,1,已确认,已通过,平台签到\nV1,2026-01-06,清洁,1,已驳回,已通过,组织补录\nV1,2026-01-07,清洁,1,已确认,待审核,组织补录\nV1,2026-01-08,清洁,1,已确认,已通过,组织补录\n"))
	if res.Added != 2 || res.Errors[0].Code != string(NotAttended) || res.Errors[1].Code != string(NotApproved) {
		t.Fatalf("%+v", res)
	}
	if e := l.person("V1").Entries; e[0].Deed.Hours != domain.Credit || e[1].Deed.Hours != domain.Honour {
		t.Fatalf("%+v", e)
	}
}

func TestWhatOnlyTheStreamKnowsIsRefusedByRow(t *testing.T) {
	l := newLedger(t)
	j := l.job(domain.ImportService, "a.csv", "志愿者编号,活动名称,开始时间,结束时间,服务时长(分钟)\n"+
		"V1,清洁,2026-01-05 09:00,2026-01-05 10:00,60\nV1,清洁,2026-01-05 09:30,2026-01-05 11:00,90\nV1,清洁,2026-01-05 10:00,2026-01-05 11:00,\n合计,,,,150\n")
	res := l.mustRun(j)
	if res.Added != 2 || res.Refused != 1 || res.Errors[0].Code != "overlap" || res.Errors[0].Row != 3 || res.Minutes.Difference != "30" {
		t.Fatalf("%+v %+v", res, res.Minutes)
	}
	if res := l.mustRun(j); res.Status != AlreadyImported || res.Refused != 1 || res.Codes[0].Code != "overlap" {
		t.Fatalf("%+v", res)
	}
}

// Only who signed in has credit hours: not who did not, nor whom another signed.
func TestHoursKinds(t *testing.T) {
	for source, want := range map[string]domain.HoursKind{
		"签到": domain.Credit, "平台签到": domain.Credit, "扫码签到签退": domain.Credit, "已签到": domain.Credit,
		"未签到": domain.Honour, "代签到": domain.Honour, "补签到": domain.Honour, "无签到记录": domain.Honour,
		"没有签到": domain.Honour, "他人代为签到": domain.Honour, "忘记签到，后补": domain.Honour, "漏签到": domain.Honour,
		"非签到": domain.Honour, "缺签到": domain.Honour, "不需签到": domain.Honour, "免签到": domain.Honour, "组织补录": domain.Honour, "": domain.Honour,
	} {
		if got := hoursKind(source); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}
