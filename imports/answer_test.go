package imports

import (
	"bytes"
	"strings"
	"testing"

	"zhishu/domain"
)

// answered counts what a list enrols whose one person has the words in a column,
// and gives the refusal.
func answered(t *testing.T, column, words string) (Result, *domain.Person, string) {
	t.Helper()
	l := newLedger(t)
	var rejects bytes.Buffer
	j := l.roster("姓名,编号,出生日期," + column + "\n张三,R-1,1980-01-01," + words + "\n李四,R-2,1981-01-01,是\n")
	j.Reject = &rejects
	res := l.mustRun(j)
	if res.Refused > 0 {
		return res, nil, rejects.String()
	}
	return res, l.person("R-1"), ""
}

// What says neither yes nor no is no consent: the row is asked about, by its
// column, with the words that the column knows.
func TestConsentIsOnlyWhatSaysSo(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]domain.Basis{
		"纸质": domain.OnPaper, " 书面 ": domain.OnPaper, "已签字": domain.OnPaper, "Paper": domain.OnPaper, "是": domain.OnPaper, "√": domain.OnPaper,
		"ＹＥＳ": domain.OnPaper, "线上": domain.Online, "微信": domain.Online, "线上签名": domain.Online,
	} {
		res, p, _ := answered(t, "知情同意", words)
		if res.Enrolled != 2 || len(p.Consents) != 1 || p.Consents[0].Basis != want {
			t.Errorf("%s: %+v", words, res)
		}
	}
	for words, want := range map[string]domain.Code{
		"考虑中": domain.FieldInvalid, "签字纸丢了": domain.FieldInvalid, "口头": domain.FieldInvalid, "2026-01-05": domain.FieldInvalid, "2": domain.FieldInvalid,
		"网格员说可以": domain.FieldInvalid, "待定": domain.FieldInvalid, "不同意": domain.ConsentMissing, "否": domain.ConsentMissing, "无": domain.ConsentMissing, "": domain.ConsentMissing,
	} {
		res, _, rejects := answered(t, "知情同意", words)
		if res.Enrolled != 1 || len(res.Errors) != 1 || res.Errors[0].Code != string(want) || !strings.Contains(res.Errors[0].Column, "知情同意") ||
			!strings.Contains(res.Errors[0].Cure, "线上") || !strings.Contains(rejects, res.Errors[0].Cure) {
			t.Errorf("%s: %+v %s", words, res, rejects)
		}
	}
	if res, _, _ := answered(t, "知情同意", ""); !strings.Contains(res.Errors[0].Cure, "--consent-basis") {
		t.Errorf("%+v", res.Errors)
	}
}

// No name is published that somebody did not plainly give.
func TestANameIsPublishedOnlyWhereTheSheetSaysSo(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]bool{"是": true, "公开": true, "同意": true, "": false, "否": false, "不公开": false, "无": false} {
		if res, p, _ := answered(t, "同意公开", words); res.Enrolled != 2 || p.Consented(domain.ConsentPublish) != want {
			t.Errorf("%s: %+v", words, res)
		}
	}
	for _, words := range []string{"仅内部", "匿名", "再考虑", "2", "口头", "保密"} {
		res, _, _ := answered(t, "同意公开", words)
		if res.Enrolled != 1 || len(res.Errors) != 1 || res.Errors[0].Code != string(domain.FieldInvalid) ||
			!strings.Contains(res.Errors[0].Column, "同意公开") || !strings.Contains(res.Errors[0].Cure, "不公开") {
			t.Errorf("%s: %+v", words, res)
		}
	}
}

// A state that the import does not know is no approval, and who is written down
// as away was not there.
func TestStatesAndAbsencesAreNotGuessed(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]domain.Code{
		"已通过": "", "": "", "已完成": "", "已签退": "", "审核中": domain.FieldInvalid, "作废": domain.FieldInvalid, "无效": domain.FieldInvalid,
		"2": domain.FieldInvalid, "未通过": NotApproved, "待审核": NotApproved, "已驳回": NotApproved,
	} {
		l := newLedger(t)
		res := l.mustRun(l.job(domain.ImportService, "a.csv", "志愿者编号,服务日期,活动名称,服务时长(分钟),复核状态\nV1,2026-01-05,清洁,60,"+state+"\n"))
		if want == "" && res.Added != 1 || want != "" && (len(res.Errors) != 1 || res.Errors[0].Code != string(want)) {
			t.Errorf("%s: %+v", state, res)
		}
	}
	for cell, there := range map[string]bool{"√": true, "王建国": true, "已签到": true, "14:05": true, "没来": false, "旷课": false, "病假": false, "-": false, "缺席": false} {
		l := newLedger(t)
		res := l.mustRun(l.job(domain.ImportService, "a.csv", "志愿者编号,服务日期,活动名称,服务时长(分钟),是否到场\nV1,2026-01-05,清洁,60,"+cell+"\n"))
		if (res.Added == 1) != there || !there && res.Errors[0].Code != string(NotAttended) {
			t.Errorf("%s: %+v", cell, res)
		}
	}
}
