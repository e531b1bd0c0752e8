package imports

import (
	"strings"
	"testing"

	"zhishu/domain"
)

const numberedHead = "志愿者编号,姓名,联系电话,身份证号,服务日期,活动名称,服务时长(分钟)\n"

// A number that is somebody else's by a slip does not give them the hours.
func TestANumberWithAnothersNameBooksNothing(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.roster(residents)) // R3 李秀英 13800000002, R4 陈明 13800000003
	before := len(l.person("R3").Entries)
	rows := []string{
		"R3,陈明,,,2026-01-05,清洁,60",                 // another's name
		"R4,,13800000002,,2026-01-05,清洁,60",        // no name, and another's phone
		",赵强,,430702195001020016,2026-01-05,清洁,60", // another's ID number
		"R3,陈明,13800000003,,2026-01-05,清洁,60",      // and name and phone that are another's
	}
	for _, row := range rows {
		j := l.job(domain.ImportService, "a.csv", numberedHead+row+"\n")
		j.DryRun = true
		foretold := l.mustRun(j)
		j.DryRun = false
		res := l.mustRun(j)
		if figures(foretold) != figures(res) || res.Added != 0 || len(res.Errors) != 1 || res.Errors[0].Code != string(ContactDiffers) ||
			res.Errors[0].Column == "" || strings.Contains(res.Errors[0].English, "stays") || !strings.Contains(res.Errors[0].Cure, "改正该行") {
			t.Errorf("%s: %+v", row, res)
		}
	}
	if n := len(l.person("R3").Entries); n != before {
		t.Errorf("%d entries", n)
	}
	wrong := l.job(domain.ImportRoster, "r.csv", "姓名,编号,签到\n陈明,R3,√\n李秀英,R3,√\n")
	if res := l.mustRun(wrong); res.Added != 0 || res.Refused != 2 { // in one sheet they contradict each other
		t.Errorf("%+v", res)
	}
}

// What is no contradiction is recorded: the same name written otherwise, masked
// or left out, another phone beside it, and a name or number of before.
func TestANumberWithTheNameItHasOrHadIsRecorded(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.mustRun(l.roster(residents))
	j := l.roster(renamed)
	j.Update = true
	l.mustRun(j) // R3 李秀兰 since
	for i, row := range []string{"R3,李秀英,,", "R3,李 秀兰,13999999999,", "R3,,,", "R3,李*,,", "R3,,13800000002,", "R1,王建国,无,430702195001020016"} {
		sheet := numberedHead + row + ",2026-01-0" + string(rune('1'+i)) + ",清洁,60\n"
		if res := l.mustRun(l.job(domain.ImportService, "a.csv", sheet)); res.Added != 1 {
			t.Errorf("%s: %+v", row, res)
		}
	}
	one := l.enrolled(1, domain.EnrolPerson{Name: "小李", External: []domain.NumberFrom{{Issuer: here.String(), Number: "R90"}}})
	two := l.person("R3").Enrolled.Person
	proposed := l.do(l.recorder, &domain.ProposePersonMerge{Person: one, Into: two, Reason: "同一人"})
	l.do(l.confirmer, &domain.DecidePersonMerge{Person: one, Proposal: domain.ProposalNo(proposed.First), Into: two, Approve: true})
	if res := l.mustRun(l.job(domain.ImportService, "a.csv", numberedHead+"R90,小李,,,2026-02-01,清洁,60\n")); res.Added != 1 || res.Enrolled != 0 {
		t.Errorf("%+v", res)
	}
}
