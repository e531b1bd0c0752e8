package sheets

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestXLSXCells(t *testing.T) {
	rows := `<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve"> 2031.03.05&#x9;</t></is></c><c r="B2" t="inlineStr"><is><r><t>甲</t></r><r><t>乙&amp;</t></r><rPh sb="0" eb="1"><t>かな</t></rPh></is></c><c r="C2"><v>8.1999999999999993</v></c></row>` +
		`<row r="4" hidden="1"><c r="A4" s="1"><v>47912</v></c><c r="B4" t="s"><v>1</v></c><c r="C4"><v>1E-2</v></c></row>` +
		`<row><c s="1"><v>47912.5</v></c><c t="str"><f>"x"</f><v>丙_x0009_</v></c><c><f>1+1</f><v>2</v></c><c t="inlineStr"><is><t>边注</t></is></c></row>` +
		`<row r="6"><c r="C6" t="e"><v>#N/A</v></c></row>` +
		`<row r="7"><c r="C7"><f>SUM(C2:C6)</f></c></row>`
	data := handmade(t, map[string]string{
		"xl/worksheets/sheet1.xml": giftRows(rows),
		"xl/sharedStrings.xml":     `<sst><si><t>a</t></si><si><r><t>丁</t></r><r><t>戊</t></r></si></sst>`,
		"xl/styles.xml":            `<styleSheet><numFmts count="1"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="176"/></cellXfs></styleSheet>`,
	})
	table := openBytes(t, data, Donations)
	var got []string
	for row, err := range table.Rows() {
		if err != nil {
			got = append(got, fmt.Sprintf("%d %s", row.Number, asError(err).Code))
			continue
		}
		d, _ := row.Date(DateField)
		fen, err := row.Fen(Amount)
		got = append(got, fmt.Sprintf("%d %s %s %d %v", row.Number, d, row.Name(Donor), fen, err))
	}
	want := []string{"2 2031-03-05 甲乙& 820 <nil>", "4 2031-03-05 丁戊 1 <nil>", "5 2031-03-05 丙 200 <nil>", "6 cell-error", "7 cell-formula-without-value"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := table.Summary(); s.Blank != 1 || s.Hidden != 1 || s.Unheaded != 1 || s.Refused != 2 {
		t.Errorf("%+v", s)
	}
}

func TestXLSXDigitsLost(t *testing.T) {
	head := strings.Replace(giftRows(""), "捐赠人", "志愿者编号", 1)
	for value, want := range map[string]Code{
		`<c r="B2"><v>1.1010519491231E+17</v></c>`:                                  CodeDigitsLost,
		`<c r="B2"><v>110105194912310000</v></c>`:                                   CodeDigitsLost,
		`<c r="B2"><v>6222020000000000</v></c>`:                                     CodeDigitsLost,
		`<c r="B2"><v>12.5</v></c>`:                                                 CodeDigitsLost,
		`<c r="B2"><v>13800000000</v></c>`:                                          "",
		`<c r="B2"><v>1.38E+10</v></c>`:                                             "",
		`<c r="B2" t="inlineStr"><is><t>11010519491231002X</t></is></c>`:            "",
		`<c r="B2" t="inlineStr"><is><t>110105194912310021</t></is></c>`:            "",
		`<c r="B2" t="inlineStr"><is><t>1.1010519491231E+17</t></is></c>`:           CodeDigitsLost,
		`<c r="B2" t="inlineStr"><is><t xml:space="preserve">&#9;138 </t></is></c>`: "",
	} {
		text := strings.Replace(head, "</sheetData>", `<row r="2"><c r="A2"><v>47912</v></c>`+value+`<c r="C2"><v>60</v></c></row></sheetData>`, 1)
		text = strings.Replace(text, "金额", "服务时长(分钟)", 1)
		for row, err := range openBytes(t, handmade(t, map[string]string{"xl/worksheets/sheet1.xml": text}), Service).Rows() {
			if err != nil {
				t.Fatal(err)
			}
			_, err := row.Identifier(PersonNumber)
			if want == "" && err != nil || want != "" && (err == nil || asError(err).Code != want || asError(err).Class == "") {
				t.Errorf("%s: %v, want %q", value, err, want)
			}
		}
	}
}

func TestXLSXTimes(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"姓名", "服务日期", "服务时长(小时)"}, []any{"甲", "2031-3-5", 0.0625}, []any{"乙", "2031-3-5", 1.0625}, []any{"丙", "2031-3-5", 0.5}, []any{"丁", "2031-3-5", 0.00001})
		clock, err := f.NewStyle(&excelize.Style{NumFmt: 20})
		if err != nil {
			t.Fatal(err)
		}
		elapsed := "[h]:mm"
		long, err := f.NewStyle(&excelize.Style{CustomNumFmt: &elapsed})
		if err != nil {
			t.Fatal(err)
		}
		_ = f.SetCellStyle("Sheet1", "C2", "C2", clock)
		_ = f.SetCellStyle("Sheet1", "C3", "C3", long)
		_ = f.SetCellStyle("Sheet1", "C5", "C5", clock)
	})
	var got []string
	for row := range openBytes(t, data, Service).Rows() {
		n, _, err := row.Minutes()
		code := Code("")
		if err != nil {
			code = asError(err).Code
		}
		got = append(got, fmt.Sprint(n, code))
	}
	if want := []string{"90", "1530", "30", "0duration-fraction"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestXLSX1904(t *testing.T) {
	on := true
	data := workbook(t, func(f *excelize.File) {
		setRows(t, f, "Sheet1", []any{"日期", "捐赠人", "金额"}, []any{46450, "甲", 5})
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &on}); err != nil {
			t.Fatal(err)
		}
	})
	for row, err := range openBytes(t, data, Donations).Rows() {
		if d, dateErr := row.Date(DateField); err != nil || dateErr != nil || d != (Date{2031, 3, 5}) {
			t.Errorf("%v %v %v", d, err, dateErr)
		}
	}
}

