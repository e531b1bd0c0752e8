package sheets

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

type malformed struct {
	name string
	data []byte
	code Code // the refusal, or the first row error
	row  int  // 0: none named
	opts Options
}

const goodHead = "日期,捐赠人,金额\n"

func csvCases(t *testing.T) []malformed {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("2031-3-5,甲乙丙丁,5\n")
	if err != nil {
		t.Fatal(err)
	}
	good := goodHead + strings.Repeat("2031-3-5,甲乙丙丁戊己庚辛,5\n", 30)
	return []malformed{
		{"empty", nil, CodeFileEmpty, 0, Options{}},
		{"only a byte order mark", []byte("\xEF\xBB\xBF"), CodeFileEmpty, 0, Options{}},
		{"only UTF-16 mark", []byte("\xFF\xFE"), CodeFileEmpty, 0, Options{}},
		{"only blanks", []byte(" \r\n\t\r\n"), CodeFileEmpty, 0, Options{}},
		{"only a title", []byte("2031年捐款表\n"), CodeHeaderNotFound, 0, Options{}},
		{"only commas", []byte(",,,\n,,,\n"), CodeHeaderNotFound, 0, Options{}},
		{"no header", []byte("2031-3-5,甲,5\n2031-3-5,乙,6\n"), CodeHeaderNotFound, 0, Options{}},
		{"header below the search", []byte(strings.Repeat("说明\n", 60) + goodHead), CodeHeaderNotFound, 0, Options{}},
		{"header only", []byte(goodHead), CodeNoRows, 1, Options{}},
		{"header and total only", []byte(goodHead + "合计,,0\n"), CodeNoRows, 1, Options{}},
		{"header and footer only", []byte(goodHead + "制表人：甲,,\n"), CodeNoRows, 1, Options{}},
		{"field missing", []byte("日期,捐赠人,备注\n2031-3-5,甲,\n"), CodeFieldMissing, 1, Options{}},
		{"column twice", []byte("日期,捐赠人,金额,金额\n2031-3-5,甲,5,5\n"), CodeColumnAmbiguous, 1, Options{}},
		{"columns side by side", []byte("序号,日期,捐赠人,金额,序号,日期,捐赠人,金额\n"), CodeColumnAmbiguous, 1, Options{}},
		{"quote never closed", []byte(goodHead + "2031-3-5,甲,5\n2031-3-5,\"乙,5\n2031-3-5,丙,5\n"), CodeCSVQuoteOpen, 3, Options{}},
		{"quote open at the end", []byte(goodHead + "2031-3-5,甲,\""), CodeCSVQuoteOpen, 2, Options{}},
		{"quote open for a megabyte", []byte(goodHead + "2031-3-5,\"甲,5\n" + strings.Repeat("2031-3-5,乙,5\n", 100_000)), CodeCSVQuoteOpen, 2, Options{}},
		{"text after a quote", []byte(goodHead + "2031-3-5,\"甲\"乙,5\n"), CodeCSVQuote, 2, Options{}},
		{"quote in bare text", []byte(goodHead + "2031-3-5,甲\"乙,5\n"), CodeCSVQuote, 2, Options{}},
		{"a line of two megabytes", []byte(goodHead + strings.Repeat("x", 2<<20)), CodeRowTooLong, 2, Options{}},
		{"a cell of 200 kilobytes", []byte(goodHead + "2031-3-5," + strings.Repeat("x", 200_000) + ",5\n"), CodeCellTooLong, 2, Options{}},
		{"a million columns", []byte(goodHead + strings.Repeat(",", 1_000_000) + "\n"), CodeTooManyColumns, 2, Options{}},
		{"a million columns in the header", []byte(strings.Repeat("a,", 500_000) + "\n"), CodeTooManyColumns, 1, Options{}},
		{"a thousand headings", []byte("日期,捐赠人,金额" + strings.Repeat(",a", 1000) + "\n"), CodeTooManyColumns, 1, Options{}},
		{"too many rows", []byte(goodHead + strings.Repeat("2031-3-5,甲,5\n", 20)), CodeTooManyRows, 12, Options{MaxRows: 10}},
		{"too many bytes", []byte(goodHead), CodeFileTooLarge, 0, Options{MaxFileBytes: 8}},
		{"NUL bytes", []byte(goodHead + "2031-3-5,甲\x00,5\n" + strings.Repeat("2031-3-5,甲,5\n", 20)), CodeCellControl, 2, Options{}},
		{"nothing but NUL", make([]byte, 4096), CodeNotASheet, 0, Options{}},
		{"UTF-16 without a mark", []byte("a\x00,\x00b\x00\n\x00a\x00,\x00b\x00\n\x00"), CodeNotASheet, 0, Options{}},
		{"random bytes", pseudoRandom(4096), CodeNotASheet, 0, Options{}},
		{"mixed encodings", []byte(good + gbk), CodeCellUndecodable, 32, Options{}},
		{"UTF-8 mark, then GB18030", []byte("\xEF\xBB\xBF" + goodHead + gbk), CodeCellUndecodable, 2, Options{}},
		{"GB18030 read as UTF-8 by order", []byte(goodHead + gbk), CodeCellUndecodable, 2, Options{Encoding: "utf-8"}},
		{"UTF-8 read as GB18030 by order", []byte(goodHead + "2031-3-5,甲,5\n"), CodeHeaderNotFound, 0, Options{Encoding: "gbk"}},
		{"cut in the middle of a character", []byte(good + "2031-3-5,甲,5\xE4\xB8"), CodeCellUndecodable, 32, Options{}},
		{"GB18030 cut in the middle", append([]byte{0xC8, 0xD5, 0xC6, 0xDA, ',', 0xBE, 0xE8, 0xD4, 0xF9, 0xC8, 0xCB, ',', 0xBD, 0xF0, 0xB6, 0xEE, '\n'}, gbk[:len(gbk)-6]...), CodeCellUndecodable, 2, Options{}},
		{"UTF-16 of odd length", []byte("\xFF\xFE" + strings.Repeat("e\x67", 9) + "x"), CodeHeaderNotFound, 0, Options{}},
		{"unknown encoding", []byte(goodHead), CodeEncodingUnknown, 0, Options{Encoding: "latin-9"}},
		{"impossible delimiter", []byte(goodHead), CodeColumnsOption, 0, Options{Delimiter: 'x'}},
		{"lone CR inside a row", []byte(goodHead + "2031-3-5,甲,5\n2031-3-5,\r乙,6\n"), CodeCellControl, 3, Options{}},
		{"web page named xls", []byte("<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>日期</td></tr></table></html>"), CodeHTML, 0, Options{}},
		{"web page with a doctype", []byte("\xEF\xBB\xBF  <!DOCTYPE html><html></html>"), CodeHTML, 0, Options{}},
		{"bare table", []byte("<table><tr><td>日期</td></tr></table>"), CodeHTML, 0, Options{}},
		{"XML spreadsheet 2003", []byte("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook></Workbook>"), CodeXMLSpreadsheet, 0, Options{}},
		{"PDF", []byte("%PDF-1.7\n日期,捐赠人,金额"), CodeNotASheet, 0, Options{}},
		{"picture", []byte("\x89PNG\r\n\x1a\n0000"), CodeNotASheet, 0, Options{}},
		{"photo", []byte("\xFF\xD8\xFF\xE0\x00\x10JFIF"), CodeNotASheet, 0, Options{}},
		{"RAR archive", []byte("Rar!\x1A\x07\x01\x00"), CodeNotASheet, 0, Options{}},
		{"gzip", []byte("\x1F\x8B\x08\x00abcdefgh"), CodeNotASheet, 0, Options{}},
		{"old xls", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), append(make([]byte, 500), utf16le("Workbook")...)...), CodeXLSLegacy, 0, Options{}},
		{"old xls, cut off", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), CodeXLSLegacy, 0, Options{}},
		{"old Word document", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), append(make([]byte, 500), utf16le("WordDocument")...)...), CodeNotASheet, 0, Options{}},
	}
}

