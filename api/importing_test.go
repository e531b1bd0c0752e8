package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/imports"
)

const (
	hours = "志愿者编号,姓名,服务日期,活动名称,服务时长(分钟)\n" +
		"V-0001,张三,2026-02-01,文明劝导,120\nV-0002,李四,2026-02-01,文明劝导,90\nV-0003,王五,2026-02-30,文明劝导,60\n"
	asClerk   = "/v1/imports/service?community=430702001007&enrol=true&consentBasis=paper&confirmer=reviewer"
	sheetName = "三岔路社区 张三等人时长.csv"
)

// upload sends a sheet as the command line does.
func (c *city) upload(path, sheet string, header ...string) answer {
	c.t.Helper()
	all := append([]string{"Content-Type", binaryType, "Zhishu-Account", "clerk", "Zhishu-File-Name", url.PathEscape(sheetName)}, header...)
	return c.do(http.MethodPost, path, sheet, all...)
}

func TestImportOfASheet(t *testing.T) {
	c := newCity(t, nil)
	var a answer
	types := c.appended(func() { a = c.upload(asClerk, hours) })
	if a.status != http.StatusOK || strings.Count(types, "service-claimed") != 2 || strings.Count(types, "entry-confirmed") != 2 {
		t.Fatalf("%d %s appended %s", a.status, a.body, types)
	}
	got := decode[imports.Result](t, a)
	if got.Rows != 3 || got.Accepted != 2 || got.Refused != 1 || got.Enrolled != 2 || got.Status != imports.Finished || got.Errors[0].Code != "date-impossible" {
		t.Errorf("%+v", got)
	}
	if a.header.Get(headerPosition) != got.Position || strings.Contains(a.body, "张三") {
		t.Errorf("position %q, %s", a.header.Get(headerPosition), a.body)
	}
	board := ask[figures.StarBoard](c, "/v1/stars?division="+here)
	if board.Suppressed == nil || board.Suppressed.Reason != "small-group" || len(board.Rows) > 0 || board.Total.Recognised.Minutes != 0 {
		t.Errorf("the board of two people: %+v", board)
	}

	again := decode[imports.Result](t, c.upload(asClerk, hours))
	if again.Status != imports.AlreadyImported || again.Import != got.Import || again.Added != 0 {
		t.Errorf("again: %+v", again)
	}
	// What two people did is not told to everybody.
	public, told := ask[figures.Imports](c, "/v1/imports").Rows[0], ask[figures.ImportDetail](c, "/v1/imports/"+got.Import)
	if public.Suppressed == nil || public.Rows != 0 || public.Outcome != nil || told.Import.Suppressed == nil || told.Standing != 0 || told.StandingTime.Minutes != 0 {
		t.Errorf("shown to everybody: %+v and %+v", public, told)
	}
	list := ask[figures.Imports](c, "/v1/imports", clerk...)
	if len(list.Rows) != 1 || list.Rows[0].Import != got.Import || list.Rows[0].Outcome.Refused != 1 {
		t.Errorf("%+v", list)
	}
	one := ask[figures.ImportDetail](c, "/v1/imports/"+got.Import, clerk...)
	if one.Standing != 2 || one.StandingTime.Minutes != 210 {
		t.Errorf("%+v", one)
	}
	similar := c.upload(asClerk, hours+"V-0004,赵六,2026-02-03,文明劝导,60\n")
	if p := similar.problem(t); p.Code != "reissue-suspected" || !strings.Contains(p.Detail, got.Import) {
		t.Errorf("%+v", p)
	}
}

// The refused rows come back in the sheet's own layout, before the import and
// after it, and asking for them records nothing.
func TestRejectsOfASheet(t *testing.T) {
	c := newCity(t, nil)
	rejects := strings.Replace(asClerk, "/service", "/service/rejects", 1)
	for _, when := range []string{"before the import", "after it"} {
		var a answer
		if types := c.appended(func() { a = c.upload(rejects, hours) }); types != "" {
			t.Errorf("%s: appended %s", when, types)
		}
		if a.status != http.StatusOK || !strings.Contains(a.body, "王五") || strings.Contains(a.body, "李四") || !strings.Contains(a.body, "date-impossible") {
			t.Errorf("%s: %d %q", when, a.status, a.body)
		}
		c.upload(asClerk, hours)
	}
}

func TestDryRunRecordsNothing(t *testing.T) {
	c := newCity(t, nil)
	var a answer
	if types := c.appended(func() { a = c.upload(asClerk+"&dryRun=true", hours) }); types != "" {
		t.Errorf("appended %s", types)
	}
	if got := decode[imports.Result](t, a); got.Status != imports.DryRun || got.Enrolled != 2 {
		t.Errorf("%+v", got)
	}
}

