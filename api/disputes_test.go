package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
	"zhishu/domain"
)

// A dispute runs its course over HTTP; its reason is told to those who may open
// it and to nobody else.
func TestDisputes(t *testing.T) {
	c := newCity(t, nil)
	person, other := c.enrolled("李四"), c.enrolled("王五")
	for handle, holder := range map[string]string{"own": person, "other": other} {
		c.mustPost("/v1/accounts", fmt.Sprintf(`{"handle":%q,"role":"resident"}`, handle))
		c.mustPost("/v1/accounts/"+handle+"/person", `{"person":"`+holder+`"}`)
	}
	own, reviewer := []string{"Zhishu-Account", "own"}, []string{"Zhishu-Account", "reviewer"}
	no := c.confirmed(person, "service", "2026-03-01", 60)
	entry := fmt.Sprintf("/v1/persons/%s/entries/%d", person, no)
	const reason = `{"reason":"少记了整整一小时"}`

	c.refused("not-concerned", entry+"/disputes", reason, "Zhishu-Account", "other")
	dispute := *c.mustPost(entry+"/disputes", reason, own...).Dispute
	c.refused("dispute-pending", entry+"/disputes", reason, own...)
	c.refused("dispute-pending", entry+"/void", reason)
	answer := fmt.Sprintf("%s/disputes/%d/answer", entry, dispute)
	const upheld = `{"upheld":true,"finding":"签到表写明两小时"}`
	c.refused("role-forbids", answer, upheld, own...)
	c.mustPost("/v1/accounts", `{"handle":"own-2","role":"confirmer"}`)
	c.mustPost("/v1/accounts/own-2/person", `{"person":"`+person+`"}`)
	c.refused("own-record", answer, upheld, "Zhishu-Account", "own-2")
	c.refused("dispute-unknown", entry+"/disputes/99/answer", upheld, reviewer...)
	statement := ask[figures.Statement](c, "/v1/persons/"+person+"/statement")
	if e := statement.Entries[0]; !e.Disputed || uint64(e.Dispute) != dispute || !e.Counts || e.Recognised.Minutes != 60 {
		t.Errorf("while it is open: %+v", e)
	}
	c.mustPost(answer, upheld, reviewer...)
	c.refused("dispute-unknown", answer, upheld, reviewer...)
	deed := `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-01","minutes":120,"reason":"异议成立"}`
	proposal := *c.mustPost(entry+"/corrections", deed).Proposal
	c.mustPost(fmt.Sprintf("%s/proposals/%d/approve", entry, proposal), "", reviewer...)

	sealed := c.fresh("/v1/persons/" + person + "/statement")
	for _, secret := range []string{"少记了", "签到表写明"} {
		if strings.Contains(sealed.body, secret) {
			t.Errorf("the statement tells %s", secret)
		}
	}
	if e := decode[figures.Statement](t, sealed).Entries[0]; e.Disputed || e.Raw.Minutes != 120 || len(e.Story) != 8 {
		t.Errorf("when it is settled: %+v", e)
	}
	path := "/v1/persons/" + person + "/story"
	for _, account := range []string{"clerk", "own"} {
		a := c.get(path, "Zhishu-Account", account)
		if a.status != http.StatusOK || !strings.Contains(a.body, "理由：“少记了整整一小时”") || !strings.Contains(a.body, "结论：“签到表写明两小时”") {
			t.Errorf("%s is told %d %s", account, a.status, a.body)
		}
	}
	if p := c.get(path, "Zhishu-Account", "other"); p.problem(t).Code != "account-out-of-scope" || strings.Contains(p.body, "少记") {
		t.Errorf("somebody else is told %s", p.body)
	}
	if err := c.vault.Erase(context.Background(), vaultSubject(person)); err != nil {
		t.Fatal(err)
	}
	if a := c.get(path, "Zhishu-Account", "clerk"); strings.Contains(a.body, "少记") || !strings.Contains(a.body, "理由：“"+figures.ErasedName) {
		t.Errorf("after erasure: %s", a.body)
	}
}

func TestMissingEntriesAndPeriods(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	reviewer := []string{"Zhishu-Account", "reviewer"}
	reports := "/v1/persons/" + person + "/reports"
	const missed = `{"kind":"service","title":"巡逻","community":"430702001007","day":"2026-02-01","minutes":60,"remark":"李老师带队"}`
	report := *c.mustPost(reports, missed).Report
	c.refused("report-unknown", reports+"/99/accept", "", reviewer...)
	c.refused("same-account", fmt.Sprintf("%s/%d/accept", reports, report), "")
	if s := ask[figures.Statement](c, "/v1/persons/"+person+"/statement"); len(s.Reports) != 1 || !s.Reports[0].Open || len(s.Entries) != 0 {
		t.Errorf("reported: %+v", s.Reports)
	}
	entry := *c.mustPost(fmt.Sprintf("%s/%d/accept", reports, report), "", reviewer...).Entry
	c.mustPost(fmt.Sprintf("/v1/persons/%s/entries/%d/confirm", person, entry), "")
	s := ask[figures.Statement](c, "/v1/persons/"+person+"/statement")
	if len(s.Reports) != 1 || s.Reports[0].Open || uint64(*s.Reports[0].Entry) != entry || !s.Entries[0].Counts {
		t.Errorf("accepted: %+v", s)
	}

	periods := "/v1/communities/430702001007/periods"
	c.refused("date-in-future", periods, `{"period":"2026-03"}`)
	c.mustPost(periods, `{"period":"2026-02"}`)
	c.refused("period-not-closed", periods+"/2026-01/reopening", `{"reason":"漏报"}`)
	c.refused("field-invalid", periods+"/never/reopening", `{"reason":"漏报"}`)
	proposal := *c.mustPost(periods+"/2026-02/reopening", `{"reason":"漏报一场"}`).Proposal
	c.refused("same-account", fmt.Sprintf("%s/2026-02/reopening/%d/approve", periods, proposal), "")
	c.mustPost(fmt.Sprintf("%s/2026-02/reopening/%d/approve", periods, proposal), "", reviewer...)
	if got := c.appended(func() { c.mustPost(periods, `{"period":"2026-02"}`) }); got != (&domain.PeriodClosed{}).Type() {
		t.Errorf("closed again: %s", got)
	}
}
