package imports

import (
	"zhishu/domain"
	"zhishu/sheets"
)

// What a sheet may come to. More is a slip of the unit, and the sums of many
// sheets must not overflow.
const (
	maxSheetFen     = 10 * int64(domain.MaxGift) // ten trillion yuan
	maxSheetMinutes = int64(10_000_000_000)
)

// sums reads what the sheet declares and refuses it when that, or the rows
// themselves, come to more than can be.
func (r *reader) sums(totals []sheets.Total) error {
	b := r.out
	fen, mins := summing{most: maxSheetFen}, summing{most: maxSheetMinutes}
	for i := range b.gifts {
		fen.add(int64(b.gifts[i].value.Amount))
	}
	for i := range b.deeds {
		mins.add(int64(b.deeds[i].minutes()))
	}
	if fen.over {
		return domain.Refuse(TotalTooLarge, sheets.Amount.String())
	}
	if mins.over {
		return domain.Refuse(TotalTooLarge, sheets.Duration.String())
	}
	var ok bool
	if b.declaredFen, ok = declared(maxSheetFen, totals, sheets.Amount); !ok {
		return domain.Refuse(TotalTooLarge, sheets.Amount.String())
	}
	if b.declaredMin, ok = declared(maxSheetMinutes, totals, sheets.Duration, sheets.DurationHours, sheets.DurationMinutes); !ok {
		return domain.Refuse(TotalTooLarge, sheets.Duration.String())
	}
	b.declaredRows, _ = declared(1<<40, totals, sheets.Headcount)
	return nil
}

// summing adds up within a bound. Once over it stays over.
type summing struct {
	value, most int64
	over        bool
}

func (s *summing) add(v int64) {
	if s.over || v > s.most-s.value || v < -s.most-s.value {
		s.over = true
		return
	}
	s.value += v
}

// declared is the sheet's own total over the columns: the last grand total, or
// the sum of the subtotals where there is none. Ok is false when it is more
// than can be.
func declared(most int64, totals []sheets.Total, fields ...sheets.Field) (total control64, ok bool) {
	sum := summing{most: most}
	for _, f := range fields {
		grand, parts := control64{}, summing{most: most}
		subtotals := false
		for _, t := range totals {
			switch {
			case t.Field != f:
			case t.Subtotal:
				subtotals = true
				parts.add(t.Value)
			default:
				grand = control64{t.Value, true}
			}
		}
		if !grand.has {
			sum.over = sum.over || parts.over
			grand = control64{parts.value, subtotals}
		}
		sum.add(grand.value)
		total.has = total.has || grand.has
	}
	total.value = sum.value
	return total, !sum.over
}
