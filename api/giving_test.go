package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
	"zhishu/audit/proof"
)

// given records a gift; person may be nobody.
func (c *city) given(person, publication, donor string) Recorded {
	c.t.Helper()
	body := strings.Replace(cash, `"publication":"alias"`, fmt.Sprintf("%q:%q", "publication", publication), 1)
	body = strings.Replace(body, "赵六", donor, 1)
	if person != "" {
		body = strings.TrimSuffix(body, "}") + `,"person":"` + person + `"}`
	}
	return c.mustPost("/v1/donations", body)
}

// resident opens a resident's account and links it to a person.
func (c *city) resident(handle, person string) {
	c.t.Helper()
	c.mustPost("/v1/accounts", `{"handle":"`+handle+`","role":"resident"}`)
	c.mustPost("/v1/accounts/"+handle+"/person", `{"person":"`+person+`"}`)
}

// known has two persons say who gave a gift.
func (c *city) known(donation, person string) {
	c.t.Helper()
	body := `{"person":"` + person + `"}`
	proposal := *c.mustPost("/v1/donations/"+donation+"/givers", strings.TrimSuffix(body, "}")+`,"reason":"凭收据"}`).Proposal
	c.mustPost(fmt.Sprintf("/v1/donations/%s/givers/%d/approve", donation, proposal), body, "Zhishu-Account", "reviewer")
}

// told lists the gifts of a story as an account is told of them.
func (c *city) told(account, person, query string) (gifts []string) {
	c.t.Helper()
	a := c.fresh("/v1/persons/"+person+"/story"+query, "Zhishu-Account", account)
	if a.status != http.StatusOK {
		c.t.Fatalf("the story for %s: %d %s", account, a.status, a.body)
	}
	for _, g := range decode[figures.Statement](c.t, a).Giving.Gifts {
		gifts = append(gifts, g.Donation)
	}
	return gifts
}

// What a person gave is told to the person, and to the staff of those who received
// it; nothing that everybody may read ties a gift to a number.
func TestGiftsAreToldToTheirDonor(t *testing.T) {
	c := newCity(t, nil)
	person, other := c.enrolled("赵六"), c.enrolled("钱七")
	c.resident("zhao", person)
	c.resident("qian", other)
	c.mustPost("/v1/accounts", `{"handle":"linqu","role":"recorder","scope":"430703"}`)
	c.mustPost("/v1/accounts", `{"handle":"ducha","role":"inspector","scope":"4307"}`)
	hidden, named := c.given(person, "anonymous", "赵六"), c.given(person, "name", "赵六")
	gift := "/v1/donations/" + hidden.Donation
	c.mustPost(gift+"/allocations", `{"day":"2026-03-05","amount":"1000","purpose":"助学"}`)
	c.mustPost(gift+"/enquiries", `{"question":"钱用在哪里了"}`, "Zhishu-Account", "zhao")
	if got := len(c.told("zhao", person, "")); got != 2 {
		t.Errorf("the person is told of %d gifts", got)
	}
	story := c.fresh("/v1/persons/"+person+"/story", "Zhishu-Account", "zhao").body
	for _, want := range []string{"现金 1280.50 元", "用于“助学”", "拨付", "公布方式：匿名", "号码 001", "钱用在哪里了", "本人（账号 zhao）登记捐赠人的查询", "280.50 元", "登记在此人各编号名下的全部捐赠"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story does not say %s", want)
		}
	}
	if got := c.told("clerk", person, ""); len(got) != 2 {
		t.Errorf("the staff are told of %v", got)
	}
	for account, code := range map[string]string{"qian": "account-out-of-scope", "linqu": "account-out-of-scope", "ducha": "role-forbids"} {
		for _, path := range []string{"/story", "/story/diff?from=3", "/story/receipts"} {
			if a := c.fresh("/v1/persons/"+person+path, "Zhishu-Account", account); a.status != http.StatusForbidden || a.problem(t).Code != code {
				t.Errorf("%s for %s: %d %s", path, account, a.status, a.body)
			}
		}
	}
	for _, path := range []string{"/statement", "/receipts", ""} {
		for _, d := range []Recorded{hidden, named} {
			if a := c.fresh("/v1/persons/" + person + path); strings.Contains(a.body, d.Donation) {
				t.Errorf("%s ties a gift to a number: %s", path, a.body)
			}
		}
	}
	for _, path := range []string{gift, "/v1/donations/" + named.Donation, "/v1/donations/published", "/v1/donors/" + hidden.Donor, "/v1/diff/statement?from=3&person=" + person} {
		a := c.fresh(path)
		if a.status != http.StatusOK || strings.Contains(strings.Replace(a.body, `"person":"`+person+`","before"`, "", 1), person) {
			t.Errorf("%s: %d tells a number by a gift: %s", path, a.status, a.body)
		}
	}
}

