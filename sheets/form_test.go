package sheets

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func signIn() *Form {
	return &Form{
		Title:   "清洁日 签到表",
		Facts:   []FormFact{{"时间", "2026-03-10 09:00–11:00"}, {"负责人", ""}},
		Notes:   []string{"请本人签名，不得代签。", strings.Repeat("很长的说明", 30)},
		Columns: []FormColumn{{"序号", 6}, {"志愿者编号", 30}, {"姓名", 14}, {"签到签名", 20}, {"签退签名", 20}},
		Lines:   45, Filled: [][]string{{"=HYPERLINK(1)", "<b>"}},
		Footer: []string{"经办人签字：　　　　　　社区盖章："},
	}
}

func TestFormIsAWorkbookThatPrintsOnA4(t *testing.T) {
	var b bytes.Buffer
	if err := signIn().XLSX(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	layout, err := f.GetPageLayout(sheet)
	if err != nil || *layout.Size != 9 || *layout.Orientation != "portrait" || *layout.FitToWidth != 1 {
		t.Errorf("%+v, %v", layout, err)
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	// Title, two facts, two notes, headings, 45 lines, one footer.
	if len(rows) != 1+2+2+1+45+1 || rows[0][0] != "清洁日 签到表" || rows[2][0] != "负责人：____________________" {
		t.Fatalf("%d rows, %q", len(rows), rows[:3])
	}
	if got := strings.Join(rows[5], "|"); got != "序号|志愿者编号|姓名|签到签名|签退签名" {
		t.Error(got)
	}
	if rows[6][0] != "1" || rows[50][0] != "45" {
		t.Errorf("lines are numbered %q to %q", rows[6][0], rows[50][0])
	}
	if kind, err := f.GetCellType(sheet, "A7"); err != nil || kind == excelize.CellTypeSharedString {
		t.Errorf("the number is text: %v, %v", kind, err)
	}
	if formula, err := f.GetCellFormula(sheet, "B7"); err != nil || formula != "" || rows[6][1][0] == '=' {
		t.Errorf("a formula %q from a cell %q", formula, rows[6][1])
	}
	if names := f.GetDefinedName(); len(names) != 1 || !strings.HasSuffix(names[0].RefersTo, "!$6:$6") {
		t.Errorf("headings do not stand on every page: %+v", names)
	}
}

func TestFormIsAPageThatLoadsNothing(t *testing.T) {
	var b strings.Builder
	if err := signIn().HTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"size: A4 portrait", "<th scope=\"col\">签到签名</th>", "<td>45</td>", "&lt;b&gt;", "负责人：<span></span>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "src=", "href=", "url(", "<b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}
