package api

import (
	"fmt"
	"strings"
	"testing"

	"zhishu/api/figures"
)

const capFromJanuary = `{"kind":"counting","scope":"430702","version":1,"title":"每次至多两小时","from":"2026-01-01","counting":{"rounding":"none","entryCap":120},"reason":"年初已公示，漏录"}`

// TestARetroactiveRuleTakesTwo: one proposes, another approves, and every figure
// it touches says so; figures as of before the approval do not.
func TestARetroactiveRuleTakesTwo(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	c.confirmed(person, "service", "2026-02-07", 180)
	stars := func(asOf string) figures.Star { return ask[figures.Star](c, "/v1/persons/"+person+"/stars"+asOf) }
	if s := stars(""); s.Rating.Recognised.Minutes != 180 || len(s.Retroactive) != 0 {
		t.Fatalf("%+v", s)
	}
	before := len(c.events())
	c.refused("policy-retroactive", "/v1/policies", strings.Replace(capFromJanuary, `,"reason":"年初已公示，漏录"`, "", 1))
	proposed := c.mustPost("/v1/policies/proposals", capFromJanuary)
	at := fmt.Sprintf("/v1/policies/counting-430702/proposals/%d/", *proposed.Proposal)
	c.refused("same-account", at+"approve", "")
	c.refused("proposal-unknown", "/v1/policies/counting-4307/proposals/0/approve", "", "Zhishu-Account", "reviewer")
	c.refused("field-missing", at+"refuse", `{"reason":" "}`, "Zhishu-Account", "reviewer")
	types := c.appended(func() { c.mustPost(at+"approve", "", "Zhishu-Account", "reviewer") })
	if types != "policy-approved policy-adopted" {
		t.Errorf("appended %q", types)
	}
	s := stars("")
	if s.Rating.Recognised.Minutes != 120 || len(s.Retroactive) != 1 || s.Retroactive[0].En != "counted under a retroactive rule adopted on 2026-03-10: counting-430702/1, in force from 2026-01-01" {
		t.Errorf("%+v", s)
	}
	board := ask[figures.Statement](c, "/v1/persons/"+person+"/statement")
	if len(board.Retroactive) != 1 {
		t.Errorf("%+v", board.Footing)
	}
	if s := stars(fmt.Sprintf("?asOf=%d", before)); s.Rating.Recognised.Minutes != 180 || len(s.Retroactive) != 0 {
		t.Errorf("as of before: %+v", s)
	}
}

func TestPolicyExamplesAreListed(t *testing.T) {
	c := newCity(t, nil)
	list := ask[figures.PolicyExamples](c, "/v1/policy-examples")
	if len(list.Rows) < 10 || list.Rows[0].Counting == nil {
		t.Errorf("%+v", list)
	}
}
