package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
)

var clerk = []string{headerAccount, "clerk"} // asks, where that decides how much is shown

// planOf is a plan of two hours that begin in so many minutes.
func (c *city) planOf(kind string, minutes int, more string) string {
	start := c.clock.Now() + domain.Instant(minutes)*60_000
	return fmt.Sprintf(`{"kind":%q,"title":"清洁日","place":"文化广场","community":"430702001007","start":%q,"end":%q%s}`,
		kind, start, start+120*60_000, more)
}

// scheduled announces an activity and answers with its path.
func (c *city) scheduled(kind string, minutes int, more string) string {
	c.t.Helper()
	return "/v1/activities/" + c.mustPost("/v1/activities", c.planOf(kind, minutes, more)).Activity
}

// door makes the body of a check-in or check-out with the code shown now.
func (c *city) door(path, person string) string {
	c.t.Helper()
	code := decode[CheckInCode](c.t, c.get(path+"/check-in-code", "Zhishu-Account", "clerk")).Code
	return fmt.Sprintf(`{"person":%q,"code":%q}`, person, code)
}

func signUpRows(people ...string) string {
	var rows []string
	for i, p := range people {
		rows = append(rows, fmt.Sprintf(`{"key":"s%d","person":%q}`, i, p))
	}
	return `{"rows":[` + strings.Join(rows, ",") + `]}`
}

func TestAnActivityFromPlanToConfirmation(t *testing.T) {
	c := newCity(t, nil)
	a, b, d := c.enrolled("甲"), c.enrolled("乙"), c.enrolled("丙")
	path := c.scheduled("service", 10, `,"capacity":2`)

	places := decode[Roster](t, c.post(path+"/sign-ups", signUpRows(a, b, d, "0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e")))
	if places.Recorded != 3 || places.Rows[1].Place != 2 || places.Rows[1].Waiting || !places.Rows[2].Waiting || places.Rows[2].Place != 1 || places.Rows[3].Code != "subject-unknown" {
		t.Fatalf("%+v", places)
	}
	if again := decode[Roster](t, c.post(path+"/sign-ups", strings.ReplaceAll(signUpRows(a), "s0", "t0"))); again.Rows[0].Code != "already-signed-up" {
		t.Errorf("%+v", again)
	}
	c.mustPost(path+"/sign-ups/withdraw", `{"person":"`+a+`"}`)
	moved := ask[figures.ActivityRoster](c, path+"/roster", clerk...)
	if moved.Activity.Places != 2 || moved.Activity.Waiting != 0 || moved.Rows[1].Person != d || moved.Rows[1].Waiting {
		t.Errorf("nobody moved up: %+v", moved)
	}

	c.mustPost(path+"/check-in-window", "")
	in := decode[Recorded](t, c.post(path+"/check-in", c.door(path, b)))
	if in.CheckIn == nil || in.Events != 1 {
		t.Fatalf("%+v", in)
	}
	c.mustPost(path+"/check-in", c.door(path, a)) // without a place: who was there was there
	pending := ask[figures.Statement](c, "/v1/persons/"+b+"/statement")
	if len(pending.CheckIns) != 1 || pending.CheckIns[0].Time.Minutes != 0 || pending.CheckIns[0].Title != "清洁日" || !strings.Contains(pending.CheckIns[0].Why.Zh, "没有签退") {
		t.Errorf("%+v", pending.CheckIns)
	}
	c.clock.add(90 * time.Minute)
	out := decode[Recorded](t, c.post(path+"/check-out", c.door(path, b)))
	if out.Entry == nil {
		t.Fatalf("%+v", out)
	}
	sheet := `{"evidence":[{"kind":"签到表","place":"档案柜3"}],"rows":[{"key":"p1","person":"` + d + `","day":"2026-03-10","minutes":60},{"key":"p2","person":"` + d + `","day":"2026-03-10","minutes":60}]}`
	rows := decode[Roster](t, c.post(path+"/attendance", sheet))
	if rows.Recorded != 1 || rows.Rows[0].Entry == nil || rows.Rows[1].Code != "already-checked-in" {
		t.Errorf("%+v", rows)
	}
	beyond := decode[Roster](t, c.post(path+"/attendance", `{"evidence":[{"kind":"签到表"}],"rows":[{"key":"p3","person":"`+a+`","day":"2026-03-10","minutes":700},{"key":"p4","person":"`+a+`","day":"2026-03-09","minutes":60}]}`))
	if beyond.Recorded != 0 || beyond.Rows[0].Code != "minutes-exceed-activity" || beyond.Rows[1].Code != "day-off-plan" {
		t.Errorf("more than the activity was: %+v", beyond)
	}
	c.mustPost(path+"/close", `{"people":3,"evidence":[{"kind":"签到表"}]}`)
	if before := decode[Roster](t, c.post(path+"/confirm", "", "Zhishu-Account", "reviewer")); before.Refused != 2 || before.Rows[0].Code != "activity-not-attested" {
		t.Errorf("%+v", before)
	}
	c.refused("same-account", path+"/attest", "")
	c.mustPost(path+"/attest", "", "Zhishu-Account", "reviewer")
	var done Roster
	types := c.appended(func() {
		done = decode[Roster](t, c.post(path+"/confirm", "", "Zhishu-Account", "reviewer", "Idempotency-Key", "all"))
	})
	if types != "entry-confirmed entry-confirmed" || done.Recorded != 2 || done.Rows[0].Person == "" {
		t.Errorf("%s %+v", types, done)
	}
	if again := decode[Roster](t, c.post(path+"/confirm", "", "Zhishu-Account", "reviewer", "Idempotency-Key", "all")); len(again.Rows) != 0 {
		t.Errorf("somebody is left: %+v", again)
	}

	roster := ask[figures.ActivityRoster](c, path+"/roster", clerk...)
	if s := roster.Activity; s.Status != "attested" || s.Confirmed != 2 || s.Pending != 1 || s.Time.Minutes != 150 || s.People != 3 {
		t.Errorf("%+v", s)
	}
	if len(roster.Rows) != 3 || roster.Rows[2].Person != a || roster.Rows[2].SignedUp || roster.Rows[2].Presence[0].Status != "pending" {
		t.Errorf("%+v", roster.Rows)
	}
	statement := ask[figures.Statement](c, "/v1/persons/"+b+"/statement")
	if e := statement.Entries[0]; !e.Counts || e.Deed.Title != "清洁日" || e.Deed.Hours != "credit" || e.Deed.Stream != "activity-"+strings.TrimPrefix(path, "/v1/activities/") ||
		statement.Service.Credit.Minutes != 90 || e.Life[1].Read == nil || e.Life[1].Read.Stream != e.Deed.Stream {
		t.Errorf("%+v", statement)
	}
	if honour := ask[figures.Star](c, "/v1/persons/"+d+"/stars"); honour.Rating.Honour.Minutes != 60 {
		t.Errorf("%+v", honour)
	}
	table := ask[figures.Timetable](c, "/v1/activities?division="+here+"&period=2026-03")
	if table.Total != 1 || table.Rows[0].StatusZh != "已签字" {
		t.Errorf("%+v", table)
	}
	totals := ask[figures.ActivityTotals](c, "/v1/activity-totals?division=430702&period=2026", clerk...)
	if k := totals.Kinds; len(k) != 1 || k[0].Attested != 1 || k[0].People != 3 || len(k[0].Withheld) != 4 || k[0].Attendances != 0 || totals.Suppressed == nil { // three people are too few
		t.Errorf("%+v", totals)
	}
}

