package sheets

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var unitNote = regexp.MustCompile(`单位[::]?(人民币|)(亿元|万元|千元|元|圆|分钟|小时|美元|美金|港元|港币|欧元|日元|英镑|新台币|台币)`)

// readUnits takes the unit of money and of time from the headings, then from
// the unit row above the header, and refuses when both say different things.
func (t *Table) readUnits() *Error {
	t.MoneyFactor = 0
	if c, ok := t.Column(Amount); ok {
		t.MoneyFactor = c.factor
	}
	row, text, unit := unitRow(t.preamble)
	t.Unit = text
	switch factor, alien := moneyUnit(unit); {
	case alien && t.Has(Amount) && t.MoneyFactor == 0:
		return t.refuse(refuse(CodeUnitUnknown, ""), row)
	case factor != 0 && t.MoneyFactor != 0 && factor != t.MoneyFactor:
		return t.refuse(refuse(CodeUnitConflict, ""), row)
	case factor != 0:
		t.MoneyFactor = factor
	}
	if t.MoneyFactor == 0 {
		t.MoneyFactor = Yuan
	}
	t.TimeUnit = timeUnit(unit)
	return nil
}

// unitRow finds a note such as 单位：元 above the header.
func unitRow(preamble []rawRow) (row int, text, unit string) {
	for _, r := range preamble {
		for _, c := range r.cells {
			folded := strings.Join(strings.Fields(norm.NFKC.String(Clean(c.Text))), "")
			if m := unitNote.FindStringSubmatch(folded); m != nil {
				row, text, unit = r.number, Clean(c.Text), m[2]
			}
		}
	}
	return row, text, unit
}

// title is the longest text above the header in a row that has no other.
func title(preamble []rawRow, unit string) string {
	best := ""
	for _, r := range preamble {
		only, count := "", 0
		for _, c := range r.cells {
			if !c.blank() {
				only = Clean(c.Text)
				count++
			}
		}
		if count == 1 && only != unit && len(only) > len(best) {
			best = only
		}
	}
	return best
}