func TestXLSXSheetChoice(t *testing.T) {
	gift := [][]any{{"日期", "捐赠人", "金额"}, {"2031-3-5", "甲", 5}}
	build := func(hide bool, sheets map[string][][]any) []byte {
		return workbook(t, func(f *excelize.File) {
			for name, rows := range sheets {
				if _, err := f.NewSheet(name); err != nil {
					t.Fatal(err)
				}
				setRows(t, f, name, rows...)
				if hide {
					if err := f.SetSheetVisible(name, false); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
	two := map[string][][]any{"一月": gift, "二月": gift}
	for _, c := range []struct {
		name  string
		data  []byte
		sheet string
		code  Code
	}{
		{"the only one", build(false, map[string][][]any{"说明": {{"请如实填写"}}, "一月": gift}), "", ""},
		{"several", build(false, two), "", CodeSheetAmbiguous},
		{"named", build(false, two), " 二月", ""},
		{"unknown name", build(false, two), "三月", CodeSheetNotFound},
		{"hidden", build(true, map[string][][]any{"一月": gift}), "", CodeSheetHidden},
		{"hidden but named", build(true, map[string][][]any{"一月": gift}), "一月", ""},
		{"none", build(false, map[string][][]any{"说明": {{"请如实填写"}}}), "", CodeHeaderNotFound},
	} {
		f, err := Open("x", bytes.NewReader(c.data), int64(len(c.data)), Options{Sheet: c.sheet})
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Table(Donations)
		if c.code == "" && err != nil || c.code != "" && (err == nil || asError(err).Code != c.code) {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

// A date or a truth value where money or a count should stand is no figure.
func TestXLSXWrongKindOfCell(t *testing.T) {
	data := handmade(t, map[string]string{
		"xl/worksheets/sheet1.xml": giftRows(`<row r="2"><c r="A2"><v>47912</v></c><c r="C2" s="1"><v>47912</v></c></row><row r="3"><c r="A3"><v>47912</v></c><c r="C3" t="b"><v>1</v></c></row>`),
		"xl/styles.xml":            `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
	})
	for row := range openBytes(t, data, Donations).Rows() {
		_, fenErr := row.Fen(Amount)
		_, countErr := row.Whole(Amount)
		if fenErr == nil || countErr == nil {
			t.Errorf("row %d: %v, %v", row.Number, fenErr, countErr)
		}
	}
}

func TestFormatCodes(t *testing.T) {
	for code, want := range map[string]CellKind{
		"General": CellNumber, "0.00": CellNumber, "#,##0.00_);[Red](#,##0.00)": CellNumber, `[$￥-804]#,##0.00`: CellNumber, `0"days"`: CellNumber, `0.00\h`: CellNumber, "0.00E+00": CellNumber, "@": CellNumber,
		"yyyy-mm-dd": CellDate, `yyyy"年"m"月"d"日"`: CellDate, `m"月"`: CellDate, "yyyy/m/d h:mm": CellDate, "[$-804]aaaa;@": CellNumber, "dd": CellDate,
		"h:mm": CellDuration, "[h]:mm:ss": CellDuration, "[mm]:ss": CellDuration, "h:mm AM/PM": CellDuration,
	} {
		if got := formatKind(176, code); got != want {
			t.Errorf("%s is %d, want %d", code, got, want)
		}
	}
	for id, want := range map[int]CellKind{0: CellNumber, 2: CellNumber, 14: CellDate, 20: CellDuration, 22: CellDate, 31: CellDate, 44: CellNumber, 46: CellDuration, 49: CellNumber, 57: CellDate} {
		if got := formatKind(id, ""); got != want {
			t.Errorf("format %d is %d, want %d", id, got, want)
		}
	}
}

// TestXLSXAgainstExcelize reads a workbook of many kinds of cells with both
// readers: where excelize gives text, so do we, and the same.
func TestXLSXAgainstExcelize(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		for i := range 300 {
			row := []any{i, fmt.Sprintf("名 <%d>\n&\"'", i), float64(i) / 8, nil, i%2 == 0, "_x000D_", strings.Repeat("长", i), "", "末"}
			if i%7 == 3 {
				continue
			}
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("B%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	})
	compareWithExcelize(t, data)
}

func compareWithExcelize(t *testing.T, data []byte) {
	t.Helper()
	theirs, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	want, err := theirs.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open("x", bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	src, err := f.source(0)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var raw rawRow
	for i := 0; ; i++ {
		err := src.next(&raw)
		if err == io.EOF {
			if i != len(want) {
				t.Errorf("%d rows, excelize has %d", i, len(want))
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range raw.cells {
			got = append(got, c.Text)
		}
		if i >= len(want) || !slices.Equal(got, want[i]) {
			t.Fatalf("row %d: %q, excelize %q", i+1, got, want[i])
		}
	}
}