// Every code of activities as the API answers it; none leaves an event.
func TestRefusalsOfActivities(t *testing.T) {
	c := newCity(t, nil)
	person, other := c.enrolled("甲"), c.enrolled("乙")
	c.mustPost("/v1/accounts", `{"handle":"yi","role":"resident"}`)
	c.mustPost("/v1/accounts/yi/person", `{"person":"`+other+`"}`)
	reviewer := []string{"Zhishu-Account", "reviewer"}
	one := func(code string) string { return fmt.Sprintf(`{"person":%q,"code":%q}`, person, code) }
	path := c.scheduled("service", 0, "")

	c.refused("window-closed", path+"/check-in", one("123456"))
	c.mustPost(path+"/check-in-window", "")
	c.refused("proxy-check-in", path+"/check-in", c.door(path, person), "Zhishu-Account", "yi")
	wrong := "000000"
	if strings.Contains(c.door(path, person), wrong) {
		wrong = "111111"
	}
	c.refused("code-wrong", path+"/check-in", one(wrong))
	c.refused("not-checked-in", path+"/check-out", c.door(path, person))
	c.mustPost(path+"/check-in", c.door(path, person))
	c.refused("already-checked-in", path+"/check-in", c.door(path, person))
	elsewhere := c.scheduled("study", 0, "")
	c.mustPost(elsewhere+"/check-in-window", "")
	c.refused("overlap", elsewhere+"/check-in", c.door(elsewhere, person))
	c.refused("minutes-zero", path+"/check-out", c.door(path, person))
	c.refused("sign-up-unknown", path+"/sign-ups/withdraw", `{"person":"`+person+`"}`)
	c.refused("activity-not-closed", path+"/attest", "", reviewer...)
	c.refused("nothing-changes", path+"/reschedule", c.planOf("service", 0, ""))
	c.refused("field-invalid", path+"/reschedule", c.planOf("study", 0, ""))
	c.refused("end-before-start", path+"/check-in-window", `{"until":"2026-03-10T03:00:00Z"}`)
	later := c.scheduled("talk", 24*60, "")
	c.refused("activity-not-begun", later+"/close", "")
	c.refused("activity-not-begun", later+"/check-in-window", "")
	c.mustPost(later+"/cancel", `{"notice":"停电"}`)
	c.refused("activity-cancelled", later+"/close", "")
	c.refused("field-missing", "/v1/activities", c.planOf("course", 60, ""))
	c.refused("subject-unknown", "/v1/activities", c.planOf("study", 60, `,"makeupOf":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"`))
	c.refused("subject-unknown", "/v1/activities/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e/close", "")
	talk := c.scheduled("talk", 0, "")
	c.mustPost(talk+"/close", "")
	c.refused("field-missing", talk+"/attest", "", reviewer...)
	c.mustPost(talk+"/attest", `{"evidence":[{"kind":"登记表","place":"档案柜2"}]}`, reviewer...)
	c.clock.add(3 * time.Hour)
	over := decode[Roster](t, c.post(path+"/sign-ups", signUpRows(other)))
	if over.Rows[0].Code != "activity-over" || over.Rows[0].Status != http.StatusConflict {
		t.Errorf("%+v", over.Rows[0])
	}
	c.mustPost(path+"/close", "")
	c.refused("activity-closed", path+"/check-in-window", "")
	for _, missing := range []string{"", "/roster", "/sign-in-sheet", "/sign-in-page"} {
		if p := c.fresh("/v1/activities/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e" + missing).problem(t); p.Code != "subject-unknown" {
			t.Errorf("%s: %+v", missing, p)
		}
	}
}

