package projections

import "zhishu/domain"

// enough reports whether a rate that asks for so much counts an attendance: long
// enough by itself, and of a named session with whatever else the person attended
// of it.
func (m *model) enough(id domain.PersonID, e *datedEntry, least domain.Least) bool {
	d := &e.Deed
	whole := int64(d.Scheduled.Minutes)
	if whole == 0 {
		whole = int64(d.Span.End-d.Span.Start) / 60_000
	}
	switch {
	case d.Span.Minutes < least.Minutes:
		return false
	case d.Activity.IsZero() || 100*int64(d.Span.Minutes) >= least.Percent*whole:
		return true
	case d.Scheduled.Minutes == 0:
		return false
	}
	var facts []domain.Fact
	for _, x := range m.confirmed(id, domain.Study) {
		if x.Deed.Activity == d.Activity && x.Deed.Community == d.Community {
			facts = append(facts, domain.Fact{Entry: x.No, Span: x.Deed.Span, Number: x.number})
		}
	}
	there := int64(0)
	for _, a := range domain.AttendedOnce(facts) {
		there += int64(a.Minutes)
	}
	return 100*there >= least.Percent*whole
}
