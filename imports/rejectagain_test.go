package imports

import (
	"bytes"
	"strings"
	"testing"

	"zhishu/domain"
)

// After an import its refused rows can still be had, and asking records nothing.
func TestRejectsOfAFinishedSheet(t *testing.T) {
	l := newLedger(t)
	sheet := "志愿者编号,服务日期,活动名称,服务时长(分钟)\nV-1,2026-02-01,巡逻,60\nV-2,2026-02-30,巡逻,60\n"
	l.mustRun(l.job(domain.ImportService, "a.csv", sheet))
	before := l.size()
	var rejects bytes.Buffer
	job := l.job(domain.ImportService, "a.csv", sheet)
	job.DryRun, job.Reject = true, &rejects
	if res := l.mustRun(job); res.Refused != 1 || res.Accepted != 1 || res.Added != 0 {
		t.Errorf("%+v", res)
	}
	if got := rejects.String(); !strings.Contains(got, "V-2") || strings.Contains(got, "V-1,") || l.size() != before {
		t.Errorf("%d events more, %q", l.size()-before, got)
	}
}
