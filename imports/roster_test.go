package imports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/sheets"
)

// held announces an activity of the fifth of March, two to half past three.
func (l *ledger) held(kind domain.ActivityKind) domain.ActivityID {
	l.t.Helper()
	id := domain.ActivityID{UUID: domain.UUID{7, byte(len(kind))}}
	start := mustDay(l.t, "2026-03-05").Start() + 14*3_600_000
	plan := domain.Plan{Kind: kind, Title: "三月活动", Place: "活动室", Community: here, Layer: "老年", Start: start, End: start + 90*60_000}
	if kind.EntryKind() == domain.Service {
		plan.Layer = ""
	}
	l.do(l.recorder, &domain.ScheduleActivity{Activity: id, Plan: plan})
	return id
}

func (l *ledger) rosterOf(id domain.ActivityID, text string) Job {
	j := l.job(domain.ImportRoster, "签到表.csv", text)
	j.Attended = id
	return j
}

const signIn = "三月活动签到表\n序号,姓名,编号,联系电话,签到,签到时间,签退时间,备注\n" +
	"1,王伟,R1,,√,,,\n2,李强,R2,,,,,没来\n3,陈明,R3,,陈明,14:10,15:20,早退\n4,赵敏,R4,,14:05,,15:00,\n5,孙丽,R5,,是,14:00,,\n6,周生,,,√,,,\n合计,6人,,,,,,\n"

func TestASignInSheetIsTypedBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []domain.ActivityKind{domain.StudySession, domain.ServiceActivity} {
		l := newLedger(t)
		id := l.held(kind)
		j := l.rosterOf(id, signIn)
		j.DryRun = true
		foretold := l.mustRun(j)
		j.DryRun = false
		res := l.mustRun(j)
		if res.Accepted != 3 || res.Refused != 3 || res.Added != 3 || res.Confirmed != 3 || res.Enrolled != 3 || res.Minutes.Computed != "215" || res.Count.Declared != "6" || figures(foretold) != figures(res) {
			t.Fatalf("%s: %+v %+v", kind, res, res.Minutes)
		}
		for _, c := range []CodeCount{{"not-attended", 1}, {"value-missing", 1}, {"person-unidentified", 1}} {
			if !slices.Contains(res.Codes, c) {
				t.Errorf("%s: %v lacks %v", kind, res.Codes, c)
			}
		}
		e := l.person("R1").Entries
		if len(e) != 1 || e[0].Status != domain.Confirmed || e[0].Deed.Activity != id || e[0].Deed.Title != "三月活动" || e[0].Deed.Span.Minutes != 90 || e[0].Deed.Hours != domain.Honour {
			t.Errorf("%s: %+v", kind, e)
		}
		if e[0].Deed.Kind != kind.EntryKind() || (e[0].Deed.Layer == "老年") != (kind == domain.StudySession) {
			t.Errorf("%s: %+v", kind, e)
		}
		if e := l.person("R4").Entries; e[0].Deed.Span.Minutes != 55 || e[0].Deed.Span.Start != mustDay(t, "2026-03-05").Start()+14*3_600_000+5*60_000 {
			t.Errorf("%s: %+v", kind, e)
		}
		size := l.size()
		if again := l.mustRun(j); again.Status != AlreadyImported || l.size() != size {
			t.Errorf("%s: %+v", kind, again)
		}
	}
}

// The same people sign an equal sheet every week: it is another sheet.
func TestEqualSheetsOfTwoActivities(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	one, two := l.held(domain.StudySession), domain.ActivityID{UUID: domain.UUID{8}}
	start := mustDay(t, "2026-03-05").Start() + 9*3_600_000
	l.do(l.recorder, &domain.ScheduleActivity{Activity: two, Plan: domain.Plan{Kind: domain.Talk, Title: "宣讲", Community: here, Start: start, End: start + 90*60_000}})
	text := "姓名,编号,签到\n王伟,R1,√\n李强,R2,√\n"
	first := l.mustRun(l.rosterOf(one, text))
	second := l.mustRun(l.rosterOf(two, text))
	if second.Added != 2 || second.Import == first.Import || second.LookAlikes != 0 {
		t.Fatalf("%+v", second)
	}
	if e := l.person("R1").Entries; len(e) != 2 || e[1].Deed.Category != "宣讲" {
		t.Errorf("%+v", e)
	}
	// Somebody was forgotten, and somebody left earlier.
	j := l.rosterOf(one, "姓名,编号,签到,签到时间,签退时间\n王伟,R1,√,14:00,15:00\n李强,R2,√,,\n陈明,R3,√,,\n")
	_, err := l.run(j)
	wantCode(t, err, ReissueSuspected)
	j.ReissueOf = importID(t, second)
	_, err = l.run(j)
	wantCode(t, err, ReissueElsewhere)
	j.ReissueOf = importID(t, first)
	if res := l.mustRun(j); res.Added != 1 || res.Corrected+res.Recognised != 2 || l.person("R1").Entries[0].Deed.Span.Minutes != 60 || l.person("R1").Entries[0].Deed.Activity != one {
		t.Fatalf("%+v %+v", res, l.person("R1").Entries)
	}
}

