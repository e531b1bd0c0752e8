package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/eventstore"
	"zhishu/imports"
	"zhishu/inspect"
)

// unreachable are the codes that an operation declares and no request can
// bring about in a test, with the reason.
var unreachable = map[string]string{
	"subject-restricted": "no operation restricts the processing of a person",
	"key-missing":        "a vault that lost a key: see the tests of commands",
	"clock-behind":       "a clock beside the ledger's newest time: see the tests of commands",
	"clock-ahead":        "the same",
}

// reached collects the codes of every problem that a test was answered with.
var reached sync.Map

func noteProblem(a answer) {
	var p Problem
	if a.header.Get("Content-Type") == ProblemType && json.Unmarshal([]byte(a.body), &p) == nil {
		reached.Store(p.Code, true)
	}
}

// What a command hears about subjects that came to an end or were replaced.
func TestRefusalsOfWhatHasEnded(t *testing.T) {
	c := newCity(t, nil)
	person, double, silent := c.enrolled("甲"), c.enrolled("甲"), c.enrolled("乙")
	claim := `{"kind":"service","title":"清洁","community":"` + here + `","day":"2026-03-01","minutes":60}`
	into := `{"into":"` + person + `","reason":"同一人","evidence":[{"kind":"form"}]}`
	c.merged(double, person)
	c.mustPost("/v1/persons/"+silent+"/consents/withdraw", `{"kind":"record"}`)
	for code, name := range map[string]string{"430702001008": "蓝旗社区", "430702001009": "绿旗社区"} {
		c.mustPost("/v1/communities", `{"code":"`+code+`","name":"`+name+`"}`)
	}
	household := c.mustPost("/v1/groups", `{"kind":"household","community":"430702001008","name":"一户"}`).Group
	c.mustPost("/v1/groups/household/"+household+"/close", `{"to":"2026-01-31"}`)
	learning := `{"kind":"household","group":"` + household + `"`
	c.mustPost("/v1/communities/430702001008/succession", `{"successors":["430702001009"],"from":"2026-03-01"}`)
	for _, try := range [][3]string{
		{"subject-merged", "/v1/persons/" + double + "/entries", claim},
		{"consent-missing", "/v1/persons/" + silent + "/entries", claim},
		{"not-merged", "/v1/persons/" + silent + "/unmerges", into},
		{"group-closed", "/v1/groups/household/" + household + "/close", `{"to":"2026-02-28"}`},
		{"group-closed", "/v1/communities/430702001008/designations", learning + `,"from":"2026-02-01"}`},
		{"designation-unknown", "/v1/communities/430702001008/designations/end", learning + `,"to":"2026-02-01"}`},
		{"count-unknown", "/v1/communities/430702001008/counts/99/withdraw", `{"reason":"点错"}`},
		{"community-succeeded", "/v1/groups", `{"kind":"team","community":"430702001008","name":"红马甲","from":"2026-03-02"}`},
	} {
		c.refused(try[0], try[1], try[2])
	}
	c.upload(asClerk, hours)
	if p := c.upload(strings.Replace(asClerk, here, "430702001009", 1), hours).problem(t); p.Code != "import-elsewhere" {
		t.Errorf("%+v", p)
	}
	c.beginSigning()
	c.mustPost("/v1/keys", "", "Zhishu-Account", "operator")
	c.refused("log-key-overlap", "/v1/keys", "", "Zhishu-Account", "operator")
}

// An inspection refuses another account, another nonce and a second draw, and
// everything once it is closed.
func TestRefusalsOfInspections(t *testing.T) {
	c, _ := busyCity(t, 6)
	inspector := []string{"Zhishu-Account", "inspector"}
	c.mustPost("/v1/accounts", `{"handle":"inspector","role":"inspector"}`)
	nonce := strings.Repeat("07", inspect.NonceSize)
	raw, _ := hex.DecodeString(nonce)
	sum := sha256.Sum256(raw)
	body := `{"division":"430702","period":"2026","purpose":"抽查","committed":"` + hex.EncodeToString(sum[:]) + `"}`
	c.refused("inspector-only", "/v1/inspections", body)
	path := "/v1/inspections/" + c.mustPost("/v1/inspections", body, inspector...).Inspection
	c.announce()
	draw := `{"nonce":"` + nonce + `","count":2}`
	c.refused("nonce-differs", path+"/sample", strings.Replace(draw, "07", "08", 1), inspector...)
	c.mustPost(path+"/sample", draw, inspector...)
	c.refused("sample-drawn", path+"/sample", strings.Replace(draw, `"count":2`, `"count":3`, 1), inspector...)
	c.mustPost(path+"/close", "", inspector...)
	c.refused("inspection-closed", path+"/sample", strings.Replace(draw, `"count":2`, `"count":4`, 1), inspector...)
}

// What the clock decides: an activity that is over, and guesses of one minute.
func TestRefusalsOfTheClock(t *testing.T) {
	c := newCity(t, nil)
	person := c.enrolled("甲")
	path := c.scheduled("service", 0, "")
	c.mustPost(path+"/check-in-window", "")
	for code := ""; code != "too-many-codes"; {
		p := c.post(path+"/check-in", `{"person":"`+person+`","code":"000000"}`).problem(t)
		if code = p.Code; code != "code-wrong" && code != "too-many-codes" {
			t.Fatalf("%+v", p)
		}
	}
	c.clock.add(30 * 24 * time.Hour)
	c.refused("activity-over", path+"/check-in-window", "")
}

// An import that stopped half way, and a tree that cannot be read, say so.
func TestWhatStoppedHalfWay(t *testing.T) {
	for code, err := range map[string]error{
		CodeImportStopped:   stopped(imports.Result{Status: imports.Running}, eventstore.ErrUnavailable),
		CodeEvidenceDamaged: evidenceProblem(audit.ErrDamaged),
	} {
		p := problemOf(err)
		reached.Store(p.Code, true)
		if p.Code != code || p.Status != http.StatusServiceUnavailable {
			t.Errorf("%+v, want %s", p, code)
		}
	}
}

// everyCode runs the tests and then asks whether they reached every code that
// some operation can answer with: only the whole run can tell.
type everyCode struct{ m *testing.M }

func (e everyCode) Run() int {
	code := e.m.Run()
	if code != 0 || testing.Short() {
		return code
	}
	for _, part := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		if flag.Lookup(part).Value.String() != "" {
			return code
		}
	}
	declared, err := declaredCodes()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for _, kind := range Kinds() {
		_, met := reached.Load(kind.Code)
		switch why, listed := unreachable[kind.Code]; {
		case listed && (met || why == ""):
			fmt.Printf("%s is listed as unreachable and was reached, or has no reason\n", kind.Code)
		case !met && !listed && declared[kind.Code]:
			fmt.Printf("no test was answered with %s\n", kind.Code)
		default:
			continue
		}
		code = 1
	}
	return code
}

// declaredCodes are those of the transport, which every route may answer with,
// and those that operations name in the document.
func declaredCodes() (map[string]bool, error) {
	declared := map[string]bool{}
	for _, kind := range transport {
		declared[kind.Code] = true
	}
	text, err := os.ReadFile(documentPath)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Codes []string `json:"x-codes"`
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	for _, methods := range doc.Paths {
		for _, operation := range methods {
			for _, code := range operation.Codes {
				declared[code] = true
			}
		}
	}
	return declared, nil
}
