package projections

import (
	"maps"
	"slices"

	"zhishu/domain"
)

// datedEntry and datedDeed come with the day by which they belong to a period.
type (
	datedEntry struct {
		domain.Entry
		on       domain.Day
		number   int            // place of the number it stands under among the person's
		attended domain.Minutes // of study: what counts beside the person's other numbers
	}
	datedDeed struct {
		domain.Deed
		on       domain.Day
		attended domain.Minutes
	}
)

// value is what an entry was once it was confirmed or corrected, with what was
// closed at that moment, and for which communities it came late.
type value struct {
	deed   domain.Deed
	size   int        // before the event
	on     domain.Day // ledger day
	closed map[domain.CommunityCode][]domain.Period
	late   []domain.CommunityCode
	known  *model // who belonged where, as known when the entry was first confirmed
}

// noteValue remembers what an entry stands with since just now.
func (m *model) noteValue(id domain.PersonID, p *domain.Person, e domain.Event, size int) {
	no := domain.EntryNo(0)
	switch e := e.(type) {
	case *domain.EntryConfirmed:
		no = e.Entry
	case *domain.EntryCorrectionApproved:
		no = e.Entry
	default:
		return
	}
	if m.values[id] == nil {
		m.values[id] = map[domain.EntryNo][]value{}
	}
	v := value{deed: p.Entry(no).Deed, size: size, on: m.lastDay, closed: maps.Clone(m.closed), known: m.belongings()}
	all := append(m.values[id][no], v)
	for _, place := range all[0].known.counting(id, v.deed) {
		day := v.deed.Span.Day
		for _, period := range []domain.Period{{From: day.Month().First(), To: day.Month().Last()}, domain.YearPeriod(day.Year())} {
			if cameLate(id, all, place, period) {
				all[len(all)-1].late = append(all[len(all)-1].late, place)
				break
			}
		}
	}
	m.values[id][no] = all
}

// belongings keeps who belongs where, as it is known now.
func (m *model) belongings() *model {
	known := &model{people: map[domain.PersonID]*domain.Person{}, into: maps.Clone(m.into), merged: slices.Clone(m.merged),
		places: map[domain.CommunityCode]*domain.Community{}}
	for id, p := range m.people {
		known.people[id] = &domain.Person{Memberships: slices.Clone(p.Memberships)}
	}
	for c, p := range m.places {
		known.places[c] = &domain.Community{Successors: slices.Clone(p.Successors), SucceedsOn: p.SucceedsOn}
	}
	return known
}

// counting are the communities whose figures a deed enters, each once.
func (m *model) counting(id domain.PersonID, d domain.Deed) []domain.CommunityCode {
	here, home := m.standsFor(d.Community, d.Span.Day), m.home(m.canonical(id), d.Span.Day)
	if home == 0 || home == here {
		return []domain.CommunityCode{here}
	}
	return []domain.CommunityCode{here, home}
}

// cameLate: the newest value stands in a period of a community, which was closed
// when the entry came to stand in it.
func cameLate(id domain.PersonID, values []value, place domain.CommunityCode, period domain.Period) bool {
	stands := func(v value) bool {
		for _, c := range values[0].known.counting(id, v.deed) {
			if c == place {
				return period.Contains(v.deed.Span.Day)
			}
		}
		return false
	}
	came := len(values) - 1
	for came > 0 && stands(values[came-1]) {
		came--
	}
	for _, c := range values[came].closed[place] {
		if c == period {
			return true
		}
	}
	return false
}

// noteClosing keeps what is closed now.
func (m *model) noteClosing(s domain.State) {
	place, ok := s.(*domain.Community)
	if !ok {
		return
	}
	var periods []domain.Period
	for _, c := range place.Closed {
		periods = append(periods, c.Period)
	}
	m.closed[place.Code] = periods
}

// closedNow reports whether figures that a deed enters are closed.
func (m *model) closedNow(id domain.PersonID, d domain.Deed) bool {
	for _, place := range m.counting(id, d) {
		for _, c := range m.closed[place] {
			if c.Contains(d.Span.Day) {
				return true
			}
		}
	}
	return false
}

// carriedTo is the day on which a late entry became late.
func carriedTo(values []value) domain.Day {
	n := len(values)
	for n > 1 && len(values[n-2].late) > 0 {
		n--
	}
	return values[n-1].on
}

// lateRule is what becomes of an entry: LateCounts for every one that is not
// late, and for one that is the strictest of those for whom it is.
func (m *model) lateRule(id domain.PersonID, e *domain.Entry) domain.LateRule {
	values := m.values[id][e.No]
	if len(values) == 0 {
		return domain.LateCounts
	}
	said := map[domain.LateRule]bool{}
	for _, place := range values[len(values)-1].late {
		if p := m.rules.InForce(domain.ClosingKind, place, e.Deed.Span.Day); p != nil {
			said[p.Closing.Late] = true
		}
	}
	switch {
	case said[domain.LateFlagged]:
		return domain.LateFlagged
	case said[domain.LateCarried]:
		return domain.LateCarried
	}
	return domain.LateCounts
}
