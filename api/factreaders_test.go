package api

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/imports"
)

// streamCategories are the kinds of streams there are, as the domain's source has them.
func streamCategories(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("../domain/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && len(spec.Values) == 1 && strings.HasSuffix(spec.Names[0].Name, "Category") {
				if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
					name, err := strconv.Unquote(value.Value)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, name)
				}
			}
			return true
		})
	}
	return all
}

// factAskers is one account for each way to stand to a fact of 430702001007.
var factAskers = []string{"", "stranger", "jia", "yi", "local", "next", "ducha", "elsewhere", "operator"}

// factAnswers is what each of them gets, in that order.
type factAnswers [9]string

const (
	allowed       = ""
	noAccount     = CodeAccountMissing
	noSuchAccount = string(domain.AccountUnknown)
	forRole       = string(domain.RoleForbids)
	forScope      = string(imports.OutOfScope)
	forCase       = string(domain.InspectorOnly)
)

var (
	factsForAll = factAnswers{allowed, noSuchAccount, allowed, allowed, allowed, allowed, allowed, allowed, allowed}
	factsHere   = factAnswers{noAccount, noSuchAccount, forRole, forRole, allowed, forScope, allowed, forScope, allowed}
	countedHere = factAnswers{noAccount, noSuchAccount, forScope, forScope, allowed, forScope, allowed, forScope, allowed}
	countedOwn  = factAnswers{noAccount, noSuchAccount, allowed, forScope, allowed, forScope, allowed, forScope, allowed}
)

// factLines is who may have the facts of a stream by its name, and who by counting up
// to them. A kind of stream without a line fails.
var factLines = map[string]struct{ named, counted factAnswers }{
	domain.CommunityCategory:    {factsForAll, factsForAll},
	domain.PolicyCategory:       {factsForAll, factsForAll},
	domain.SigningCategory:      {factsForAll, factsForAll},
	domain.PersonCategory:       {factsForAll, countedOwn},
	domain.DonationCategory:     {factAnswers{noAccount, noSuchAccount, allowed, forRole, allowed, forScope, forRole, forRole, allowed}, factAnswers{noAccount, noSuchAccount, allowed, forScope, allowed, forScope, forScope, forScope, allowed}},
	domain.AccountCategory:      {factAnswers{noAccount, noSuchAccount, allowed, forRole, allowed, forScope, allowed, forScope, allowed}, countedOwn},
	domain.ActivityCategory:     {factsHere, countedHere},
	domain.ImportCategory:       {factsHere, countedHere},
	domain.HouseholdCategory:    {factsHere, countedHere},
	domain.BuildingCategory:     {factsHere, countedHere},
	domain.OrganisationCategory: {factsHere, countedHere},
	domain.TeamCategory:         {factsHere, countedHere},
	domain.InspectionCategory: {factAnswers{noAccount, noSuchAccount, forCase, forCase, forCase, forCase, allowed, forCase, allowed},
		factAnswers{noAccount, noSuchAccount, forScope, forScope, forScope, forScope, allowed, forScope, allowed}},
}

// everyStream is a ledger with a stream of each kind, in 430702001007 where it is
// somewhere, and accounts inside and outside. The fact about a person is about "jia".
func everyStream(t *testing.T) (c *city, streams map[string]string) {
	c = newCity(t, nil)
	c.beginSigning()
	jia, yi := c.enrolled("甲"), c.enrolled("乙")
	for _, account := range []string{
		`"local","role":"recorder","scope":"430702001007"`, `"next","role":"operator","scope":"430702001008"`,
		`"ducha","role":"inspector","scope":"4307"`, `"elsewhere","role":"inspector","scope":"11"`,
		`"jia","role":"resident","scope":"430702001007"`, `"yi","role":"resident","scope":"430702001007"`,
	} {
		c.mustPost("/v1/accounts", `{"handle":`+account+`}`)
	}
	c.mustPost("/v1/accounts/jia/person", `{"person":"`+jia+`"}`)
	c.mustPost("/v1/accounts/yi/person", `{"person":"`+yi+`"}`)
	path := c.scheduled("course", 60, `,"series":"书法班"`)
	c.post(path+"/sign-ups", signUpRows(jia, yi))
	sheet := decode[imports.Result](t, c.upload(asClerk, hours))
	opened := c.mustPost("/v1/inspections", `{"division":"430702","period":"2026","purpose":"抽查","committed":"`+strings.Repeat("ab", 32)+`"}`, "Zhishu-Account", "ducha")
	streams = map[string]string{
		domain.CommunityCategory: "community-" + here, domain.PolicyCategory: "policy-counting-all",
		domain.SigningCategory: testSigning{c}.ID().Stream(), domain.PersonCategory: "person-" + jia,
		domain.DonationCategory: "donation-" + c.given(jia, "anonymous", "甲").Donation,
		domain.AccountCategory:  c.handler.AccountOf("jia").Stream(),
		domain.ActivityCategory: "activity-" + strings.TrimPrefix(path, "/v1/activities/"),
		domain.ImportCategory:   "import-" + sheet.Import, domain.InspectionCategory: "inspection-" + opened.Inspection,
	}
	for _, kind := range []string{domain.HouseholdCategory, domain.BuildingCategory, domain.OrganisationCategory, domain.TeamCategory} {
		streams[kind] = kind + "-" + c.mustPost("/v1/groups", `{"kind":"`+kind+`","community":"`+here+`","name":"一","from":"2025-01-01"}`).Group
	}
	return c, streams
}

