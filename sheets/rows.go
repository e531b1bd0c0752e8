package sheets

import (
	"io"
	"iter"
	"strings"
)

// Summary counts what a reading has met. Every row below the header is in
// exactly one of Rows, Refused, Blank, Repeated, TotalRows and Footers.
type Summary struct {
	Rows      int // data rows without a fault
	Refused   int // rows given with an error
	Blank     int
	Repeated  int // the header once more, as on every printed page
	TotalRows int
	Hidden    int // data rows that the spreadsheet hides; they count like others

	Totals  []Total
	Footers []Footer

	Replacements     int    // cells that hold U+FFFD
	FirstReplacement string // the first of them, such as "C17"
	Unheaded         int    // cells to the right of the header (XLSX); not imported
}

// Footer is a line below the table: who made it, who signed, a remark.
type Footer struct {
	Row  int
	Text string
}

// reading is one pass over the rows.
type reading struct {
	t       *Table
	src     source
	raw     rawRow
	sum     Summary
	pending []rawRow // footers that are in the table after all if data follows
	keys    []int    // columns in which a data row has digits
	sums    []int    // those of them that hold figures
	row     Row
}

// Rows streams the data rows. A row that cannot be taken comes with an *Error
// of row scope, and reading goes on; an error that refuses the file is the
// last thing given. The Row and its cells are valid until the next step, the
// strings taken from them for ever. Call Summary after it.
func (t *Table) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := &reading{t: t, keys: t.columnsOf(keyFields), sums: t.columnsOf(summed[:])}
		ended := true
		step := func(row Row, err error) bool {
			ended = ended && yield(row, err)
			return ended
		}
		err := r.run(step)
		t.summary = r.sum
		if err != nil && ended {
			yield(Row{t: t}, err)
		}
	}
}

// Summary tells what the last reading met, as far as it got.
func (t *Table) Summary() Summary { return t.summary }

// Survey reads the table once without looking at values: how many rows there
// are, what the totals declare, and whether the file can be read to its end.
// Its error is an *Error that refuses the file.
func (t *Table) Survey() (Summary, error) {
	for _, err := range t.Rows() {
		if err != nil && asError(err).RefusesFile() {
			return t.summary, err
		}
	}
	return t.summary, nil
}

// keyFields hold dates, figures and numbers: a row with a digit in one of them
// is no header.
var keyFields = []Field{DateField, Start, Amount, Duration, DurationHours, DurationMinutes, Quantity, CommunityCode, PersonNumber, Phone, IDNumber}

func (t *Table) columnsOf(fields []Field) []int {
	var columns []int
	for _, f := range fields {
		if t.byField[f] != 0 {
			columns = append(columns, int(t.byField[f])-1)
		}
	}
	return columns
}

// run reads to the end of the table. Panics of yield are the caller's own and
// pass; the source is closed in any case.
func (r *reading) run(yield func(Row, error) bool) error {
	src, err := r.t.file.source(r.t.sheet)
	if err != nil {
		return r.t.refuse(asError(err), 0)
	}
	r.src = src
	defer src.Close()
	for {
		more, err := r.advance()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if r.raw.number <= r.t.HeaderRow {
			continue
		}
		if r.raw.number > r.t.opts.MaxRows+r.t.HeaderRow {
			return r.t.refuse(refuse(CodeTooManyRows, ""), r.raw.number)
		}
		goOn, err := r.step(yield)
		if err != nil || !goOn {
			return err
		}
	}
	return r.finish()
}

// advance reads the next raw row; a panic below becomes a refusal.
func (r *reading) advance() (more bool, err error) {
	defer guard(&err)
	switch err := r.src.next(&r.raw); {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, r.t.refuse(asError(err), r.raw.number+1)
	}
	return true, nil
}

// numberedOnly reports a line that was numbered ahead and that nobody filled in.
func (r *reading) numberedOnly() bool {
	at := int(r.t.byField[Sequence]) - 1
	if at < 0 || at >= len(r.raw.cells) || !allDigits(narrow(r.raw.cells[at].Text)) {
		return false
	}
	for i, c := range r.raw.cells {
		if i != at && !c.blank() {
			return false
		}
	}
	return true
}

