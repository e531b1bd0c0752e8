package imports

import (
	"testing"

	"zhishu/commands"
	"zhishu/domain"
)

// A code that nobody registered may be mistyped: the sheet is stopped before its
// first row, unless it says that it is meant.
func TestACommunityIsRegisteredBeforeItsSheets(t *testing.T) {
	t.Parallel()
	for _, kind := range []domain.ImportKind{domain.ImportPeople, domain.ImportService, domain.ImportStudy, domain.ImportDonations, domain.ImportActivities} {
		l := newLedger(t)
		text := map[domain.ImportKind]string{
			domain.ImportPeople:     "姓名,编号,出生日期\n张三,R-1,1980-01-01\n",
			domain.ImportService:    hours("R1,2026-03-01,清洁,60,,"),
			domain.ImportStudy:      "学员编号,学习日期,学习内容,学习时长(分钟)\nV1,2026-03-01,防火知识,60\n",
			domain.ImportDonations:  donations("", january...),
			domain.ImportActivities: timetableHead + "1,义诊,,志愿服务,,2026-03-20,9:00,11:00,,广场,,\n",
		}[kind]
		meant := func(on bool) Job {
			j := l.job(kind, "a.csv", text)
			j.Community, j.Unregistered = here, on
			return j
		}
		before := l.size()
		dry := meant(false)
		dry.DryRun = true
		for _, j := range []Job{meant(false), dry} {
			res, err := l.run(j)
			wantCode(t, err, commands.CommunityUnregistered)
			if l.size() != before || res.Status != Stopped {
				t.Fatalf("%s: %d events, %s", kind, l.size()-before, res.Status)
			}
		}
		if res := l.mustRun(meant(true)); res.Added != res.Rows || res.CommunityName != "" || res.Community != here.String() {
			t.Errorf("%s, meant: %+v", kind, res)
		}
		// The same sheet again is answered as ever, and a registered code by its name.
		if res, err := l.run(meant(false)); err != nil || res.Status != AlreadyImported {
			t.Errorf("%s again: %s %v", kind, res.Status, err)
		}
		l.do(l.recorder, &domain.RegisterCommunity{Code: here, Name: "三岔路社区", From: domain.MinDay})
		if res := l.mustRun(meant(false)); res.CommunityName != "三岔路社区" {
			t.Errorf("%s: %+v", kind, res)
		}
	}
}
