package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhishu/api/figures"
	"zhishu/registers"
)

// crowdedOut is an activity with two places, three sign-ups, and accounts of every
// role: of the staff and of inspectors inside and outside its community, and of
// residents, one with a place and one who waits.
func crowdedOut(t *testing.T) (c *city, path string, people []string) {
	c = newCity(t, nil)
	c.mustPost("/v1/communities", `{"code":"430702001008","name":"邻居社区"}`)
	people = []string{c.enrolled("甲"), c.enrolled("乙"), c.enrolled("丙")}
	for _, account := range []string{
		`"local","role":"recorder","scope":"430702001007"`, `"street","role":"confirmer","scope":"430702001"`, `"next","role":"recorder","scope":"430702001008"`,
		`"far","role":"operator","scope":"11"`, `"ducha","role":"inspector","scope":"43"`, `"elsewhere","role":"inspector","scope":"11"`,
		`"yi","role":"resident"`, `"bing","role":"resident"`, `"nobody","role":"resident"`, `"gone","role":"recorder"`,
	} {
		c.mustPost("/v1/accounts", `{"handle":`+account+`}`)
	}
	c.mustPost("/v1/accounts/yi/person", `{"person":"`+people[1]+`"}`)
	c.mustPost("/v1/accounts/bing/person", `{"person":"`+people[2]+`"}`)
	c.mustPost("/v1/accounts/gone/close", "")
	path = c.scheduled("course", 60, `,"capacity":2,"series":"书法班"`)
	c.post(path+"/sign-ups", signUpRows(people...))
	return c, path, people
}

// How many came, and who, is shown to the staff and to inspectors of the activity's
// community. Everybody else sees whether there is a place, and the own person.
func TestHowManyCameIsForTheStaffOfTheCommunity(t *testing.T) {
	c, path, people := crowdedOut(t)
	for account, want := range map[string]struct {
		counted bool
		own     string
	}{
		"clerk": {true, ""}, "local": {true, ""}, "street": {true, ""}, "ducha": {true, ""},
		"": {}, "next": {}, "far": {}, "elsewhere": {}, "nobody": {}, "yi": {false, people[1]}, "bing": {false, people[2]},
	} {
		var asks []string
		if account != "" {
			asks = []string{headerAccount, account}
		}
		page := ask[figures.ActivityDetail](c, path, asks...)
		table := ask[figures.Timetable](c, "/v1/activities?division="+here+"&period=2026-03", asks...)
		roster := ask[figures.ActivityRoster](c, path+"/roster", asks...)
		for _, a := range []figures.Activity{page.Activity, table.Rows[0], roster.Activity} {
			shown := a.Places == 2 && a.Waiting == 1 && a.Suppressed == nil
			withheld := a.Places == 0 && a.Waiting == 0 && a.Suppressed != nil && a.Suppressed.Reason == "internal"
			if a.SignUp != "full" || a.SignUpZh != "已满，可候补" || a.Capacity != 2 || shown != want.counted || withheld == want.counted {
				t.Errorf("%q: %+v", account, a)
			}
		}
		switch rows := roster.Rows; {
		case want.counted:
			if roster.Total != 3 || len(rows) != 3 || rows[1].Place != 2 || !rows[2].Waiting {
				t.Errorf("%q: %+v", account, roster)
			}
		case want.own == "":
			if roster.Total != 0 || len(rows) != 0 {
				t.Errorf("%q: %+v", account, roster)
			}
		default: // on the waiting list the place is told, and else that there is one
			waits := want.own == people[2]
			if roster.Total != 1 || len(rows) != 1 || rows[0].Person != want.own || rows[0].Number != 1 || !rows[0].SignedUp || rows[0].Waiting != waits || rows[0].Place > 1 || rows[0].Place == 1 != waits {
				t.Errorf("%q: %+v", account, roster)
			}
		}
		totals := ask[figures.ActivityTotals](c, "/v1/activity-totals?division="+here+"&period=2026", asks...)
		for _, n := range []figures.ActivityCounts{totals.Kinds[0].ActivityCounts, totals.Months[0].ActivityCounts, totals.Series[0].ActivityCounts} {
			reasons := map[string]string{}
			for _, w := range n.Withheld {
				reasons[w.Count] = w.Reason
			}
			if reasons["people"] == "internal" == want.counted || reasons["attendances"] == "internal" == want.counted || !n.Hides("signUps") { // three are too few for anybody
				t.Errorf("%q: %+v", account, n)
			}
		}
		sheet := c.fresh(path+"/sign-in-page", asks...)
		if strings.Contains(sheet.body, people[0]) != want.counted || strings.Contains(sheet.body, people[1]) != want.counted ||
			strings.Contains(sheet.body, people[2]) || strings.Contains(sheet.body, "空白表") == want.counted {
			t.Errorf("%q: %s", account, sheet.body)
		}
		book, err := excelize.OpenReader(bytes.NewReader([]byte(c.fresh(path+"/sign-in-sheet", asks...).body)))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows(book.GetSheetName(0))
		if cells := strings.Join(flat(rows), " "); err != nil || strings.Contains(cells, people[0]) != want.counted {
			t.Errorf("%q: %v %s", account, err, cells)
		}
	}
	for account, code := range map[string]string{"gone": "account-closed", "stranger": "account-unknown", "张": CodeAccountInvalid} {
		for _, asked := range []string{path, path + "/roster", path + "/sign-in-sheet", path + "/sign-in-page", "/v1/activities", "/v1/activity-totals"} {
			if p := c.fresh(asked, headerAccount, account).problem(t); p.Code != code {
				t.Errorf("%s by %s: %+v", asked, account, p)
			}
		}
	}
	// What the staff hold is no answer to anybody else.
	staff := c.fresh(path, clerk...)
	if again := c.fresh(path, append([]string{"If-None-Match", staff.header.Get("ETag")}, clerk...)...); again.status != http.StatusNotModified {
		t.Errorf("%d", again.status)
	}
	if other := c.fresh(path, "If-None-Match", staff.header.Get("ETag")); other.status != http.StatusOK {
		t.Errorf("%d", other.status)
	}
}

