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
	if len(list.Rows) < 10 || list.Rows[0].Calendar == nil || list.Rows[0].From != "2025-01-01" || list.Rows[2].Counting == nil {
		t.Errorf("%+v", list)
	}
}

// TestWhatIf: a figure under a rule that is not in force, beside the one that
// is, fact by fact; nothing is recorded.
func TestWhatIf(t *testing.T) {
	c, people := busyCity(t, 6)
	c.confirmed(people[0], "service", "2026-02-07", 95)
	before := len(c.events())
	s := ask[figures.WhatIfStatement](c, "/v1/what-if/persons/"+people[0]+"/statement?example=counting-half-hours")
	last := s.Differences[len(s.Differences)-1]
	if last.InForce.Minutes != 95 || last.WhatIf.Minutes != 90 || last.Change != -5 || len(last.Before) != 0 || last.After[0].Clause != "rounding" {
		t.Errorf("%+v", last)
	}
	if s.WhatIf.Recognised.Minutes-s.InForce.Recognised.Minutes != s.Change || s.Change >= 0 || s.Policy.Counting.Unit != 30 {
		t.Errorf("%+v", s)
	}
	same := ask[figures.WhatIfStatement](c, "/v1/what-if/persons/"+people[0]+"/statement?policy=counting-all/1")
	if same.Change != 0 || len(same.Differences) != 0 {
		t.Errorf("under the rule in force: %+v", same)
	}
	board := ask[figures.WhatIfStars](c, "/v1/what-if/stars?example=counting-half-hours&limit=4")
	if len(board.Rows) != 4 || board.Next == "" || board.Change != board.WhatIf.Recognised.Minutes-board.InForce.Recognised.Minutes {
		t.Errorf("%+v", board)
	}
	rest := ask[figures.WhatIfStars](c, "/v1/what-if/stars?example=counting-half-hours&limit=4&cursor="+board.Next)
	sum := int64(0)
	for _, r := range append(board.Rows, rest.Rows...) {
		sum += r.Change
	}
	if len(rest.Rows) != 2 || sum != board.Change {
		t.Errorf("rows change by %d, the board by %d", sum, board.Change)
	}
	elsewhere := ask[figures.WhatIfStars](c, "/v1/what-if/stars?example=counting-half-hours&scope=11")
	if elsewhere.Change != 0 {
		t.Errorf("a rule of another province: %+v", elsewhere)
	}
	for path, code := range map[string]string{
		"/v1/what-if/stars": CodeNoSuchRule, "/v1/what-if/stars?policy=counting-all/9": CodeNoSuchRule, "/v1/what-if/stars?example=none": CodeNoSuchRule,
		"/v1/what-if/stars?policy=counting-all/1&example=counting-half-hours": CodeNoSuchRule, "/v1/what-if/participation?policy=participation-all/1&scope=1": CodeDivisionInvalid,
		"/v1/what-if/participation?policy=counting-all/1": CodeRuleOfOtherKind, "/v1/what-if/standings/individuals?example=stars-10-to-50": CodeRuleOfOtherKind,
		"/v1/what-if/stars?example=calendar-2026": CodeRuleOfOtherKind, "/v1/what-if/persons/" + people[0] + "/statement?policy=standing-all/1": CodeRuleOfOtherKind,
	} {
		if p := c.get(path).problem(t); p.Code != code {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if len(c.events()) != before {
		t.Error("something was recorded")
	}
}
