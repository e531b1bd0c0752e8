package sheets

import "strings"

// Row is one data row. It is valid until the next step of the reading that
// gave it; strings taken from it stay valid. The methods that read a field
// return an *Error of row scope naming the place and the reason, or the zero
// value without an error when the field is absent or blank; ask Has first
// where that matters.
type Row struct {
	Number int // as the spreadsheet counts, from 1

	t     *Table
	cells []Cell
}

// Cells gives all cells as they stood, in the order of the sheet. The slice is
// reused.
func (r Row) Cells() []Cell { return r.cells }

// Keep copies the cells behind those in room: the row that it returns, beside
// the longer room, stays valid when the reading goes on.
func (r Row) Keep(room []Cell) (Row, []Cell) {
	from := len(room)
	room = append(room, r.cells...)
	r.cells = room[from:len(room):len(room)]
	return r, room
}

// Cell gives the cell of a field, without the apostrophe that a protected cell
// has in front.
func (r Row) Cell(f Field) Cell { return r.at(int(r.t.byField[f]) - 1) }

// At gives the cell of a column, such as one of Table.Unknown.
func (r Row) At(c Column) Cell { return r.at(c.Index) }

func (r Row) at(i int) Cell {
	if i < 0 || i >= len(r.cells) {
		return Cell{}
	}
	c := r.cells[i]
	c.Text = unprotect(c.Text)
	return c
}

// Has reports whether the field's cell holds anything.
func (r Row) Has(f Field) bool { return !r.Cell(f).blank() }

// Refuse makes the row error of a field for a caller who judges values further,
// with a code of this package of row scope.
func (r Row) Refuse(f Field, code Code) error { return r.refuse(f, code) }

func (r Row) refuse(f Field, code Code) *Error {
	return r.t.rowError(code, r.Number, int(r.t.byField[f])-1, r.Cell(f))
}

// Require refuses the row when one of the fields is blank.
func (r Row) Require(fields ...Field) error {
	for _, f := range fields {
		if !r.Has(f) {
			return r.refuse(f, CodeValueMissing)
		}
	}
	return nil
}

// Text is the field as free text: NFC, cleaned.
func (r Row) Text(f Field) string { return ParseText(r.Cell(f).Text) }

// Name is the field as a name, see ParseName.
func (r Row) Name(f Field) string { return ParseName(r.Cell(f).Text) }

// Identifier is the field as a number that is a name: of a person, a phone, a
// document, a community. It is narrow, without blanks, in upper case.
func (r Row) Identifier(f Field) (string, error) {
	c := r.Cell(f)
	if c.blank() {
		return "", nil
	}
	if c.Kind == CellNumber && (len(leadingDigits(c.Text)) > shownDigits || strings.ContainsAny(c.Text, ".eE-")) {
		return "", r.refuse(f, CodeDigitsLost)
	}
	id, code := ParseIdentifier(c.Text)
	if code != "" {
		return "", r.refuse(f, code)
	}
	return id, nil
}

// Date is the field as a civil date.
func (r Row) Date(f Field) (Date, error) {
	c := r.Cell(f)
	if c.blank() {
		return Date{}, nil
	}
	d, code := ParseDate(c.Text, r.t.dateOptions())
	if code != "" {
		return Date{}, r.refuse(f, code)
	}
	return d, nil
}

// Moment is the field as a date with a time of day.
func (r Row) Moment(f Field) (Moment, error) {
	c := r.Cell(f)
	if c.blank() {
		return Moment{}, nil
	}
	m, code := ParseMoment(c.Text, r.t.dateOptions())
	if code == CodeTimeMissing && c.Kind == CellDate {
		return m, nil // midnight, as a serial without a fraction
	}
	if code != "" {
		return Moment{}, r.refuse(f, code)
	}
	return m, nil
}

// Minutes is the time given that the row states, in whole minutes; hours and
// minutes in two columns are added. Stated is false when the row states none
// (it may have a Span).
func (r Row) Minutes() (minutes int64, stated bool, err error) {
	for _, f := range [...]Field{DurationMinutes, DurationHours, Duration} {
		c := r.Cell(f)
		if c.blank() {
			continue
		}
		column := Column{Field: f}
		n, code := cellMinutes(c, r.t.unitOf(column))
		if code != "" {
			return 0, false, r.refuse(f, code)
		}
		minutes, stated = minutes+n, true
		if minutes < 0 {
			return 0, false, r.refuse(f, CodeValueTooLarge)
		}
	}
	return minutes, stated, nil
}

// Fen is the field as money in whole fen.
func (r Row) Fen(f Field) (int64, error) {
	c := r.Cell(f)
	if c.blank() {
		return 0, nil
	}
	fen, code := ParseFen(c.Text, r.t.MoneyFactor)
	if !c.figure() {
		code = CodeMoneyForm
	}
	if code != "" {
		return 0, r.refuse(f, code)
	}
	return fen, nil
}

// Whole is the field as a whole number; a measure word after it is let go.
func (r Row) Whole(f Field) (int64, error) {
	c := r.Cell(f)
	if c.blank() {
		return 0, nil
	}
	n, _, code := ParseCount(c.Text)
	if !c.figure() {
		code = CodeNumberForm
	}
	if code != "" {
		return 0, r.refuse(f, code)
	}
	return n, nil
}

// Sex is male, female or empty.
func (r Row) Sex() (string, error) {
	sex, code := ParseSex(r.Cell(Sex).Text)
	if code != "" {
		return "", r.refuse(Sex, code)
	}
	return sex, nil
}

func (t *Table) dateOptions() DateOptions { return DateOptions{Date1904: t.Date1904, ROC: t.opts.ROC} }

// cellMinutes also knows cells that the spreadsheet shows as a time: 1:30 is
// kept as 0.0625 of a day and means an hour and a half in any column.
func cellMinutes(c Cell, unit TimeUnit) (int64, Code) {
	if c.Kind == CellBool {
		return 0, CodeDurationForm
	}
	if c.Kind != CellDuration && c.Kind != CellDate {
		return ParseMinutes(c.Text, unit)
	}
	clock, code := dayFraction(c.Text)
	if code != "" {
		return 0, code
	}
	if clock%60 != 0 {
		return 0, CodeDurationFraction
	}
	return clock / 60, ""
}
