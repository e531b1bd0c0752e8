package sheets

import (
	"fmt"
	"strings"
)

// Table is one table of a worksheet: its header and where its rows are. It may
// be read any number of times, one reading at a time.
type Table struct {
	Kind      Kind
	Format    Format
	Sheet     string // worksheet; empty for a CSV
	Title     string // the longest line above the header
	Unit      string // the unit row as it stands, such as 单位：元
	HeaderRow int    // number of the (last) header row
	Columns   []Column
	Unknown   []Column // headings that no field is known for; not imported
	Ignored   []Column // left out by Options.Columns

	MoneyFactor int64    // yuan to one unit of a bare amount
	TimeUnit    TimeUnit // unit of a bare length of time in a column without one
	Date1904    bool

	file     *File
	sheet    int
	opts     Options
	preamble []rawRow // rows above the header
	header   []rawRow // header rows
	headings []string
	byField  [fieldCount]int16 // column + 1; 0: no such column
	over     overrides
	compared []comparedColumn // for Row.Canonical
	summary  Summary
}

// Table finds the table of a kind: the worksheet, its header, its columns and
// units. Every error is an *Error that refuses the file.
func (f *File) Table(kind Kind) (t *Table, err error) {
	defer guard(&err)
	if kind < Service || kind > Roster {
		return nil, refuse(CodeKindUnknown, "")
	}
	over, err := readOverrides(f.opts.Columns)
	if err != nil {
		return nil, err
	}
	sheet, h, err := f.chooseSheet(kind, over)
	if err != nil {
		return nil, err
	}
	return f.newTable(kind, sheet, h, over)
}

func (f *File) newTable(kind Kind, sheet int, h *header, over overrides) (*Table, error) {
	t := &Table{Kind: kind, Format: f.Format, Sheet: f.Sheets[sheet].Name, HeaderRow: h.rows[len(h.rows)-1].number, file: f, sheet: sheet,
		opts: f.opts, preamble: h.preamble, header: h.rows, headings: h.headings, over: over}
	if f.xlsx != nil {
		t.Date1904 = f.xlsx.date1904
	}
	if len(h.headings) > f.opts.MaxColumns {
		return nil, t.refuse(refuse(CodeTooManyColumns, ""), h.row())
	}
	if refusal := t.assign(over); refusal != nil {
		return nil, t.refuse(refusal, h.row())
	}
	if names := h.fields.missing(kind); len(names) > 0 {
		return nil, t.withoutColumn(h.row(), names...)
	}
	if name := over.unused(h.headings); name != "" {
		return nil, t.refuse(refuse(CodeColumnsOption, fmt.Sprintf("没有这一列 / no column %s; 表头有 / headings found: %s", shorten(name, 30), t.headingList())), h.row())
	}
	if refusal := t.readUnits(); refusal != nil {
		return nil, refusal
	}
	t.compared = t.inComparedOrder()
	t.Title = title(t.preamble, t.Unit)
	return t, nil
}

func (t *Table) refuse(e *Error, row int) *Error {
	placed := *e
	placed.Sheet = t.Sheet
	if placed.Row == 0 {
		placed.Row = row
	}
	return &placed
}

// withoutColumn refuses a sheet that lacks columns.
func (t *Table) withoutColumn(row int, names ...string) *Error {
	detail := fmt.Sprintf("缺 / missing: %s; 表头有 / headings found: %s", strings.Join(names, ", "), t.headingList())
	return t.refuse(refuse(CodeFieldMissing, detail), row)
}

// headingList names the headings for a message, leaving out what looks like a
// value.
func (t *Table) headingList() string {
	var names []string
	for _, h := range t.headings {
		if h != "" && len(leadingDigits(narrow(h))) < 4 && len(names) < 30 {
			names = append(names, shorten(h, 20))
		}
	}
	return strings.Join(names, ", ")
}

// assign gives every column its field. An override goes before what the
// heading says; two columns for one field are refused, never chosen from.
func (t *Table) assign(over overrides) *Error {
	columns := make([]Column, len(t.headings))
	forced := [fieldCount]bool{}
	ours := rejectColumns(t.headings)
	for i, heading := range t.headings {
		columns[i] = Column{Index: i, Letter: columnLetter(i), Heading: heading}
		if f, ok := over.find(i, heading); ok {
			forced[f] = true
		}
	}
	for _, c := range columns {
		field, isForced := over.find(c.Index, c.Heading)
		m := meaning(t.Kind, c.Heading)
		c.factor, c.unit = m.factor, m.unit
		switch {
		case isForced && field == noField:
			t.Ignored = append(t.Ignored, c)
			continue
		case c.Index >= ours && ours > 0:
			continue
		case isForced:
			c.Field = field
		case m.field != noField && m.field < rejectReason && !forced[m.field]:
			c.Field = m.field
		case c.Heading == "":
			continue
		default:
			t.Unknown = append(t.Unknown, c)
			continue
		}
		if m.alien && c.Field == Amount {
			return refuse(CodeUnitUnknown, c.String())
		}
		if other := t.byField[c.Field]; other != 0 {
			return refuse(CodeColumnAmbiguous, fmt.Sprintf("%s: %s, %s", c.Field, columns[other-1], c))
		}
		t.byField[c.Field] = int16(c.Index + 1)
		t.Columns = append(t.Columns, c)
	}
	return nil
}

// rejectColumns finds where the two columns begin that our own reject file
// adds; 0: it does not.
func rejectColumns(headings []string) int {
	n := len(headings)
	if n > 2 && normalHeading(headings[n-2]) == reasonHeading && normalHeading(headings[n-1]) == cureHeading {
		return n - 2
	}
	return 0
}

const (
	reasonHeading = "原因"
	cureHeading   = "办法"
)

// Column gives the column of a field; ok is false when the table has none.
func (t *Table) Column(f Field) (c Column, ok bool) {
	for _, c := range t.Columns {
		if c.Field == f {
			return c, true
		}
	}
	return Column{}, false
}

// Has reports whether the table has a column for the field.
func (t *Table) Has(f Field) bool { return t.byField[f] != 0 }
