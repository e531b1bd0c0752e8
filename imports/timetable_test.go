package imports

import (
	"slices"
	"testing"

	"zhishu/domain"
)

const timetableHead = "序号,活动名称,活动编号,活动类型,系列,日期,开始时间,结束时间,结束日期,地点,层次,名额\n"

const yearly = "2026年活动安排\n" + timetableHead +
	"1,三月集中学习,,学习,,2026-03-05,14:00,15:30,,活动室,老年,50\n" +
	"2,防火讲座,A-02,讲座,,2026-03-08,09:00,10:00,,,,\n" +
	"3,太极拳,A-03,课程,,2026年3月9日,19:00,20:00,,广场,,20\n" +
	"4,春季清洁,A-04,志愿服务,,2026-04-01,08:00,12:00,,东门,,\n" +
	"5,夜巡,A-05,服务,,2026-04-01,22:00,02:00,2026-04-02,,,\n" +
	"6,助学募捐,A-06,募捐,,2026-05-01,09:00,17:00,,,,\n" +
	"7,三月集中学习,,学习,,2026-03-05,16:00,17:00,,,,\n" +
	"8,联欢,A-08,联欢,,2026-05-02,09:00,10:00,,,,\n" +
	"9,无时,A-09,学习,,2026-05-02,,,,,,\n" +
	"10,倒置,A-10,学习,,2026-05-02,10:00,09:00,,,,\n" +
	"合计,10场\n"

func (l *ledger) timetable(text string) Job {
	j := l.job(domain.ImportActivities, "活动.csv", text)
	j.Community = here
	return j
}

func (l *ledger) announced(id domain.ActivityID) *domain.Activity {
	l.t.Helper()
	state, err := l.handler.State(l.t.Context(), id.Stream())
	if err != nil {
		l.t.Fatal(err)
	}
	return state.(*domain.Activity)
}

func (l *ledger) numbered(number string) *domain.Activity {
	return l.announced(domain.ActivityID{UUID: l.handler.DerivedID("activity-number", []byte(here.String()), []byte(here.String()), []byte(number))})
}

func TestATimetableAnnouncesActivities(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	j := l.timetable(yearly)
	j.DryRun = true
	foretold := l.mustRun(j)
	j.DryRun = false
	res := l.mustRun(j)
	if res.Rows != 10 || res.Added != 6 || res.Refused != 4 || res.Count.Declared != "10" || figures(res) != figures(foretold) || l.events()["activity-scheduled"] != 6 {
		t.Fatalf("%+v %v", res, l.events())
	}
	for _, c := range []string{"subject-exists", "field-invalid", "value-missing", "end-before-start"} {
		if !slices.Contains(res.Codes, CodeCount{c, 1}) {
			t.Errorf("%v lacks %s", res.Codes, c)
		}
	}
	if p := l.numbered("A-03").Plan; p.Kind != domain.Course || p.Series != "太极拳" || p.Capacity != 20 || p.Place != "广场" || p.Start != mustDay(t, "2026-03-09").Start()+19*3_600_000 {
		t.Errorf("%+v", p)
	}
	if p := l.numbered("A-02").Plan; p.Kind != domain.StudySession || p.Category != "讲座" {
		t.Errorf("%+v", p)
	}
	if p := l.numbered("A-05").Plan; p.Kind != domain.ServiceActivity || p.End-p.Start != 4*3_600_000 {
		t.Errorf("%+v", p)
	}
	size := l.size()
	if again := l.mustRun(j); again.Status != AlreadyImported || l.size() != size {
		t.Fatalf("%+v", again)
	}
}

// A timetable issued anew moves what is known by its number, and announces what
// is new.
func TestATimetableIssuedAnew(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.timetable(yearly))
	j := l.timetable(timetableHead +
		"1,三月集中学习,,学习,,2026-03-05,14:00,15:30,,活动室,老年,50\n2,防火讲座,A-02,讲座,,2026-03-15,09:00,10:00,,,,\n3,植树,A-20,志愿服务,,2026-03-12,08:00,10:00,,,,\n")
	j.DryRun = true
	foretold := l.mustRun(j)
	j.DryRun = false
	res := l.mustRun(j)
	if res.Recognised != 1 || res.Corrected != 1 || res.Added != 1 || res.Offered != 1 || res.Taken != 1 || figures(res) != figures(foretold) {
		t.Fatalf("%+v", res)
	}
	if p := l.numbered("A-02").Plan; p.Start.Day() != mustDay(t, "2026-03-15") {
		t.Errorf("%+v", p)
	}
	l.do(l.recorder, &domain.CancelActivity{Activity: l.numbered("A-04").ID, Notice: "下雨"})
	res = l.mustRun(l.timetable(timetableHead + "1,春季清洁,A-04,志愿服务,,2026-04-02,08:00,12:00,,东门,,\n"))
	if res.Refused != 1 || res.Codes[0].Code != string(domain.ActivityCancelledCode) {
		t.Fatalf("%+v", res)
	}
}

// Who attended finds the session that was announced under the same name and day.
func TestAnAnnouncedSessionIsThatOfTheStudySheet(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.timetable(yearly))
	l.mustRun(l.job(domain.ImportStudy, "s.csv", "学员编号,学习日期,场次名称,学习时长(分钟)\nR1,2026-03-05,三月集中学习,90\n"))
	e := l.person("R1").Entries[0]
	if a := l.announced(e.Deed.Activity); !a.Exists || a.Plan.Title != "三月集中学习" {
		t.Errorf("%+v", a)
	}
}