// Who gave a gift may come out later, or turn out otherwise: the past is told to
// whom the gift belongs today.
func TestAGiftGoesWithItsGiver(t *testing.T) {
	c := newCity(t, nil)
	person, other := c.enrolled("赵六"), c.enrolled("钱七")
	c.resident("zhao", person)
	c.resident("qian", other)
	gift := c.given("", "anonymous", "某人")
	path := "/v1/donations/" + gift.Donation
	c.refused("subject-unknown", path+"/givers", `{"person":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e","reason":"凭收据"}`)
	c.refused("nothing-changes", path+"/givers", `{"reason":"凭收据"}`)
	before := len(c.events())
	proposal := *c.mustPost(path+"/givers", `{"person":"`+person+`","reason":"凭收据","evidence":[{"kind":"receipt"}]}`).Proposal
	c.refused("proposal-pending", path+"/givers", `{"person":"`+other+`","reason":"凭收据"}`)
	who := decode[DonorIdentity](t, c.fresh(path+"/donor", "Zhishu-Account", "reviewer"))
	if who.Person != "" || who.Said == nil || uint64(who.Said.Proposal) != proposal || who.Said.Person != person {
		t.Errorf("%+v", who)
	}
	waits := c.fresh("/v1/waiting?kind=giver&account=reviewer")
	if w := ask[figures.Waiting](c, "/v1/waiting?kind=giver&account=reviewer"); w.Total != 1 || w.Rows[0].Answer.Operations[0].Path != fmt.Sprintf("%s/givers/%d/approve", path, proposal) {
		t.Errorf("%+v", w)
	}
	if strings.Contains(waits.body, person) {
		t.Errorf("the list of what waits ties a gift to a number: %s", waits.body)
	}
	approve := fmt.Sprintf("%s/givers/%d/approve", path, proposal)
	c.refused("same-account", approve, `{"person":"`+person+`"}`)
	c.refused("proposal-unknown", approve, `{"person":"`+other+`"}`, "Zhishu-Account", "reviewer")
	if got := c.told("zhao", person, ""); len(got) != 0 {
		t.Errorf("told before it was approved: %v", got)
	}
	c.mustPost(approve, `{"person":"`+person+`"}`, "Zhishu-Account", "reviewer")
	then := len(c.events())
	if got := c.told("zhao", person, ""); len(got) != 1 {
		t.Errorf("told %v", got)
	}
	diff := decode[figures.StatementDiff](t, c.fresh(fmt.Sprintf("/v1/persons/%s/story/diff?from=%d", person, before), "Zhishu-Account", "zhao"))
	if g := *diff.Giving; len(g) != 1 || g[0].Kind != "came" || g[0].Causes[0].Clause != "giver" || len(g[0].Events) != 2 ||
		g[0].Events[1].Event != fmt.Sprintf("donation-%s@%d", gift.Donation, proposal+1) {
		t.Errorf("%+v", g)
	}
	c.known(gift.Donation, other)
	for account, want := range map[string]int{"zhao": 0, "clerk": 1} { // the staff may open who gave it
		if got := c.told(account, person, fmt.Sprint("?asOf=", then)); len(got) != want {
			t.Errorf("of the past %s is told %v", account, got)
		}
	}
	if here, there := c.told("zhao", person, ""), c.told("qian", other, ""); len(here) != 0 || len(there) != 1 {
		t.Errorf("told %v and %v", here, there)
	}
	diff = decode[figures.StatementDiff](t, c.fresh(fmt.Sprintf("/v1/persons/%s/story/diff?from=%d", person, then), "Zhishu-Account", "zhao"))
	if g := *diff.Giving; len(g) != 0 {
		t.Errorf("what went to another is told: %+v", g)
	}
	c.merged(other, person)
	if got := c.told("zhao", person, ""); len(got) != 1 {
		t.Errorf("after a merge: %v", got)
	}
}

// The story's receipts hold what was recorded of each gift.
func TestReceiptsOfGifts(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("赵六")
	c.resident("zhao", person)
	gift := c.given(person, "anonymous", "赵六")
	c.mustPost("/v1/donations/"+gift.Donation+"/allocations", `{"day":"2026-03-05","amount":"1000","purpose":"助学"}`)
	path := "/v1/persons/" + person + "/story/receipts"
	if a := c.fresh(path, "Zhishu-Account", "zhao"); a.status != http.StatusAccepted {
		t.Fatalf("%d %s", a.status, a.body)
	}
	c.announce()
	if p := c.fresh(path).problem(t); p.Code != CodeAccountMissing {
		t.Errorf("%+v", p)
	}
	if p := c.fresh("/v1/persons/"+person+"x/story/receipts", "Zhishu-Account", "zhao").problem(t); p.Code != "subject-unknown" {
		t.Errorf("%+v", p)
	}
	all := decode[proof.Receipts](t, c.fresh(path, "Zhishu-Account", "zhao"))
	if len(all.Gifts) != 1 || all.Gifts[0].Stream != "donation-"+gift.Donation || len(all.Gifts[0].Receipts) != 2 || !strings.Contains(string(all.Statement), gift.Donation) {
		t.Fatalf("%+v", all)
	}
	shown, err := all.Verify(c.signer(1).Key)
	if err != nil || len(shown) != len(all.Receipts)+2 {
		t.Errorf("%d receipts, %v", len(shown), err)
	}
}
