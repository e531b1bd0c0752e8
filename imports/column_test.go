package imports

import (
	"strings"
	"testing"

	"zhishu/domain"
)

// A refusal names the column that is to be mended, and not another.
func TestARefusalNamesTheColumnToMend(t *testing.T) {
	t.Parallel()
	people := "姓名,编号,联系电话,出生日期,监护人,监护人电话,加入日期,离开日期\n"
	for _, x := range []struct {
		kind         domain.ImportKind
		sheet        string
		code         domain.Code
		column, cure string
	}{
		{domain.ImportPeople, people + "卫来,R1,13800000007,1980-01-01,,,2025-01-01,2024-01-01\n", domain.EndBeforeStart, "离开日期", ""},
		{domain.ImportPeople, people + "卫来,R1," + strings.Repeat("1", 40) + ",1980-01-01,,,,\n", domain.FieldInvalid, "联系电话", ""},
		{domain.ImportPeople, "姓名,编号,身份证号\n卫来,R1,430702184001010017\n", domain.FieldInvalid, "身份证号", ""},
		{domain.ImportPeople, people + "冯童,R1,,2019-05-05,何人,13900000009,,\n", GuardianUnknown, "监护人", ""},
		{domain.ImportPeople, people + "冯童,R1,,2019-05-05,,,,\n", domain.GuardianMissing, "监护人", ""},
		{domain.ImportService, "志愿者编号,活动名称,服务日期起,服务日期止,服务时长(分钟)\nV1,清洁,2026-01-06,2026-01-05,60\n", domain.EndBeforeStart, "服务日期止", ""},
		{domain.ImportActivities, "活动编号,活动名称,活动类型,开始时间,结束时间\nA-1,清洁,别的,2026-03-05 09:00,2026-03-05 10:00\n", domain.FieldInvalid, "活动类型", "宣讲"},
	} {
		l := newLedger(t)
		res := l.mustRun(l.job(x.kind, "a.csv", x.sheet))
		if len(res.Errors) != 1 || res.Errors[0].Code != string(x.code) || !strings.Contains(res.Errors[0].Column, " "+x.column) || !strings.Contains(res.Errors[0].Cure, x.cure) {
			t.Errorf("%s: %+v", x.column, res.Errors)
		}
	}
}
