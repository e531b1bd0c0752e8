package sheets

import (
	"io"
	"strings"
)

// CellKind is what the spreadsheet says a cell is. Every cell of a CSV is text.
type CellKind uint8

// The kinds of cells.
const (
	CellText     CellKind = iota // text, or an empty cell
	CellNumber                   // a number without a date format
	CellDate                     // a number shown as a date, a time or both: a serial
	CellDuration                 // a number shown as a time of day or elapsed time: a fraction of a day
	CellBool
	CellError   // a formula error such as #N/A
	CellFormula // a formula that was saved without its value
)

// Cell is one cell as it stood. Numbers are in plain decimal notation with at
// most 15 significant digits, which is what a spreadsheet shows; a number that
// has more is left as it is.
type Cell struct {
	Text string
	Kind CellKind
}

// blank reports whether nothing can be seen in the cell.
func (c Cell) blank() bool {
	switch {
	case c.Kind == CellError || c.Kind == CellFormula:
		return false
	case c.Text == "":
		return true
	case c.Text[0] > ' ' && c.Text[0] < 0x7f, c.Text[0] >= 0xE4 && c.Text[0] <= 0xE9:
		return false // begins with something visible: the common case
	}
	return Clean(c.Text) == ""
}

// figure reports whether the cell can hold an amount or a count: text, or a
// number that is not shown as a date or a time.
func (c Cell) figure() bool { return c.Kind == CellText || c.Kind == CellNumber }

// rawRow is one row as a source delivers it. The cells slice is reused for the
// next row; the strings in it stay valid.
type rawRow struct {
	number int
	cells  []Cell
	hidden bool
	fault  Code // a fault found while splitting the row; empty: none
	at     int  // index of the cell the fault is in
}

// source delivers the rows of one worksheet or CSV file from the first to the
// last and then io.EOF. Any other error is an *Error and final.
type source interface {
	next(*rawRow) error
	io.Closer
}

// columnLetter names a column as spreadsheets do: 0 is A, 26 is AA.
func columnLetter(index int) string {
	var b [4]byte
	i := len(b)
	for n := index + 1; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// columnIndex is the inverse of columnLetter; ok is false for anything else.
func columnIndex(letters string) (index int, ok bool) {
	if letters == "" || len(letters) > 3 {
		return 0, false
	}
	for _, r := range strings.ToUpper(letters) {
		if r < 'A' || r > 'Z' {
			return 0, false
		}
		index = index*26 + int(r-'A') + 1
	}
	return index - 1, true
}