func (r *reading) finish() error {
	for _, p := range r.pending {
		r.sum.Footers = append(r.sum.Footers, Footer{p.number, rowText(p.cells)})
	}
	if r.sum.Rows+r.sum.Refused == 0 {
		return r.t.refuse(refuse(CodeNoRows, ""), r.t.HeaderRow)
	}
	return nil
}

// step decides what the row is.
func (r *reading) step(yield func(Row, error) bool) (bool, error) {
	cells := r.raw.cells
	if r.raw.fault == "" && (blankRow(cells) || r.numberedOnly()) {
		r.sum.Blank++
		return true, nil
	}
	if r.raw.fault == "" {
		if label, at, ok := totalLabel(cells); ok {
			return r.total(label, at, yield), nil
		}
		if !r.hasDigit(r.keys) && r.isHeader() {
			return r.anotherHeader()
		}
		if isFooter(cells) {
			return r.footer(yield), nil
		}
	}
	return r.data(yield), nil
}

// data gives the notes that turned out to stand inside the table, then the row.
func (r *reading) data(yield func(Row, error) bool) bool {
	if len(r.pending) > 0 {
		now := r.raw.copy()
		for _, p := range r.pending {
			r.raw = p
			if !r.give(r.t.rowError(CodeNoteInTable, p.number, -1, Cell{}), yield) {
				return false
			}
		}
		r.pending, r.raw = nil, now
	}
	if r.raw.hidden {
		r.sum.Hidden++
	}
	return r.give(r.fault(), yield)
}

func (r *reading) give(fault *Error, yield func(Row, error) bool) bool {
	r.row = Row{Number: r.raw.number, t: r.t, cells: r.raw.cells}
	if fault != nil {
		r.sum.Refused++
		return yield(r.row, fault)
	}
	r.sum.Rows++
	return yield(r.row, nil)
}

// footer keeps a line below the table until it is sure that no data follows.
// One that carries figures is refused: nothing may be lost in a remark.
func (r *reading) footer(yield func(Row, error) bool) bool {
	filled := 0
	for _, c := range r.raw.cells {
		if !c.blank() {
			filled++
		}
	}
	if r.hasDigit(r.sums) || filled > 6 || len(r.pending) >= 100 {
		return r.give(r.t.rowError(CodeNoteInTable, r.raw.number, -1, Cell{}), yield)
	}
	r.pending = append(r.pending, r.raw.copy())
	return true
}

func (r *reading) hasDigit(columns []int) bool {
	for _, k := range columns {
		if k < len(r.raw.cells) && holdsDigit(r.raw.cells[k].Text) {
			return true
		}
	}
	return false
}

func holdsDigit(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
		if s[i] == 0xEF { // where full-width digits begin
			return strings.ContainsAny(s[i:], "0123456789０１２３４５６７８９")
		}
	}
	return false
}

// isHeader reports whether the row names as many fields as a header would.
func (r *reading) isHeader() bool {
	best := countFields(r.t.Kind, r.raw.cells)
	if best >= 2 {
		return true
	}
	for _, k := range Kinds() {
		best = max(best, countFields(k, r.raw.cells))
	}
	return best >= 3
}

// anotherHeader passes over the same header again and stops at a different
// one: rows below it mean something else. With the header row named by the
// caller the table simply ends there.
func (r *reading) anotherHeader() (bool, error) {
	last := r.t.header[len(r.t.header)-1]
	for _, h := range [][]Cell{r.t.header[0].cells, last.cells} {
		if sameTexts(h, r.raw.cells) {
			r.sum.Repeated++
			return true, nil
		}
	}
	if r.t.opts.HeaderRow != 0 {
		return false, r.finish()
	}
	e := secondTable(r.t.HeaderRow, r.raw.number)
	return false, r.t.refuse(e, r.raw.number)
}

func sameTexts(a, b []Cell) bool {
	for i := range max(len(a), len(b)) {
		x, y := "", ""
		if i < len(a) {
			x = normalHeading(a[i].Text)
		}
		if i < len(b) {
			y = normalHeading(b[i].Text)
		}
		if x != y {
			return false
		}
	}
	return true
}

func (r rawRow) copy() rawRow {
	r.cells = append([]Cell(nil), r.cells...)
	return r
}

func rowText(cells []Cell) string {
	var parts []string
	for _, c := range cells {
		if !c.blank() {
			parts = append(parts, Clean(c.Text))
		}
	}
	return strings.Join(parts, " ")
}