// Who may have a fact as it was stored, for every kind of stream, by its name and by
// the ledger size it made, before a checkpoint covers it and after.
func TestWhoMayHaveAFact(t *testing.T) {
	categories := streamCategories(t)
	if len(categories) < 13 || len(factLines) != len(categories) || len(factRules) != len(categories) {
		t.Errorf("%d kinds of streams, %d lines, %d rules", len(categories), len(factLines), len(factRules))
	}
	c, streams := everyStream(t)
	for _, status := range []int{http.StatusAccepted, http.StatusOK} {
		if status == http.StatusOK {
			c.announce()
		}
		for _, category := range categories {
			want, listed := factLines[category]
			stream, made := streams[category]
			if !listed || !made {
				t.Errorf("%s: nothing says who may have its facts", category)
				continue
			}
			size := c.firstOf(stream)
			for i, account := range factAskers {
				for event, code := range map[string]string{stream + "@0": want.named[i], strconv.Itoa(size): want.counted[i]} {
					for _, form := range []string{"", "/stream"} {
						c.asksFact(t, account, "/v1/receipts/"+event+form, stream, code, status)
					}
				}
				// There is no such revision: that is told to nobody else.
				if code := want.named[i]; code != allowed {
					c.asksFact(t, account, "/v1/receipts/"+stream+"@999", stream, code, status)
				}
			}
		}
	}
}

// firstOf is the ledger size that a stream's first event made.
func (c *city) firstOf(stream string) (size int) {
	c.t.Helper()
	for _, e := range c.events() {
		name, _, _ := strings.Cut(e, " ")
		if eventstore.IsLedger(name) {
			size++
		}
		if name == stream {
			return size
		}
	}
	c.t.Fatalf("no event of %s", stream)
	return 0
}

func (c *city) asksFact(t *testing.T, account, path, stream, code string, status int) {
	t.Helper()
	var asks []string
	if account != "" {
		asks = []string{headerAccount, account}
	}
	switch a := c.get(path, asks...); {
	case code == allowed && (a.status != status || status == http.StatusOK && !strings.Contains(a.body, stream)):
		t.Errorf("%s for %q: %d %s", path, account, a.status, a.body)
	case code != allowed && a.problem(t).Code != code:
		t.Errorf("%s for %q: %s, want %s", path, account, a.body, code)
	case code != allowed && !strings.Contains(path, stream) && strings.Contains(a.body, stream):
		t.Errorf("%s for %q tells the stream: %s", path, account, a.body)
	case a.header.Get("Cache-Control") != "no-store" || a.header.Get("ETag") != "":
		t.Errorf("%s for %q may be kept: %v", path, account, a.header)
	}
}

// Whoever counts up without an account finds nothing but what is public, and a
// resident besides that only what is about the account's own person.
func TestCountingUpFindsNothingThatIsWithheld(t *testing.T) {
	c, streams := everyStream(t)
	c.announce()
	own := []string{streams[domain.PersonCategory], streams[domain.DonationCategory], streams[domain.AccountCategory]}
	shown := map[string]int{}
	for size := 1; ; size++ {
		open := c.get(fmt.Sprintf("/v1/receipts/%d", size))
		if open.status == http.StatusNotFound {
			break
		}
		for account, a := range map[string]answer{"": open, "jia": c.get(fmt.Sprintf("/v1/receipts/%d", size), headerAccount, "jia")} {
			if a.status != http.StatusOK {
				continue
			}
			stream := decode[proof.Receipt](t, a).Event.Stream
			category, _, _ := strings.Cut(stream, "-")
			if !factRules[category].anybody && (account == "" || !slices.Contains(own, stream)) {
				t.Errorf("%q counted up to %s", account, stream)
			}
			shown[account]++
		}
	}
	if shown[""] < 5 || shown["jia"] < shown[""]+4 {
		t.Errorf("shown %v", shown)
	}
}

// What belongs to no community belongs to the whole; a gift is told to whoever gave it
// as it is known today, and not to whom it was put down to by mistake.
func TestFactsOfTheWholeAndOfAGiverWhoChanged(t *testing.T) {
	c, _ := everyStream(t)
	whole := c.mustPost("/v1/donations", strings.Replace(cash, `"community":"430702001007"`, `"organisation":"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"`, 1)).Donation
	sheet := decode[imports.Result](t, c.upload("/v1/imports/communities", "社区代码,社区名称\n430702001009,另一社区\n")).Import
	bing, ding := c.enrolled("丙"), c.enrolled("丁")
	c.resident("bing", bing)
	c.resident("ding", ding)
	moved := c.given(bing, "anonymous", "丙").Donation
	c.known(moved, ding)
	c.announce()
	for _, asked := range []struct{ stream, account, code string }{
		{"donation-" + whole, "operator", allowed}, {"donation-" + whole, "local", forScope}, {"donation-" + whole, "next", forScope},
		{"import-" + sheet, "operator", allowed}, {"import-" + sheet, "local", forScope}, {"import-" + sheet, "ducha", forScope},
		{"donation-" + moved, "ding", allowed}, {"donation-" + moved, "bing", forRole},
	} {
		c.asksFact(t, asked.account, "/v1/receipts/"+asked.stream+"@0", asked.stream, asked.code, http.StatusOK)
	}
	for account, code := range map[string]string{"": noAccount, "bing": string(domain.SubjectUnknown), "local": string(domain.SubjectUnknown)} {
		none := "activity-00000000-0000-4000-8000-000000000000"
		c.asksFact(t, account, "/v1/receipts/"+none+"@0", none, code, http.StatusOK)
	}
}
