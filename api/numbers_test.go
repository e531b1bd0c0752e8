package api

import (
	"fmt"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// TestUnderAMergedNumber: a resident whose old number was merged finds in her
// statement where an entry stands, disputes it there with the account of either
// number, and the hours it takes are not taken again under the new one. When the
// merge is undone the entry is the other's again, reasons included.
func TestUnderAMergedNumber(t *testing.T) {
	c := newCity(t, nil)
	old, stays := c.enrolled("李四"), c.enrolled("李四")
	for handle, person := range map[string]string{"old": old, "new": stays} {
		c.mustPost("/v1/accounts", fmt.Sprintf(`{"handle":%q,"role":"resident"}`, handle))
		c.mustPost("/v1/accounts/"+handle+"/person", `{"person":"`+person+`"}`)
	}
	clocked := `{"kind":"service","title":"文明劝导","community":"` + here + `","start":"2026-03-05T01:00:00Z","end":"2026-03-05T03:00:00Z"}`
	no := *c.mustPost("/v1/persons/"+old+"/entries", clocked).Entry
	c.mustPost(fmt.Sprintf("/v1/persons/%s/entries/%d/confirm", old, no), "", "Zhishu-Account", "reviewer")
	c.merged(old, stays)
	c.fresh("/v1/ledger")

	statement := ask[figures.Statement](c, "/v1/persons/"+stays+"/statement")
	if len(statement.Entries) != 1 || statement.Entries[0].Person != old || !strings.Contains(statement.Entries[0].Story[len(statement.Entries[0].Story)-1].Zh, old) {
		t.Fatalf("the statement says %+v", statement.Entries)
	}
	if len(statement.Changes) != 2 || !strings.Contains(statement.Changes[1].Zh, "并入 "+stays) {
		t.Errorf("of the merge it tells %+v", statement.Changes)
	}
	c.refused("overlap", "/v1/persons/"+stays+"/entries", clocked)
	c.refused("subject-merged", "/v1/persons/"+old+"/entries", clocked)
	entry := fmt.Sprintf("/v1/persons/%s/entries/%d", old, no)
	dispute := *c.mustPost(entry+"/disputes", `{"reason":"少记了整整一小时"}`, "Zhishu-Account", "new").Dispute
	c.refused("dispute-pending", entry+"/disputes", `{"reason":"少记"}`, "Zhishu-Account", "old")
	if row := ask[figures.Waiting](c, "/v1/waiting?kind=dispute&account=reviewer").Rows; len(row) != 1 || row[0].Blocked != nil || row[0].Answer.Operations[0].Path != entry+fmt.Sprintf("/disputes/%d/answer", dispute) {
		t.Errorf("what waits is %+v", row)
	}
	c.mustPost(fmt.Sprintf("%s/disputes/%d/answer", entry, dispute), `{"upheld":false,"finding":"与签到表一致"}`, "Zhishu-Account", "reviewer")
	story := "/v1/persons/" + stays + "/story"
	if a := c.fresh(story, "Zhishu-Account", "new"); !strings.Contains(a.body, "少记了整整一小时") || !strings.Contains(a.body, "本人（账号 new）提出异议") {
		t.Errorf("her story tells %d %s", a.status, a.body)
	}
	then := ask[figures.Statement](c, "/v1/persons/"+stays+"/statement").LedgerSize

	c.refused("not-merged", "/v1/persons/"+stays+"/unmerges", `{"into":"`+old+`","reason":"证件不同"}`)
	proposal := *c.mustPost("/v1/persons/"+old+"/unmerges", `{"into":"`+stays+`","reason":"证件不同"}`).Proposal
	c.mustPost(fmt.Sprintf("/v1/persons/%s/unmerges/%d/approve", old, proposal), `{"into":"`+stays+`"}`, "Zhishu-Account", "reviewer")
	parted := decode[figures.Statement](t, c.fresh("/v1/persons/"+stays+"/statement"))
	if len(parted.Entries) != 0 || len(parted.Changes) != 4 || !strings.Contains(parted.Changes[3].Zh, "从此各计各的") {
		t.Errorf("afterwards: %+v %+v", parted.Entries, parted.Changes)
	}
	asOf := fmt.Sprintf("?asOf=%d", then)
	if before := ask[figures.Statement](c, "/v1/persons/"+stays+"/statement"+asOf); len(before.Entries) != 1 || before.Service.Recognised.Minutes != 120 {
		t.Errorf("as of the time between: %+v", before.Entries)
	}
	if a := c.get(story+asOf, "Zhishu-Account", "new"); a.status != 200 || strings.Contains(a.body, "少记") {
		t.Errorf("what is another's by now is told: %d %s", a.status, a.body)
	}
	if a := c.get("/v1/persons/"+old+"/story"+asOf, "Zhishu-Account", "old"); !strings.Contains(a.body, "少记了整整一小时") {
		t.Errorf("her own is not: %d %s", a.status, a.body)
	}
	c.mustPost("/v1/persons/"+stays+"/entries", clocked)
}
