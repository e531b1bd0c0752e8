package imports

import (
	"testing"

	"zhishu/domain"
)

// Two sign-in sheets of one day without an activity column differ by the
// activity they were given for.
func TestActivityOfTheJobIsContent(t *testing.T) {
	for kind, text := range map[domain.ImportKind]string{
		domain.ImportStudy:   "学员编号,日期,学习时长(分钟)\nV1,2026-01-05,60\nV2,2026-01-05,60\n",
		domain.ImportService: "志愿者编号,日期,服务时长(分钟)\nV1,2026-01-05,60\nV2,2026-01-05,60\n",
	} {
		l := newLedger(t)
		j := l.job(kind, "a.csv", text)
		j.Activity = "读书会"
		first := l.mustRun(j)
		j.Activity, j.Separate = "合唱班", true
		second := l.mustRun(j)
		if first.Import == second.Import || second.Status != Finished || second.Added != 2 {
			t.Errorf("%s: %+v", kind, second)
		}
		if e := l.person("V1").Entries; len(e) != 2 || e[0].Deed.Title != "读书会" || e[1].Deed.Title != "合唱班" {
			t.Errorf("%s: %+v", kind, e)
		}
		if again := l.mustRun(j); again.Status != AlreadyImported || again.Import != second.Import {
			t.Errorf("%s: %+v", kind, again)
		}
	}
}

// Where every row has its own title the activity of the job says nothing.
func TestActivityBesideAColumnIsNotContent(t *testing.T) {
	l := newLedger(t)
	first := l.mustRun(l.job(domain.ImportService, "a.csv", hours(sevenHours...)))
	j := l.job(domain.ImportService, "a.csv", hours(sevenHours...))
	j.Activity = "清洁日"
	if again := l.mustRun(j); again.Status != AlreadyImported || again.Import != first.Import {
		t.Errorf("%+v", again)
	}
}
