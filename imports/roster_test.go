package imports

import (
	"slices"
	"testing"

	"zhishu/domain"
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
