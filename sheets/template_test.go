package sheets

import (
	"bytes"
	"strings"
	"testing"
)

// templated are the kinds with a sheet to fill in.
func templated() (kinds []Kind) {
	for _, k := range Kinds() {
		if len(Template(k)) > 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func TestTemplatesSayWhatTheirHeadingsMean(t *testing.T) {
	for _, k := range templated() {
		var given fieldSet
		for _, c := range Template(k) {
			if m := meaning(k, c.Heading); m.field != c.Field || m.alien {
				t.Errorf("%s: %s is read as %s, not as %s", k, c.Heading, m.field, c.Field)
			}
			if given[c.Field] {
				t.Errorf("%s: %s twice", k, c.Field)
			}
			given[c.Field] = true
			if c.English == "" || c.Chinese == "" && strings.Contains(c.Need, "required") && c.Example == "" {
				t.Errorf("%s: %s is not explained", k, c.Heading)
			}
			if c.Need != "" && c.Need != "必填 required" && c.Need != "择一 one of" {
				t.Errorf("%s: %s: %s", k, c.Heading, c.Need)
			}
		}
		if names := given.missing(k); len(names) > 0 {
			t.Errorf("%s lacks %v", k, names)
		}
	}
}

// A template as it is downloaded is read as such a sheet without rows.
func TestTemplatesAreReadBack(t *testing.T) {
	for _, k := range templated() {
		for _, f := range []Format{CSV, XLSX} {
			var b bytes.Buffer
			if err := WriteTemplate(&b, k, f, false); err != nil {
				t.Fatal(err)
			}
			file, err := Open("t", bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
			if err != nil {
				t.Fatal(err)
			}
			table, err := file.Table(k)
			if err != nil {
				t.Fatalf("%s %s: %v", k, f, err)
			}
			if len(table.Columns) != len(Template(k)) || len(table.Unknown) != 0 || table.HeaderRow != 1 || f == XLSX && table.Sheet != templateSheet {
				t.Errorf("%s %s: %+v %+v", k, f, table.Columns, table.Unknown)
			}
			for _, err := range table.Rows() {
				if asError(err).Code != CodeNoRows {
					t.Errorf("%s %s: a row, %v", k, f, err)
				}
			}
		}
	}
	if err := WriteTemplate(&bytes.Buffer{}, Kind(99), CSV, false); asError(err).Code != CodeKindUnknown {
		t.Error(err)
	}
}

// What explains a column is never run as a formula, whatever it begins with.
func TestASecondWorksheetIsProtectedToo(t *testing.T) {
	var b bytes.Buffer
	w, err := NewWriter(&b, XLSX, "一")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Text("甲", "=1+1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Sheet("说明/二"); err != nil {
		t.Fatal(err)
	}
	if err := w.Row(TextValue("＝cmd"), WholeValue(7), FenValue(150)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := Open("t.xlsx", bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Sheets) != 2 || file.Sheets[1].Name != "说明二" {
		t.Fatalf("%+v", file.Sheets)
	}
	for i, want := range []string{"甲|'=1+1", "'＝cmd|7|1.5"} {
		rows, err := file.Preview(i)
		if err != nil || len(rows) != 1 || strings.Join(rows[0], "|") != want {
			t.Errorf("%q, %v, want %q", rows, err, want)
		}
	}
	csv, err := NewWriter(&b, CSV, "")
	if err != nil {
		t.Fatal(err)
	}
	if csv.Sheet("二") == nil {
		t.Error("a CSV took a second table")
	}
}
