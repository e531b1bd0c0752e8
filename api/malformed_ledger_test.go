package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const nobody = "0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"

// commandBodies is a body that every command could take, by its route.
var commandBodies = map[string]string{
	"/v1/accounts":                                            `{"handle":"clerk-9","role":"recorder","scope":"43","holder":"王五"}`,
	"/v1/accounts/clerk/person":                               `{"person":"` + nobody + `"}`,
	"/v1/communities":                                         `{"code":"430702001009","name":"某社区","from":"2020-01-01","source":"公报"}`,
	"/v1/communities/430702001007/population":                 `{"day":"2025-12-31","basis":"resident","count":3000,"source":"公报","evidence":[]}`,
	"/v1/persons":                                             zhang,
	"/v1/persons/" + nobody + "/memberships":                  `{"kind":"community","community":"430702001007","from":"2026-01-01","basis":"paper"}`,
	"/v1/persons/" + nobody + "/memberships/end":              `{"kind":"community","community":"430702001007","to":"2026-01-01"}`,
	"/v1/persons/" + nobody + "/consents":                     `{"kind":"record","basis":"paper","from":"2026-01-01","guardian":"` + nobody + `"}`,
	"/v1/persons/" + nobody + "/consents/withdraw":            `{"kind":"record","from":"2026-01-01"}`,
	"/v1/persons/" + nobody + "/entries":                      `{"kind":"service","title":"a","category":"b","place":"c","community":"430702001007","organisation":"` + nobody + `","activity":"` + nobody + `","hours":"credit","layer":"d","personInCharge":"` + nobody + `","day":"2026-01-01","minutes":5,"remark":"e","evidence":[]}`,
	"/v1/persons/" + nobody + "/entries/3/confirm":            `{"evidence":[]}`,
	"/v1/persons/" + nobody + "/entries/3/reject":             `{"reason":"r"}`,
	"/v1/persons/" + nobody + "/entries/3/corrections":        `{"kind":"service","title":"a","community":"430702001007","day":"2026-01-01","minutes":5,"reason":"r"}`,
	"/v1/persons/" + nobody + "/entries/3/void":               `{"reason":"r","evidence":[]}`,
	"/v1/persons/" + nobody + "/entries/3/proposals/4/refuse": `{"reason":"r"}`,
	"/v1/rosters":   rosterOf(rosterRow("k", nobody, "")),
	"/v1/donations": cash,
	"/v1/donations/" + nobody + "/corrections":          strings.TrimSuffix(goods, "}") + `,"reason":"r","note":"n"}`,
	"/v1/donations/" + nobody + "/corrections/4/refuse": `{"reason":"r"}`,
	"/v1/policies": `{"kind":"counting","scope":"43","version":1,"title":"t","from":"2026-03-10","counting":{"rounding":"none"}}`,
}

// mutants are bodies of one command, each with one fault.
func mutants(t *testing.T, body string) (list []string) {
	t.Helper()
	var whole map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		t.Fatal(err)
	}
	with := func(name, value string) string {
		changed := map[string]json.RawMessage{name: json.RawMessage(value)}
		for n, v := range whole {
			if n != name {
				changed[n] = v
			}
		}
		b, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	list = append(list, with("more", `"张三"`), with("__proto__", `{}`), `[]`, `"x"`, `null`, `7`)
	for name := range whole {
		list = append(list, with(name, "true"), with(name, "1.5e300"), with(strings.ToUpper(name), string(whole[name])))
	}
	return list
}

