package sheets

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook makes an XLSX with excelize.
func workbook(tb testing.TB, fill func(*excelize.File)) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func setRows(tb testing.TB, f *excelize.File, sheet string, rows ...[]any) {
	tb.Helper()
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			tb.Fatal(err)
		}
	}
}

// Parts of a workbook made by hand, for layouts that excelize does not write.
const (
	relsXML = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookXML = `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>`
	bookRel = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
)

// handmade zips the parts; a part that is not given has its usual content.
func handmade(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	all := map[string]string{"_rels/.rels": relsXML, "xl/workbook.xml": bookXML, "xl/_rels/workbook.xml.rels": bookRel}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		if text == "" {
			continue // left out
		}
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// giftRows is a worksheet with the header of a donation sheet and more rows.
func giftRows(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
		`<row r="1"><c r="A1" t="inlineStr"><is><t>日期</t></is></c><c r="B1" t="inlineStr"><is><t>捐赠人</t></is></c><c r="C1" t="inlineStr"><is><t>金额</t></is></c></row>` +
		rows + `</sheetData></worksheet>`
}

func sheetOf(tb testing.TB, rows string) []byte {
	return handmade(tb, map[string]string{"xl/worksheets/sheet1.xml": giftRows(rows)})
}
