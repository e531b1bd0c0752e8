package api

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhishu/api/figures"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

func init() {
	openapi3filter.RegisterBodyDecoder(binaryType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(xlsxType, openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder(ProblemType, openapi3filter.JSONBodyDecoder)
}

const documentPath = "../docs/openapi.json"

// The document is kept in docs, so that a change of the interface is seen in
// review.
func TestTheDocumentIsTheOneInDocs(t *testing.T) {
	c := newCity(t, withEvents)
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(c.get("/openapi.json").body), "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(documentPath, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Error("docs/openapi.json is not what the server serves; look at the change, then go test ./api -run Document -update")
	}
}

// exchange is a request and what answers it, held against the document.
type exchange struct {
	t       *testing.T
	c       *city
	doc     *openapi3.T
	router  routers.Router
	visited map[string]bool
}

func newExchange(t *testing.T, c *city) *exchange {
	// A register has lines of different lengths: title, headings, rows.
	openapi3filter.RegisterBodyDecoder(csvType, openapi3filter.FileBodyDecoder)
	doc := document(t, c.get("/openapi.json").body)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &exchange{t: t, c: c, doc: doc, router: router, visited: map[string]bool{}}
}

// do sends a request and validates it and its answer. Refused says that the
// document itself refuses the request.
func (x *exchange) do(method, path, body string, refused bool, header ...string) answer {
	x.t.Helper()
	if method == http.MethodGet {
		header = append([]string{"Zhishu-After", x.c.engine.Status().Position.String()}, header...)
	}
	a := x.c.do(method, path, body, header...)
	req, err := http.NewRequest(method, "http://"+x.c.addr+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	route, params, err := x.router.FindRoute(req)
	if err != nil {
		x.t.Fatalf("%s %s: %v", method, path, err)
	}
	x.visited[method+" "+route.Path] = true
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route}
	if err := openapi3filter.ValidateRequest(context.Background(), in); (err != nil) != refused {
		x.t.Errorf("%s %s: the document says %v, the server answers %d %s", method, path, err, a.status, a.body)
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(strings.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		x.t.Errorf("%s %s: answer %d: %v", method, path, a.status, err)
	}
	return a
}

func (x *exchange) post(path, body string, header ...string) answer {
	x.t.Helper()
	all := append([]string{"Zhishu-Account", whose(path), "Idempotency-Key", x.c.key()}, header...)
	if body != "" {
		all = append([]string{"Content-Type", jsonType}, all...)
	}
	a := x.do(http.MethodPost, path, body, false, all...)
	if a.status >= 300 {
		x.t.Errorf("POST %s: %d %s", path, a.status, a.body)
	}
	return a
}

// Every operation of the document is asked at least once, and requests and
// answers are what it says.
func TestEveryOperationKeepsToTheDocument(t *testing.T) {
	c, people := busyCity(t, 6)
	x := newExchange(t, c)
	person := people[0]
	writes(x, person)
	reads(x, person)

	for _, refused := range [][2]string{
		{"/v1/stars?limit=0", ""}, {"/v1/persons/x/stars", ""}, {"/v1/persons/" + strings.ToUpper(person) + "/statement", ""},
	} {
		x.do(http.MethodGet, refused[0], "", true)
	}
	for _, missing := range []string{
		"/v1/persons/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e", "/v1/donations/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e",
		"/v1/imports/0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e", "/v1/stars?asOf=99999999", "/v1/stars?asOf=x", "/v1/stars?division=4307x",
	} {
		if a := x.do(http.MethodGet, missing, "", false); a.status < 400 {
			t.Errorf("%s: %d", missing, a.status)
		}
	}
	header := []string{"Content-Type", jsonType, "Zhishu-Account", "clerk", "Idempotency-Key", "k"}
	x.do(http.MethodPost, "/v1/persons", `{}`, true, header...)
	x.do(http.MethodPost, "/v1/persons", strings.Replace(zhang, "002X", "0021", 1), false, header...)

	var left []string
	for path, item := range x.doc.Paths.Map() {
		for method := range item.Operations() {
			if !x.visited[method+" "+path] {
				left = append(left, method+" "+path)
			}
		}
	}
	sort.Strings(left)
	if got := strings.Join(left, ", "); got != "" {
		t.Errorf("operations nobody asked: %s", got)
	}
}

func writes(x *exchange, person string) {
	t, c := x.t, x.c
	at := func(format string, args ...any) string { return fmt.Sprintf("/v1/persons/"+person+format, args...) }
	entry := c.confirmed(person, "service", "2026-03-01", 120)
	deed := `{"kind":"service","title":"文明劝导","community":"430702001007","day":"2026-03-01","minutes":%d,"reason":"核对"}`
	reviewer := []string{"Zhishu-Account", "reviewer"}
	proposed := func(path, body string) uint64 { return *decode[Recorded](t, x.post(path, body)).Proposal }

	x.post("/v1/accounts", `{"handle":"clerk-3","role":"recorder","scope":"4307","holder":"王五"}`)
	c.mustPost("/v1/persons", `{"community":"430702001007","consent":{"basis":"paper"},"external":[{"issuer":"430702001007","number":"V-0007"}]}`)
	c.fresh("/v1/ledger")
	x.post("/v1/persons/find", `{"issuer":"430702001007","number":"V-0007"}`)
	x.post("/v1/accounts/clerk-3/person", `{"person":"`+person+`"}`)
	x.post("/v1/accounts/clerk-3/close", "")
	x.post("/v1/accounts/clerk-3/close", "") // already so: 200
	x.post("/v1/communities", `{"code":"430702001008","name":"另一社区"}`)
	x.post("/v1/communities/430702001008/population", `{"day":"2025-12-31","basis":"household","count":2000,"source":"公报"}`)
	x.post("/v1/persons", zhang)
	groupWrites(x, at)
	inspectionExchange(x)
	x.post(at("/consents"), `{"kind":"publish","basis":"online"}`)
	x.post(at("/consents/withdraw"), `{"kind":"publish"}`)
	x.post(at("/entries"), `{"kind":"study","title":"党史学习","community":"430702001007","day":"2026-03-06","minutes":90}`)
	x.post(at("/entries/%d/confirm", c.claimed(person, "service", "2026-03-03", 60)), `{"evidence":[{"kind":"photo"}]}`, reviewer...)
	x.post(at("/entries/%d/reject", c.claimed(person, "service", "2026-03-04", 60)), `{"reason":"没有签到"}`, reviewer...)
	first := proposed(at("/entries/%d/corrections", entry), fmt.Sprintf(deed, 90))
	x.post(at("/entries/%d/proposals/%d/refuse", entry, first), `{"reason":"有据"}`, reviewer...)
	second := proposed(at("/entries/%d/void", entry), `{"reason":"登记错人"}`)
	x.post(at("/entries/%d/proposals/%d/approve", entry, second), "", reviewer...)
	third := c.confirmed(person, "service", "2026-03-08", 60)
	dispute := *decode[Recorded](t, x.post(at("/entries/%d/disputes", third), `{"reason":"少记","evidence":[{"kind":"photo"}]}`)).Dispute
	x.post(at("/entries/%d/disputes/%d/answer", third, dispute), `{"upheld":true,"finding":"签到表为两小时"}`, reviewer...)
	missed := `{"kind":"service","title":"巡逻","community":"430702001007","day":"2026-02-%02d","minutes":60,"remark":"李老师带队"}`
	report := func(day int) uint64 {
		return *decode[Recorded](t, x.post(at("/reports"), fmt.Sprintf(missed, day))).Report
	}
	x.post(at("/reports/%d/accept", report(1)), "", reviewer...)
	x.post(at("/reports/%d/accept", report(2)), `{"deed":{"kind":"service","title":"巡逻","community":"430702001007","day":"2026-02-02","minutes":30}}`, reviewer...)
	x.post(at("/reports/%d/decline", report(3)), `{"reason":"当日没有活动"}`, reviewer...)
	x.post("/v1/communities/430702001008/periods", `{"period":"2026-02"}`)
	reopening := proposed("/v1/communities/430702001008/periods/2026-02/reopening", `{"reason":"漏报"}`)
	x.post(fmt.Sprintf("/v1/communities/430702001008/periods/2026-02/reopening/%d/refuse", reopening), `{"reason":"可用更正"}`, reviewer...)
	reopening = proposed("/v1/communities/430702001008/periods/2026-02/reopening", `{"reason":"漏报一场"}`)
	x.post(fmt.Sprintf("/v1/communities/430702001008/periods/2026-02/reopening/%d/approve", reopening), "", reviewer...)
	x.post("/v1/rosters", rosterOf(rosterRow("r1", person, `,"day":"2026-03-07"`), rosterRow("r2", person, `,"day":"2026-03-27"`)))
	gift := "/v1/donations/" + decode[Recorded](t, x.post("/v1/donations", goods)).Donation
	correction := strings.TrimSuffix(goods, "}") + `,"reason":"数量看错"}`
	fifth := proposed(gift+"/corrections", strings.Replace(correction, `"120"`, `"121"`, 1))
	x.post(fmt.Sprintf("%s/corrections/%d/refuse", gift, fifth), `{"reason":"有据"}`, reviewer...)
	fourth := proposed(gift+"/corrections", strings.Replace(correction, `"120"`, `"122"`, 1))
	x.post(fmt.Sprintf("%s/corrections/%d/approve", gift, fourth), "", reviewer...)
	gift = "/v1/donations/" + decode[Recorded](t, x.post("/v1/donations", cash)).Donation
	some := `"day":"2026-03-05","amount":"100"`
	no := *decode[Recorded](t, x.post(gift+"/allocations", `{`+some+`,"purpose":"助学"}`)).Allocation
	allocation := fmt.Sprintf("%s/allocations/%d", gift, no)
	x.post(allocation+"/deliveries", `{`+some+`,"evidence":[{"kind":"photo"}]}`, reviewer...)
	x.post(allocation+"/reversals", `{`+some+`,"step":"delivery","reason":"记错"}`)
	x.post(gift+"/returns", `{`+some+`,"reason":"捐赠人要求"}`, reviewer...)
	x.post(gift+"/publication", `{"publication":"alias","alias":"老赵","basis":"paper","day":"2026-03-05"}`)
	x.post(gift+"/publication/withdraw", `{"day":"2026-03-06"}`)
	no = *decode[Recorded](t, x.post(gift+"/enquiries", `{"question":"用在哪里了"}`)).Enquiry
	x.post(fmt.Sprintf("%s/enquiries/%d/answer", gift, no), `{"answer":"助学"}`)
	x.activity(person)
	c.beginSigning()
	x.post("/v1/keys", "")
	x.post("/v1/keys/1/retire", "")
	x.post("/v1/policies", `{"kind":"stars","scope":"43","version":1,"title":"五十小时起","from":"2026-03-10","stars":{"thresholds":[3000,6000]}}`)
	x.post("/v1/policies", `{"kind":"calendar","scope":"43","version":1,"title":"2026年安排","from":"2026-03-10","calendar":{"from":"2026-01-01","to":"2026-12-31",`+
		`"holidays":[{"name":"元旦","from":"2026-01-01","to":"2026-01-03"}],"working":["2026-01-04"]}}`)
	late := `{"kind":"counting","scope":"43","version":1,"title":"每次两小时","from":"2026-01-01","counting":{"rounding":"none","entryCap":120},"reason":"漏录"}`
	x.post(fmt.Sprintf("/v1/policies/counting-43/proposals/%d/refuse", proposed("/v1/policies/proposals", late)), `{"reason":"再议"}`, reviewer...)
	x.post(fmt.Sprintf("/v1/policies/counting-43/proposals/%d/approve", proposed("/v1/policies/proposals", late)), "", reviewer...)
	for _, kind := range sheetKinds {
		sheet, query := hours, "?community=430702001007&enrol=true&consentBasis=paper"
		switch kind {
		case "study":
			sheet = "学员编号,姓名,学习日期,学习内容,学习时长(分钟)\nS-1,张三,2026-02-01,党史,90\n"
		case "people":
			sheet = "姓名,编号,联系电话,加入日期\n张三,P-1,13800000001,2026-01-01\n"
		case "donations":
			sheet, query = "捐赠日期,捐赠人,捐赠金额（元）\n2026.01.22,孙**,300.00\n", ""
		case "activities":
			sheet = "活动名称,活动类型,日期,开始时间,结束时间\n读书会,学习,2026-02-01,09:00,10:00\n"
		case "roster":
			held := decode[Recorded](t, x.post("/v1/activities", c.planOf("talk", -2880, ""))).Activity
			sheet, query = "姓名,编号,签到\n张三,P-1,√\n", "?consentBasis=paper&attended="+held
		case "communities":
			sheet, query = "社区代码,社区名称\n430702001011,新社区\n", ""
		}
		for _, path := range []string{"/v1/imports/" + string(kind) + "/rejects", "/v1/imports/" + string(kind)} {
			if a := x.do(http.MethodPost, path+query, sheet, false, "Content-Type", binaryType, "Zhishu-Account", "clerk"); a.status != http.StatusOK {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	}
}

// activity asks every operation of an activity.
func (x *exchange) activity(person string) {
	c, reviewer := x.c, []string{"Zhishu-Account", "reviewer"}
	path := "/v1/activities/" + decode[Recorded](x.t, x.post("/v1/activities", c.planOf("talk", 0, `,"capacity":20`))).Activity
	x.post(path+"/reschedule", strings.TrimSuffix(c.planOf("talk", 0, ""), "}")+`,"notice":"不限人数"}`)
	x.post(path+"/sign-ups", signUpRows(person))
	x.post(path+"/sign-ups/withdraw", `{"person":"`+person+`"}`)
	x.post(path+"/check-in-window", `{"until":"2026-03-10T07:00:00Z"}`)
	x.do(http.MethodGet, path+"/check-in-code", "", false, "Zhishu-Account", "clerk")
	x.post(path+"/check-in", c.door(path, person))
	c.clock.add(30 * time.Minute)
	x.post(path+"/check-out", c.door(path, person))
	x.post(path+"/check-in-window/close", "")
	x.post(path+"/attendance", `{"evidence":[{"kind":"签到表"}],"rows":[{"key":"l1","person":"`+person+`"}]}`)
	x.post(path+"/close", `{"people":12}`)
	x.post(path+"/attest", `{"evidence":[{"kind":"登记表"}]}`, reviewer...)
	x.post(path+"/confirm", "", reviewer...)
	x.post("/v1/activities/"+decode[Recorded](x.t, x.post("/v1/activities", c.planOf("service", 0, ""))).Activity+"/cancel", `{"notice":"停电"}`)
	for _, figure := range []string{path, path + "/roster", path + "/sign-in-sheet", path + "/sign-in-page?lines=10", "/v1/activities?period=2026-03&limit=1",
		"/v1/activity-totals?period=2026"} {
		if a := x.do(http.MethodGet, figure, "", false); a.status != http.StatusOK {
			x.t.Errorf("%s: %d %s", figure, a.status, a.body)
		}
	}
}

func groupWrites(x *exchange, at func(string, ...any) string) {
	t, c := x.t, x.c
	register := func(body string) string { return decode[Recorded](t, x.post("/v1/groups", body)).Group }
	x.post("/v1/communities", `{"code":"430702001009","name":"第三社区"}`)
	team := register(`{"kind":"team","community":"430702001008","name":"红马甲"}`)
	home := register(`{"kind":"household","community":"430702001008","name":"3-2-501","door":"三岔路12号","from":"2025-01-01"}`)
	next := register(`{"kind":"household","community":"430702001008","name":"3-2-502"}`)
	x.post(at("/memberships"), `{"kind":"team","group":"`+team+`","from":"2026-01-01"}`)
	x.post(at("/memberships/end"), `{"kind":"team","group":"`+team+`","to":"2026-02-01"}`)
	x.post(at("/memberships"), `{"kind":"household","group":"`+home+`","from":"2026-01-01"}`)
	x.post(at("/memberships/move"), `{"kind":"household","group":"`+next+`","from":"2026-02-01","basis":"residency"}`)
	x.post(at("/layers"), `{"layers":["老年"]}`)
	x.post(at("/contact"), `{"name":"张三丰","phone":"13800000099"}`)
	x.post("/v1/groups/team/"+team+"/name", `{"name":"护学队","from":"2026-01-01"}`)
	x.post("/v1/groups/team/"+team+"/community", `{"community":"430702001009","from":"2026-02-01"}`)
	x.post("/v1/groups/team/"+team+"/close", `{"to":"2026-03-01"}`)
	x.post("/v1/communities/430702001008/designations", `{"kind":"household","group":"`+home+`","from":"2026-01-01"}`)
	x.post("/v1/communities/430702001008/designations/end", `{"kind":"household","group":"`+home+`","to":"2026-02-01"}`)
	counted := decode[Recorded](t, x.post("/v1/communities/430702001008/counts", `{"kind":"posters","day":"2026-03-01","count":3,"evidence":[{"kind":"photo"}]}`))
	x.post(fmt.Sprintf("/v1/communities/430702001008/counts/%d/withdraw", *counted.FirstRevision), `{"reason":"数错"}`)
	x.post("/v1/communities/430702001008/succession", `{"successors":["430702001009"],"from":"2026-03-01"}`)
	double, third := c.enrolled("李四"), c.enrolled("王五")
	into := `{"into":"` + third + `","reason":"同一人","evidence":[{"kind":"form"}]}`
	for _, verb := range []string{"refuse", "approve"} {
		body := `{"into":"` + third + `"}`
		if verb == "refuse" {
			body = `{"into":"` + third + `","reason":"同名"}`
		}
		proposal := *decode[Recorded](t, x.post("/v1/persons/"+double+"/merges", into)).Proposal
		x.post(fmt.Sprintf("/v1/persons/%s/merges/%d/%s", double, proposal, verb), body, "Zhishu-Account", "reviewer")
	}
	for _, verb := range []string{"refuse", "approve"} {
		body := `{"into":"` + third + `"}`
		if verb == "refuse" {
			body = `{"into":"` + third + `","reason":"是同一人"}`
		}
		proposal := *decode[Recorded](t, x.post("/v1/persons/"+double+"/unmerges", into)).Proposal
		x.post(fmt.Sprintf("/v1/persons/%s/unmerges/%d/%s", double, proposal, verb), body, "Zhishu-Account", "reviewer")
	}
}

func reads(x *exchange, person string) {
	t, c := x.t, x.c
	received := c.mustPost("/v1/donations", strings.Replace(cash, "1280.50", "7", 1))
	donation := received.Donation
	for _, verb := range []string{"refuse", "approve"} {
		body := `{"person":"` + person + `"}`
		if verb == "refuse" {
			body = `{"person":"` + person + `","reason":"收据不符"}`
		}
		proposal := *decode[Recorded](t, x.post("/v1/donations/"+donation+"/givers", `{"person":"`+person+`","reason":"凭收据","evidence":[{"kind":"receipt"}]}`)).Proposal
		x.post(fmt.Sprintf("/v1/donations/%s/givers/%d/%s", donation, proposal, verb), body, "Zhishu-Account", "reviewer")
	}
	c.fresh("/v1/ledger") // everything is folded in
	var sheet struct{ Rows []struct{ Import string } }
	if err := json.Unmarshal([]byte(c.get("/v1/imports").body), &sheet); err != nil || len(sheet.Rows) != len(sheetKinds) {
		t.Fatalf("%v %+v", err, sheet)
	}
	x.do(http.MethodGet, "/tile/0/000", "", false)    // there are not so many events yet
	x.do(http.MethodGet, "/v1/receipts/7", "", false) // no checkpoint yet: 202
	x.do(http.MethodGet, "/v1/receipts/"+strconv.Itoa(c.firstOf("person-"+person)), "", false)
	c.announce()
	c.holdsTogether("/v1/persons/"+person+"/receipts", 25)
	for _, path := range []string{
		"/checkpoint", "/v1/keys", "/v1/receipts/person-" + person + "@0", "/v1/receipts/7", "/v1/receipts/7/stream", "/v1/persons/" + person + "/receipts",
		"/livez", "/readyz", "/metrics", "/problems", "/problems/overlap", "/problems/none",
		"/v1/communities?limit=1", "/v1/persons/" + person, "/v1/persons/" + person + "/statement", "/v1/persons/" + person + "/stars",
		"/v1/persons/" + person + "/standing?period=2026-02", "/v1/stars?limit=2&division=430702", "/v1/stars?asOf=12",
		"/v1/standings/individuals?period=2026&limit=3", "/v1/participation?period=2026", "/v1/groups?kind=household&limit=1",
		"/v1/standings/households?period=2026", "/v1/standings/buildings", "/v1/standings/organisations?division=43", "/v1/teams?period=2026",
		"/v1/training?period=2026", "/v1/sessions?period=2026", "/v1/communities/430702001008/scorecard?period=2026", "/v1/participation?division=11",
		"/v1/donations", "/v1/donations?organisation=" + person, "/v1/donations/" + donation, "/v1/imports", "/v1/imports/" + sheet.Rows[0].Import,
		"/v1/donations/uses?division=430702", "/v1/donations/published?limit=2&period=2026", "/v1/donors/" + received.Donor,
		"/v1/templates", "/v1/templates/people", "/v1/templates/service?format=csv&example=true",
		"/v1/registers/donations/xlsx?community=430702001007",
		"/v1/registers/participation/trace?community=430702001007&period=2026",
		"/v1/registers/teams?community=430702001007&period=2026", "/v1/registers/scorecard/xlsx?community=430702001007&period=2026",
		"/v1/policies", "/v1/policy-examples", "/v1/digests",
		"/v1/waiting?division=430702&limit=1", "/v1/waiting?kind=claim&account=reviewer", "/v1/remaining?division=43", "/v1/coming-of-age?period=2026&limit=1", "/v1/policies/proposals?division=43&status=decided",
		"/v1/what-if/stars?example=counting-half-hours&limit=2", "/v1/what-if/persons/" + person + "/statement?example=counting-two-hours-an-activity",
		"/v1/what-if/standings/individuals?policy=standing-all/1&period=2026", "/v1/what-if/participation?policy=participation-all/1&scope=4307",
		"/v1/diff/statement?from=9&person=" + person, "/v1/diff/stars?from=2026-03-10&to=2026-03-10&under=counting-half-hours&limit=2",
		"/v1/diff/standings?from=40&period=2026", "/v1/diff/participation?from=40&period=2026&division=430702001007",
		"/v1/ledger",
	} {
		if a := x.do(http.MethodGet, path, "", false); a.status != http.StatusOK && path != "/problems/none" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, path := range []string{"/v1/registers/service?community=430702001007&period=2026", "/v1/registers/study/csv?community=430702001007&period=2026-02"} {
		if a := x.do(http.MethodGet, path, "", false, clerk...); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, path := range []string{"/v1/backup/keys", "/v1/backup/erasures"} {
		x.do(http.MethodGet, path, "", false, "Zhishu-Account", "operator")
	}
	flagged := decode[figures.Flags](t, x.do(http.MethodGet, "/v1/flags?status=open&kind=late", "", false))
	for _, row := range flagged.Rows {
		x.post("/v1/flags/"+row.Flag+"/review", `{"outcome":"explained","reason":"纸质表迟交"}`, "Zhishu-Account", "reviewer")
		break
	}
	for _, path := range []string{"/v1/persons/" + person + "/identity", "/v1/persons/" + person + "/story", "/v1/persons/" + person + "/story/diff?from=9",
		"/v1/persons/" + person + "/story/receipts", "/v1/donations/" + donation + "/donor", "/v1/donors/" + received.Donor + "/words"} {
		x.do(http.MethodGet, path, "", false, "Zhishu-Account", "clerk")
	}
	c.holdsTogether("/v1/persons/"+person+"/story/receipts", 25, "Zhishu-Account", "clerk")
}
