package sheets

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// rejected reads a table, refuses the rows the reading refuses and those whose
// amount or date is bad, and returns the reject file.
func rejected(t *testing.T, table *Table) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewRejectWriter(&out, table)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range table.Rows() {
		if err == nil {
			_, err = row.Fen(Amount)
		}
		if err == nil {
			_, err = row.Date(DateField)
		}
		if err == nil {
			continue
		}
		reason, cure := Explain(err)
		if err := w.Add(row, reason, cure); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openBytes(t *testing.T, data []byte, kind Kind) *Table {
	t.Helper()
	f, err := Open("x", bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Table(kind)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestRejectFileKeepsTheLayout(t *testing.T) {
	text := strings.Replace(giftSheet, "100.00", "百元", 1)
	text = strings.Replace(text, "3,2031.03.02", "=1+1,31.03.02", 1)
	out := string(rejected(t, openText(t, text, Donations, Options{})))
	want := "\uFEFF,2031年爱心捐款信息（截至3月5日24：00）,,,\r\n" +
		",,,,单位：元\r\n" +
		"序号,捐赠日期,捐赠(单位/姓名）个人 ,捐赠金额（元）,备注,原因,办法\r\n" +
		"1,2031.03.01,赵*\t,百元,,原第 4 行 / row 4: money-form D 捐赠金额（元） [文字 / text]: 金额写法无法辨认 / the amount cannot be read,请写成 1234.56 / write it as 1234.56\r\n" +
		"'=1+1,31.03.02,钱**,0.01,,原第 6 行 / row 6: date-two-digit-year B 捐赠日期 [含 6 位数字的数值 / figure with 6 digits]: 年份只有两位 / the year has two digits only,请写四位年份 / write the year with four digits\r\n"
	if out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestRejectFileReadsAgain(t *testing.T) {
	text := strings.Replace(giftSheet, "赵*\t", "=cmd,'+1", 1)
	text = strings.Replace(text, "=cmd,'+1", `"=cmd,'+1"`, 1)
	text = strings.Replace(text, "100.00", "-1", 1)
	first := openText(t, text, Donations, Options{})
	again := openBytes(t, rejected(t, first), Donations)
	if len(again.Unknown) != 0 || again.Title != first.Title || again.Unit != first.Unit {
		t.Errorf("unknown %v, title %q, unit %q", again.Unknown, again.Title, again.Unit)
	}
	for row, err := range again.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if row.Text(Donor) != "=cmd,'+1" {
			t.Errorf("donor %q", row.Text(Donor))
		}
		if _, err := row.Fen(Amount); asError(err).Code != CodeValueNegative {
			t.Errorf("amount: %v", err)
		}
	}
	third := rejected(t, again)
	if strings.Count(string(third), "原因") != 1 || strings.Contains(string(third), "''") {
		t.Errorf("a reject file of a reject file grows:\n%s", third)
	}
}

// A row with more cells than the header keeps all of them, behind our columns,
// and is refused again until it is mended.
func TestRejectFileKeepsSurplusCells(t *testing.T) {
	text := "日期,捐赠人,金额\n2031-3-5,甲,乙,5\n"
	again := openBytes(t, rejected(t, openText(t, text, Donations, Options{})), Donations)
	rows, found := codes(t, again)
	if len(rows) != 0 || !slices.Equal(found, []Code{CodeCellWithoutHeading}) {
		t.Fatalf("rows %q, codes %v", rows, found)
	}
	for row := range again.Rows() {
		if cells := row.Cells(); len(cells) != 6 || cells[2].Text != "乙" || cells[5].Text != "5" {
			t.Errorf("cells %q", cells)
		}
	}
}

func TestRejectFileOfTwoHeaderRows(t *testing.T) {
	text := "序号,日期,捐赠人,款项,,备注\n,,,金额,数量,\n1,2031-3-5,甲,五,2,\n"
	o := Options{Columns: map[string]string{"D": "amount"}}
	data := rejected(t, openText(t, text, Donations, o))
	again := openText(t, string(data), Donations, o)
	if again.HeaderRow != 2 || len(again.Unknown) != 1 || !slices.Equal(again.headings[6:], []string{"原因", "办法"}) {
		t.Errorf("header row %d, headings %q, unknown %v", again.HeaderRow, again.headings, again.Unknown)
	}
}

func TestRejectFileXLSX(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		setRows(t, f, "Sheet1", []any{"捐款表"}, []any{"序号", "捐赠日期", "捐赠人", "捐赠金额"}, []any{1, 48000, "孙*", 12.5}, []any{2, 48000, "李*", 0.123})
		if err := f.SetCellStyle("Sheet1", "B3", "B4", style); err != nil {
			t.Fatal(err)
		}
	})
	again := openBytes(t, rejected(t, openBytes(t, data, Donations)), Donations)
	if again.Title != "捐款表" || again.Format != XLSX {
		t.Errorf("title %q, format %s", again.Title, again.Format)
	}
	n := 0
	for row, err := range again.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if c := row.Cell(DateField); c != (Cell{"48000", CellDate}) || row.Cell(Amount) != (Cell{"0.123", CellNumber}) {
			t.Errorf("cells %v, %v", c, row.Cell(Amount))
		}
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestWriterBothFormats(t *testing.T) {
	write := func(f Format) []byte {
		var out bytes.Buffer
		w, err := NewWriter(&out, f, "捐款[1]")
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(w.Text("捐款表"), w.Row(), w.Text("捐赠日期", "捐赠人", "捐赠金额（元）", "数量", "电话"),
			w.Row(DateValue(Date{2031, 3, 5}), TextValue("＝甲"), FenValue(-123456), WholeValue(7), TextValue("013800000000")),
			w.Row(Value{}, TextValue(""), FenValue(1_234_567_890_123_456), DecimalValue(5, 1), TextValue("a\"b,c")), w.Close())
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	want := "\uFEFF捐款表\r\n\r\n捐赠日期,捐赠人,捐赠金额（元）,数量,电话\r\n2031-03-05,'＝甲,-1234.56,7,013800000000\r\n,,12345678901234.56,0.5,\"a\"\"b,c\"\r\n"
	if got := string(write(CSV)); got != want {
		t.Errorf("CSV\n%s\nwant\n%s", got, want)
	}
	f, err := excelize.OpenReader(bytes.NewReader(write(XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("捐款1")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[3], []string{"2031-03-05", "'＝甲", "-1234.56", "7", "013800000000"}) || rows[4][2] != "12345678901234.56" {
		t.Errorf("XLSX %q", rows)
	}
	for at, want := range map[string]excelize.CellType{"C4": excelize.CellTypeUnset, "E4": excelize.CellTypeInlineString, "C5": excelize.CellTypeInlineString} {
		if got, err := f.GetCellType("捐款1", at); err != nil || got != want {
			t.Errorf("%s has type %v, %v", at, got, err)
		}
	}
}

func TestProtectIsUndone(t *testing.T) {
	for _, s := range []string{"=1", "'=1", "''=1", "+1", "-1", "@a", "\tx", "\r=", "＝1", "＋", "－1", "＠", "\u3000=1", "  -x", "'", "''", "'a", "a'", "", "a=b", "\u200b=1", "−5"} {
		p := protect(s)
		if unprotect(p) != s {
			t.Errorf("%q became %q, then %q", s, p, unprotect(p))
		}
		if dangerous(s) == (p == s) || dangerous(s) && p[0] != '\'' {
			t.Errorf("%q is written as %q", s, p)
		}
	}
}
