package sheets

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"sync"
)

// templatesCSV is the table of what a sheet to fill in has: kind, field,
// heading, whether it must be filled in, what it means in two languages, and
// an invented example.
//
//go:embed templates.csv
var templatesCSV string

// TemplateColumn is one column of a sheet to fill in.
type TemplateColumn struct {
	Field   Field
	Heading string // as the import knows it best
	Need    string // 必填 required; 择一 one of: enough of them must be there; empty: optional
	Chinese string
	English string
	Example string // invented
}

var templateTable = sync.OnceValue(func() map[Kind][]TemplateColumn {
	rows, err := csv.NewReader(strings.NewReader(templatesCSV)).ReadAll()
	if err != nil {
		panic("sheets: templates.csv: " + err.Error())
	}
	table := map[Kind][]TemplateColumn{}
	for _, row := range rows[1:] {
		kind, known := KindByName(row[0])
		field, ok := FieldByName(row[1])
		if !known || !ok {
			panic("sheets: templates.csv names a kind or a field that does not exist: " + row[0] + ", " + row[1])
		}
		table[kind] = append(table[kind], TemplateColumn{field, row[2], row[3], row[4], row[5], row[6]})
	}
	return table
})

// Template lists the columns of a sheet of a kind, to be filled in. The slice
// is shared and only to be read.
func Template(kind Kind) []TemplateColumn { return templateTable()[kind] }

// Worksheets of a template.
const (
	templateSheet    = "填写"
	explanationSheet = "说明 columns"
)

// WriteTemplate writes a sheet to fill in: its headings and, where it is wanted,
// the invented example as its only row. An
// XLSX has a second worksheet that explains every column; its cells for numbers
// that are names are texts, so that no spreadsheet shortens them.
func WriteTemplate(to io.Writer, kind Kind, format Format, example bool) error {
	columns := Template(kind)
	if len(columns) == 0 {
		return refuse(CodeKindUnknown, "")
	}
	w, err := NewWriter(to, format, templateSheet)
	if err != nil {
		return err
	}
	if err := writeTemplate(w, columns, format, example); err != nil {
		return errors.Join(err, w.Close())
	}
	return w.Close()
}

func writeTemplate(w *Writer, columns []TemplateColumn, format Format, example bool) error {
	headings, examples := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		headings[i], examples[i] = c.Heading, c.Example
		if err := w.column(i, len([]rune(c.Heading)), isName(c.Field)); err != nil {
			return err
		}
	}
	if err := w.Text(headings...); err != nil {
		return err
	}
	if example {
		if err := w.Text(examples...); err != nil {
			return err
		}
	}
	if format != XLSX {
		return nil
	}
	if err := w.Sheet(explanationSheet); err != nil {
		return err
	}
	for i, width := range []int{8, 12, 40, 60, 20} {
		if err := w.column(i, width, true); err != nil {
			return err
		}
	}
	if err := w.Text("列 column", "要否 need", "说明", "meaning", "示例 example"); err != nil {
		return err
	}
	for i, c := range columns {
		// With its letter in front a heading here is not taken for one of a table.
		if err := w.Text(columnLetter(i)+" "+c.Heading, c.Need, c.Chinese, c.English, c.Example); err != nil {
			return err
		}
	}
	return nil
}

// isName reports fields whose figures are names, not numbers.
func isName(f Field) bool {
	switch f {
	case PersonNumber, IDNumber, Phone, GuardianNumber, GuardianIDNumber, GuardianPhone, CommunityCode, Receipt, ActivityNumber:
		return true
	}
	return false
}
