package api

import (
	"fmt"
	"strings"
	"testing"

	"zhishu/api/figures"
)

// TestAClaimReadsThePlan: a claim that names an activity says how long that was
// planned for then; a change of the plan leaves it, and a correction reads it again.
func TestAClaimReadsThePlan(t *testing.T) {
	c := newCity(t, nil)
	a := c.enrolled("甲")
	path := c.scheduled("service", -180, "")
	id := strings.TrimPrefix(path, "/v1/activities/")
	claim := func(activity string) string {
		return fmt.Sprintf(`"kind":"service","title":"清洁日","community":%q,"day":"2026-03-10","minutes":20,"activity":%q`, here, activity)
	}
	entries := "/v1/persons/" + a + "/entries"
	no := *c.mustPost(entries, "{"+claim(id)+"}").Entry
	unplanned := *c.mustPost(entries, "{"+claim("0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e")+"}").Entry
	c.mustPost(fmt.Sprintf("%s/%d/confirm", entries, no), "", "Zhishu-Account", "reviewer")
	c.refused("validation", entries, "{"+claim(id)+`,"scheduled":{"minutes":20}}`) // nobody says it but the plan
	scheduled := func(entry uint64) int64 {
		for _, e := range ask[figures.Statement](c, "/v1/persons/"+a+"/statement").Entries {
			if uint64(e.Entry) == entry && e.Deed.Scheduled != nil {
				return int64(e.Deed.Scheduled.Minutes)
			}
		}
		return 0
	}
	if scheduled(no) != 120 || scheduled(unplanned) != 0 {
		t.Fatalf("scheduled for %d and %d minutes", scheduled(no), scheduled(unplanned))
	}
	rule := `{"kind":"counting","version":2,"title":"六成","from":"2026-03-10","counting":{"rounding":"none","presencePercent":60}}`
	c.mustPost("/v1/policies", rule)
	why := func() string {
		return fmt.Sprint(ask[figures.Statement](c, "/v1/persons/"+a+"/statement").Entries[0].Why)
	}
	if !strings.Contains(why(), "到场 20 分钟，活动排定 120 分钟，不足 60%") {
		t.Errorf("%s", why())
	}
	if roster := ask[figures.ActivityRoster](c, path+"/roster", clerk...); len(roster.Rows) != 0 {
		t.Errorf("who only names the session stands on its roster: %+v", roster.Rows)
	}
	start := c.clock.Now() - 180*60_000
	c.mustPost(path+"/reschedule", strings.Replace(c.planOf("service", -180, ""), (start+120*60_000).String(), (start+30*60_000).String(), 1))
	if scheduled(no) != 120 {
		t.Errorf("a notice changed an entry: %d minutes", scheduled(no))
	}
	correction := fmt.Sprintf("%s/%d/corrections", entries, no)
	proposal := *c.mustPost(correction, "{"+claim(id)+`,"reason":"只办了半小时"}`).Proposal
	c.mustPost(fmt.Sprintf("%s/%d/proposals/%d/approve", entries, no, proposal), "", "Zhishu-Account", "reviewer")
	c.refused("nothing-changes", correction, "{"+claim(id)+`,"reason":"再更正一次"}`)
	if scheduled(no) != 30 || !strings.Contains(why(), "到场 20 分钟，活动排定 30 分钟，达到 60%") {
		t.Errorf("%d minutes: %s", scheduled(no), why())
	}
	story := ask[figures.Statement](c, "/v1/persons/"+a+"/statement").Entries[0].Story
	if !strings.Contains(fmt.Sprint(story), "活动排定的时长由 2 小时 改为 30 分") {
		t.Errorf("%+v", story)
	}
}