// The sheet that the ledger prints carries the people's own numbers. Filled in
// by hand and typed into the same workbook, it is taken as it is; lines that
// nobody signed stay empty.
func TestThePrintedSheetIsTypedBack(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	id := l.held(domain.ServiceActivity)
	known := l.enrolled(1, domain.EnrolPerson{Name: "王伟"})
	l.enrolled(2, domain.EnrolPerson{Name: "李强", Phone: "13800000002"})
	unknown := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 9}}
	form := &sheets.Form{Title: "三月活动 签到表", Lines: 30,
		Facts: []sheets.FormFact{{Name: "活动编号", Value: id.String()}, {Name: "记录社区", Value: here.String()}, {Name: "地点", Value: "活动室"}, {Name: "经办人"}, {Name: "到场人数"}},
		Notes: []string{"填写说明：一、每人一行，本人签名，不得代签。"},
		Columns: []sheets.FormColumn{{Heading: "序号", Width: 5}, {Heading: "姓名", Width: 12}, {Heading: "志愿者编号", Width: 23}, {Heading: "签到时间", Width: 10},
			{Heading: "签到签名", Width: 15}, {Heading: "签退时间", Width: 10}, {Heading: "签退签名", Width: 15}},
		Filled: [][]string{{"王伟", known.String(), "14:00", "王伟", "15:10", "王伟"}, {"", unknown.String(), "14:00", "某", "15:00", "某"}, {"李强", "", "14:00", "李强", "15:00", "李强"}},
		Footer: []string{"经办人签字：　　　　日期：　　　年　　月　　日", "复核人签字（社区盖章）：　　　　日期："}}
	var file bytes.Buffer
	if err := form.XLSX(&file); err != nil {
		t.Fatal(err)
	}
	res := l.mustRun(l.rosterOf(id, file.String()))
	if res.Rows != 3 || res.Added != 1 || res.Refused != 2 || res.Sheet.Blank != 27 || l.entriesOf(known) != 1 || res.Minutes.Computed != "70" {
		t.Fatalf("%+v", res)
	}
	for _, c := range []string{string(PersonUnknown), string(PersonUnnamed)} {
		if !slices.Contains(res.Codes, CodeCount{c, 1}) {
			t.Errorf("%v lacks %s", res.Codes, c)
		}
	}
}

func TestARosterNeedsItsActivity(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	id := l.held(domain.StudySession)
	text := "姓名,编号\n王伟,R1\n"
	_, err := l.run(l.rosterOf(domain.ActivityID{}, text))
	wantCode(t, err, domain.FieldMissing)
	_, err = l.run(l.rosterOf(domain.ActivityID{UUID: domain.UUID{9}}, text))
	wantCode(t, err, domain.SubjectUnknown)
	j := l.rosterOf(id, text)
	j.Community = here + 1
	_, err = l.run(j)
	wantCode(t, err, CommunityDiffers)
	l.do(l.recorder, &domain.CancelActivity{Activity: id, Notice: "停电"})
	_, err = l.run(l.rosterOf(id, text))
	wantCode(t, err, domain.ActivityCancelledCode)
}

// A sheet that says how long each was there is not taken for the whole activity,
// whatever the column is called in sheets of service and study.
func TestARosterSaysHowLong(t *testing.T) {
	t.Parallel()
	for heading, cell := range map[string]string{
		"服务时长(分钟)": "40", "学习时长(分钟)": "40", "服务时长（小时）": "0.5", "服务小时数": "0.5", "分钟数": "40",
	} {
		l := newLedger(t)
		id := l.held(domain.StudySession)
		res := l.mustRun(l.rosterOf(id, "姓名,居民编号,签到,"+heading+"\n王伟,R1,√,"+cell+"\n"))
		want := domain.Minutes(40)
		if cell != "40" {
			want = 30
		}
		if e := l.person("R1").Entries; len(res.Sheet.Unknown) != 0 || len(res.Sheet.Unused) != 0 || len(e) != 1 || e[0].Deed.Span.Minutes != want {
			t.Errorf("%s: %+v %+v", heading, res.Sheet, e)
		}
	}
}

// Minutes without clock times are held against the plan: its days, and its length
// with the hour to set up and tidy up. A row that is too much says where.
func TestMinutesOfASheetAreHeldAgainstThePlan(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	id := l.held(domain.ServiceActivity)
	j := l.rosterOf(id, "姓名,编号,签到,日期,时长(分钟)\n王伟,R1,√,,700\n李强,R2,√,2026-03-04,60\n陈明,R3,√,2026-03-05,150\n赵敏,R4,√,,151\n")
	j.DryRun = true
	foretold := l.mustRun(j)
	j.DryRun = false
	res := l.mustRun(j)
	if res.Added != 1 || res.Refused != 3 || figures(foretold) != figures(res) {
		t.Fatalf("%+v", res)
	}
	for i, want := range []struct {
		row    int
		column string
		code   domain.Code
	}{{2, "时长(分钟)", domain.ExceedsActivity}, {3, "日期", domain.DayOffPlan}, {5, "时长(分钟)", domain.ExceedsActivity}} {
		e := res.Errors[i]
		if e.Row != want.row || !strings.Contains(e.Column, want.column) || e.Code != string(want.code) || e.Cure == "" || e.CureEn == "" {
			t.Errorf("%+v", e)
		}
	}
}
