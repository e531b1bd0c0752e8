package sheets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// printed are the headings that the ledger itself writes over a column: of templates, of
// registers and of the sign-in sheet, as the source has them.
func printed(t *testing.T) (all []string) {
	t.Helper()
	for _, k := range templated() {
		for _, c := range Template(k) {
			all = append(all, c.Heading)
		}
	}
	files, err := filepath.Glob("../registers/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, "../api/signinsheet.go") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			if key, ok := pair.Key.(*ast.Ident); ok && (key.Name == "Heads" || key.Name == "Heading") {
				all = append(all, literals(t, pair.Value)...)
			}
			return true
		})
	}
	return all
}

func literals(t *testing.T, in ast.Node) (all []string) {
	ast.Inspect(in, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		return true
	})
	return all
}

// reads reports whether a kind of sheet has a heading of its own for a field.
func reads(k Kind, f Field) bool {
	for _, of := range headingTable()[k] {
		if of == f {
			return true
		}
	}
	return false
}

// ofPersons are the fields that mean the same in every sheet that lists people, and
// ofPresence those that a roster has as service and study do.
var (
	ofPersons  = []Field{PersonNumber, Name, IDNumber, Phone, Sex, Age, Layer, Organisation, Team, Remark, CommunityCode, LedgerRef}
	ofPresence = []Field{DateField, Start, End, TimeRange, Duration, DurationHours, DurationMinutes, Attended}
)

// What the ledger prints over a column may be copied into any other of its sheets: it is
// understood in every one that reads such a thing, and means the same.
func TestWhatIsPrintedIsUnderstoodEverywhere(t *testing.T) {
	asked := map[Field]int{}
	for _, h := range printed(t) {
		for _, in := range []Kind{Service, Study, People, Roster} {
			f := meaning(in, h).field
			others := []Kind{Service, Study, People, Roster}
			switch {
			case slices.Contains(ofPersons, f):
			case slices.Contains(ofPresence, f) && (in == Service || in == Study):
				others = []Kind{Roster}
			default:
				continue
			}
			for _, k := range others {
				if !reads(k, f) {
					continue
				}
				asked[f]++
				if got := meaning(k, h).field; got != f {
					t.Errorf("%s is %s in %s, and in %s %q", h, f, in, k, got)
				}
			}
		}
	}
	for _, f := range []Field{PersonNumber, Name, IDNumber, Phone, DateField, Start, End, DurationMinutes} {
		if asked[f] < 2 {
			t.Errorf("%s was asked %d times", f, asked[f])
		}
	}
}

// A person's number goes by the same names in every list of people.
func TestAPersonsNumberHasTheSameNames(t *testing.T) {
	for _, h := range []string{"居民编号", "志愿者编号", "学员编号", "学号", "工号", "会员号"} {
		for _, k := range []Kind{Service, Study, People, Roster} {
			if f := meaning(k, h).field; f != PersonNumber {
				t.Errorf("%s: %s is %q", k, h, f)
			}
		}
	}
	for _, h := range []string{"活动编号", "项目编号", "场次编号", "队伍编号", "监护人编号"} {
		for _, k := range []Kind{Service, Study, People, Roster} {
			if meaning(k, h).field == PersonNumber {
				t.Errorf("%s: %s is taken for a person's number", k, h)
			}
		}
	}
}
