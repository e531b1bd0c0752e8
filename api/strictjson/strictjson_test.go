package strictjson

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

var limits = Limits{Depth: 4, Members: 40}

func TestCheckAcceptsJSON(t *testing.T) {
	for _, doc := range []string{
		`{}`, `[]`, ` [1, -2.5e+3, 0, 0.1, -0] `, `"a\u00e9\ud83d\ude00\n"`, `null`, `true`, `false`,
		`{"a":{"b":{"c":{}}}}`, `{"a":1,"A":2}`, "\t{\"志\": \"愿\"}\r\n",
		`{"a":[{"b":1},{"b":1}]}`,
	} {
		if err := Check([]byte(doc), limits); err != nil {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	long := "{" + strings.TrimSuffix(strings.Repeat(`"x":1,`, 3), ",") + "}"
	var many strings.Builder
	many.WriteString(`{"k":0`)
	for i := range 50 {
		many.WriteString(`,"` + strings.Repeat("m", i+1) + `":0`)
	}
	many.WriteString("}")
	for _, c := range []struct{ name, doc, reason string }{
		{"empty", ``, "a JSON value"},
		{"two values", `{} {}`, "more text"},
		{"trailing comma", `[1,]`, "a JSON value"},
		{"member name", `{a:1}`, "member name"},
		{"no colon", `{"a" 1}`, "colon"},
		{"depth", `[[[[[]]]]]`, "nested"},
		{"repeated", long, "repeated"},
		{"repeated by escape", `{"a":1,"\u0061":2}`, "repeated"},
		{"members", many.String(), "too many"},
		{"UTF-8", "\"\xff\"", "UTF-8"},
		{"lone surrogate", `"\ud800"`, "surrogate"},
		{"reversed surrogates", `"\udc00\ud800"`, "surrogate"},
		{"control", "\"\x01\"", "control"},
		{"escape", `"\x"`, "escape"},
		{"hex", `"\u12g4"`, "hexadecimal"},
		{"open string", `"abc`, "no end"},
		{"open escape", `"abc\`, "no end"},
		{"leading zero", `01`, "more text"},
		{"plus", `+1`, "a JSON value"},
		{"dot", `1.`, "number"},
		{"exponent", `1e`, "number"},
		{"minus", `-`, "number"},
		{"word", `tru`, "a JSON value"},
		{"NaN", `NaN`, "a JSON value"},
		{"open array", `[1`, "end of an array"},
		{"open object", `{"a":1`, "end of an object"},
		{"NUL", "\x00", "a JSON value"},
		{"comment", `/**/{}`, "a JSON value"},
		{"BOM", "\ufeff{}", "a JSON value"},
	} {
		err := Check([]byte(c.doc), limits)
		var fault *Error
		if !errors.As(err, &fault) || !strings.Contains(fault.Reason, c.reason) {
			t.Errorf("%s: %v, want %q", c.name, err, c.reason)
		}
	}
}

func TestManyMembersAreStillCompared(t *testing.T) {
	var doc strings.Builder
	doc.WriteString(`{"first":0`)
	for i := range 30 {
		doc.WriteString(`,"` + strings.Repeat("m", i+1) + `":0`)
	}
	if err := Check([]byte(doc.String()+`}`), limits); err != nil {
		t.Fatal(err)
	}
	if err := Check([]byte(doc.String()+`,"first":1}`), limits); err == nil {
		t.Fatal("a repeated member was accepted")
	}
}

func TestDeepDocumentCostsNoStack(t *testing.T) {
	if err := Check([]byte(strings.Repeat("[", 1<<20)), limits); err == nil {
		t.Fatal("accepted")
	}
}

// Whatever Check accepts, encoding/json accepts too.
func FuzzCheckIsStricterThanEncodingJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2,{"b":"\ud83d\ude00"}]}`))
	f.Add([]byte(`[-0.0e-1,"\/"]`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if Check(doc, limits) == nil && !json.Valid(doc) {
			t.Fatalf("%q", doc)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	doc := []byte(`{"person":"0f8fad5b-d9cb-469f-a165-70867728950e","activity":"7c9e6679-7425-40de-944b-e07fc1f90ae7","start":"2026-03-01T01:00:00Z","end":"2026-03-01T03:00:00Z","category":"environment","evidence":[{"kind":"photo","place":"hall"}]}`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := Check(doc, limits); err != nil {
			b.Fatal(err)
		}
	}
}
