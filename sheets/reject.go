package sheets

import (
	"fmt"
	"io"
	"strings"
)

// RejectWriter writes the refused rows in the layout of the sheet they came
// from, with reason and cure in two more columns, so that a clerk can mend
// them and import that file. The two columns are known again when it is read.
//
// The file holds the cells of refused rows. It is for the clerk who gave the
// sheet, and is never kept by the ledger.
type RejectWriter struct {
	out    *Writer
	t      *Table
	width  int // columns before the two of ours
	skip   int // columns of ours in the sheet that was read
	values []Value
	count  int
}

// NewRejectWriter begins the file with title, unit and header as they stood.
func NewRejectWriter(w io.Writer, t *Table) (*RejectWriter, error) {
	out, err := NewWriter(w, t.Format, t.Sheet)
	if err != nil {
		return nil, err
	}
	r := &RejectWriter{out: out, t: t, width: len(t.headings)}
	if ours := rejectColumns(t.headings); ours > 0 {
		r.width, r.skip = ours, len(t.headings)-ours
	}
	for _, row := range t.preamble {
		if err := r.copy(row.cells, "", ""); err != nil {
			return nil, err
		}
	}
	for i, row := range t.header {
		reason, cure := "", ""
		if i == 0 {
			reason, cure = reasonHeading, cureHeading
		}
		if err := r.copy(row.cells, reason, cure); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Add writes a refused row. Reason and cure are for the clerk; they must not
// repeat what stands in the row. See Explain.
func (r *RejectWriter) Add(row Row, reason, cure string) error {
	r.count++
	return r.copy(row.cells, fmt.Sprintf("原第 %d 行 / row %d: %s", row.Number, row.Number, reason), cure)
}

// Count is how many rows were added.
func (r *RejectWriter) Count() int { return r.count }

// Close writes the file out. A file without refused rows has the header only.
func (r *RejectWriter) Close() error { return r.out.Close() }

// copy writes cells as they stood, our columns where the header ends, and
// after them the cells that had no heading.
func (r *RejectWriter) copy(cells []Cell, reason, cure string) error {
	r.values = r.values[:0]
	for i := range r.width {
		if i < len(cells) {
			r.values = append(r.values, rawValue(cells[i]))
		} else {
			r.values = append(r.values, Value{})
		}
	}
	if reason != "" || cure != "" {
		r.values = append(r.values, TextValue(reason), TextValue(cure))
	}
	if from := r.width + r.skip; from < len(cells) {
		for len(r.values) < r.width+2 {
			r.values = append(r.values, Value{})
		}
		for _, c := range cells[from:] {
			r.values = append(r.values, rawValue(c))
		}
	}
	return r.out.Row(r.values...)
}

// Explain gives reason and cure of an error of this package for the two
// columns: code, column, kind of value, meaning; never the value. For any
// other error the reason is its text.
func Explain(err error) (reason, cure string) {
	e := asError(err)
	info, ok := codeIndex()[e.Code]
	if !ok || e.cause == err {
		return err.Error(), ""
	}
	parts := []string{string(e.Code)}
	if e.Column != "" {
		parts = append(parts, e.Column)
	}
	if e.Class != "" {
		parts = append(parts, "["+e.Class+"]")
	}
	return strings.Join(parts, " ") + ": " + info.MeaningZH + " / " + info.MeaningEN, info.CureZH + " / " + info.CureEN
}
