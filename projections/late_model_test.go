package projections

import "zhishu/domain"

// datedEntry and datedDeed come with the day by which they belong to a period.
type (
	datedEntry struct {
		domain.Entry
		on     domain.Day
		number int // place of the number it stands under among the person's
	}
	datedDeed struct {
		domain.Deed
		on domain.Day
	}
)

// noteValue remembers, for a value of an entry that was recorded just now, which
// periods of its community were closed; once it stands, it is one of the
// entry's values.
func (m *model) noteValue(id domain.PersonID, p *domain.Person, e domain.Event) {
	said := func(d domain.Deed) value {
		v := value{day: d.Span.Day, on: m.lastDay}
		if place := m.places[d.Community]; place != nil {
			v.closed = append(v.closed, place.Closed...)
		}
		return v
	}
	if m.values[id] == nil {
		m.values[id], m.offers[id] = map[domain.EntryNo][]value{}, map[domain.EntryNo]value{}
	}
	switch e := e.(type) {
	case *domain.EntryClaimed, *domain.CheckedOut:
		entry := p.Entries[len(p.Entries)-1]
		m.values[id][entry.No] = []value{said(entry.Deed)}
	case *domain.EntryCorrectionProposed:
		m.offers[id][e.Entry] = said(e.Deed)
	case *domain.EntryCorrectionApproved:
		m.values[id][e.Entry] = append(m.values[id][e.Entry], m.offers[id][e.Entry])
	}
}

// isLate: the newest value lies in a period that was closed when the entry came
// to lie in it.
func isLate(values []value) bool {
	day := values[len(values)-1].day
	for i, v := range values {
		for _, c := range v.closed {
			came := c.Period.Contains(day) && (i == 0 || !c.Period.Contains(values[i-1].day))
			for _, later := range values[i:] {
				came = came && c.Period.Contains(later.day)
			}
			if came {
				return true
			}
		}
	}
	return false
}

// carriedTo is the day on which a late entry became late.
func carriedTo(values []value) domain.Day {
	n := len(values)
	for n > 1 && isLate(values[:n-1]) {
		n--
	}
	return values[n-1].on
}

// lateRule is what becomes of an entry: LateCounts for every one that is not
// late.
func (m *model) lateRule(id domain.PersonID, e *domain.Entry) domain.LateRule {
	if isLate(m.values[id][e.No]) {
		if p := m.rules.InForce(domain.ClosingKind, e.Deed.Community, e.Deed.Span.Day); p != nil {
			return p.Closing.Late
		}
	}
	return domain.LateCounts
}
