package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// Each command: what it appends, what it answers, and that asking again with
// the same key appends nothing and answers the same.
func TestCommandsAppendTheirEventsOnce(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	claimed, entry := c.claimed(person, "service", "2026-02-01", 60), c.confirmed(person, "service", "2026-03-01", 120)
	second := c.confirmed(person, "study", "2026-03-02", 90)
	gift := c.mustPost("/v1/donations", cash).Donation
	used := c.mustPost("/v1/donations", cash).Donation
	double := c.enrolled("李四")
	parted, stays := c.enrolled("赵六"), c.enrolled("钱七")
	c.merged(parted, stays)
	c.mustPost("/v1/communities", `{"code":"430702001008","name":"蓝旗社区"}`)
	c.mustPost("/v1/communities", `{"code":"430702001009","name":"绿旗社区"}`)
	team := c.mustPost("/v1/groups", `{"kind":"team","community":"430702001008","name":"红马甲","from":"2025-01-01"}`).Group
	household := c.mustPost("/v1/groups", `{"kind":"household","community":"430702001008","name":"一户"}`).Group
	at := func(format string, args ...any) string { return fmt.Sprintf("/v1/persons/"+person+format, args...) }
	reviewer := []string{"Zhishu-Account", "reviewer"}
	deed := `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-01","minutes":100,"reason":"多记了二十分钟"}`

	for _, step := range []struct {
		path, body, appends string
		header              []string
	}{
		{"/v1/accounts", `{"handle":"clerk-3","role":"recorder","scope":"4307","holder":"王五"}`, "account-opened", nil},
		{"/v1/accounts/clerk-3/person", `{"person":"` + person + `"}`, "account-linked", nil},
		{"/v1/accounts/clerk-3/close", "", "account-closed", nil},
		{"/v1/communities", `{"code":"430702001010","name":"红旗社区","source":"统计用区划代码"}`, "community-registered", nil},
		{"/v1/communities/430702001007/population", `{"day":"2025-12-31","basis":"resident","count":3000,"source":"统计公报"}`, "population-recorded", nil},
		{"/v1/persons", zhang, "person-enrolled membership-started consent-given", nil},
		{"/v1/groups", `{"kind":"household","community":"430702001007","name":"3-2-501","door":"三岔路12号501"}`, "group-registered", nil},
		{"/v1/groups", `{"kind":"organisation","community":"430702001008","name":"一中","creditCode":"91350100M000100Y43","from":"2020-01-01"}`, "group-registered", nil},
		{"/v1/groups/team/" + team + "/name", `{"name":"红马甲护学队","from":"2026-02-01"}`, "group-renamed", nil},
		{at("/memberships"), `{"kind":"team","group":"` + team + `","from":"2026-01-01","basis":"paper"}`, "membership-started", nil},
		{at("/memberships/end"), `{"kind":"team","group":"` + team + `","to":"2026-02-01"}`, "membership-ended", nil},
		{at("/memberships/move"), `{"kind":"community","community":"430702001008","from":"2026-03-09"}`, "membership-ended membership-started", nil},
		{at("/layers"), `{"layers":["老年","党员"],"from":"2026-03-01"}`, "layers-changed", nil},
		{at("/contact"), `{"name":"张三丰"}`, "contact-changed", nil},
		{"/v1/groups/team/" + team + "/community", `{"community":"430702001009","from":"2026-03-01"}`, "group-moved", nil},
		{"/v1/groups/team/" + team + "/close", `{"to":"2026-03-09"}`, "group-closed", nil},
		{"/v1/communities/430702001008/designations", `{"kind":"household","group":"` + household + `","from":"2026-01-01"}`, "learning-designated", nil},
		{"/v1/communities/430702001008/designations/end", `{"kind":"household","group":"` + household + `","to":"2026-02-01"}`, "learning-designation-ended", nil},
		{"/v1/communities/430702001008/counts", `{"kind":"library-books","day":"2026-03-01","count":2100,"evidence":[{"kind":"inventory"}]}`, "fact-counted", nil},
		{"/v1/communities/430702001008/counts/3/withdraw", `{"reason":"点错柜"}`, "count-withdrawn", nil},
		{"/v1/communities/430702001008/succession", `{"successors":["430702001009"],"from":"2026-03-01","source":"批复"}`, "community-succeeded", nil},
		{"/v1/persons/" + double + "/merges", `{"into":"` + person + `","reason":"同一人两次登记"}`, "person-merge-proposed", nil},
		{"/v1/persons/" + parted + "/unmerges", `{"into":"` + stays + `","reason":"不是同一人"}`, "person-unmerge-proposed", nil},
		{at("/consents"), `{"kind":"publish","basis":"online"}`, "consent-given", nil},
		{at("/consents/withdraw"), `{"kind":"publish"}`, "consent-withdrawn", nil},
		{at("/entries"), `{"kind":"service","title":"清洁","community":"430702001007","start":"2026-03-05T01:00:00Z","end":"2026-03-05T03:30:00Z","hours":"credit","remark":"下雨","evidence":[{"kind":"photo","place":"档案柜","sha256":"` + strings.Repeat("ab", 32) + `"}]}`, "service-claimed", nil},
		{at("/entries"), `{"kind":"study","title":"党史学习","community":"430702001007","day":"2026-03-06","minutes":90,"layer":"党员"}`, "study-claimed", nil},
		{at("/entries/%d/confirm", claimed), "", "entry-confirmed", reviewer},
		{at("/entries/%d/reject", c.claimed(person, "study", "2026-02-03", 60)), `{"reason":"没有签到"}`, "entry-rejected", reviewer},
		{at("/entries/%d/corrections", entry), deed, "entry-correction-proposed", nil},
		{at("/entries/%d/void", second), `{"reason":"登记错人"}`, "entry-void-proposed", nil},
		{"/v1/donations", strings.Replace(cash, "1280.50", "5", 1), "donation-received", nil},
		{"/v1/donations", goods, "donation-received", nil},
		{"/v1/donations/" + gift + "/corrections", strings.TrimSuffix(cash, "}") + `,"reason":"金额看错","note":"更正金额"}`, "donation-correction-proposed", nil},
		{"/v1/donations/" + used + "/allocations", `{"day":"2026-03-05","amount":"100","purpose":"助学"}`, "donation-allocated", nil},
		{"/v1/donations/" + used + "/allocations/1/deliveries", `{"day":"2026-03-05","amount":"60","evidence":[{"kind":"photo"}]}`, "donation-delivered", reviewer},
		{"/v1/donations/" + used + "/allocations/1/reversals", `{"day":"2026-03-05","amount":"10","step":"delivery","reason":"多记了二十分钟"}`, "donation-use-reversed", nil},
		{"/v1/donations/" + used + "/returns", `{"day":"2026-03-05","amount":"20","reason":"登记错人"}`, "donation-returned", reviewer},
		{"/v1/donations/" + used + "/publication", `{"publication":"alias","alias":"王五","basis":"paper","day":"2026-03-05"}`, "donation-publication-agreed", nil},
		{"/v1/donations/" + used + "/publication/withdraw", `{"day":"2026-03-05"}`, "donation-publication-withdrawn", nil},
		{"/v1/donations/" + used + "/enquiries", `{"question":"下雨"}`, "donation-enquired", nil},
		{"/v1/donations/" + used + "/enquiries/7/answer", `{"answer":"没有签到"}`, "donation-enquiry-answered", nil},
		{"/v1/donations/" + used + "/givers", `{"person":"` + person + `","reason":"登记错人","evidence":[{"kind":"form"}]}`, "donation-giver-proposed", nil},
		{"/v1/donations/" + used + "/givers/9/refuse", `{"person":"` + person + `","reason":"没有签到"}`, "donation-giver-refused", reviewer},
		{"/v1/policies", `{"kind":"counting","scope":"430702","version":1,"title":"每日最多四小时","from":"2026-03-10","counting":{"rounding":"none","dayCap":240}}`, "policy-adopted", nil},
	} {
		header := append([]string{"Idempotency-Key", c.key()}, step.header...)
		var first, again answer
		if types := c.appended(func() { first = c.post(step.path, step.body, header...) }); types != step.appends || first.status != http.StatusCreated {
			t.Errorf("POST %s: %d, appended %q, want %q\n%s", step.path, first.status, types, step.appends, first.body)
			continue
		}
		if types := c.appended(func() { again = c.post(step.path, step.body, header...) }); types != "" || again.status != http.StatusOK {
			t.Errorf("POST %s again: %d, appended %q\n%s", step.path, again.status, types, again.body)
		}
		done, repeated := decode[Recorded](t, first), decode[Recorded](t, again)
		if !repeated.Repeated || done.Repeated || *done.FirstRevision != *repeated.FirstRevision || *done.LastRevision != *repeated.LastRevision ||
			done.Events != repeated.Events || done.Person != repeated.Person || done.Donation != repeated.Donation {
			t.Errorf("POST %s: first %s again %s", step.path, first.body, again.body)
		}
		if first.header.Get(headerPosition) == "" || first.header.Get(headerPosition) != again.header.Get(headerPosition) {
			t.Errorf("POST %s: positions %q and %q", step.path, first.header.Get(headerPosition), again.header.Get(headerPosition))
		}
		for _, secret := range secrets {
			if strings.Contains(first.body, secret) {
				t.Errorf("POST %s answers with %q: %s", step.path, secret, first.body)
			}
		}
	}
}

