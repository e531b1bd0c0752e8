package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
)

// busyCity has members with service, study and a gift, and somebody from
// elsewhere.
func busyCity(t *testing.T, members int) (*city, []string) {
	t.Helper()
	c := newCity(t, nil)
	c.mustPost("/v1/communities/430702001007/population", `{"day":"2025-12-31","basis":"resident","count":3000,"source":"统计公报"}`)
	var people []string
	for i := range members {
		p := c.enrolled(fmt.Sprintf("居民%d", i))
		c.confirmed(p, "service", "2026-02-01", 60*(1+i%3))
		c.confirmed(p, "study", fmt.Sprintf("2026-02-%02d", 1+i%4), 90)
		people = append(people, p)
	}
	c.mustPost("/v1/donations", cash)
	return c, people
}

func TestFiguresOfACity(t *testing.T) {
	c, people := busyCity(t, 6)
	board := ask[figures.StarBoard](c, "/v1/stars?division="+here)
	if board.Members != 6 || board.Active != 6 || board.Total.Recognised.Minutes != 720 || len(board.Rows) != 6 || board.Rows[0].Rating.Recognised.Minutes != 180 {
		t.Errorf("stars %+v", board)
	}
	if got := strings.Join(board.Policies, " "); got != "counting-all/1 stars-all/1" || board.LedgerSize != uint64(len(c.events())) || board.Day != "2026-03-10" {
		t.Errorf("footing %+v", board.Footing)
	}
	if text := board.Rows[0].Rating.Explanation[0].Zh; text != "距一星还差 97 小时" {
		t.Error(text)
	}
	standing := ask[figures.StandingBoard](c, "/v1/standings/individuals?division="+here+"&period=2026")
	if standing.Ranked != 6 || standing.Rows[0].Rank != 1 || standing.Rows[5].Rank != 1 || standing.PersonTimes != 6 {
		t.Errorf("standing %+v", standing)
	}
	mine := ask[figures.PersonStanding](c, "/v1/persons/"+people[2]+"/standing")
	if mine.Standing.Rank != 1 || mine.Division != here || mine.Period != "2026" {
		t.Errorf("own standing %+v", mine)
	}
	rates := ask[figures.Participation](c, "/v1/participation?division=430702&period=2026")
	if *rates.Participants != 6 || rates.Rates[0].Persons.Percent != "100.00%" || rates.Rates[1].Persons.Percent != "0.20%" {
		t.Errorf("participation %+v", rates)
	}
	if sums := ask[figures.Donations](c, "/v1/donations?division="+here+"&period=2026"); sums.Total.Amount.Yuan != "1280.50" || sums.ByDonor[0].DonorKind != "individual" {
		t.Errorf("donations %+v", sums)
	}
	if person := ask[figures.Person](c, "/v1/persons/"+people[0]); person.Community != here || len(person.Memberships) != 1 {
		t.Errorf("person %+v", person)
	}
	if places := ask[figures.Communities](c, "/v1/communities"); len(places.Rows) != 1 || places.Rows[0].Members != 6 || places.Rows[0].Populations[0].Count != 3000 {
		t.Errorf("communities %+v", places)
	}
	if rules := ask[figures.Policies](c, "/v1/policies"); len(rules.Rows) != len(domain.DefaultPolicies()) || rules.Rows[0].Policy != "counting-all/1" {
		t.Errorf("policies %+v", rules)
	}
	if digests := ask[figures.Digests](c, "/v1/digests"); len(digests.Rows) < 5 {
		t.Errorf("digests %+v", digests)
	}
	if l := ask[Overview](c, "/v1/ledger"); l.LedgerSize != uint64(len(c.events())) || l.Day != "2026-03-10" || l.HeadPosition == "" {
		t.Errorf("ledger %+v", l)
	}
}

func TestStatementTellsTheLifeOfEveryEntry(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	counted, waiting := c.confirmed(person, "service", "2026-03-01", 120), c.claimed(person, "service", "2026-03-02", 60)
	c.mustPost(fmt.Sprintf("/v1/persons/%s/entries/%d/void", person, counted), `{"reason":"登记错人"}`)
	s := ask[figures.Statement](c, "/v1/persons/"+person+"/statement")
	if len(s.Entries) != 2 || s.Service.Recognised.Minutes != 120 {
		t.Fatalf("%+v", s)
	}
	first, second := s.Entries[0], s.Entries[1]
	var life []string
	for _, e := range first.Life {
		life = append(life, e.Type)
	}
	if got := strings.Join(life, " "); got != "service-claimed entry-confirmed entry-void-proposed" || !first.Counts || first.Pending == nil || !first.Pending.Void {
		t.Errorf("%s %+v", got, first)
	}
	if second.Counts || uint64(second.Entry) != waiting || second.Why[0].Zh != "尚未确认，不计时" {
		t.Errorf("%+v", second)
	}
	if body := c.fresh("/v1/persons/" + person + "/statement").body; strings.Contains(body, "登记错人") || strings.Contains(body, "李四") {
		t.Errorf("the statement opens a sealed field: %s", body)
	}
}

