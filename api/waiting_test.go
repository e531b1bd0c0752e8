package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// leaveOpen leaves one thing of every kind to somebody else.
func leaveOpen(x *exchange) (person string) {
	c := x.c
	person = c.enrolled("李四")
	double := c.enrolled("王五")
	entry := func(day string) string {
		return fmt.Sprintf("/v1/persons/%s/entries/%d", person, c.confirmed(person, "service", day, 60))
	}
	proposed := func(path, body string) { c.mustPost(path, body) }
	c.claimed(person, "service", "2026-03-01", 60)
	proposed(entry("2026-03-02")+"/corrections", `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-02","minutes":90,"reason":"核对"}`)
	proposed(entry("2026-03-03")+"/void", `{"reason":"登记错人"}`)
	c.mustPost(entry("2026-03-04")+"/disputes", `{"reason":"少记"}`)
	upheld := entry("2026-03-05")
	dispute := *c.mustPost(upheld+"/disputes", `{"reason":"少记"}`).Dispute
	c.mustPost(fmt.Sprintf("%s/disputes/%d/answer", upheld, dispute), `{"upheld":true,"finding":"签到表为两小时"}`, "Zhishu-Account", "reviewer")
	c.mustPost("/v1/persons/"+person+"/reports", `{"kind":"service","title":"巡逻","community":"430702001007","day":"2026-02-01","minutes":60}`)
	proposed("/v1/persons/"+double+"/merges", `{"into":"`+person+`","reason":"同一人"}`)
	parted, stays := c.enrolled("赵六"), c.enrolled("赵六")
	c.merged(parted, stays)
	proposed("/v1/persons/"+parted+"/unmerges", `{"into":"`+stays+`","reason":"同名"}`)
	gift := "/v1/donations/" + c.mustPost("/v1/donations", cash).Donation
	proposed(gift+"/corrections", strings.TrimSuffix(cash, "}")+`,"reason":"金额看错"}`)
	proposed(gift+"/givers", `{"person":"`+person+`","reason":"凭收据"}`)
	c.mustPost(gift+"/enquiries", `{"question":"用在哪里了"}`)
	activity := c.scheduled("talk", 0, "")
	c.mustPost(activity+"/close", `{"people":12}`)
	c.mustPost("/v1/communities/430702001007/periods", `{"period":"2026-01"}`)
	proposed("/v1/communities/430702001007/periods/2026-01/reopening", `{"reason":"漏报"}`)
	c.mustPost("/v1/policies/proposals", `{"kind":"stars","scope":"43","version":1,"title":"五十小时起","from":"2026-01-01","stars":{"thresholds":[3000]},"reason":"漏定"}`)
	return person
}

// Everything that waits is listed with operations that answer it, and is gone
// when they have.
func TestWhatWaitsIsAnsweredByTheOperationsItNames(t *testing.T) {
	c := newCity(t, nil)
	x := newExchange(t, c)
	person := leaveOpen(x)
	c.mustPost("/v1/accounts", `{"handle":"third","role":"confirmer","scope":"43"}`)
	list := decode[figures.Waiting](t, c.fresh("/v1/waiting?division=430702001007&account=third"))
	if len(list.Kinds) != len(projections.WaitKinds) || list.Total != int64(len(projections.WaitKinds)) || list.Account != "third" {
		t.Fatalf("%+v", list)
	}
	for i, row := range list.Rows {
		if i > 0 && list.Rows[i-1].Since >= row.Since {
			t.Errorf("the oldest is not first: %+v", row)
		}
		if row.Day != "2026-03-10" || row.By == "" || row.Answer.Zh == "" || len(row.Answer.Operations) == 0 || row.Blocked != nil {
			t.Errorf("%+v", row)
		}
	}
	clerks := ask[figures.Waiting](c, "/v1/waiting?account=clerk")
	for _, row := range clerks.Rows {
		if row.Kind != "remedy" && row.Kind != "enquiry" {
			t.Errorf("the clerk may not answer %+v", row)
		}
	}
	if part := ask[figures.Waiting](c, "/v1/waiting?kind=dispute"); part.Total != 1 || part.Rows[0].Person != person || len(part.Kinds) != len(projections.WaitKinds) {
		t.Errorf("one kind: %+v", part)
	}
	if elsewhere := ask[figures.Waiting](c, "/v1/waiting?division=4401"); elsewhere.Total != 0 {
		t.Errorf("elsewhere: %+v", elsewhere)
	}
	if a := c.get("/v1/waiting?account=nobody"); a.status != http.StatusForbidden || !strings.Contains(a.body, string(domain.AccountUnknown)) {
		t.Errorf("nobody's list: %d %s", a.status, a.body)
	}
	for _, kind := range []string{"service", "teams"} {
		if a := c.get("/v1/registers/"+kind+"?community=430702001007&period=2026", clerk...); !strings.Contains(a.body, "异议待答复 1，") || !strings.Contains(a.body, "没有通过的工作日历") {
			t.Errorf("the register of %s does not trace what waits: %s", kind, a.body)
		}
	}
	proposals := ask[figures.PolicyProposals](c, "/v1/policies/proposals?division=430702001007&status=waiting")
	if len(proposals.Rows) != 1 || !proposals.Rows[0].Retroactive || proposals.Rows[0].Proposed.By != "clerk" || len(proposals.Rows[0].Operations) != 2 {
		t.Errorf("proposals: %+v", proposals)
	}

	bodies := map[string]string{
		"answer-dispute": `{"upheld":false,"finding":"相符"}`, "propose-correction": `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-05","minutes":120,"reason":"异议成立"}`,
		"approve-donation-giver": `{"person":"` + person + `"}`,
		"answer-donor":           `{"answer":"助学"}`, "attest-activity": `{"evidence":[{"kind":"登记表"}]}`,
	}
	for _, row := range list.Rows {
		if row.Into != "" {
			bodies[row.Answer.Operations[0].Operation] = `{"into":"` + row.Into + `"}`
		}
		for i, o := range row.Answer.Operations {
			req, _ := http.NewRequest(o.Method, "http://"+c.addr+o.Path, nil)
			route, _, err := x.router.FindRoute(req)
			if err != nil || route.Operation.OperationID != o.Operation {
				t.Errorf("%s %s is not %s: %v", o.Method, o.Path, o.Operation, err)
			}
			if i == 0 {
				x.post(o.Path, bodies[o.Operation], "Zhishu-Account", "third")
			}
		}
	}
	left := decode[figures.Waiting](t, c.fresh("/v1/waiting"))
	if left.Total != 2 || left.Rows[0].Kind != "correction" || left.Rows[0].By != "third" || left.Rows[1].Kind != "claim" || left.Rows[1].By != "third" {
		t.Errorf("what is left is the correction of the upheld dispute, and the claim that came of the report: %+v", left)
	}
	decided := ask[figures.PolicyProposals](c, "/v1/policies/proposals")
	if p := decided.Rows[0]; p.Status != "approved" || p.Decided.By != "third" || p.Decided.Day != "2026-03-10" || p.Adopted != "2026-03-10" {
		t.Errorf("decided: %+v", p)
	}
	earlier := ask[figures.Waiting](c, fmt.Sprintf("/v1/waiting?asOf=%d", list.LedgerSize))
	if earlier.Total != list.Total {
		t.Errorf("as it was: %d of %d", earlier.Total, list.Total)
	}
}

