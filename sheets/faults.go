package sheets

import (
	"strings"
	"unicode/utf8"
)

// fault looks at the raw cells of a data row for what no parser should see.
func (r *reading) fault() *Error {
	row, t := &r.raw, r.t
	if row.fault != "" {
		return t.rowError(row.fault, row.number, row.at, Cell{})
	}
	for i, c := range row.cells {
		if c.Text == "" && c.Kind == CellText || quietASCII(c) {
			if i >= len(t.headings) && c.Text != "" {
				if e := r.unheaded(i, c); e != nil {
					return e
				}
			}
			continue
		}
		switch {
		case strings.Contains(c.Text, "\uFFFD"):
			r.replacement(i)
			return t.rowError(CodeCellUndecodable, row.number, i, Cell{})
		case hasControl(c.Text) || !utf8.ValidString(c.Text):
			return t.rowError(CodeCellControl, row.number, i, Cell{})
		case len(c.Text) > maxCellBytes:
			return t.rowError(CodeCellTooLong, row.number, i, Cell{})
		case c.Kind == CellError && t.known(i):
			return t.rowError(CodeCellError, row.number, i, Cell{})
		case c.Kind == CellFormula && t.known(i):
			return t.rowError(CodeCellFormula, row.number, i, Cell{})
		case i >= len(t.headings) && !c.blank():
			if e := r.unheaded(i, c); e != nil {
				return e
			}
		}
	}
	return nil
}

// quietASCII is the quick test for a cell in which nothing can be wrong.
func quietASCII(c Cell) bool {
	if len(c.Text) > 64 || c.Kind == CellError || c.Kind == CellFormula {
		return false
	}
	for i := 0; i < len(c.Text); i++ {
		if b := c.Text[i]; b < ' ' || b >= 0x7f {
			return false
		}
	}
	return true
}

// unheaded treats a cell to the right of the header. In a CSV it means that a
// comma has moved the cells, so the row cannot be trusted; in a worksheet it
// is a note in the margin, which is counted.
func (r *reading) unheaded(i int, c Cell) *Error {
	if c.blank() {
		return nil
	}
	if r.t.Format == CSV {
		return r.t.rowError(CodeCellWithoutHeading, r.raw.number, i, c)
	}
	r.sum.Unheaded++
	return nil
}

func (r *reading) replacement(first int) {
	if r.sum.Replacements == 0 {
		r.sum.FirstReplacement = columnLetter(first) + itoa(r.raw.number)
	}
	for _, c := range r.raw.cells {
		if strings.Contains(c.Text, "\uFFFD") {
			r.sum.Replacements++
		}
	}
}

func (t *Table) known(column int) bool {
	for _, c := range t.Columns {
		if c.Index == column {
			return true
		}
	}
	return false
}

// rowError makes an error of row scope. The column may be -1 for none; of the
// cell only its class is kept.
func (t *Table) rowError(code Code, row, column int, c Cell) *Error {
	e := &Error{Code: code, Sheet: t.Sheet, Row: row, Hint: code.Hint(), Class: class(c)}
	if column >= 0 {
		place := Column{Index: column, Letter: columnLetter(column)}
		if column < len(t.headings) {
			place.Heading = t.headings[column]
		}
		e.Column = place.String()
	}
	return e
}
