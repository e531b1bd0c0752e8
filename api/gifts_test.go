package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// From the gift to its use and back to its donor: what every figure says, and
// what none of them opens.
func TestTheWayOfAGift(t *testing.T) {
	c := newCity(t, nil)
	received := c.mustPost("/v1/donations", cash)
	gift := "/v1/donations/" + received.Donation
	again := strings.Replace(goods, `"donorName"`, `"donor":"`+received.Donor+`","donorName"`, 1)
	c.fresh(gift) // this ledger's read side is not asked to wait for its head
	second := c.mustPost("/v1/donations", again)
	if second.Donor != received.Donor {
		t.Fatalf("%+v", second)
	}
	c.refused("subject-unknown", "/v1/donations", strings.Replace(again, received.Donor, received.Donation, 1))
	c.mustPost("/v1/donations", `{"day":"2026-03-02","kind":"in-kind","support":"venue","community":"430702001007","donorKind":"unit","donorName":"学校",`+
		`"items":[{"name":"礼堂","quantity":"2","unit":"天","basis":"unvalued"}]}`)

	no := *c.mustPost(gift+"/allocations", `{"day":"2026-03-05","amount":"1000","purpose":"助学"}`).Allocation
	allocation := fmt.Sprintf("%s/allocations/%d", gift, no)
	c.refused("more-than-received", gift+"/allocations", `{"day":"2026-03-05","amount":"280.51","purpose":"助学"}`)
	c.refused("date-too-early", gift+"/allocations", `{"day":"2026-02-28","amount":"1","purpose":"助学"}`)
	c.refused("same-account", allocation+"/deliveries", `{"day":"2026-03-06","amount":"1"}`)
	reviewer := []string{"Zhishu-Account", "reviewer"}
	c.mustPost(allocation+"/deliveries", `{"day":"2026-03-06","amount":"600","evidence":[{"kind":"photo"}]}`, reviewer...)
	c.refused("more-than-allocated", allocation+"/deliveries", `{"day":"2026-03-06","amount":"400.01"}`, reviewer...)
	c.refused("allocation-unknown", gift+"/allocations/99/deliveries", `{"day":"2026-03-06","amount":"1"}`, reviewer...)
	c.mustPost(allocation+"/reversals", `{"day":"2026-03-07","amount":"100","step":"delivery","reason":"多记"}`)
	c.mustPost(gift+"/returns", `{"day":"2026-03-07","amount":"80.50","reason":"捐赠人要求"}`, reviewer...)
	c.refused("correction-undercuts-use", gift+"/corrections", strings.TrimSuffix(strings.Replace(cash, "1280.50", "1080.49", 1), "}")+`,"reason":"看错"}`)
	c.mustPost("/v1/donations/"+second.Donation+"/allocations", `{"day":"2026-03-05","purpose":"慰问","items":[{"name":"大米","quantity":"2.5","unit":"公斤"}]}`)

	uses := ask[figures.GiftUses](c, "/v1/donations/uses?division="+here+"&period=2026")
	m := uses.Total.Money
	if got := strings.Join([]string{m.Received.Yuan, m.Allocated.Yuan, m.Delivered.Yuan, m.Returned.Yuan, m.Left.Yuan}, " "); got != "1280.50 1000.00 500.00 80.50 200.00" {
		t.Error(got)
	}
	if x := uses.Total.Things; len(x) != 3 || x[1].Name != "大米" || x[1].Allocated != "2.5" || x[1].Left != "10" || x[2].Name != "礼堂" || len(uses.Communities) != 1 {
		t.Errorf("%+v", uses)
	}
	account := ask[figures.Donor](c, "/v1/donors/"+received.Donor)
	if len(account.Gifts) != 2 || account.Gifts[0].Receipt.StateZh != "已开具" || account.Gifts[0].Left.Amount.Yuan != "200.00" {
		t.Fatalf("%+v", account)
	}
	a := account.Gifts[0].Allocations[0]
	if a.Open.Amount.Yuan != "500.00" || a.Delivered.Amount.Yuan != "500.00" || len(a.Steps) != 3 || a.Steps[1].Evidence != 1 || a.Steps[2].Zh != "收回交付" {
		t.Errorf("%+v", a)
	}
	if size := account.LedgerSize; true {
		before := ask[figures.Donor](c, fmt.Sprintf("/v1/donors/%s?asOf=%d", received.Donor, size-3))
		if len(before.Gifts[0].Returns) != 0 || len(account.Gifts[0].Returns) != 1 {
			t.Errorf("as of %d: %+v", size-3, before.Gifts[0].Returns)
		}
	}
	if p := c.fresh("/v1/donors/" + received.Donation).problem(t); p.Code != "subject-unknown" {
		t.Errorf("%+v", p)
	}
}