// The registers of service and study say row by row who did what.
func TestRowsOfServiceAndStudyAreForTheStaffOfTheCommunity(t *testing.T) {
	c, _, people := crowdedOut(t)
	c.confirmed(people[0], "service", "2026-02-01", 60)
	for account, code := range map[string]string{
		"clerk": "", "local": "", "street": "", "ducha": "",
		"": CodeAccountMissing, "yi": "role-forbids", "nobody": "role-forbids", "next": "account-out-of-scope", "far": "account-out-of-scope", "elsewhere": "account-out-of-scope",
		"gone": "account-closed", "stranger": "account-unknown", "张": CodeAccountInvalid,
	} {
		var asks []string
		if account != "" {
			asks = []string{headerAccount, account}
		}
		for _, kind := range registers.Kinds() {
			for _, form := range []string{"", "/xlsx", "/csv", "/trace"} {
				a := c.fresh("/v1/registers/"+string(kind)+form+"?period=2026&community="+here, asks...)
				rows := kind == registers.Service || kind == registers.Study
				invalid := account == "gone" || account == "stranger" || account == "张"
				switch {
				case code == "" || !rows && !invalid:
					if a.status != http.StatusOK || kind == registers.Service && form == "" && !strings.Contains(a.body, people[0]) {
						t.Errorf("%s%s by %q: %d %s", kind, form, account, a.status, a.body)
					}
				case a.problem(t).Code != code || strings.Contains(a.body, people[0]):
					t.Errorf("%s%s by %q: %s", kind, form, account, a.body)
				}
			}
		}
	}
}

func flat(rows [][]string) (all []string) {
	for _, row := range rows {
		all = append(all, row...)
	}
	return all
}

// Whether there is a place is told of today: from the past could be read when the
// last one signed up.
func TestWhetherThereWasAPlaceIsNotTold(t *testing.T) {
	c, path, _ := crowdedOut(t)
	size := fmt.Sprint(len(c.events()))
	if past := ask[figures.ActivityDetail](c, path+"?asOf="+size); past.Activity.SignUp != "" || past.Activity.Title == "" || past.Activity.Suppressed == nil {
		t.Errorf("%+v", past)
	}
	if seen := ask[figures.ActivityDetail](c, path+"?asOf="+size, clerk...); seen.Activity.SignUp != "" || seen.Activity.Places != 2 {
		t.Errorf("%+v", seen)
	}
}

// Who signs up learns to have a place, or which one on the waiting list; how many
// were before is for the staff.
func TestASignUpDoesNotCountTheOthers(t *testing.T) {
	c, path, people := crowdedOut(t)
	yi := []string{headerAccount, "yi"}
	left := decode[Recorded](t, c.post(path+"/sign-ups/withdraw", `{"person":"`+people[1]+`"}`, yi...))
	if left.Events != 1 || left.FirstRevision != nil || left.LastRevision != nil {
		t.Errorf("%+v", left)
	}
	again := decode[Roster](t, c.post(path+"/sign-ups", signUpRows(people[1]), yi...))
	if r := again.Rows[0]; again.Recorded != 1 || !r.Waiting || r.Place != 1 || r.FirstRevision != nil {
		t.Errorf("%+v", again)
	}
	c.mustPost(path+"/sign-ups/withdraw", `{"person":"`+people[0]+`"}`)
	c.mustPost(path+"/sign-ups/withdraw", `{"person":"`+people[1]+`"}`)
	placed := decode[Roster](t, c.post(path+"/sign-ups", strings.ReplaceAll(signUpRows(people[1]), "s0", "t0"), yi...))
	if r := placed.Rows[0]; placed.Recorded != 1 || r.Waiting || r.Place != 0 || r.FirstRevision != nil {
		t.Errorf("%+v", placed)
	}
	told := decode[Roster](t, c.post(path+"/sign-ups", strings.ReplaceAll(signUpRows(people[0]), "s0", "t0")))
	if r := told.Rows[0]; !r.Waiting || r.Place != 1 || r.FirstRevision == nil {
		t.Errorf("%+v", told)
	}
}