func TestMalformedCommands(t *testing.T) {
	c := newCity(t, withEvents)
	asked := 0
	ask := func(path, body string, want ...string) {
		t.Helper()
		asked++
		a := c.post(path, body)
		p := a.problem(t)
		if status, known := StatusOf(p.Code); !known || a.status != status || a.status >= 500 || p.Title == "" || p.Hint == "" || !contains(want, p.Code) {
			t.Errorf("POST %s %s: %d %+v, want %s", path, body, a.status, p, want)
		}
		if strings.Contains(a.body, "张三") {
			t.Errorf("POST %s: the answer repeats a value: %s", path, a.body)
		}
	}
	types := c.appended(func() {
		for path, body := range commandBodies {
			for _, mutant := range mutants(t, body) {
				ask(path, mutant, CodeValidation)
			}
			ask(path, body[:len(body)-1], CodeJSONInvalid)
			ask(path, body+body, CodeJSONInvalid)
			if !strings.HasSuffix(path, "/confirm") {
				ask(path, "", CodeBodyRequired)
			}
		}
		for _, f := range malformedValues {
			ask(f.path, f.body, f.code)
		}
	})
	if types != "" {
		t.Errorf("malformed commands appended %s", types)
	}
	if asked < 200 {
		t.Errorf("only %d malformed commands", asked)
	}
	t.Logf("%d malformed commands", asked)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// malformedValues have the right shape and cannot be meant.
var malformedValues = func() (list []struct{ path, body, code string }) {
	add := func(code, path, old, value string) {
		body := commandBodies[path]
		changed := strings.Replace(body, old, value, 1)
		if changed == body {
			panic("nothing to change in " + body)
		}
		list = append(list, struct{ path, body, code string }{path, changed, code})
	}
	entries := "/v1/persons/" + nobody + "/entries"
	for _, day := range []string{"2026-02-30", "2026-13-01", "2026-2-3", "26-02-03", "2026/02/03", "20260203", "2026-02-03T00:00:00Z", "今天", "", "-2026-02-03"} {
		add(CodeValidation, entries, "2026-01-01", day)
	}
	add("field-invalid", entries, "2026-01-01", "0000-01-01")
	for _, value := range []string{"-1", "527041", "9223372036854775808", `"5"`} {
		add(CodeValidation, entries, `"minutes":5`, `"minutes":`+value)
	}
	for _, code := range []string{"43070200100", "4307020010070", "43070200100x", "４３０７０２００１００７", ""} {
		add(CodeValidation, entries, here, code)
	}
	for _, id := range []string{strings.ToUpper(nobody), "{" + nobody + "}", strings.ReplaceAll(nobody, "-", ""), "1", " " + nobody} {
		add(CodeValidation, "/v1/accounts/clerk/person", nobody, id)
	}
	for _, amount := range []string{"-5", "1e3", "1,280.50", "1280.505", "￥5", "5.", ".5", "99999999999999", "+5", " 5"} {
		add(CodeValidation, "/v1/donations", "1280.50", amount)
	}
	for _, amount := range []string{"0", "0.00", "9999999999999"} {
		add("amount-invalid", "/v1/donations", "1280.50", amount)
	}
	for _, handle := range []string{"张三", "CLERK", "a", "a b", strings.Repeat("a", 33), "clerk_9"} {
		add(CodeValidation, "/v1/accounts", "clerk-9", handle)
	}
	for _, handle := range []string{"-clerk", "clerk-", "1234", "--"} {
		add("field-invalid", "/v1/accounts", "clerk-9", handle)
	}
	for _, scope := range []string{"4", "430", "43070", "4307020010", "4x"} {
		add(CodeValidation, "/v1/accounts", `"43"`, `"`+scope+`"`)
	}
	add("field-invalid", "/v1/accounts", `"43"`, `"07"`)
	for _, digest := range []string{"ab", strings.Repeat("zz", 32), strings.Repeat("AB", 32)} {
		add(CodeValidation, entries, `"evidence":[]`, `"evidence":[{"kind":"photo","sha256":"`+digest+`"}]`)
	}
	add(CodeValidation, entries, `"evidence":[]`, `"evidence":[`+strings.TrimSuffix(strings.Repeat(`{"kind":"photo"},`, 51), ",")+`]`)
	add(CodeValidation, entries, `"title":"a"`, `"title":""`)
	add(CodeValidation, entries, `"title":"a"`, `"title":"`+strings.Repeat("长", 201)+`"`)
	add(CodeValidation, "/v1/persons", "11010519491231002X", strings.Repeat("1", 19))
	add(CodeValidation, "/v1/policies", `"version":1`, `"version":0`)
	add(CodeValidation, "/v1/policies", `"kind":"counting"`, `"kind":"magic"`)
	return list
}()

// malformedQueries are refused whatever the ledger holds.
var malformedQueries = []struct{ target, code string }{
	{"/v1/stars?division=4", CodeDivisionInvalid}, {"/v1/stars?division=430", CodeDivisionInvalid},
	{"/v1/stars?division=43070x", CodeDivisionInvalid}, {"/v1/stars?division=%E5%BC%A0", CodeDivisionInvalid},
	{"/v1/stars?division=07", CodeDivisionInvalid}, {"/v1/stars?division=4307020010071", CodeValidation},
	{"/v1/stars?division=-430702", CodeDivisionInvalid}, {"/v1/stars?division=+43", CodeDivisionInvalid},
	{"/v1/stars?asOf=1.5", CodeAsOfInvalid}, {"/v1/stars?asOf=1e3", CodeAsOfInvalid}, {"/v1/stars?asOf=0x10", CodeAsOfInvalid},
	{"/v1/stars?asOf=-1", CodeAsOfInvalid}, {"/v1/stars?asOf=2026-02-30", CodeAsOfInvalid}, {"/v1/stars?asOf=2026", CodeBeyondLedger},
	{"/v1/stars?asOf=2026-3-1", CodeAsOfInvalid}, {"/v1/stars?asOf=now", CodeAsOfInvalid}, {"/v1/stars?asOf=2999-01-32", CodeAsOfInvalid},
	{"/v1/stars?asOf=18446744073709551616", CodeAsOfInvalid}, {"/v1/stars?asOf=%20", CodeAsOfInvalid},
	{"/v1/stars?limit=0", CodeValidation}, {"/v1/stars?limit=501", CodeValidation}, {"/v1/stars?limit=-1", CodeValidation},
	{"/v1/stars?limit=1.5", CodeValidation}, {"/v1/stars?limit=x", CodeValidation}, {"/v1/stars?cursor=x", CodeCursorInvalid},
	{"/v1/stars?cursor=AQAAAAAAAAAHa1LUBeule01RY5wNV2WpmTk", CodeCursorInvalid}, {"/v1/stars?period=2026", CodeValidation},
	{"/v1/stars?Division=43", CodeValidation}, {"/v1/stars?after=***", CodePositionInvalid}, {"/v1/stars?after=1-2-3", CodePositionInvalid},
	{"/v1/standings/individuals?period=26", CodePeriodInvalid}, {"/v1/standings/individuals?period=2026-13", CodePeriodInvalid},
	{"/v1/standings/individuals?period=2026-06-30..2026-01-01", CodePeriodInvalid}, {"/v1/standings/individuals?period=2026-01-01..", CodePeriodInvalid},
	{"/v1/standings/individuals?period=forever", CodePeriodInvalid}, {"/v1/standings/rooms", CodeValidation}, {"/v1/standings", CodeNotFound},
	{"/v1/participation?period=20260", CodePeriodInvalid}, {"/v1/participation?limit=3", CodeValidation},
	{"/v1/donations?period=x", CodePeriodInvalid}, {"/v1/donations?organisation=x", CodeValidation}, {"/v1/donations?division=x", CodeDivisionInvalid},
	{"/v1/donations/7", CodeValidation}, {"/v1/donations/" + nobody, "subject-unknown"}, {"/v1/donations/" + nobody + "/corrections", CodeMethodNotAllowed},
	{"/v1/persons/7", CodeValidation}, {"/v1/persons/" + nobody, "subject-unknown"}, {"/v1/persons/%E5%BC%A0%E4%B8%89", CodeValidation},
	{"/v1/persons/" + nobody + "/stars", "subject-unknown"}, {"/v1/persons/" + nobody + "/standing", "subject-unknown"},
	{"/v1/persons/" + nobody + "/statement", "subject-unknown"}, {"/v1/persons/" + nobody + "/statement?asOf=x", CodeAsOfInvalid},
	{"/v1/persons/" + nobody + "/identity", CodeAccountMissing}, {"/v1/persons/" + nobody + "/entries", CodeMethodNotAllowed},
	{"/v1/persons", CodeMethodNotAllowed}, {"/v1/rosters", CodeMethodNotAllowed}, {"/v1/accounts", CodeMethodNotAllowed},
	{"/v1/communities?division=x", CodeDivisionInvalid}, {"/v1/communities/430702001007", CodeNotFound}, {"/v1/communities?cursor=x", CodeCursorInvalid},
	{"/v1/diff/stars?from=2026-03-02&to=2026-03-01", CodeDiffBackwards}, {"/v1/diff/stars?from=2099-01-01", CodeAsOfFuture},
	{"/v1/stars?division=430702009999", CodeNoSuchCommunity}, {"/v1/diff/stars?from=1&division=430702009999", CodeNoSuchCommunity},
	{"/v1/communities/430702009999/scorecard", CodeNoSuchCommunity}, {"/v1/registers/service?community=430702009999&period=2026", CodeNoSuchCommunity},
	{"/v1/imports/" + nobody, "subject-unknown"}, {"/v1/imports/7", CodeValidation}, {"/v1/imports?cursor=x", CodeCursorInvalid},
	{"/v1/imports/service/rejects", CodeMethodNotAllowed}, {"/v1/policies?kind=stars", CodeValidation}, {"/v1/digests?asOf=x", CodeAsOfInvalid},
	{"/v1/ledger?asOf=1", CodeValidation}, {"/v1/backup", CodeNotFound}, {"/v1/backup/keys?x=1", CodeValidation}, {"/v1/backup/master", CodeNotFound},
}

func TestMalformedQueries(t *testing.T) {
	c := newCity(t, withEvents)
	types := c.appended(func() {
		for _, q := range malformedQueries {
			a := c.get(q.target)
			p := a.problem(t)
			if status, _ := StatusOf(q.code); p.Code != q.code || a.status != status || a.status >= 500 || p.Title == "" || p.Hint == "" {
				t.Errorf("GET %s: %d %+v, want %s", q.target, a.status, p, q.code)
			}
			if tag := a.header.Get("ETag"); tag != "" || strings.Contains(a.body, "张三") {
				t.Errorf("GET %s: tag %q, %s", q.target, tag, a.body)
			}
		}
	})
	if types != "" {
		t.Errorf("queries appended %s", types)
	}
}

func TestMalformedHeadersOfCommands(t *testing.T) {
	c := newCity(t, nil)
	body := `{"kind":"service","title":"a","community":"430702001007","day":"2026-01-01","minutes":5}`
	path := "/v1/persons/" + c.enrolled("李四") + "/entries"
	for _, h := range []struct{ code, name, value string }{
		{CodeAccountMissing, "Zhishu-Account", ""}, {CodeAccountInvalid, "Zhishu-Account", "张三"}, {CodeAccountInvalid, "Zhishu-Account", "Clerk"},
		{CodeAccountInvalid, "Zhishu-Account", "-clerk"}, {CodeAccountInvalid, "Zhishu-Account", "clerk,reviewer"}, {CodeAccountInvalid, "Zhishu-Account", "13800138000"},
		{CodeAccountInvalid, "Zhishu-Account", strings.Repeat("a", 65)}, {"account-unknown", "Zhishu-Account", "nobody"},
		{CodeKeyMissing, "Idempotency-Key", ""}, {CodeKeyInvalid, "Idempotency-Key", "a b"}, {CodeKeyInvalid, "Idempotency-Key", strings.Repeat("k", 129)},
		{CodeValidation, "Zhishu-On-Behalf-Of", "x"}, {CodeValidation, "Zhishu-On-Behalf-Of", strings.ToUpper(nobody)},
		{CodeMediaType, "Content-Type", "text/csv"}, {CodeContentEncoding, "Content-Encoding", "gzip"}, {CodeOriginRefused, "Origin", "https://evil.example"},
	} {
		c.refused(h.code, path, body, h.name, h.value)
	}
	for _, twice := range []string{"Zhishu-Account: clerk\r\nZhishu-Account: reviewer", "Zhishu-On-Behalf-Of: " + nobody + "\r\nZhishu-On-Behalf-Of: " + nobody} {
		raw := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n%s\r\nContent-Length: %d\r\n\r\n%s", path, twice, len(body), body)
		if p := c.send(raw).problem(t); p.Code != CodeHeaderRepeated || p.Status != http.StatusBadRequest {
			t.Errorf("%+v", p)
		}
	}
	// A number that does not fit 32 bits must not be cut to one that does.
	for _, no := range []string{"-1", "x", "1.5", "4294967296", "4294967299", "18446744073709551616", "0x1"} {
		c.refused(CodeValidation, path+"/"+no+"/confirm", "")
	}
	c.refused("entry-unknown", path+"/4294967295/confirm", "")
	c.refused(CodeBodyNotAllowed, path+"/3/proposals/4/approve", "{}")
	c.refused(CodeNotFound, path+"/3", "{}")
}
