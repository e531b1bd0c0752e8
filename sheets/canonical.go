package sheets

import (
	"cmp"
	"slices"
	"strconv"
)

// Canonical appends the form in which two rows are compared for equality: all
// cells but the sequence number, each in one spelling. Rows of a CSV and of a
// worksheet, and rows of issues with another order of columns, are equal when
// they say the same: 100 and 100.00, 2020.01.23 and its serial, full and half
// width. Fields come first, in the order of their names in this package, then
// unknown columns in the order of their headings; blank cells are left out.
//
// The result holds what the cells hold. It is for a keyed hash, not for logs.
func (r Row) Canonical(dst []byte) []byte {
	for _, c := range r.t.compared {
		cell := r.At(c.Column)
		if cell.blank() {
			continue
		}
		dst = append(append(dst, c.label...), '=')
		if c.Field == noField {
			dst = append(dst, foldValue(cell)...)
		} else {
			dst = r.appendCanonical(dst, c.Field, cell)
		}
		dst = append(dst, 0x1f)
	}
	return dst
}

// comparedColumn is a column that counts for equality, with its label.
type comparedColumn struct {
	Column
	label string
}

// inComparedOrder orders the columns so that it does not depend on the sheet.
// A heading that is understood counts as what it means, also when the caller
// reads the column otherwise or not at all: the file says the same.
func (t *Table) inComparedOrder() []comparedColumn {
	var list []comparedColumn
	for _, c := range t.Columns {
		if f := t.naturalField(c); f != noField {
			c.Field = f
		}
		if c.Field != Sequence {
			list = append(list, comparedColumn{c, c.Field.String()})
		}
	}
	for _, c := range t.Ignored {
		if c.Field = t.naturalField(c); c.Field != noField && c.Field != Sequence {
			list = append(list, comparedColumn{c, c.Field.String()})
		} else if c.Field == noField && c.Heading != "" {
			list = append(list, comparedColumn{c, "?" + normalHeading(c.Heading)})
		}
	}
	for _, c := range t.Unknown {
		list = append(list, comparedColumn{c, "?" + normalHeading(c.Heading)})
	}
	slices.SortStableFunc(list, func(a, b comparedColumn) int {
		if a.Field != b.Field && (a.Field == noField || b.Field == noField) {
			return int(b.Field) - int(a.Field) // unknown columns last
		}
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.label, b.label))
	})
	return list
}

// naturalField is what the heading means by itself.
func (t *Table) naturalField(c Column) Field {
	if f := meaning(t.Kind, c.Heading).field; f < rejectReason {
		return f
	}
	return noField
}

// appendCanonical writes a value in one spelling, or the folded cell when it
// is not a value of its field.
func (r Row) appendCanonical(dst []byte, f Field, c Cell) []byte {
	switch f {
	case Amount:
		if fen, code := ParseFen(c.Text, r.t.MoneyFactor); code == "" {
			return strconv.AppendInt(dst, fen, 10)
		}
	case Duration, DurationHours, DurationMinutes:
		if n, code := cellMinutes(c, r.t.unitOf(Column{Field: f})); code == "" {
			return strconv.AppendInt(dst, n, 10)
		}
	case DateField, DateEnd, BirthDate, Joined, ValidFrom, ValidTo:
		if d, code := ParseDate(c.Text, r.t.dateOptions()); code == "" {
			return d.append(dst)
		}
	case Name, Donor:
		return append(dst, Fold(ParseName(c.Text))...)
	}
	return append(dst, foldValue(c)...)
}

// foldValue also gives 100 and 100.00 one form, because a worksheet does not
// tell them apart.
func foldValue(c Cell) string {
	s := Fold(c.Text)
	if i := len(leadingDigits(s)); i > 0 && i < len(s) && s[i] == '.' && allDigits(s[i+1:]) {
		end := len(s)
		for s[end-1] == '0' {
			end--
		}
		if s[end-1] == '.' {
			end--
		}
		return s[:end]
	}
	return s
}
