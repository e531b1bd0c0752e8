package sheets

import (
	"fmt"
	"io"
	"strings"
)

// header is what was found at the beginning of a worksheet.
type header struct {
	preamble []rawRow // rows before the header, copied
	rows     []rawRow // the header, one row or more
	headings []string // one a column, the rows of the header joined
	fields   *fieldSet
	complete bool // all required fields are there
}

func (h *header) row() int { return h.rows[0].number }

// scan reads the rows in which a header may stand.
func scan(src source) ([]rawRow, error) {
	var rows []rawRow
	var raw rawRow
	for seen := 0; seen < headerSearchRows; {
		switch err := src.next(&raw); {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return rows, err
		}
		if raw.number > 10*headerSearchRows {
			return rows, nil
		}
		if !blankRow(raw.cells) {
			seen++
		}
		copied := raw
		copied.cells = append([]Cell(nil), raw.cells[:min(len(raw.cells), 4*DefaultMaxColumns)]...)
		rows = append(rows, copied)
	}
	return rows, nil
}

// findHeader searches the rows for the header of a kind. The first row that
// names two fields is taken, unless it lacks something required and a later
// one has everything.
func findHeader(rows []rawRow, kind Kind, over overrides, o Options) (*header, *Error) {
	var first *header
	for i := range rows {
		if o.HeaderRow != 0 && rows[i].number != o.HeaderRow || blankRow(rows[i].cells) {
			continue
		}
		if o.HeaderRow == 0 && fieldsOf(kind, rows[i].cells, over).count() < 2 {
			continue
		}
		h := readHeader(rows, i, kind, over, o)
		switch {
		case h.complete && first == nil:
			return h, nil
		case h.complete && first.fields.count() < 3:
			return h, nil // what came before were lines to fill in, such as 姓名：
		case h.complete:
			return nil, secondTable(first.row(), h.row())
		case first == nil:
			first = h
		}
	}
	if first == nil {
		return nil, refuse(CodeHeaderNotFound, "")
	}
	return first, nil
}

func secondTable(first, second int) *Error {
	e := refuse(CodeSecondTable, fmt.Sprintf("表头在第 %d 行和第 %d 行 / headers in rows %d and %d", first, second, first, second))
	e.Row = second
	return e
}

// readHeader takes the row at i as header, with the rows of sub-headings that
// may follow it under merged cells.
func readHeader(rows []rawRow, i int, kind Kind, over overrides, o Options) *header {
	h := &header{preamble: rows[:i], rows: rows[i : i+1]}
	h.join(kind, over, o)
	for next := i + 1; next < len(rows) && next <= i+2 && subHeading(h.headings, rows[next].cells); next++ {
		h.rows = rows[i : next+1]
		h.join(kind, over, o)
	}
	return h
}

func (h *header) join(kind Kind, over overrides, o Options) {
	h.headings = joinHeadings(h.rows)
	cells := make([]Cell, len(h.headings))
	for i, text := range h.headings {
		cells[i].Text = text
		if f, ok := over.letters[i]; ok && f != noField {
			cells[i].Text = "" // counted below
		}
	}
	h.fields = fieldsOf(kind, cells, over)
	for i, f := range over.letters {
		if i < len(cells) {
			h.fields[f] = true
		}
	}
	for _, f := range o.Given {
		h.fields[f] = true
	}
	h.fields[noField] = false
	h.complete = len(h.fields.missing(kind)) == 0
}

// subHeading reports whether a row is the lower part of a header: every cell
// stands below an empty cell, or below one that spans the columns to its
// right; some column has no lower part; no cell holds a digit.
func subHeading(upper []string, cells []Cell) bool {
	some, whole := false, false
	for i, c := range cells {
		if c.blank() {
			whole = whole || i < len(upper) && upper[i] != ""
			continue
		}
		if i >= len(upper)+DefaultMaxColumns || c.Kind != CellText || strings.ContainsAny(narrow(c.Text), "0123456789") {
			return false
		}
		spans := i+1 < len(upper) && upper[i+1] == "" && i+1 < len(cells) && !cells[i+1].blank()
		if i < len(upper) && upper[i] != "" && !spans {
			return false
		}
		some = true
	}
	return some && whole && nested(upper, cells)
}

// nested demands that some lower cell stands below a spanning one, so that a
// data row with an empty sequence number is not taken for a sub-heading.
func nested(upper []string, cells []Cell) bool {
	for i := range cells {
		if i+1 < len(upper) && i+1 < len(cells) && upper[i] != "" && upper[i+1] == "" && !cells[i].blank() && !cells[i+1].blank() {
			return true
		}
	}
	return false
}

// joinHeadings writes the rows of a header into one heading a column. An upper
// heading that spans several columns belongs to each of them.
func joinHeadings(rows []rawRow) []string {
	width := 0
	for _, r := range rows {
		for i, c := range r.cells {
			if !c.blank() {
				width = max(width, i+1)
			}
		}
	}
	headings := make([]string, width)
	for n, r := range rows {
		span := ""
		for i := range headings {
			text := ""
			if i < len(r.cells) {
				text = Clean(r.cells[i].Text)
			}
			if text != "" {
				span = text
			}
			lower := n+1 < len(rows) && i < len(rows[n+1].cells) && !rows[n+1].cells[i].blank()
			switch {
			case text == "" && lower:
				text = span
			case text == "":
				continue
			}
			headings[i] = strings.TrimSpace(headings[i] + " " + text)
		}
	}
	return headings
}