// The code is for the screen at the place, and for nobody's log.
func TestTheCodeIsShownToWhoRunsTheActivity(t *testing.T) {
	c := newCity(t, nil)
	c.mustPost("/v1/accounts", `{"handle":"ren","role":"resident"}`)
	c.mustPost("/v1/accounts", `{"handle":"far","role":"recorder","scope":"11"}`)
	path := c.scheduled("service", 0, "")
	if p := c.get(path+"/check-in-code", "Zhishu-Account", "clerk").problem(t); p.Code != "window-closed" {
		t.Errorf("%+v", p)
	}
	c.mustPost(path+"/check-in-window", "")
	for account, code := range map[string]string{"ren": "role-forbids", "far": "wrong-organisation", "nobody": "account-unknown"} {
		if p := c.get(path+"/check-in-code", "Zhishu-Account", account).problem(t); p.Code != code {
			t.Errorf("%s: %+v", account, p)
		}
	}
	a := c.get(path+"/check-in-code", "Zhishu-Account", "clerk")
	shown := decode[CheckInCode](t, a)
	if len(shown.Code) != 6 || a.header.Get("Cache-Control") != "no-store" || shown.Until == "" {
		t.Errorf("%s %v", a.body, a.header)
	}
	c.clock.add(2 * time.Minute)
	if again := decode[CheckInCode](t, c.get(path+"/check-in-code", "Zhishu-Account", "clerk")); again.Code == shown.Code {
		t.Error("the code does not change")
	}
	c.mustPost(path+"/check-in-window/close", "")
	c.refused("window-closed", path+"/check-in-window/close", "")
	if p := c.get(path+"/check-in-code", "Zhishu-Account", "clerk").problem(t); p.Code != "window-closed" {
		t.Errorf("%+v", p)
	}
}

func TestSignInSheetsHoldNumbersAndNoNames(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("张三丰")
	path := c.scheduled("talk", 60, "")
	c.post(path+"/sign-ups", signUpRows(person))
	page := c.fresh(path+"/sign-in-page?lines=40", clerk...)
	if page.status != http.StatusOK || !strings.Contains(page.body, person) || !strings.Contains(page.body, "<td>40</td>") || !strings.Contains(page.body, "文化广场") ||
		!strings.Contains(page.body, "不得代签") || strings.Contains(page.body, "张三丰") || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%d %s", page.status, page.body)
	}
	book := c.fresh(path + "/sign-in-sheet")
	if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") || !strings.Contains(book.header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%d %v", book.status, book.header)
	}
	for _, bad := range []string{"?lines=0", "?lines=501", "?lines=x", "?format=pdf"} {
		if p := c.fresh(path + "/sign-in-sheet" + bad).problem(t); p.Code != CodeValidation {
			t.Errorf("%s: %+v", bad, p)
		}
	}
}
