package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"zhishu/api/reference"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
)

func document(t *testing.T, body string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheOpenAPIDocumentIsValid(t *testing.T) {
	r := start(t, withEvents, notes)
	a := r.get("/openapi.json")
	if got := a.header.Get("Content-Type"); got != "application/openapi+json" {
		t.Errorf("Content-Type %q", got)
	}
	doc := document(t, a.body)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
	document(t, r.get("/openapi.yaml").body)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Summary == "" || op.OperationID == "" || len(op.Tags) != 1 || op.Extensions["x-permission"] == "" {
				t.Errorf("%s %s is not described whole", method, path)
			}
		}
	}
	for _, path := range []string{"/livez", "/readyz", "/metrics", "/v1/events", "/v1/notes", "/v1/notes/{id}", "/problems/{code}"} {
		if doc.Paths.Value(path) == nil {
			t.Errorf("%s is missing", path)
		}
	}
	for _, path := range []string{"/openapi.json", "/docs", "/schemas/Note.json", "/openapi-3.0.json"} {
		if doc.Paths.Value(path) != nil {
			t.Errorf("%s is described", path)
		}
	}
	if again := r.get("/openapi.json", "If-None-Match", a.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("asked again: %d", again.status)
	}
}

// The server keeps what its document promises: answers, good and bad, match
// the schemas that stand in it.
func TestAnswersMatchTheDocument(t *testing.T) {
	r := start(t, nil, notes)
	doc := document(t, r.get("/openapi.json").body)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/livez", ""}, {"GET", "/readyz", ""}, {"GET", "/problems", ""},
		{"GET", "/problems/validation", ""}, {"GET", "/problems/none", ""},
		{"GET", "/v1/notes/a", ""}, {"GET", "/v1/notes/UPPER", ""}, {"GET", "/v1/notes/a?limit=0", ""},
		{"POST", "/v1/notes", good}, {"POST", "/v1/notes", `{}`}, {"POST", "/v1/notes", `{"text":"fail"}`},
		{"POST", "/v1/notes", `{"text":"a","more":1}`},
	} {
		header := append([]string{"Content-Type", "application/json"}, key...)
		if c.method == "GET" {
			header = nil
		}
		a := r.do(c.method, c.path, c.body, header...)
		req, err := http.NewRequest(c.method, "http://"+r.addr+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		route, params, err := router.FindRoute(req)
		if err != nil {
			t.Fatalf("%s %s: %v", c.method, c.path, err)
		}
		request := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route}
		if faulty := openapi3filter.ValidateRequest(context.Background(), request) != nil; faulty != (a.status == http.StatusUnprocessableEntity) {
			t.Errorf("%s %s %s: the document refuses %t, the server answers %d", c.method, c.path, c.body, faulty, a.status)
		}
		err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: request, Status: a.status, Header: a.header,
			Body: io.NopCloser(strings.NewReader(a.body)),
		})
		if err != nil {
			t.Errorf("%s %s: answer %d: %v", c.method, c.path, a.status, err)
		}
	}
}

func TestTheReferencePageWorksOffline(t *testing.T) {
	r := start(t, nil)
	page := r.get("/docs")
	policy := page.header.Get("Content-Security-Policy")
	if page.status != http.StatusOK || !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'") {
		t.Fatalf("%d, policy %q", page.status, policy)
	}
	for _, elsewhere := range []string{"http://", "https://", `src="//`, "<script>", " onload="} {
		if strings.Contains(page.body, elsewhere) {
			t.Errorf("the page names %q", elsewhere)
		}
	}
	for _, file := range reference.Files() {
		a := r.get(file.Path)
		if a.status != http.StatusOK || a.body != string(file.Body) || a.header.Get("Content-Type") != file.Type {
			t.Errorf("%s: %d, %d bytes, %q", file.Path, a.status, len(a.body), a.header.Get("Content-Type"))
		}
		if strings.HasSuffix(file.Path, ".js") && !strings.Contains(page.body, file.Path) {
			t.Errorf("the page does not load %s", file.Path)
		}
		if again := r.get(file.Path, "If-None-Match", a.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s asked again: %d", file.Path, again.status)
		}
	}
}

// The script is what npm serves as rapidoc 9.3.8, dist/rapidoc-min.js.
func TestTheVendoredScriptIsUnchanged(t *testing.T) {
	const want = "affbd173a65e870e18f392cca963113bcdafb6e50e88cd2f6a834a65b22db94d"
	for _, file := range reference.Files() {
		if file.ID == "docs-script" {
			if sum := sha256.Sum256(file.Body); hex.EncodeToString(sum[:]) != want {
				t.Errorf("its SHA-256 is %x", sum)
			}
		}
		if file.ID == "docs-licence" && !bytes.Contains(file.Body, []byte("MIT License")) {
			t.Error("the licence is missing")
		}
	}
}
