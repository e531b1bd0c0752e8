package api

import (
	"strings"
	"testing"

	"zhishu/api/figures"
)

// A flag is listed where it was recorded, explained in words, reviewed by
// somebody who did not record it, and its reason is in no answer.
func TestFlags(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	for _, minutes := range []int{700, 60} {
		c.confirmed(person, "service", "2026-03-09", minutes)
	}
	list := ask[figures.Flags](c, "/v1/flags?division=430702001007&kind=day-minutes")
	if len(list.Rows) != 1 || list.Rows[0].Person != person || list.Rows[0].Zh != "2026-03-09 一天累计 12 小时 40 分，超过规则的 12 小时" ||
		list.Rows[0].Policy != "integrity-all/1" || list.Rows[0].Status != "open" || len(list.Rows[0].Facts) != 2 {
		t.Fatalf("%+v", list)
	}
	if elsewhere := ask[figures.Flags](c, "/v1/flags?division=11"); len(elsewhere.Rows) != 0 || elsewhere.Open != 0 {
		t.Errorf("elsewhere: %+v", elsewhere)
	}
	path := "/v1/flags/" + list.Rows[0].Flag + "/review"
	const review = `{"outcome":"explained","reason":"夜间值守，两份签到表"}`
	c.refused("same-account", path, review)
	c.refused("subject-unknown", "/v1/flags/"+strings.Repeat("0", 32)+"/review", review, "Zhishu-Account", "reviewer")
	c.mustPost("/v1/accounts", `{"handle":"far","role":"recorder","scope":"11"}`)
	c.refused("wrong-organisation", path, review, "Zhishu-Account", "far")
	c.mustPost(path, review, "Zhishu-Account", "reviewer")
	a := c.fresh("/v1/flags?status=reviewed")
	if got := decode[figures.Flags](t, a); len(got.Rows) != 1 || got.Rows[0].Review.By != "reviewer" || got.Reviewed != 1 || strings.Contains(a.body, "夜间值守") {
		t.Errorf("reviewed: %s", a.body)
	}
	c.confirmed(person, "service", "2026-03-09", 5)
	if again := ask[figures.Flags](c, "/v1/flags?status=open"); len(again.Rows) != 1 || again.Rows[0].Flag != list.Rows[0].Flag {
		t.Errorf("a newer fact: %+v", again)
	}
}
