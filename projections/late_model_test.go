package projections

import "zhishu/domain"

// datedEntry and datedDeed come with the day by which they belong to a period.
type (
	datedEntry struct {
		domain.Entry
		on domain.Day
	}
	datedDeed struct {
		domain.Deed
		on domain.Day
	}
)

// noteClaim remembers, for an entry that was claimed just now, which periods of
// its community were closed.
func (m *model) noteClaim(id domain.PersonID, p *domain.Person, e domain.Event) {
	switch e.(type) {
	case *domain.EntryClaimed, *domain.CheckedOut:
	default:
		return
	}
	entry := p.Entries[len(p.Entries)-1]
	if m.claims[id] == nil {
		m.claims[id] = map[domain.EntryNo]claimTime{}
	}
	c := claimTime{on: m.lastDay}
	if place := m.places[entry.Deed.Community]; place != nil {
		c.closed = append(c.closed, place.Closed...)
	}
	m.claims[id][entry.No] = c
}

// lateRule is what becomes of an entry: LateCounts for every one that is not
// late.
func (m *model) lateRule(id domain.PersonID, e *domain.Entry) domain.LateRule {
	for _, c := range m.claims[id][e.No].closed {
		if c.Period.Contains(e.Deed.Span.Day) {
			if p := m.rules.InForce(domain.ClosingKind, e.Deed.Community, e.Deed.Span.Day); p != nil {
				return p.Closing.Late
			}
		}
	}
	return domain.LateCounts
}
