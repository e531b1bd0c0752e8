package sheets

import (
	"fmt"
	"html/template"
	"io"

	"github.com/xuri/excelize/v2"
)

// Form is a paper form to be filled in by hand: a title, facts, notes, and
// numbered empty lines. It prints on A4, the headings on every page.
type Form struct {
	Title   string
	Facts   []FormFact
	Notes   []string
	Columns []FormColumn
	Lines   int // numbered from 1; the first column holds the number
	// Filled are the texts of the first lines, by column behind the number;
	// lines beyond them are empty.
	Filled [][]string
	Footer []string // signatures at the end
}

// FormFact is a name and a value; an empty value is a line to write on.
type FormFact struct{ Name, Value string }

// FormColumn is a column of the lines. Width is in characters of a spreadsheet;
// those of an A4 page come to about 90.
type FormColumn struct {
	Heading string
	Width   int
}

const (
	formRowHeight  = 26.0 // points: room to sign
	formHeadHeight = 30.0
)

// XLSX writes the form as a workbook.
func (f *Form) XLSX(w io.Writer) error {
	file := excelize.NewFile()
	defer file.Close()
	sheet := sheetName(f.Title)
	if err := file.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	x := &formWriter{file: file, sheet: sheet, columns: len(f.Columns)}
	x.page()
	for i, c := range f.Columns {
		x.width(i+1, c.Width)
	}
	title := x.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	text := x.style(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	head := x.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: formBorders, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	cell := x.style(&excelize.Style{Border: formBorders, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	x.across(f.Title, title, formHeadHeight)
	for _, fact := range f.Facts {
		x.across(fact.line(), text, 0)
	}
	for _, note := range f.Notes {
		x.across(note, text, 0)
	}
	x.headings(f.Columns, head)
	for n := range f.Lines {
		x.line(n, f.filled(n), cell)
	}
	for _, s := range f.Footer {
		x.across(s, text, formHeadHeight)
	}
	if x.err != nil {
		return fmt.Errorf("sheets: form: %w", x.err)
	}
	return file.Write(w)
}

func (f FormFact) line() string {
	if f.Value == "" {
		return f.Name + "：____________________"
	}
	return f.Name + "：" + f.Value
}

func (f *Form) filled(line int) []string {
	if line < len(f.Filled) {
		return f.Filled[line]
	}
	return nil
}

var formBorders = []excelize.Border{
	{Type: "left", Color: "000000", Style: 1}, {Type: "right", Color: "000000", Style: 1},
	{Type: "top", Color: "000000", Style: 1}, {Type: "bottom", Color: "000000", Style: 1},
}

// formWriter keeps the first fault, so that a form is written line after line.
type formWriter struct {
	file    *excelize.File
	sheet   string
	columns int
	row     int
	err     error
}

func (x *formWriter) check(err error) {
	if x.err == nil {
		x.err = err
	}
}

// page sets A4 upright, one page wide and as many long as there are lines.
func (x *formWriter) page() {
	a4, upright, wide, long, fit := 9, "portrait", 1, 0, true
	x.check(x.file.SetPageLayout(x.sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &upright, FitToWidth: &wide, FitToHeight: &long}))
	x.check(x.file.SetSheetProps(x.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	margin := 0.5 // inches
	x.check(x.file.SetPageMargins(x.sheet, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin}))
	x.check(x.file.SetHeaderFooter(x.sheet, &excelize.HeaderFooterOptions{OddFooter: "&C第 &P 页，共 &N 页"}))
}

func (x *formWriter) width(column, width int) {
	name, err := excelize.ColumnNumberToName(column)
	x.check(err)
	x.check(x.file.SetColWidth(x.sheet, name, name, float64(width)))
}

func (x *formWriter) style(s *excelize.Style) int {
	id, err := x.file.NewStyle(s)
	x.check(err)
	return id
}

func (x *formWriter) cellName(column int) string {
	name, err := excelize.CoordinatesToCellName(column, x.row)
	x.check(err)
	return name
}

// put writes a text that no spreadsheet program takes for a formula.
func (x *formWriter) put(column int, text string, style int) {
	at := x.cellName(column)
	x.check(x.file.SetCellStr(x.sheet, at, protect(text)))
	x.check(x.file.SetCellStyle(x.sheet, at, at, style))
}

// across writes a text over the whole width, as high as its length needs.
func (x *formWriter) across(text string, style int, height float64) {
	x.row++
	x.put(1, text, style)
	x.check(x.file.MergeCell(x.sheet, x.cellName(1), x.cellName(x.columns)))
	if height == 0 {
		height = 16 * float64(1+2*len([]rune(text))/formCharacters)
	}
	x.check(x.file.SetRowHeight(x.sheet, x.row, height))
}

// formCharacters is how many narrow characters stand in a line of a form.
const formCharacters = 92

func (x *formWriter) headings(columns []FormColumn, style int) {
	x.row++
	for i, c := range columns {
		x.put(i+1, c.Heading, style)
	}
	x.check(x.file.SetRowHeight(x.sheet, x.row, formHeadHeight))
	x.check(x.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", x.sheet, x.row, x.row), Scope: x.sheet,
	}))
}

func (x *formWriter) line(n int, filled []string, style int) {
	x.row++
	for column := 1; column <= x.columns; column++ {
		text := ""
		if column-2 >= 0 && column-2 < len(filled) {
			text = filled[column-2]
		}
		x.put(column, text, style)
	}
	x.check(x.file.SetCellInt(x.sheet, x.cellName(1), int64(n+1)))
	x.check(x.file.SetRowHeight(x.sheet, x.row, formRowHeight))
}

// HTML writes the form as a page of its own, to be printed by a browser. It
// loads nothing.
func (f *Form) HTML(w io.Writer) error { return formPage.Execute(w, f) }

// Rows are the numbered lines of the page.
func (f *Form) Rows() (rows [][]string) {
	for n := range f.Lines {
		row := make([]string, len(f.Columns))
		row[0] = fmt.Sprint(n + 1)
		copy(row[1:], f.filled(n))
		rows = append(rows, row)
	}
	return rows
}

var formPage = template.Must(template.New("form").Parse(`<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{{.Title}}</title>
<style>
@page { size: A4 portrait; margin: 12mm; }
body { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", SimSun, sans-serif; font-size: 11pt; color: #000; margin: 0 auto; max-width: 186mm; }
h1 { font-size: 16pt; text-align: center; margin: 0 0 3mm; }
p { margin: 0 0 1mm; }
.facts { display: grid; grid-template-columns: 1fr 1fr; column-gap: 6mm; }
.facts p span { display: inline-block; min-width: 40mm; border-bottom: 0.2mm solid #000; }
table { width: 100%; border-collapse: collapse; margin: 3mm 0; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.2mm solid #000; height: 9mm; padding: 0 1mm; text-align: center; overflow-wrap: anywhere; }
footer p { margin-top: 6mm; }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<div class="facts">
{{range .Facts}}<p>{{.Name}}：{{if .Value}}{{.Value}}{{else}}<span></span>{{end}}</p>
{{end}}</div>
{{range .Notes}}<p>{{.}}</p>
{{end}}<table>
<colgroup>{{range .Columns}}<col span="1" width="{{.Width}}%">{{end}}</colgroup>
<thead><tr>{{range .Columns}}<th scope="col">{{.Heading}}</th>{{end}}</tr></thead>
<tbody>
{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody>
</table>
<footer>
{{range .Footer}}<p>{{.}}</p>
{{end}}</footer>
</body>
</html>
`))
