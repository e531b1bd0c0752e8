package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/figures"
	"zhishu/eventstore/storetest"
)

// rosterOf is a roster of rows as JSON.
func rosterOf(rows ...string) string {
	return `{"kind":"service","title":"文明交通劝导","community":"430702001007","day":"2026-03-01","minutes":120,"rows":[` + strings.Join(rows, ",") + `]}`
}

func rosterRow(key, person, more string) string {
	return fmt.Sprintf(`{"key":%q,"person":%q%s}`, key, person, more)
}

func TestRosterAnswersRowByRow(t *testing.T) {
	c := newCity(t, nil)
	a, b := c.enrolled("李四"), c.enrolled("王五")
	body := rosterOf(
		rosterRow("r1", a, ""),
		rosterRow("r2", b, `,"minutes":90,"remark":"下雨"`),
		rosterRow("r3", "0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e", ""),
		rosterRow("r4", a, `,"start":"2026-03-02T01:00:00Z","end":"2026-03-02T02:00:00Z"`),
		rosterRow("r5", a, `,"start":"2026-03-02T01:30:00Z","end":"2026-03-02T02:00:00Z"`),
		rosterRow("r 6", b, ""),
		rosterRow("r7", b, `,"day":"2026-03-20"`),
	)
	var first answer
	types := c.appended(func() { first = c.post("/v1/rosters", body) })
	if first.status != http.StatusOK || strings.Count(types, "service-claimed") != 3 || len(strings.Fields(types)) != 3 {
		t.Fatalf("%d %s appended %q", first.status, first.body, types)
	}
	got := decode[Roster](t, first)
	want := []struct {
		status int
		code   string
	}{{201, ""}, {201, ""}, {404, "subject-unknown"}, {201, ""}, {409, "overlap"}, {400, CodeKeyInvalid}, {422, "date-in-future"}}
	for i, row := range got.Rows {
		if row.Row != i+1 || row.Status != want[i].status || row.Code != want[i].code || (row.Code == "") != (row.Entry != nil) || row.Code != "" && (row.Detail == "" || row.Hint == "") {
			t.Errorf("row %d: %+v, want %+v", i+1, row, want[i])
		}
	}
	if got.Recorded != 3 || got.Refused != 4 || first.header.Get(headerPosition) == "" || strings.Contains(first.body, "下雨") {
		t.Errorf("%s", first.body)
	}

	// Given again, what is recorded is not recorded twice.
	var again answer
	if types := c.appended(func() { again = c.post("/v1/rosters", body) }); types != "" {
		t.Errorf("given again it appended %s", types)
	}
	for i, row := range decode[Roster](t, again).Rows {
		if want[i].code == "" && (row.Status != http.StatusOK || !row.Repeated || *row.Entry != *got.Rows[i].Entry) {
			t.Errorf("row %d again: %+v", i+1, row)
		}
	}
	// A row's key with other minutes is another request.
	other := decode[Roster](t, c.post("/v1/rosters", rosterOf(rosterRow("r1", a, `,"minutes":60`))))
	if other.Rows[0].Code != CodeKeyReused {
		t.Errorf("%+v", other.Rows[0])
	}
	if star := ask[figures.Star](c, "/v1/persons/"+b+"/stars"); star.Waiting != 1 {
		t.Errorf("%+v", star)
	}
}

func TestRosterIsBounded(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("李四")
	row := rosterRow("r", person, "")
	c.refused(CodeValidation, "/v1/rosters", rosterOf())
	c.refused(CodeValidation, "/v1/rosters", rosterOf(strings.Split(strings.Repeat(row+";", MaxRowsPerList)+row, ";")...))
	c.refused("community-invalid", "/v1/rosters", strings.Replace(rosterOf(row), here, "430702001000", 1))
	c.refused(CodeAccountMissing, "/v1/rosters", rosterOf(row), "Zhishu-Account", "")
	c.refused(CodeValidation, "/v1/rosters", rosterOf(`{"person":"`+person+`"}`))
}

// When the store goes away in the middle, each row says for itself that its
// outcome is not known, and giving the roster again settles it.
func TestRosterThroughAnOutage(t *testing.T) {
	gate := &storeGate{}
	c := newCityOn(t, func(s *storetest.Memory) logOf { gate.logOf = s; return gate }, nil)
	var rows []string
	for i := range 20 {
		rows = append(rows, rosterRow(fmt.Sprint("r", i), c.enrolled(fmt.Sprint("居民", i)), ""))
	}
	gate.fail.Store(true)
	down := decode[Roster](t, c.post("/v1/rosters", rosterOf(rows...)))
	gate.fail.Store(false)
	if down.Refused != 20 || down.Rows[0].Code != CodeStoreFull || down.Rows[0].Status != http.StatusInsufficientStorage {
		b, _ := json.Marshal(down.Rows[0])
		t.Fatalf("%d refused, %s", down.Refused, b)
	}
	if up := decode[Roster](t, c.post("/v1/rosters", rosterOf(rows...))); up.Recorded != 20 {
		t.Errorf("afterwards %d recorded", up.Recorded)
	}
}