// A donor is named only as the donor allows, today, whatever the point of view.
func TestDonorsAreNamedAsTheyAllow(t *testing.T) {
	c := newCity(t, nil)
	one := c.mustPost("/v1/donations", strings.Replace(cash, `"publication":"alias",`, "", 1))
	gift := "/v1/donations/" + one.Donation
	before := len(c.events())
	shown := func(query string) string {
		list := ask[figures.GiftList](c, "/v1/donations/published?division="+here+query)
		return list.Rows[0].Shown
	}
	say := func(publication, alias string) {
		c.mustPost(gift+"/publication", fmt.Sprintf(`{"publication":%q,"alias":%q,"basis":"paper","day":"2026-03-05"}`, publication, alias))
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "匿名"}, // not asked
		{func() { say("name", "") }, "赵六"},
		{func() { say("alias", "老赵") }, "老赵"},
		{func() { say("alias", "六叔") }, "六叔"},
		{func() { c.mustPost(gift+"/publication/withdraw", `{"day":"2026-03-06"}`) }, "匿名"},
		{func() { say("name", "") }, "赵六"},
	} {
		tag := c.fresh("/v1/donations/published?division=" + here).header.Get("ETag")
		past := c.fresh(fmt.Sprintf("/v1/donations/published?division=%s&asOf=%d", here, before)).header.Get("ETag")
		step.do()
		if got, then := shown(""), shown(fmt.Sprintf("&asOf=%d", before)); got != step.want || then != step.want {
			t.Errorf("shown as %s, in the past as %s, want %s", got, then, step.want)
		}
		if step.want != "匿名" && (tag == c.fresh("/v1/donations/published?division="+here).header.Get("ETag") ||
			past == c.fresh(fmt.Sprintf("/v1/donations/published?division=%s&asOf=%d", here, before)).header.Get("ETag")) {
			t.Errorf("%s: the tag stays", step.want)
		}
	}
	// A name that only waits for approval is not shown; an approved one is.
	other := strings.TrimSuffix(strings.Replace(cash, "赵六", "钱七", 1), "}") + `,"reason":"写错名字","note":"捐赠人姓名更正"}`
	other = strings.Replace(other, `"publication":"alias"`, `"publication":"name"`, 1)
	proposal := *c.mustPost(gift+"/corrections", other).Proposal
	if got := shown(""); got != "赵六" {
		t.Error(got)
	}
	c.mustPost(fmt.Sprintf("%s/corrections/%d/approve", gift, proposal), "", "Zhishu-Account", "reviewer")
	list := ask[figures.GiftList](c, "/v1/donations/published?division="+here)
	if x := list.Rows[0]; x.Shown != "钱七" || len(x.Corrections) != 1 || x.Corrections[0].Note != "捐赠人姓名更正" {
		t.Errorf("%+v", x)
	}
	for _, path := range []string{"/v1/donations", gift, "/v1/donations/uses", "/v1/donors/" + one.Donor} {
		for _, secret := range []string{"赵六", "钱七", "老赵", "六叔", "写错名字"} {
			if a := c.fresh(path); strings.Contains(a.body, secret) {
				t.Errorf("%s tells %s", path, secret)
			}
		}
	}
	who := c.get(gift+"/donor", "Zhishu-Account", "clerk")
	if d := decode[DonorIdentity](t, who); d.Donor != one.Donor || d.Name != "钱七" {
		t.Errorf("%s", who.body)
	}
}

func TestADonorAsksAndIsAnswered(t *testing.T) {
	c := newCity(t, nil)
	one := c.mustPost("/v1/donations", cash)
	gift := "/v1/donations/" + one.Donation
	no := *c.mustPost(gift+"/enquiries", `{"question":"钱用在哪里了"}`).Enquiry
	words := "/v1/donors/" + one.Donor + "/words"
	c.fresh(gift)
	if w := decode[DonorWords](t, c.get(words, "Zhishu-Account", "clerk")); len(w.Rows) != 1 || w.Rows[0].Question != "钱用在哪里了" || w.Rows[0].Answer != "" {
		t.Errorf("%+v", w)
	}
	answer := fmt.Sprintf("%s/enquiries/%d/answer", gift, no)
	c.mustPost(answer, `{"answer":"给了学校"}`)
	c.refused("enquiry-unknown", answer, `{"answer":"给了学校"}`)
	account := ask[figures.Donor](c, "/v1/donors/"+one.Donor)
	if q := account.Gifts[0].Enquiries; len(q) != 1 || !q[0].Answered {
		t.Errorf("%+v", account)
	}
	if w := decode[DonorWords](t, c.get(words, "Zhishu-Account", "clerk")); w.Rows[0].Answer != "给了学校" {
		t.Errorf("%+v", w)
	}
	if body := c.fresh("/v1/donors/" + one.Donor).body; strings.Contains(body, "学校") {
		t.Error(body)
	}
	c.mustPost("/v1/accounts", `{"handle":"linqu","role":"recorder","scope":"430703"}`)
	c.mustPost("/v1/accounts", `{"handle":"jumin","role":"resident"}`)
	c.mustPost("/v1/accounts", `{"handle":"ducha","role":"inspector","scope":"4307"}`)
	for account, code := range map[string]string{"linqu": "account-out-of-scope", "jumin": "account-out-of-scope", "ducha": "role-forbids"} {
		for _, path := range []string{words, gift + "/donor"} {
			if a := c.get(path, "Zhishu-Account", account); a.status != http.StatusForbidden || a.problem(t).Code != code {
				t.Errorf("%s for %s: %d %s", path, account, a.status, a.body)
			}
		}
	}
}
