package imports

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
)

var update = flag.Bool("update", false, "write the table of refusals into the document")

const (
	refusalsDoc = "../docs/refusals.md"
	tableBegins = "<!-- imports: written by go test ./imports -run TestRefusals -update -->\n"
	tableEnds   = "<!-- end of imports -->\n"
)

func refusalTable() string {
	var b strings.Builder
	b.WriteString("| # | code | 中文 | English | 怎么办 | what to do |\n|---|---|---|---|---|---|\n")
	for i, r := range Refusals {
		fmt.Fprintf(&b, "| %d | `%s` | %s | %s | %s | %s |\n", i+1, r.Code, r.Chinese, r.English, r.Cure, r.CureEn)
	}
	b.WriteString("\nSaid of a refusal in one column, in place of the above 于某一列另有说法：\n\n| code | column | 中文 | English | 怎么办 | what to do |\n|---|---|---|---|---|---|\n")
	for _, at := range slices.SortedFunc(maps.Keys(advice), func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.field, b.field))
	}) {
		r := explainAt(at.code, at.field)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", at.code, at.field, r.Chinese, r.English, r.Cure, r.CureEn)
	}
	return b.String()
}

// TestRefusalsAreAClosedList: every code is explained in both languages, once
// in the whole program, stands in the document, and is used.
func TestRefusalsAreAClosedList(t *testing.T) {
	taken := map[domain.Code]bool{}
	for _, table := range [][]domain.RefusalInfo{domain.Refusals, commands.Refusals} {
		for _, r := range table {
			taken[r.Code] = true
		}
	}
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	for _, r := range Refusals {
		if taken[r.Code] || !form.MatchString(string(r.Code)) {
			t.Errorf("%s: used twice, or not a code", r.Code)
		}
		taken[r.Code] = true
		if r.Chinese == "" || r.English == "" || r.Cure == "" || r.CureEn == "" {
			t.Errorf("%s is not explained", r.Code)
		}
	}
	documented(t)
}

func documented(t *testing.T) {
	t.Helper()
	content, err := os.ReadFile(refusalsDoc)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(content)
	head, rest, ok := strings.Cut(doc, tableBegins)
	if !ok {
		t.Fatalf("%s has no section of the imports", refusalsDoc)
	}
	table, tail, ok := strings.Cut(rest, tableEnds)
	if !ok {
		t.Fatalf("the section of the imports does not end")
	}
	switch {
	case table == refusalTable():
	case *update:
		if err := os.WriteFile(refusalsDoc, []byte(head+tableBegins+refusalTable()+tableEnds+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s differs from Refusals; run go test ./imports -run TestRefusals -update", refusalsDoc)
	}
}