// secrets are personal values the tests give; none of them may come back but
// from the identity of the person.
var secrets = []string{
	"张三", "11010519491231002X", "13800138000", "三岔路12号", "V-0001", "李四", "王五", "下雨", "没有签到", "多记了二十分钟", "登记错人",
	"赵六", "匿名人士要求保密", "金额看错", "12号501", "同一人两次登记",
}

const (
	cash = `{"day":"2026-03-01","kind":"cash","amount":"1280.50","community":"430702001007","donorKind":"individual","donorName":"赵六",` +
		`"receipt":{"state":"issued","code":"湘财","number":"001"},"publication":"alias","remark":"匿名人士要求保密"}`
	goods = `{"day":"2026-03-01","kind":"goods","community":"430702001007","donorKind":"unit","donorName":"赵六","handler":"clerk",` +
		`"items":[{"name":"图书","quantity":"120","unit":"册","basis":"unvalued"},{"name":"大米","quantity":"12.5","unit":"公斤","value":"75","basis":"fair"}]}`
)

func TestProposalsNeedASecondAccount(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	entry := c.confirmed(person, "service", "2026-03-01", 120)
	path := fmt.Sprintf("/v1/persons/%s/entries/%d", person, entry)
	deed := `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-01","minutes":%d,"reason":"核对"}`
	approve := func(p uint64) string { return fmt.Sprintf("%s/proposals/%d/approve", path, p) }

	c.refused("nothing-changes", path+"/corrections", fmt.Sprintf(deed, 120))
	first := *c.mustPost(path+"/corrections", fmt.Sprintf(deed, 90)).Proposal
	c.refused("same-account", approve(first), "")
	c.refused("proposal-unknown", approve(first+1), "", "Zhishu-Account", "reviewer")
	c.refused("proposal-pending", path+"/void", `{"reason":"重复"}`)
	refuse := strings.Replace(approve(first), "approve", "refuse", 1)
	c.refused("field-missing", refuse, `{"reason":" "}`, "Zhishu-Account", "reviewer")
	if types := c.appended(func() { c.mustPost(refuse, `{"reason":"原值有据"}`, "Zhishu-Account", "reviewer") }); types != "entry-correction-refused" {
		t.Error(types)
	}
	second := *c.mustPost(path+"/corrections", fmt.Sprintf(deed, 90)).Proposal
	c.mustPost(approve(second), "", "Zhishu-Account", "reviewer")
	if star := ask[figures.Star](c, "/v1/persons/"+person+"/stars"); star.Rating.Recognised.Minutes != 90 {
		t.Errorf("after the correction: %+v", star.Rating)
	}
	third := *c.mustPost(path+"/void", `{"reason":"重复"}`).Proposal
	if types := c.appended(func() { c.mustPost(approve(third), "", "Zhishu-Account", "reviewer") }); types != "entry-void-approved" {
		t.Error(types)
	}
	if star := ask[figures.Star](c, "/v1/persons/"+person+"/stars"); star.Rating.Recognised.Minutes != 0 {
		t.Errorf("after voiding: %+v", star.Rating)
	}

	gift := "/v1/donations/" + c.mustPost("/v1/donations", cash).Donation
	correction := strings.TrimSuffix(strings.Replace(cash, "1280.50", "1280", 1), "}") + `,"reason":"金额看错"}`
	p := *c.mustPost(gift+"/corrections", correction).Proposal
	decide := func(verb string) string { return fmt.Sprintf("%s/corrections/%d/%s", gift, p, verb) }
	c.refused("same-account", decide("approve"), "")
	c.mustPost(decide("refuse"), `{"reason":"原值有据"}`, "Zhishu-Account", "reviewer")
	p = *c.mustPost(gift+"/corrections", correction).Proposal
	c.mustPost(decide("approve"), "", "Zhishu-Account", "reviewer")
	trail := ask[figures.DonationTrail](c, gift)
	if len(trail.Versions) != 3 || trail.Versions[2].State != "stands" || trail.Versions[2].Amount.Yuan != "1280.00" || trail.Versions[1].State != "refused" {
		t.Errorf("trail %+v", trail.Versions)
	}
	if sums := ask[figures.Donations](c, "/v1/donations?division=430702"); sums.Total.Amount.Fen != 128_000 || sums.Corrected != 1 {
		t.Errorf("sums %+v", sums)
	}
}

