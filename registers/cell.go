package registers

import (
	"strconv"

	"zhishu/domain"
	"zhishu/sheets"
)

// Cell is one value of a register: text, a number, or a date. The zero value is
// an empty cell.
type Cell struct {
	form  form
	text  string
	whole int64
	scale int
	day   domain.Day
}

type form uint8

const (
	blank form = iota
	text
	number
	date
)

// Words is text, and what looks like a number and is a name: numbers of
// persons, phones, codes.
func Words(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{form: text, text: s}
}

// Whole is a whole number, Fen money in yuan, Percent ten-thousandths as a
// number with two decimals.
func Whole(n int64) Cell     { return Cell{form: number, whole: n} }
func Fen(f domain.Fen) Cell  { return Cell{form: number, whole: int64(f), scale: 2} }
func Percent(tt int64) Cell  { return Cell{form: number, whole: tt, scale: 2} }
func On(day domain.Day) Cell { return Cell{form: date, day: day} }

// Number is the cell as n / 10^scale; ok is false for what is none.
func (c Cell) Number() (n int64, scale int, ok bool) { return c.whole, c.scale, c.form == number }

// Text is the cell as it is read.
func (c Cell) Text() string {
	switch c.form {
	case text:
		return c.text
	case number:
		if c.scale == 0 {
			return strconv.FormatInt(c.whole, 10)
		}
		return domain.Fen(c.whole).String()
	case date:
		return c.day.String()
	}
	return ""
}

// Value is the cell as it is written.
func (c Cell) Value() sheets.Value {
	switch c.form {
	case text:
		return sheets.TextValue(c.text)
	case number:
		return sheets.DecimalValue(c.whole, c.scale)
	case date:
		y, m, d := c.day.Date()
		return sheets.DateValue(sheets.Date{Year: y, Month: m, Day: d})
	}
	return sheets.Value{}
}