// Who is left in a community that was split is listed with the operation that
// moves it, and who is old enough with the one that records the own consent.
func TestWhoIsLeftAndWhoComesOfAge(t *testing.T) {
	c := newCity(t, nil)
	x := newExchange(t, c)
	for _, code := range []string{"430702001008", "430702001009"} {
		c.mustPost("/v1/communities", fmt.Sprintf(`{"code":%q,"name":"社区%s"}`, code, code[9:]))
	}
	guardian := c.enrolled("李四")
	child := c.mustPost("/v1/persons", `{"community":"430702001007","name":"小明","birthDate":"2012-06-01","memberFrom":"2026-01-01",`+
		`"consent":{"basis":"paper","guardian":"`+guardian+`"}}`).Person
	team := c.mustPost("/v1/groups", `{"kind":"team","community":"430702001007","name":"红马甲"}`).Group
	c.mustPost("/v1/communities/430702001007/succession", `{"successors":["430702001008","430702001009"],"from":"2026-03-01"}`)

	left := decode[figures.Remaining](t, c.fresh("/v1/remaining?division=430702"))
	if left.Persons != 2 || left.Groups != 1 || len(left.Rows) != 3 || len(left.Communities) != 1 || len(left.Communities[0].Successors) != 2 || left.Rows[2].Group != team {
		t.Fatalf("%+v", left)
	}
	for _, row := range left.Rows {
		req, _ := http.NewRequest(row.Operation.Method, "http://"+c.addr+row.Operation.Path, nil)
		if route, _, err := x.router.FindRoute(req); err != nil || route.Operation.OperationID != row.Operation.Operation {
			t.Errorf("%+v: %v", row.Operation, err)
		}
		body := `{"kind":"community","community":"430702001008","from":"2026-03-02","basis":"paper"}`
		if row.Kind != "person" {
			body = `{"community":"430702001009","from":"2026-03-02"}`
		}
		c.mustPost(row.Operation.Path, body)
	}
	if left = decode[figures.Remaining](t, c.fresh("/v1/remaining")); len(left.Rows) != 0 || len(left.Communities) != 0 {
		t.Errorf("moved: %+v", left)
	}

	coming := ask[figures.ComingOfAge](c, "/v1/coming-of-age?division=430702001008")
	if coming.Coming != 1 || coming.Rows[0].Person != child || coming.Rows[0].Guardian != guardian || coming.Rows[0].Operation != nil {
		t.Fatalf("coming: %+v", coming)
	}
	if none := ask[figures.ComingOfAge](c, "/v1/coming-of-age?period=2026-02"); len(none.Rows) != 0 {
		t.Errorf("another month: %+v", none)
	}
	c.clock.add(400 * 24 * time.Hour)
	c.claimed(guardian, "service", "2027-04-01", 60) // ledger time moves with what is recorded
	due := decode[figures.ComingOfAge](t, c.fresh("/v1/coming-of-age"))
	if due.Due != 1 || !due.Rows[0].Due || due.Rows[0].Operation == nil {
		t.Fatalf("due: %+v", due)
	}
	c.mustPost(due.Rows[0].Operation.Path, `{"kind":"record","basis":"online"}`)
	if done := decode[figures.ComingOfAge](t, c.fresh("/v1/coming-of-age")); len(done.Rows) != 0 {
		t.Errorf("the own consent is there: %+v", done)
	}
}