func TestColumnsAreNamedOneByOne(t *testing.T) {
	c := newCity(t, nil)
	sheet := "编号列,甲,乙,丙\nV-0001,2026-02-01,文明劝导,120\n"
	columns := url.Values{"columns": {"编号列=person-number", "甲=date", "乙=activity", "丙=minutes"}}
	a := c.upload(asClerk+"&"+columns.Encode(), sheet)
	if got := decode[imports.Result](t, a); got.Accepted != 1 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestDonationSheet(t *testing.T) {
	c := newCity(t, nil)
	a := c.upload("/v1/imports/donations", "捐赠日期,捐赠人,捐赠金额（元）,备注\n2026.01.22,孙**,300.00,\n2026.01.22,王*,100.00,\n合计,,400.00,\n")
	got := decode[imports.Result](t, a)
	if a.status != http.StatusOK || got.Accepted != 2 || !got.Money.Met {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if sums := ask[figures.Donations](c, "/v1/donations?period=2026"); sums.Total.Amount.Yuan != "400.00" {
		t.Errorf("%+v", sums.Total)
	}
}

func TestRefusedUploadsRecordNothing(t *testing.T) {
	c := newCity(t, nil)
	c.mustPost("/v1/accounts", `{"handle":"far","role":"recorder","scope":"11"}`)
	service := "/v1/imports/service?community=430702001007"
	for _, r := range []struct {
		code, path, sheet string
		header            []string
	}{
		{"field-missing", "/v1/imports/service", hours, nil},
		{"community-invalid", "/v1/imports/service?community=430702", hours, nil},
		{"consent-basis-missing", service + "&enrol=true", hours, nil},
		{"field-invalid", service + "&enrol=yes", hours, nil},
		{"field-invalid", service + "&consentBasis=oral", hours, nil},
		{"field-invalid", service + "&reissueOf=7", hours, nil},
		{"field-invalid", service + "&organisation=x", hours, nil},
		{"field-invalid", service + "&confirmer=%E5%BC%A0%E4%B8%89", hours, nil},
		{"field-invalid", service + "&columns=x", hours, nil},
		{"field-invalid", service + "&columns=x=date&columns=x=name", hours, nil},
		{"field-invalid", service + "&activity=" + strings.Repeat("a", maxParameterLen+1), hours, nil},
		{"same-account", service + "&confirmer=clerk", hours, nil},
		{"disposition-unclear", service + "&separate=true&reissueOf=0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e", hours, nil},
		{"reissue-unknown", service + "&enrol=true&consentBasis=paper&reissueOf=0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e", hours, nil},
		{"account-out-of-scope", service, hours, []string{"Zhishu-Account", "far"}},
		{"account-unknown", service, hours, []string{"Zhishu-Account", "nobody"}},
		{CodeAccountMissing, service, hours, []string{"Zhishu-Account", ""}},
		{CodeAccountInvalid, service, hours, []string{"Zhishu-Account", "Clerk"}},
		{CodeFileNameInvalid, service, hours, []string{"Zhishu-File-Name", "%zz"}},
		{CodeFileNameInvalid, service, hours, []string{"Zhishu-File-Name", "a%2Fb.csv"}},
		{CodeFileNameInvalid, service, hours, []string{"Zhishu-File-Name", "%ff"}},
		{CodeFileNameInvalid, service, hours, []string{"Zhishu-File-Name", "a%00"}},
		{CodeFileNameInvalid, service, hours, []string{"Zhishu-File-Name", strings.Repeat("a", maxFileNameLen+1)}},
		{CodeMediaType, service, hours, []string{"Content-Type", "application/json"}},
		{CodeBodyRequired, service, "", nil},
		{CodeValidation, service + "&debug=1", hours, nil},
		{CodeQueryInvalid, service + "&enrol=true&enrol=false", hours, nil},
		{"header-not-found", service, "甲,乙\n1,2\n", nil},
		{"encoding-unknown", service + "&encoding=latin9", hours, nil},
		{"xls-legacy", service, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), nil},
		{CodeMethodNotAllowed, "/v1/imports/weather", hours, nil},
	} {
		var a answer
		if types := c.appended(func() { a = c.upload(r.path, r.sheet, r.header...) }); types != "" {
			t.Errorf("%s: appended %s", r.code, types)
		}
		if p := a.problem(t); p.Code != r.code || p.Hint == "" {
			t.Errorf("%s: %d %+v, want %s", r.path, a.status, p, r.code)
		}
		if strings.Contains(a.body, "三岔路社区") || strings.Contains(a.body, "张三") {
			t.Errorf("%s: %s", r.code, a.body)
		}
	}
}

func TestBackupsAreStreamed(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	c.mustPost("/v1/accounts", `{"handle":"county","role":"operator","scope":"430702"}`)
	c.mustPost("/v1/accounts", `{"handle":"own","role":"resident"}`)
	for _, file := range []string{"/v1/backup/keys", "/v1/backup/erasures"} {
		for account, code := range map[string]string{"county": string(domain.WrongOrganisation), "own": string(domain.RoleForbids), "clerk": string(domain.RoleForbids), "nobody": string(domain.AccountUnknown)} {
			if p := c.get(file, "Zhishu-Account", account).problem(t); p.Code != code {
				t.Errorf("%s by %s: %+v, want %s", file, account, p, code)
			}
		}
		if p := c.get(file).problem(t); p.Code != CodeAccountMissing {
			t.Errorf("%s by no one: %+v", file, p)
		}
	}
	operator := []string{"Zhishu-Account", "operator"}
	keys := c.get("/v1/backup/keys", operator...)
	if keys.status != http.StatusOK || !strings.HasPrefix(keys.body, "zhishu vault backup 1\n") || keys.header.Get("Content-Type") != binaryType {
		t.Errorf("%d %q", keys.status, keys.body)
	}
	if err := c.vault.Erase(t.Context(), vaultSubject(person)); err != nil {
		t.Fatal(err)
	}
	list := c.get("/v1/backup/erasures", operator...)
	if want := strings.ReplaceAll(person, "-", ""); list.status != http.StatusOK || !strings.Contains(list.body, want) || !strings.HasSuffix(list.body, fmt.Sprintln("end", 1)) {
		t.Errorf("%d %q", list.status, list.body)
	}
	if len(c.get("/v1/backup/keys", operator...).body) >= len(keys.body) {
		t.Error("the erased key is still in the backup")
	}
}
