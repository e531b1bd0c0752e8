package sheets

import "strings"

// Total is one figure that a total row declares.
type Total struct {
	Row        int
	Label      string // folded, such as 合计
	Subtotal   bool   // 小计: of the rows since the last total, not of all
	Field      Field
	Column     Column
	Value      int64 // fen for Amount, minutes for lengths of time, else a count; Headcount without a column counts the rows
	RowsBefore int   // data rows above it, refused ones included
}

// labelCells is how many cells from the left a label may stand in.
const labelCells = 6

var totalLabels = map[string]bool{ // true: a subtotal
	"合计": false, "总计": false, "总合计": false, "共计": false, "累计": false, "总额": false, "总金额": false, "合计金额": false, "金额合计": false,
	"合計": false, "總計": false, "共計": false, "total": false, "grandtotal": false, "合计数": false,
	"小计": true, "小計": true, "本页合计": true, "本页小计": true, "subtotal": true,
}

// totalLabel finds the label of a total row among the first cells.
func totalLabel(cells []Cell) (label string, at int, ok bool) {
	for i, c := range cells[:min(len(cells), labelCells)] {
		if len(c.Text) < 5 || len(c.Text) > 120 || !mayBeTotal(c.Text) {
			continue
		}
		name, _, _ := strings.Cut(normalHeading(c.Text), ":")
		if base, _, bracket := strings.Cut(name, "("); bracket {
			name = base
		}
		if _, known := totalLabels[name]; known {
			return name, i, true
		}
	}
	return "", 0, false
}

// mayBeTotal is the quick test before any folding.
func mayBeTotal(s string) bool {
	if c := s[0]; c < 0x80 && c > ' ' && c != 't' && c != 'T' && c != 'g' && c != 'G' && c != 's' && c != 'S' && c != '(' && c != '*' {
		return false
	}
	return strings.Contains(s, "计") || strings.Contains(s, "計") || strings.Contains(s, "额") || strings.ContainsAny(s, "tT")
}

// total reads the figures of a total row. A row that also carries the fields
// of a data row is refused, because nobody can say which it is.
func (r *reading) total(label string, at int, yield func(Row, error) bool) bool {
	t, cells := r.t, r.raw.cells
	if other := r.dataBeside(at); other >= 0 {
		return r.give(t.rowError(CodeTotalAmbiguous, r.raw.number, other, cells[other]), yield)
	}
	base := Total{Row: r.raw.number, Label: label, Subtotal: totalLabels[label], RowsBefore: r.sum.Rows + r.sum.Refused}
	var totals []Total
	for _, f := range summed {
		column, ok := t.Column(f)
		if !ok || column.Index >= len(cells) || column.Index == at || cells[column.Index].blank() {
			continue
		}
		value, code := t.figure(column, cells[column.Index])
		if code != "" {
			return r.give(t.rowError(CodeTotalInvalid, r.raw.number, column.Index, cells[column.Index]), yield)
		}
		one := base
		one.Field, one.Column, one.Value = f, column, value
		totals = append(totals, one)
	}
	if len(totals) == 0 {
		one, ok := r.totalInLabel(base, cells[at])
		if !ok && counted[t.Kind] {
			one, ok = countBeside(base, cells, at)
		}
		if !ok {
			return r.give(t.rowError(CodeTotalInvalid, r.raw.number, at, cells[at]), yield)
		}
		totals = append(totals, one)
	}
	r.sum.TotalRows++
	r.sum.Totals = append(r.sum.Totals, totals...)
	return true
}

// totalInLabel reads a total that stands in one cell with its label, such as
// 合计：1234.56元.
func (r *reading) totalInLabel(base Total, c Cell) (Total, bool) {
	_, tail, ok := strings.Cut(narrow(c.Text), ":")
	if !ok {
		return base, false
	}
	for _, f := range summed {
		if column, ok := r.t.Column(f); ok {
			value, code := r.t.figure(column, Cell{Text: tail})
			base.Field, base.Column, base.Value = f, column, value
			return base, code == ""
		}
	}
	return base, false
}

// countBeside reads how many rows a total row declares, in a sheet that has no
// column of figures: behind the label, or in the first cell after it.
func countBeside(base Total, cells []Cell, at int) (Total, bool) {
	base.Field = Headcount
	_, text, behind := strings.Cut(narrow(cells[at].Text), ":")
	for i := at + 1; !behind && i < len(cells); i++ {
		if !cells[i].blank() {
			text, behind = cells[i].Text, true
		}
	}
	value, _, code := ParseCount(text)
	base.Value = value
	return base, behind && code == ""
}

// dataBeside finds a cell that makes the row look like a data row: two known
// fields or more that are neither figures nor remarks nor the label.
func (r *reading) dataBeside(label int) int {
	n, last := 0, -1
	for _, c := range r.t.Columns {
		if c.Index == label || c.Index >= len(r.raw.cells) || r.raw.cells[c.Index].blank() || c.Field == Sequence || c.Field == Remark || isSummed(c.Field) {
			continue
		}
		n, last = n+1, c.Index
	}
	if n < 2 {
		return -1
	}
	return last
}

func isSummed(f Field) bool {
	for _, s := range summed {
		if s == f {
			return true
		}
	}
	return false
}

// figure reads the value of a column that can be summed.
func (t *Table) figure(c Column, cell Cell) (int64, Code) {
	switch c.Field {
	case Amount:
		return ParseFen(cell.Text, t.MoneyFactor)
	case Duration, DurationHours, DurationMinutes:
		return cellMinutes(cell, t.unitOf(c))
	}
	n, _, code := ParseCount(cell.Text)
	return n, code
}

// unitOf is the unit of a bare number in a column of time given.
func (t *Table) unitOf(c Column) TimeUnit {
	switch c.Field {
	case DurationHours:
		return Hours
	case DurationMinutes:
		return Minutes
	}
	return t.TimeUnit
}
