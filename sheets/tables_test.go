package sheets

import (
	"encoding/csv"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// declaredCodes reads the constants of code.go, so that none can be missing
// from the table.
func declaredCodes(t *testing.T) []Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "Code") {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, Code(text))
		}
		return true
	})
	return found
}

func TestCodeTableIsWhole(t *testing.T) {
	declared := declaredCodes(t)
	table := Codes()
	if len(declared) != len(table) || len(codeIndex()) != len(table) || len(table) < 50 {
		t.Fatalf("%d codes declared, %d in the table, %d different", len(declared), len(table), len(codeIndex()))
	}
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	for i, info := range table {
		if info.Code != declared[i] {
			t.Errorf("place %d: %s declared, %s in the table", i, declared[i], info.Code)
		}
		if !form.MatchString(string(info.Code)) || info.Scope != ScopeFile && info.Scope != ScopeRow {
			t.Errorf("%+v", info)
		}
		for _, text := range []string{info.MeaningZH, info.MeaningEN, info.CureZH, info.CureEN} {
			if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "。") {
				t.Errorf("%s: text %q", info.Code, text)
			}
		}
	}
	if Code("no-such-code").Scope() != ScopeFile {
		t.Error("an unknown code must refuse the file")
	}
}

func TestHeadingTableHasNoContradiction(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(headingsCSV)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, row := range rows[1:] {
		for _, h := range strings.Split(row[2], "|") {
			key := row[0] + " " + normalHeading(h)
			if other, ok := seen[key]; ok && other != row[1] {
				t.Errorf("%s is both %s and %s", key, other, row[1])
			}
			if normalHeading(h) == "" {
				t.Errorf("empty heading for %s", row[1])
			}
			seen[key] = row[1]
		}
	}
	for _, k := range Kinds() {
		have := fieldSet{}
		for _, f := range headingTable()[k] {
			have[f] = true
		}
		for _, group := range required[k] {
			for _, way := range group {
				if !have.meets([][]Field{way}) {
					t.Errorf("%s: no heading for %v", k, way)
				}
			}
		}
	}
}

func TestFieldNames(t *testing.T) {
	for f := Sequence; f < rejectReason; f++ {
		if got, ok := FieldByName(f.String()); !ok || got != f {
			t.Errorf("field %d is named %q", f, f)
		}
	}
	if _, ok := FieldByName("reject-reason"); ok {
		t.Error("the columns of the reject file can be chosen")
	}
	for _, k := range Kinds() {
		if k.String() == "none" || k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := columnLetter(i); got != want {
			t.Errorf("column %d is %s", i, got)
		}
		if back, ok := columnIndex(strings.ToLower(want)); !ok || back != i {
			t.Errorf("column %s is %d", want, back)
		}
	}
}

func TestCalendar(t *testing.T) {
	last := dayNumber(Date{1899, 12, 31})
	for y := 1900; y <= 2100; y++ {
		for m := 1; m <= 12; m++ {
			for d := 1; d <= daysIn(y, m); d++ {
				date := Date{y, m, d}
				if n := dayNumber(date); n != last+1 || dateOf(n) != date {
					t.Fatalf("%v is day %d after %d, and back %v", date, n, last, dateOf(n))
				}
				last++
			}
		}
	}
	if (Date{1970, 1, 1}).Serial() != 25569 || (Date{2020, 1, 30}).Serial() != 43860 {
		t.Error("serials are off")
	}
}
