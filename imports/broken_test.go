package imports

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
)

// expected reads from a fixture what each row should be answered: its column
// 期望, which the import does not know, holds the code, or nothing.
func expected(t *testing.T, file string) (text string, codes map[int]string, rows int) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	codes = map[int]string{}
	header := slices.IndexFunc(all, func(row []string) bool { return row[len(row)-1] == "期望" })
	for i, row := range all[header+1:] {
		if slices.Contains(row, "合计") {
			continue
		}
		rows++
		if code := row[len(row)-1]; code != "" {
			codes[header+2+i] = code
		}
	}
	return string(b), codes, rows
}

func checkBroken(t *testing.T, res Result, codes map[int]string, rows int) {
	t.Helper()
	if res.Rows != rows || res.Refused != len(codes) || res.Accepted != rows-len(codes) || res.Added != res.Accepted {
		t.Errorf("rows %d, accepted %d, refused %d, added %d", res.Rows, res.Accepted, res.Refused, res.Added)
	}
	named := map[int]bool{}
	for _, e := range res.Errors {
		named[e.Row] = true
		if e.Code != codes[e.Row] {
			t.Errorf("row %d: %s, want %s (%s)", e.Row, e.Code, codes[e.Row], e.Column)
		}
		if e.Chinese == "" || e.English == "" || e.Cure == "" || e.CureEn == "" {
			t.Errorf("row %d: %s is not explained", e.Row, e.Code)
		}
	}
	for row, code := range codes {
		if !named[row] {
			t.Errorf("row %d: not named, want %s", row, code)
		}
	}
}

func TestEveryBadRowIsNamed(t *testing.T) {
	t.Parallel()
	for file, kind := range map[string]domain.ImportKind{"broken-200.csv": domain.ImportService, "broken-donations.csv": domain.ImportDonations} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			text, codes, rows := expected(t, file)
			dry := newLedger(t)
			j := dry.job(kind, file, text)
			j.DryRun = true
			foretold := dry.mustRun(j)

			l := newLedger(t)
			j = l.job(kind, file, text)
			var reject bytes.Buffer
			j.Reject = &reject
			res := l.mustRun(j)
			checkBroken(t, res, codes, rows)
			if res.Money != nil && !res.Money.Met {
				t.Errorf("%+v", res.Money)
			}
			if figures(foretold) != figures(res) {
				t.Errorf("the dry run foretold %s, it was %s", figures(foretold), figures(res))
			}
			mendedSheetIsRead(t, l, kind, reject.String(), len(codes))
		})
	}
}

// mendedSheetIsRead gives the reject file in again: every row is refused once
// more, for the same reason or because its equal was recorded meanwhile.
func mendedSheetIsRead(t *testing.T, l *ledger, kind domain.ImportKind, reject string, refused int) {
	t.Helper()
	if !strings.Contains(reject, "原因") || !strings.Contains(reject, "办法") {
		t.Fatalf("no reasons in the reject file")
	}
	j := l.job(kind, "reject.csv", reject)
	j.DryRun = true
	res := l.mustRun(j)
	if res.Rows != refused {
		t.Errorf("the reject file has %d rows, want %d", res.Rows, refused)
	}
}
