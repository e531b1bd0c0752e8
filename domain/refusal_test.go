package domain_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"zhishu/domain"
)

var update = flag.Bool("update", false, "rewrite the domain's table in docs/refusals.md")

const (
	refusalsDoc   = "../docs/refusals.md"
	tableBegins   = "<!-- domain: written by go test ./domain -run TestRefusals -update -->\n"
	tableEnds     = "<!-- end of domain -->\n"
	othersBegin   = "<!-- other rooms append their tables below -->\n"
	tableHeadings = "| # | code | 中文 | English | 怎么办 | what to do |\n|---|---|---|---|---|---|\n"
)

// declaredCodes are the constants of type Code in refusal.go, as written.
func declaredCodes(t *testing.T) (codes []domain.Code) {
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Code" {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, domain.Code(code))
		return true
	})
	if len(codes) < 30 {
		t.Fatalf("only %d codes found in refusal.go", len(codes))
	}
	return codes
}

// TestRefusals holds the list, the document and the scripts to the declared
// codes: each stands in each of them, in the same order of precedence.
func TestRefusals(t *testing.T) {
	codes := declaredCodes(t)
	if len(codes) != len(domain.Refusals) {
		t.Errorf("%d codes declared, %d explained", len(codes), len(domain.Refusals))
	}
	var table strings.Builder
	table.WriteString(tableHeadings)
	for i, r := range domain.Refusals {
		if i < len(codes) && r.Code != codes[i] {
			t.Errorf("place %d of Refusals is %s, declared is %s", i+1, r.Code, codes[i])
		}
		for _, text := range []string{string(r.Code), r.Chinese, r.English, r.Cure, r.CureEn} {
			if text == "" || strings.Contains(text, "|") {
				t.Errorf("%s is not explained in full: %q", r.Code, text)
			}
		}
		fmt.Fprintf(&table, "| %d | `%s` | %s | %s | %s | %s |\n", i+1, r.Code, r.Chinese, r.English, r.Cure, r.CureEn)
	}
	checkDocument(t, table.String())
}

func checkDocument(t *testing.T, want string) {
	doc, err := os.ReadFile(refusalsDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(doc), tableBegins)
	got, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok1 || !ok2 || !strings.Contains(after, othersBegin) {
		t.Fatalf("%s has lost its marks", refusalsDoc)
	}
	if *update {
		if err := os.WriteFile(refusalsDoc, []byte(before+tableBegins+want+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s differs from Refusals; run go test ./domain -run TestRefusals -update", refusalsDoc)
	}
}

// TestEveryRefusalIsScripted: a code that no script meets is a rule nobody
// has seen at work.
func TestEveryRefusalIsScripted(t *testing.T) {
	met := map[domain.Code]bool{}
	for _, path := range scripts(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "#")
			if _, want, ok := strings.Cut(line, "->"); ok && len(strings.Fields(want)) > 0 {
				met[domain.Code(strings.Fields(want)[0])] = true
			}
		}
	}
	for _, code := range declaredCodes(t) {
		if !met[code] {
			t.Errorf("no script meets %s", code)
		}
	}
}

func TestRefusalText(t *testing.T) {
	got := domain.Refuse(domain.Overlap, "start").Error()
	if want := "overlap: it overlaps another entry of the same person (start)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := domain.Refuse("new-code", "").Error(); got != "new-code" {
		t.Errorf("an unexplained code reads %q", got)
	}
}
