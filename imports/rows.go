package imports

import (
	"zhishu/domain"
	"zhishu/sheets"
)

// fate is what becomes of a row.
type fate uint8

const (
	fateAdd       fate = iota // a fact of its own
	fateRecorded              // such a fact, recorded when the sheet was given before
	fateKnown                 // somebody enrolled before; what else the row says is recorded
	fateSame                  // an earlier issue's row, come again
	fateCorrect               // changes what an earlier issue's row says
	fateStands                // recorded before an interruption for somebody who is gone since
	fateWithdrawn             // recorded once, and rejected or voided since
	fateRefused
)

// own reports a row that is a fact of its own.
func (f fate) own() bool { return f == fateAdd || f == fateRecorded }

// open reports a row that is still to be written.
func (f fate) open() bool { return f == fateAdd || f == fateKnown || f == fateCorrect }

// line is a readable row on its way into the ledger. What it says stands in
// the kind's own slice at the same index.
type line struct {
	number uint32 // of the data row, from 1, refused rows counted: with the content, its identity
	shown  uint32 // as the spreadsheet numbers it; it moves when a title or a blank line comes before
	fate   fate
	alikes bool  // counts as a look-alike
	target int32 // index into the earlier rows, for fateCorrect
	print  uint64
	alike  uint64
}

// gift is what a donation row says.
type gift struct {
	value         domain.Gift
	donor, remark string
}

// deed is what a service or study row says. A million of them are held at
// once, so what repeats is shared.
type deed struct {
	span   domain.Span
	text   *deedText
	person int32 // index into people
	remark string
}

// deedText is the part of a deed that many rows have in common.
type deedText struct {
	title, category, place string
	layer                  domain.Layer
	hours                  domain.HoursKind
	activity               domain.ActivityID
	inCharge               domain.PersonID
	kind                   domain.EntryKind // of a roster; otherwise the sheet's
}

// place is what a row of communities says.
type place struct {
	code domain.CommunityCode
	name string
	from domain.Day
}

// batch is a sheet, read and understood.
type batch struct {
	kind    domain.ImportKind
	file    *sheets.File
	table   *sheets.Table
	facts   Facts
	title   string
	rows    int // data rows, refused ones included
	lines   []line
	gifts   []gift
	deeds   []deed
	places  []place
	members []member
	plans   []plan
	people  *people
	bad     *tally
	content [32]byte

	declaredFen, declaredMin, declaredRows control64
}

// control64 is a declared total, if there is one.
type control64 struct {
	value int64
	has   bool
}

// tally collects refused rows.
type tally struct {
	table  *sheets.Table
	errors []RowError
	counts map[domain.Code]int
	rows   map[int]placed // every refused row
}

func newTally(t *sheets.Table) *tally {
	return &tally{table: t, counts: map[domain.Code]int{}, rows: map[int]placed{}}
}

// sheetError counts a row that the sheet itself cannot give.
func (t *tally) sheetError(e *sheets.Error) {
	field := ""
	for _, c := range t.table.Columns {
		if e.Column != "" && c.String() == e.Column {
			field = c.Field.String()
		}
	}
	t.note(RowError{Row: e.Row, Column: e.Column, Class: e.Class}, fromSheet(e.Code), field)
}

// refuse counts a row that says what may not be recorded.
func (t *tally) refuse(row int, code domain.Code, field string) {
	e := RowError{Row: row}
	for _, f := range columnsOf(field) {
		if c, ok := t.table.Column(f); ok {
			e.Column = c.String()
			break
		}
	}
	t.note(e, code, field)
}

func (t *tally) note(e RowError, code domain.Code, field string) {
	if _, again := t.rows[e.Row]; again {
		return
	}
	t.rows[e.Row] = placed{code, field}
	t.counts[code]++
	if len(t.errors) >= MaxErrors {
		return
	}
	t.errors = append(t.errors, t.explained(e, code, field))
}

func (t *tally) explained(e RowError, code domain.Code, field string) RowError {
	info := explainAt(code, field)
	e.Sheet, e.Code = t.table.Sheet, string(code)
	e.Chinese, e.English, e.Cure, e.CureEn = info.Chinese, info.English, info.Cure, info.CureEn
	e.Field = field
	return e
}

// columnsOf finds where a field of a command stands in a sheet.
func columnsOf(field string) []sheets.Field {
	switch field {
	case "day":
		return []sheets.Field{sheets.DateField, sheets.Start}
	case "start":
		return []sheets.Field{sheets.Start, sheets.TimeRange, sheets.DateField}
	case "end":
		return []sheets.Field{sheets.End, sheets.TimeRange}
	case "minutes":
		return []sheets.Field{sheets.DurationMinutes, sheets.DurationHours, sheets.Duration, sheets.End, sheets.TimeRange}
	case "title":
		return []sheets.Field{sheets.ActivityName, sheets.Topic, sheets.Content}
	case "person":
		return []sheets.Field{sheets.PersonNumber, sheets.IDNumber, sheets.Name}
	case "donorName":
		return []sheets.Field{sheets.Donor}
	case "remark":
		return []sheets.Field{sheets.Remark, sheets.Content}
	case "layers":
		return []sheets.Field{sheets.Layer}
	case "items":
		return []sheets.Field{sheets.Item, sheets.Quantity}
	case "name":
		return []sheets.Field{sheets.Name, sheets.CommunityName}
	case "code", "community":
		return []sheets.Field{sheets.CommunityCode}
	case "amount":
		return []sheets.Field{sheets.Amount}
	case "kind":
		return []sheets.Field{sheets.Category}
	case "capacity":
		return []sheets.Field{sheets.Capacity}
	case "series":
		return []sheets.Field{sheets.Series}
	case "membership", "from":
		return []sheets.Field{sheets.Joined}
	case "to":
		return []sheets.Field{sheets.Left}
	case "guardian":
		return []sheets.Field{sheets.GuardianName, sheets.GuardianIDNumber, sheets.GuardianNumber, sheets.GuardianPhone}
	case "birthDate", "birthYear":
		return []sheets.Field{sheets.BirthDate, sheets.IDNumber}
	case "idNumber":
		return []sheets.Field{sheets.IDNumber, sheets.PersonNumber}
	}
	if f, ok := sheets.FieldByName(field); ok {
		return []sheets.Field{f}
	}
	return nil
}