// Pages of a board belong to one ledger size, and together are the whole.
func TestPagesHoldTheWholeBoardOnce(t *testing.T) {
	c, people := busyCity(t, 11)
	for _, path := range []string{"/v1/stars?division=" + here, "/v1/standings/individuals?division=" + here + "&period=2026", "/v1/stars?division=" + here + "&asOf=2026-03-10"} {
		seen, pages, size := map[string]bool{}, 0, uint64(0)
		for next := ""; pages == 0 || next != ""; pages++ {
			a := c.fresh(path + "&limit=3" + next)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", path, a.status, a.body)
			}
			var body struct {
				LedgerSize uint64
				Rows       []struct{ Person string }
				Next       string
			}
			if err := json.Unmarshal([]byte(a.body), &body); err != nil {
				t.Fatal(err)
			}
			if size == 0 {
				size = body.LedgerSize
			}
			if body.LedgerSize != size {
				t.Errorf("%s: pages at sizes %d and %d", path, size, body.LedgerSize)
			}
			for _, row := range body.Rows {
				if seen[row.Person] {
					t.Errorf("%s: %s stands on two pages", path, row.Person)
				}
				seen[row.Person] = true
			}
			next = ""
			if body.Next != "" {
				next = "&cursor=" + body.Next
				c.confirmed(people[pages], "service", "2026-02-07", 100) // the board moves on meanwhile
			}
		}
		if len(seen) != len(people) || pages != 4 {
			t.Errorf("%s: %d of %d people on %d pages", path, len(seen), len(people), pages)
		}
	}
	for _, path := range []string{"/v1/communities?limit=1", "/v1/imports?limit=1"} {
		if a := c.fresh(path); a.status != http.StatusOK || strings.Contains(a.body, `"next"`) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

func TestCursorsFitOnlyTheirQuery(t *testing.T) {
	c, _ := busyCity(t, 6)
	board := ask[figures.StarBoard](c, "/v1/stars?limit=1&division="+here)
	for _, path := range []string{"/v1/stars?limit=1&cursor=", "/v1/stars?limit=1&division=430702&cursor=", "/v1/standings/individuals?limit=1&division=" + here + "&cursor=",
		"/v1/stars?limit=1&division=" + here + "&asOf=2026-03-10&cursor=", "/v1/communities?cursor=", "/v1/imports?cursor="} {
		if p := c.get(path + board.Next).problem(t); p.Code != CodeCursorInvalid {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

func TestAsOf(t *testing.T) {
	c, people := busyCity(t, 5)
	before := uint64(len(c.events()))
	c.clock.add(48 * time.Hour)
	c.confirmed(people[0], "service", "2026-03-11", 300)
	total := func(asOf string) int64 {
		return ask[figures.StarBoard](c, "/v1/stars?division="+here+asOf).Total.Recognised.Minutes
	}
	now := total("")
	if got := total(fmt.Sprint("&asOf=", before)); got != now-300 {
		t.Errorf("as of size %d: %d, now %d", before, got, now)
	}
	if got := total("&asOf=2026-03-11"); got != now-300 {
		t.Errorf("as of the day before: %d, now %d", got, now)
	}
	if got := total("&asOf=2026-03-12"); got != now {
		t.Errorf("as of today: %d, now %d", got, now)
	}
	if p := c.fresh("/v1/stars?division=" + here + "&asOf=2026-12-31").problem(t); p.Code != CodeAsOfFuture {
		t.Errorf("a day that has not come: %+v", p)
	}
	if got := total("&asOf=0"); got != 0 {
		t.Errorf("as of nothing: %d", got)
	}
	for asOf, code := range map[string]string{
		"9999999": CodeBeyondLedger, "99999999999": CodeAsOfInvalid, "2026-02-30": CodeAsOfInvalid,
		"yesterday": CodeAsOfInvalid, "-1": CodeAsOfInvalid,
	} {
		if p := c.get("/v1/stars?asOf=" + asOf).problem(t); p.Code != code {
			t.Errorf("asOf=%s: %+v", asOf, p)
		}
	}
	if p := c.get("/v1/standings/individuals?asOf=0").problem(t); p.Code != CodeNoPolicy {
		t.Errorf("a standing without a policy: %+v", p)
	}
	if p := c.get("/v1/persons/" + people[0] + "?asOf=3").problem(t); p.Code != string(domain.SubjectUnknown) || p.Status != http.StatusNotFound {
		t.Errorf("a person before enrolment: %+v", p)
	}
}

// An unchanged figure is answered with 304 although the ledger has grown
// elsewhere; a changed one is not.
func TestFiguresAreRevalidated(t *testing.T) {
	c, people := busyCity(t, 3)
	for _, path := range []string{"/v1/stars?division=" + here, "/v1/standings/individuals?division=" + here, "/v1/participation?division=" + here,
		"/v1/communities", "/v1/policies", "/v1/persons/" + people[0] + "/statement", "/v1/donations"} {
		first := c.fresh(path)
		tag := first.header.Get("ETag")
		if tag == "" || first.header.Get("Cache-Control") != revalidate {
			t.Errorf("%s: %v", path, first.header)
		}
		if again := c.fresh(path, "If-None-Match", tag); again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != tag {
			t.Errorf("%s: %d %s", path, again.status, again.body)
		}
	}
	elsewhere := c.fresh("/v1/stars?division=11")
	tag := elsewhere.header.Get("ETag")
	c.confirmed(people[0], "service", "2026-02-09", 60)
	if again := c.fresh("/v1/stars?division=11", "If-None-Match", tag); again.status != http.StatusNotModified {
		t.Errorf("a board elsewhere: %d", again.status)
	}
	mine := c.fresh("/v1/stars?division=" + here)
	c.confirmed(people[0], "service", "2026-02-10", 60)
	if again := c.fresh("/v1/stars?division="+here, "If-None-Match", mine.header.Get("ETag")); again.status != http.StatusOK {
		t.Errorf("a changed board: %d", again.status)
	}
}

func TestSmallGroupsAreNotPublished(t *testing.T) {
	c, _ := busyCity(t, 4)
	a := c.fresh("/v1/participation?division=" + here + "&period=2026")
	rates := decode[figures.Participation](t, a)
	if rates.Suppressed == nil || rates.Suppressed.Reason != "small-group" || strings.Contains(a.body, "participants") || strings.Contains(a.body, "percent") {
		t.Errorf("%s", a.body)
	}
}

func TestReadingOnesOwnWrite(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	a := c.post("/v1/persons/"+person+"/entries", `{"kind":"service","title":"清洁","community":"430702001007","day":"2026-03-01","minutes":60}`)
	got := c.get("/v1/persons/" + person + "/stars?after=" + a.header.Get(headerPosition))
	if star := decode[figures.Star](t, got); star.Waiting != 1 {
		t.Errorf("%s", got.body)
	}
	for _, token := range []string{"zz", "1-2-3", "7"} {
		if p := c.get("/v1/ledger?after=" + token).problem(t); p.Code != CodePositionInvalid {
			t.Errorf("after=%s: %+v", token, p)
		}
	}
}

func TestIdentityIsOpenedForThoseInScope(t *testing.T) {
	c := newCity(t, nil)
	person := c.mustPost("/v1/persons", zhang).Person
	path := "/v1/persons/" + person + "/identity"
	a := c.fresh("/v1/ledger")
	if a = c.get(path, "Zhishu-Account", "clerk"); a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	got := decode[Identity](t, a)
	if got.Name != "张三" || got.IDNumber != "11010519491231002X" || got.Phone != "13800138000" || got.Address != "三岔路12号" || len(got.External) != 1 || got.External[0] != "V-0001" {
		t.Errorf("%+v", got)
	}
	c.mustPost("/v1/accounts", `{"handle":"far","role":"recorder","scope":"11"}`)
	c.mustPost("/v1/accounts", `{"handle":"other","role":"resident"}`)
	c.mustPost("/v1/accounts", `{"handle":"own","role":"resident"}`)
	c.mustPost("/v1/accounts/own/person", `{"person":"`+person+`"}`)
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector","scope":"43"}`)
	if p := c.get("/v1/persons/"+person+"/story", "Zhishu-Account", "inspector").problem(t); p.Code != string(domain.RoleForbids) {
		t.Errorf("story by an inspector: %+v", p)
	}
	for account, code := range map[string]string{"inspector": "role-forbids", "far": "account-out-of-scope", "other": "account-out-of-scope", "nobody": "account-unknown", "": CodeAccountMissing, "张": CodeAccountInvalid} {
		header := []string{"Zhishu-Account", account}
		if account == "" {
			header = nil
		}
		if p := c.get(path, header...); p.problem(t).Code != code || strings.Contains(p.body, "张三") {
			t.Errorf("account %q: %s", account, p.body)
		}
	}
	if a := c.get(path, "Zhishu-Account", "own"); a.status != http.StatusOK {
		t.Errorf("one's own: %d %s", a.status, a.body)
	}
	if err := c.vault.Erase(context.Background(), vaultSubject(person)); err != nil {
		t.Fatal(err)
	}
	if got := decode[Identity](t, c.get(path, "Zhishu-Account", "clerk")); got.Name != figures.ErasedName || got.IDNumber != figures.ErasedName {
		t.Errorf("after erasure: %+v", got)
	}
}