func TestRefusedCommandsAppendNothing(t *testing.T) {
	c := newCity(t, nil)
	c.mustPost("/v1/persons", zhang)
	person := c.enrolled("李四")
	entries := "/v1/persons/" + person + "/entries"
	claimed := c.claimed(person, "service", "2026-03-01", 1200)
	path := fmt.Sprintf("%s/%d", entries, claimed)
	nobody := "/v1/persons/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"
	claim := func(when string) string {
		return `{"kind":"service","title":"清洁","community":"430702001007",` + when + `}`
	}
	for _, r := range []struct{ code, path, body string }{
		{"id-number-taken", "/v1/persons", strings.Replace(zhang, "V-0001", "V-0002", 1)},
		{"number-taken", "/v1/persons", strings.Replace(zhang, `"idNumber":"11010519491231002X",`, "", 1)},
		{"id-number-invalid", "/v1/persons", strings.Replace(zhang, "002X", "0021", 1)},
		{"guardian-consent-missing", "/v1/persons", strings.Replace(zhang, `"idNumber":"11010519491231002X"`, `"birthDate":"2015-06-01"`, 1)},
		{"guardian-consent-missing", "/v1/persons", strings.Replace(zhang, `"idNumber":"11010519491231002X"`, `"age":9,"ageOn":"2026-01-01"`, 1)},
		{"date-in-future", "/v1/persons", strings.Replace(zhang, `"from":"2026-01-01"`, `"from":"2026-12-01"`, 1)}, // its third command
		{"field-missing", "/v1/persons", `{"community":"430702001007","consent":{"basis":"paper"}}`},
		{"community-invalid", "/v1/persons", strings.Replace(zhang, "430702001007", "430702001000", 1)},
		{"subject-unknown", nobody + "/entries", claim(`"day":"2026-03-01","minutes":60`)},
		{"subject-unknown", nobody + "/consents", `{"basis":"paper"}`},
		{"day-full", entries, claim(`"day":"2026-03-01","minutes":300`)},
		{"date-in-future", entries, claim(`"day":"2026-03-11","minutes":60`)},
		{"minutes-zero", entries, claim(`"day":"2026-03-01"`)},
		{"minutes-exceed-day", entries, claim(`"day":"2026-03-01","minutes":1441`)},
		{"minutes-exceed-span", entries, claim(`"start":"2026-03-05T01:00:00Z","end":"2026-03-05T02:00:00Z","minutes":61`)},
		{"end-before-start", entries, claim(`"start":"2026-03-05T03:00:00Z","end":"2026-03-05T02:00:00Z"`)},
		{"field-missing", entries, claim(`"start":"2026-03-05T03:00:00Z"`)},
		{"field-missing", entries, claim(`"minutes":60`)},
		{"field-invalid", entries, claim(`"day":"2026-03-05","start":"2026-03-05T03:00:00Z","end":"2026-03-05T04:00:00Z"`)},
		{"field-invalid", entries, claim(`"start":"1970-01-01T00:00:00Z","end":"1970-01-01T04:00:00Z"`)},
		{"field-invalid", entries, claim(`"day":"1850-03-05","minutes":60`)},
		{"same-account", path + "/confirm", ""},
		{"entry-unknown", entries + "/99/confirm", ""},
		{"entry-not-confirmed", path + "/void", `{"reason":"重复"}`},
		{"subject-unknown", "/v1/accounts/nobody/close", ""},
		{"subject-unknown", "/v1/accounts/clerk/person", `{"person":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"}`},
		{"subject-exists", "/v1/accounts", `{"handle":"clerk","role":"operator"}`},
		{"field-invalid", "/v1/accounts", `{"handle":"-a","role":"operator"}`},
		{"subject-unknown", "/v1/communities/430702001008/population", `{"day":"2025-12-31","basis":"resident","count":3000,"source":"统计公报"}`},
		{"membership-unknown", "/v1/persons/" + person + "/memberships/end", `{"kind":"community","community":"430702001008","to":"2026-03-01"}`},
		{"subject-unknown", "/v1/persons/" + person + "/memberships", `{"kind":"team","group":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e","from":"2026-01-01"}`},
		{"subject-unknown", "/v1/groups", `{"kind":"team","community":"430702001008","name":"红马甲"}`},
		{"credit-code-invalid", "/v1/groups", `{"kind":"organisation","community":"430702001008","name":"一中","creditCode":"91350100M000100Y44"}`},
		{"field-invalid", "/v1/groups", `{"kind":"team","community":"430702001008","name":"红马甲","door":"一号"}`},
		{"subject-unknown", "/v1/groups/team/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e/close", `{"to":"2026-01-01"}`},
		{"subject-unknown", "/v1/communities/430702001008/counts", `{"kind":"posters","day":"2026-03-01","count":3,"evidence":[{"kind":"photo"}]}`},
		{"field-invalid", "/v1/persons/" + person + "/merges", `{"into":"` + person + `","reason":"同一人"}`},
		{"proposal-unknown", "/v1/persons/" + person + "/merges/4/approve", `{"into":"` + person + `"}`},
		{"membership-unknown", "/v1/persons/" + person + "/memberships/move", `{"kind":"household","group":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e","from":"2026-01-01"}`},
		{"membership-overlap", "/v1/persons/" + person + "/memberships", `{"kind":"community","community":"430702001008","from":"2026-03-01","unregistered":true}`},
		{"community-unregistered", "/v1/persons/" + person + "/memberships", `{"kind":"community","community":"430702001008","from":"2026-03-01"}`},
		{"community-unregistered", "/v1/persons/" + person + "/memberships/move", `{"kind":"community","community":"430702001008","from":"2026-03-01"}`},
		{"community-unregistered", "/v1/persons", strings.ReplaceAll(zhang, "430702001007", "430702001008")},
		{"amount-invalid", "/v1/donations", strings.Replace(cash, `"amount":"1280.50",`, "", 1)},
		{"community-invalid", "/v1/donations", strings.Replace(cash, `"community":"430702001007",`, "", 1)},
		{"field-missing", "/v1/donations", strings.Replace(cash, `"donorName":"赵六",`, "", 1)},
		{"subject-unknown", "/v1/donations", strings.TrimSuffix(cash, "}") + `,"person":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"}`},
		{"subject-unknown", "/v1/donations/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e/corrections", strings.TrimSuffix(cash, "}") + `,"reason":"x"}`},
		{"policy-retroactive", "/v1/policies", `{"kind":"counting","version":2,"title":"x","from":"2026-01-01","counting":{"rounding":"none"}}`},
		{"policy-version-order", "/v1/policies", `{"kind":"counting","version":3,"title":"x","from":"2026-03-10","counting":{"rounding":"none"}}`},
		{"policy-invalid", "/v1/policies", `{"kind":"counting","version":2,"title":"x","from":"2026-03-10","stars":{"thresholds":[60]}}`},
	} {
		p := c.refused(r.code, r.path, r.body)
		if !strings.Contains(p.Title, " / ") || !strings.Contains(p.Hint, " / ") || p.Detail == "" {
			t.Errorf("%s: not explained in two languages: %+v", r.code, p)
		}
		for _, secret := range secrets {
			if strings.Contains(fmt.Sprint(p), secret) {
				t.Errorf("%s: %q is in %+v", r.code, secret, p)
			}
		}
	}
	c.refused("account-unknown", entries, claim(`"day":"2026-03-01","minutes":60`), "Zhishu-Account", "nobody")
	c.mustPost("/v1/accounts", `{"handle":"li-4","role":"resident"}`)
	c.mustPost("/v1/accounts/li-4/person", `{"person":"`+person+`"}`)
	c.refused("role-forbids", path+"/confirm", "", "Zhishu-Account", "li-4")
	c.mustPost("/v1/accounts", `{"handle":"li-5","role":"confirmer"}`)
	c.mustPost("/v1/accounts/li-5/person", `{"person":"`+person+`"}`)
	c.refused("own-record", path+"/confirm", "", "Zhishu-Account", "li-5")
	c.refused("subject-unknown", "/v1/accounts/reviewer/person", `{"person":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"}`)
	c.refused("role-forbids", "/v1/accounts", `{"handle":"self-made","role":"operator"}`, "Zhishu-Account", "clerk")
	c.refused("account-unknown", "/v1/accounts", `{"handle":"self-made","role":"operator"}`, "Zhishu-Account", "self-made")
	c.mustPost("/v1/accounts/reviewer/close", "")
	c.refused("account-closed", entries, claim(`"day":"2026-03-02","minutes":60`), "Zhishu-Account", "reviewer")
}