func xlsxCases(t *testing.T) []malformed {
	row := `<row r="2"><c r="A2"><v>47912</v></c><c r="B2" t="inlineStr"><is><t>甲</t></is></c><c r="C2"><v>5</v></c></row>`
	whole := sheetOf(t, row)
	sheet := func(text string) []byte {
		return handmade(t, map[string]string{"xl/worksheets/sheet1.xml": text})
	}
	encrypted := workbookWithPassword(t)
	head := giftRows("")
	return []malformed{
		{"cut after the signature", whole[:4], CodeXLSXBroken, 0, Options{}},
		{"cut in the middle", whole[:len(whole)/2], CodeXLSXBroken, 0, Options{}},
		{"cut before the end", whole[:len(whole)-1], CodeXLSXBroken, 0, Options{}},
		{"empty archive", emptyZip(t), CodeZipNotXLSX, 0, Options{}},
		{"archive of a CSV", zipOf(t, "a.csv", []byte(goodHead)), CodeZipNotXLSX, 0, Options{}},
		{"Word document", handmade(t, map[string]string{"xl/workbook.xml": "", "xl/_rels/workbook.xml.rels": "", "word/document.xml": "<d/>", "_rels/.rels": strings.Replace(relsXML, "xl/workbook", "word/document", 1)}), CodeZipNotXLSX, 0, Options{}},
		{"with a password", encrypted, CodeXLSXEncrypted, 0, Options{}},
		{"no worksheets", handmade(t, map[string]string{"xl/workbook.xml": `<workbook><sheets/></workbook>`}), CodeXLSXNoSheets, 0, Options{}},
		{"worksheet that is missing", handmade(t, nil), CodeXLSXNoSheets, 0, Options{}},
		{"worksheet elsewhere", handmade(t, map[string]string{"xl/_rels/workbook.xml.rels": strings.Replace(bookRel, "worksheets/", "http://a/", 1), "xl/worksheets/sheet1.xml": head}), CodeXLSXNoSheets, 0, Options{}},
		{"broken workbook", handmade(t, map[string]string{"xl/workbook.xml": "<workbook>", "xl/worksheets/sheet1.xml": head}), CodeXLSXBroken, 0, Options{}},
		{"broken relations", handmade(t, map[string]string{"xl/_rels/workbook.xml.rels": "x", "xl/worksheets/sheet1.xml": head}), CodeXLSXBroken, 0, Options{}},
		{"broken styles", handmade(t, map[string]string{"xl/styles.xml": "<styleSheet><cellXfs>", "xl/worksheets/sheet1.xml": head}), CodeXLSXBroken, 0, Options{}},
		{"empty worksheet part", sheet(" "), CodeXLSXBroken, 1, Options{}},
		{"worksheet without rows", sheet(`<worksheet><sheetData/></worksheet>`), CodeHeaderNotFound, 0, Options{}},
		{"XML that ends early", sheet(strings.TrimSuffix(giftRows(row), "</sheetData></worksheet>")), CodeXLSXBroken, 3, Options{}},
		{"XML cut inside a cell", sheet(giftRows(row)[:360]), CodeXLSXBroken, 2, Options{}},
		{"tags crossed", sheet(giftRows(`<row r="2"><c r="A2"><v>1</c></v></row>`)), CodeXLSXBroken, 2, Options{}},
		{"unknown entity", sheet(giftRows(`<row r="2"><c r="A2" t="str"><v>&xxe;</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"document type", sheet(`<!DOCTYPE x [<!ENTITY a "b">]>` + giftRows(row)), CodeXLSXBroken, 1, Options{}},
		{"rows out of order", sheet(giftRows(row + `<row r="2"/>`)), CodeXLSXBroken, 3, Options{}},
		{"cells out of order", sheet(giftRows(`<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"row beyond the last", sheet(giftRows(row + `<row r="1048577"/>`)), CodeXLSXBroken, 3, Options{}},
		{"column beyond the last", sheet(giftRows(`<row r="2"><c r="XFE2"><v>1</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"column far out", sheet(giftRows(row + `<row r="3"><c r="XFD3" s="1"/></row><row r="4"><c r="XFD4"><v>1</v></c></row>`)), CodeTooManyColumns, 4, Options{}},
		{"column that is none", sheet(giftRows(`<row r="2"><c r="甲2"><v>1</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"shared string that is missing", sheet(giftRows(`<row r="2"><c r="B2" t="s"><v>9</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"shared strings cut off", handmade(t, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>a", "xl/worksheets/sheet1.xml": giftRows(row)}), CodeXLSXBroken, 0, Options{}},
		{"number that is none", sheet(giftRows(`<row r="2"><c r="A2"><v>abc</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"infinite number", sheet(giftRows(`<row r="2"><c r="A2"><v>1E999</v></c></row>`)), CodeXLSXBroken, 2, Options{}},
		{"bomb of blanks", sheet(giftRows(row) + strings.Repeat(" ", 3<<20)), CodeXLSXTooLarge, 0, Options{MaxUnzipBytes: 1 << 20}},
		{"bomb that hides its size", lyingZip(t, giftRows(row+strings.Repeat(`<row/>`, 500_000))), CodeXLSXBroken, 0, Options{MaxUnzipBytes: 1 << 20}},
		{"bomb of shared strings", handmade(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><t/></si>", 100_000) + "</sst>", "xl/worksheets/sheet1.xml": giftRows(row)}), CodeXLSXTooLarge, 0, Options{MaxSharedBytes: 1 << 20}},
		{"bomb of one tag", sheet("<worksheet " + strings.Repeat("a", 2<<20) + "/>"), CodeXLSXTooLarge, 1, Options{}},
		{"bomb shared by many worksheets", manySheets(t, 300, giftRows(strings.Repeat("<row/>", 2000))), CodeXLSXTooLarge, 0, Options{MaxUnzipBytes: 1 << 20}},
		{"too many worksheets", manySheets(t, maxSheets+1, giftRows(row)), CodeXLSXTooLarge, 0, Options{}},
		{"bomb of depth", sheet(strings.Repeat("<a>", 100_000)), CodeXLSXBroken, 1, Options{}},
		{"archive of many parts", manyParts(t, maxZipEntries+1), CodeXLSXTooLarge, 0, Options{}},
		{"bits turned", turned(whole), CodeXLSXBroken, 0, Options{}},
		{"data row first at the end", sheet(giftRows(`<row r="1048576"><c r="A1048576"><v>47912</v></c></row>`)), CodeTooManyRows, 1_000_002, Options{MaxRows: 1_000_000}},
	}
}

func TestMalformedFiles(t *testing.T) {
	cases := append(csvCases(t), xlsxCases(t)...)
	if len(cases) < 80 {
		t.Errorf("only %d files", len(cases))
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := firstError(c.data, c.opts)
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if e.Code != c.code || c.row != 0 && e.Row != c.row {
				t.Errorf("got %v (%v), want %s in row %d", e, e.cause, c.code, c.row)
			}
			zh := strings.Index(e.Hint, codeIndex()[e.Code].CureZH)
			if en := strings.Index(e.Hint, codeIndex()[e.Code].CureEN); zh < 0 || en < zh {
				t.Errorf("the hint is not Chinese, then English: %s", e.Hint)
			}
		})
	}
}

// firstError is the first error on the way an import takes.
func firstError(data []byte, o Options) error {
	f, err := Open("x.xlsx", bytes.NewReader(data), int64(len(data)), o)
	if err != nil {
		return err
	}
	if _, err := f.Preview(0); err != nil && !asError(err).RefusesFile() {
		return err
	}
	table, err := f.Table(Donations)
	if err != nil {
		return err
	}
	for row, err := range table.Rows() {
		if err != nil {
			return err
		}
		if err := row.Require(DateField, Donor, Amount); err != nil {
			return err
		}
	}
	return errors.New("no error")
}

// TestOpenReportsReadErrors: a reader that fails is no short file.
func TestOpenReportsReadErrors(t *testing.T) {
	text := goodHead + strings.Repeat("2031-3-5,甲,5\n", 100_000)
	for _, limit := range []int64{0, 100, 70_000, 1_000_000} {
		f, err := Open("x", failing{strings.NewReader(text), limit}, int64(len(text)), Options{Encoding: "utf-8"})
		if err == nil {
			var table *Table
			if table, err = f.Table(Donations); err == nil {
				_, err = table.Survey()
			}
		}
		if err == nil || asError(err).Code != CodeFileUnreadable || !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("failing at %d: %v", limit, err)
		}
	}
}

type failing struct {
	io.ReaderAt
	limit int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.limit {
		return 0, io.ErrClosedPipe
	}
	return f.ReaderAt.ReadAt(p, off)
}

func pseudoRandom(n int) []byte {
	b, x := make([]byte, n), uint32(7)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func emptyZip(t *testing.T) []byte {
	var b bytes.Buffer
	if err := zip.NewWriter(&b).Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, name string, data []byte) []byte {
	return handmade(t, map[string]string{"_rels/.rels": "", "xl/workbook.xml": "", "xl/_rels/workbook.xml.rels": "", name: string(data)})
}

func manyParts(t *testing.T, n int) []byte {
	parts := map[string]string{}
	for i := range n {
		parts["p/"+itoa(i)] = "x"
	}
	return handmade(t, parts)
}

// manySheets is a workbook whose worksheets are all the same part.
func manySheets(t *testing.T, n int, sheet string) []byte {
	one := `<sheet name="表" sheetId="1" r:id="rId1"/>`
	return handmade(t, map[string]string{"xl/workbook.xml": strings.Replace(bookXML, one, strings.Repeat(one, n), 1), "xl/worksheets/sheet1.xml": sheet})
}

func turned(data []byte) []byte {
	b := bytes.Clone(data)
	for i := len(b) / 3; i < len(b)/3+40; i++ {
		b[i] ^= 0xFF
	}
	return b
}

// lyingZip stores a worksheet whose directory entry says it is small.
func lyingZip(t *testing.T, text string) []byte {
	var packed, b bytes.Buffer
	fw, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = fw.Write([]byte(text))
	_ = fw.Close()
	z := zip.NewWriter(&b)
	for name, part := range map[string]string{"_rels/.rels": relsXML, "xl/workbook.xml": bookXML, "xl/_rels/workbook.xml.rels": bookRel} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(part))
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 100})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(packed.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbookWithPassword(t *testing.T) []byte {
	var b bytes.Buffer
	f := excelize.NewFile()
	defer f.Close()
	if err := f.Write(&b, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
