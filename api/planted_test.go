package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhishu/eventstore/storetest"
)

// Names, numbers and file names given through the API stand in no log line, no
// metric and no body of an error, and in no answer but the identity's.
func TestPlantedStringsStayInside(t *testing.T) {
	gate := &storeGate{}
	c := newCityOn(t, func(s *storetest.Memory) logOf { gate.logOf = s; return gate }, nil)
	const (
		name, number, phone, address = "司徒植树", "110105194912310021", "13911112222", "柳堤街植树里九号"
		goodNumber                   = "11010519491231002X"
		external, remark, file       = "VX-774411", "植树当天迟到", "植树节司徒名单.csv"
		donor, holder, reason        = "诸葛植树公司", "植树管理员", "植树误记"
		handle                       = "zhishu-planted"
	)
	planted := []string{name, number, goodNumber, phone, address, external, remark, file, url.PathEscape(file), donor, holder, reason}
	var answers []string
	keep := func(a answer) answer {
		answers = append(answers, fmt.Sprint(a.status, a.header, a.body))
		return a
	}
	enrol := fmt.Sprintf(`{"community":%q,"consent":{"basis":"paper"},"name":%q,"idNumber":%%q,"phone":%q,"address":%q,"external":[{"issuer":%q,"number":%q}]}`,
		here, name, phone, address, here, external)
	keep(c.post("/v1/persons", fmt.Sprintf(enrol, number))) // fails its check digit
	person := decode[Recorded](t, keep(c.post("/v1/persons", fmt.Sprintf(enrol, goodNumber)))).Person
	keep(c.post("/v1/persons", fmt.Sprintf(enrol, goodNumber))) // taken
	keep(c.post("/v1/accounts", fmt.Sprintf(`{"handle":%q,"role":"recorder","holder":%q}`, handle, holder)))
	entries := "/v1/persons/" + person + "/entries"
	claim := fmt.Sprintf(`{"kind":"service","title":"植树","community":%q,"day":"2026-03-10","minutes":60,"remark":%q}`, here, remark)
	no := *decode[Recorded](t, keep(c.post(entries, claim))).Entry
	keep(c.post(fmt.Sprintf("%s/%d/reject", entries, no), fmt.Sprintf(`{"reason":%q}`, reason), "Zhishu-Account", "reviewer"))
	keep(c.post(fmt.Sprintf("%s/%d/reject", entries, no), fmt.Sprintf(`{"reason":%q}`, reason), "Zhishu-Account", "reviewer"))
	keep(c.post("/v1/donations", strings.NewReplacer("赵六", donor, "匿名人士要求保密", remark).Replace(cash)))
	keep(c.post("/v1/donations", strings.NewReplacer("赵六", donor, `"2026-03-01"`, `"2027-03-01"`).Replace(cash)))
	sheet := fmt.Sprintf("志愿者编号,姓名,身份证号,联系电话,服务日期,活动名称,服务时长(分钟)\n%s,%s,%s,%s,2026-02-30,植树,60\n", external, name, goodNumber, phone)
	keep(c.upload(asClerk, sheet, "Zhishu-File-Name", url.PathEscape(file)))
	keep(c.upload(asClerk+"&dryRun=maybe", sheet, "Zhishu-File-Name", url.PathEscape(file)))
	keep(c.upload(asClerk, "\x00\x01\x02"+name, "Zhishu-File-Name", url.PathEscape(file)))

	// Everything a client can get wrong with a value in it.
	for _, target := range []string{"/v1/persons/" + url.PathEscape(name), "/v1/stars?division=" + url.QueryEscape(name), "/v1/stars?" + url.QueryEscape(name) + "=1",
		"/" + url.PathEscape(name), "/v1/stars?cursor=" + number, "/v1/stars?asOf=" + phone} {
		keep(c.get(target))
	}
	keep(c.post("/v1/persons", `{"`+name+`":"`+number+`"}`))
	keep(c.post("/v1/persons", `{"name":"`+name))
	keep(c.post("/v1/persons", fmt.Sprintf(enrol, goodNumber), "Zhishu-Account", name))
	keep(c.post("/v1/persons", fmt.Sprintf(enrol, goodNumber), "Zhishu-On-Behalf-Of", name))
	gate.fail.Store(true)
	keep(c.post(entries, strings.Replace(claim, "2026-03-10", "2026-03-09", 1)))
	gate.fail.Store(false)
	for _, path := range []string{"/v1/persons/" + person, "/v1/persons/" + person + "/statement", "/v1/persons/" + person + "/stars", "/v1/stars",
		"/v1/donations", "/v1/imports", "/v1/communities", "/v1/digests", "/metrics", "/problems"} {
		keep(c.fresh(path))
	}

	log := c.log.String()
	for _, secret := range planted {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
		for _, a := range answers {
			if strings.Contains(a, secret) {
				t.Errorf("%q is in the answer %.600s", secret, a)
			}
		}
	}
	if strings.Contains(log, person) || strings.Contains(log, handle) || !strings.Contains(log, "/v1/persons/{id}/entries") {
		t.Error("the log names a person or an account, or does not name the route")
	}
	if a := c.get("/v1/persons/"+person+"/identity", "Zhishu-Account", "clerk"); a.status != http.StatusOK || !strings.Contains(a.body, name) {
		t.Errorf("%d %s", a.status, a.body) // the strings were given at all
	}
}