func TestAKeyServesOneRequest(t *testing.T) {
	c := newCity(t, nil)
	first := c.mustPost("/v1/persons", zhang, "Idempotency-Key", "one")
	if !strings.HasPrefix(first.Stream, "person-"+first.Person) || first.Events != 3 {
		t.Errorf("%+v", first)
	}
	c.refused("idempotency-key-reused", "/v1/persons", strings.Replace(zhang, "张三", "李四", 1), "Idempotency-Key", "one")
	// The key is the account's own: another account's is another request.
	other := strings.NewReplacer(`"idNumber":"11010519491231002X",`, "", "V-0001", "V-0002").Replace(zhang)
	if second := c.mustPost("/v1/persons", other, "Idempotency-Key", "one", "Zhishu-Account", "reviewer"); second.Person == first.Person {
		t.Error("two accounts met one person")
	}
	// What is already so is answered without an event.
	c.mustPost("/v1/accounts", `{"handle":"clerk-3","role":"recorder","scope":"4307"}`)
	a := c.post("/v1/accounts", `{"handle":"clerk-3","role":"recorder","scope":"4307"}`)
	if done := decode[Recorded](t, a); a.status != http.StatusOK || done.Events != 0 || done.Repeated || done.FirstRevision != nil {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOnBehalfOfIsRecorded(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	c.mustPost("/v1/persons/"+person+"/consents", `{"kind":"publish","basis":"paper"}`, "Zhishu-On-Behalf-Of", person)
	events := c.metadata("person-" + person)
	if last := events[len(events)-1]; !strings.Contains(last, person) || !strings.Contains(last, "asserted") || !strings.Contains(last, "api") {
		t.Errorf("metadata %s", last)
	}
	c.refused("validation", "/v1/persons/"+person+"/consents", `{"basis":"paper"}`, "Zhishu-On-Behalf-Of", "张三")
}
