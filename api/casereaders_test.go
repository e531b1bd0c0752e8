package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/inspect"
)

// caseAskers is one account for each way to stand to a case of 430702, and what it gets.
var caseAskers = []struct{ account, opens, code string }{
	{"", "", noAccount},
	{"stranger", "", noSuchAccount},
	{"gone", `"role":"operator","scope":"430702"`, string(domain.AccountClosedCode)},
	{"jia", `"role":"resident","scope":"430702001007"`, forCase},
	{"local", `"role":"recorder","scope":"430702"`, forCase},
	{"checks", `"role":"confirmer","scope":"430702"`, forCase},
	{"part", `"role":"operator","scope":"430702001007"`, forCase},
	{"far", `"role":"operator","scope":"430703"`, forCase},
	{"colleague", `"role":"inspector","scope":"43"`, forCase},
	{"ducha", `"role":"inspector","scope":"4307"`, allowed},
	{"district", `"role":"operator","scope":"430702"`, allowed},
	{"province", `"role":"operator","scope":"43"`, allowed},
	{"operator", "", allowed},
}

// Every address that shows a case shows it to its inspector and to operators of its
// division, and nothing of it to anybody else: before the sample is drawn, after it, and
// when the case is closed.
func TestWhoMayLookAtACase(t *testing.T) {
	c, _ := busyCity(t, 2)
	for _, a := range caseAskers {
		if a.opens != "" {
			c.mustPost("/v1/accounts", `{"handle":"`+a.account+`",`+a.opens+`}`)
		}
	}
	c.mustPost("/v1/accounts/gone/close", "")
	nonce := strings.Repeat("07", inspect.NonceSize)
	raw, err := hex.DecodeString(nonce)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	opened := c.mustPost("/v1/inspections", `{"division":"430702","period":"2026","purpose":"抽查甲组","committed":"`+hex.EncodeToString(sum[:])+`"}`, headerAccount, "ducha")
	c.announce()
	var shows []string
	for path, item := range newExchange(t, c).doc.Paths.Map() {
		if item.Get != nil && strings.HasPrefix(path, "/v1/inspections") {
			shows = append(shows, strings.ReplaceAll(path, "{id}", opened.Inspection))
		}
	}
	if !slices.Contains(shows, "/v1/inspections/"+opened.Inspection) {
		t.Fatalf("a case is shown at %v", shows)
	}
	look := func(when, shown string) {
		t.Helper()
		for _, path := range shows {
			for _, a := range caseAskers {
				var asks []string
				if a.account != "" {
					asks = []string{headerAccount, a.account}
				}
				switch got := c.fresh(path, asks...); {
				case a.code == allowed && (got.status != http.StatusOK || !strings.Contains(got.body, shown)):
					t.Errorf("%s, %s for %q: %d %s", when, path, a.account, got.status, got.body)
				case a.code != allowed && (got.problem(t).Code != a.code || strings.Contains(got.body, "抽查甲组") || strings.Contains(got.body, nonce)):
					t.Errorf("%s, %s for %q: %s, want %s", when, path, a.account, got.body, a.code)
				}
			}
		}
	}
	path := "/v1/inspections/" + opened.Inspection
	look("opened", "抽查甲组")
	c.mustPost(path+"/sample", `{"nonce":"`+nonce+`","count":2}`, headerAccount, "ducha")
	look("drawn", nonce)
	c.mustPost(path+"/close", "", headerAccount, "ducha")
	look("closed", `"closed":true`)
	// There is no such case: that is told after it is known who asks.
	none := "/v1/inspections/00000000-0000-4000-8000-000000000000"
	for account, code := range map[string]string{"stranger": noSuchAccount, "ducha": string(domain.SubjectUnknown), "jia": string(domain.SubjectUnknown)} {
		if p := c.fresh(none, headerAccount, account).problem(t); p.Code != code {
			t.Errorf("%q: %+v", account, p)
		}
	}
}
