package domain

import "slices"

// Share is a part of a gift: money, and things by name and unit. Values play no
// part in it; of each thing there is one line.
type Share struct {
	Amount Fen
	Items  []Item // name, unit and quantity, in the order they first came
}

// worth is what of a gift can be allocated: the money of a gift of cash, and
// every thing. The amount of goods is a valuation, not money.
func worth(g Gift) Share {
	s := Share{}
	if g.Kind == Cash {
		s.Amount = g.Amount
	}
	return s.plus(Share{Items: g.Items}, 1)
}

// quantity is how much of a thing there is.
func (s Share) quantity(of Item) int64 {
	for _, it := range s.Items {
		if it.Name == of.Name && it.Unit == of.Unit {
			return it.Quantity
		}
	}
	return 0
}

// plus adds another share, or takes it away with sign -1, and shares no memory
// with either.
func (s Share) plus(t Share, sign int64) Share {
	out := Share{s.Amount + Fen(sign)*t.Amount, slices.Clone(s.Items)}
	for _, it := range t.Items {
		i := slices.IndexFunc(out.Items, func(x Item) bool { return x.Name == it.Name && x.Unit == it.Unit })
		if i < 0 {
			out.Items = append(out.Items, Item{Name: it.Name, Unit: it.Unit})
			i = len(out.Items) - 1
		}
		out.Items[i].Quantity += sign * it.Quantity
	}
	out.Items = slices.DeleteFunc(out.Items, func(x Item) bool { return x.Quantity == 0 })
	if len(out.Items) == 0 {
		out.Items = nil
	}
	return out
}

// exceeds names the first part of s that t has not got: amount, items or none.
func (s Share) exceeds(t Share) string {
	if s.Amount > t.Amount {
		return "amount"
	}
	for _, it := range s.Items {
		if it.Quantity > t.quantity(it) {
			return "items"
		}
	}
	return ""
}

// checkShare judges the lines of a share as a command gives it and adds them up.
func checkShare(amount Fen, items []Item) (Share, error) {
	switch {
	case amount == 0 && len(items) == 0:
		return Share{}, Refuse(FieldMissing, "amount")
	case len(items) > maxList:
		return Share{}, Refuse(FieldInvalid, "items")
	}
	for _, it := range items {
		plain := Item{Name: it.Name, Quantity: it.Quantity, Unit: it.Unit}
		if blank(it.Name) || !words(it.Name) || !words(it.Unit) || it.Quantity <= 0 || it.Quantity > maxQuantity || it != plain {
			return Share{}, Refuse(FieldInvalid, "items")
		}
	}
	return Share{Amount: amount}.plus(Share{Items: items}, 1), nil
}
