package sheets

import (
	"math"
	"strconv"
)

// Value is one cell to be written. The zero value is an empty cell.
type Value struct {
	kind  valueKind
	text  string
	whole int64
	scale int
	date  Date
}

type valueKind uint8

const (
	valueBlank valueKind = iota
	valueText
	valueNumber
	valueDate
	valueRaw // a cell as it was read
)

// TextValue is text, and also what looks like a number but is a name: ID card,
// phone and volunteer numbers. It never becomes a formula.
func TextValue(s string) Value { return Value{kind: valueText, text: s} }

// WholeValue is a whole number.
func WholeValue(n int64) Value { return Value{kind: valueNumber, whole: n} }

// FenValue is money, written in yuan with two decimals.
func FenValue(fen int64) Value { return Value{kind: valueNumber, whole: fen, scale: 2} }

// DecimalValue is the number n / 10^scale, with scale decimals.
func DecimalValue(n int64, scale int) Value {
	return Value{kind: valueNumber, whole: n, scale: scale}
}

// DateValue is a civil date; the zero date is an empty cell.
func DateValue(d Date) Value {
	if d == (Date{}) {
		return Value{}
	}
	return Value{kind: valueDate, date: d}
}

// rawValue is a cell as it was read. One that was protected stays so, and is
// not protected twice.
func rawValue(c Cell) Value {
	switch c.Kind {
	case CellNumber, CellDate, CellDuration:
		if _, err := parseFloat(c.Text); err == nil {
			return Value{kind: valueRaw, text: c.Text, scale: int(c.Kind)}
		}
	}
	return TextValue(unprotect(c.Text))
}

// csvText is the cell in a CSV.
func (v Value) csvText() string {
	switch v.kind {
	case valueText:
		return protect(v.text)
	case valueRaw:
		return v.text
	case valueNumber:
		return fixed(v.whole, v.scale)
	case valueDate:
		return v.date.String()
	}
	return ""
}

// fixed writes n / 10^scale with exactly scale decimals.
func fixed(n int64, scale int) string {
	sign, digits := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if scale <= 0 {
		return sign + digits
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// number is the value as a spreadsheet keeps it; ok is false when it has more
// digits than a spreadsheet can keep, so that it must be written as text.
func (v Value) number() (f float64, ok bool) {
	f, err := parseFloat(fixed(v.whole, v.scale))
	return f, err == nil && v.whole > -1e15 && v.whole < 1e15 && !math.IsInf(f, 0)
}
