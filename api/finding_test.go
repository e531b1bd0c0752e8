package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"zhishu/domain"
)

// A number finds its person for the staff of the person's scope; to everybody
// else it is a number that nobody carries.
func TestANumberFindsItsPersonForTheStaff(t *testing.T) {
	c := newCity(t, nil)
	person := c.mustPost("/v1/persons", zhang).Person
	c.fresh("/v1/ledger")
	find := func(account, number string) answer {
		t.Helper()
		return c.post("/v1/persons/find", fmt.Sprintf(`{"issuer":"430702001007","number":%q}`, number), "Zhishu-Account", account)
	}
	if a := find("clerk", "V-0001"); a.status != http.StatusOK || decode[Found](t, a) != (Found{Person: person, Community: here}) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	c.mustPost("/v1/accounts", `{"handle":"far","role":"recorder","scope":"11"}`)
	c.mustPost("/v1/accounts", `{"handle":"own","role":"resident"}`)
	c.mustPost("/v1/accounts/own/person", `{"person":"`+person+`"}`)
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector"}`)
	for account, code := range map[string]domain.Code{"far": domain.SubjectUnknown, "own": domain.RoleForbids, "inspector": domain.RoleForbids, "nobody": domain.AccountUnknown} {
		if p := find(account, "V-0001").problem(t); p.Code != string(code) {
			t.Errorf("%s: %+v", account, p)
		}
	}
	// A number of somebody elsewhere and one of nobody are answered alike.
	yes, no := find("far", "V-0001").problem(t), find("far", "V-9999").problem(t)
	yes.Instance, no.Instance = "", ""
	if fmt.Sprint(yes) != fmt.Sprint(no) {
		t.Errorf("%+v, %+v", yes, no)
	}
	for i := range mostMisses {
		if p := find("reviewer", fmt.Sprint("V-", i)).problem(t); p.Code != string(domain.SubjectUnknown) {
			t.Fatalf("%d: %+v", i, p)
		}
	}
	if p := find("reviewer", "V-0001").problem(t); p.Code != CodeTooManyLookups {
		t.Errorf("%+v", p)
	}
	if a := find("clerk", "V-0001"); a.status != http.StatusOK {
		t.Errorf("another account: %d", a.status)
	}
	c.clock.add(lookupPatience + time.Second)
	if a := find("reviewer", "V-0001"); a.status != http.StatusOK {
		t.Errorf("a minute later: %d %s", a.status, a.body)
	}
}
