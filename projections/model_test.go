package projections

import (
	"bytes"
	"cmp"
	"slices"

	"zhishu/domain"
)

// model computes every figure the slow and obvious way: from the domain's own
// states, with maps and strings, and without any table of this package.
type model struct {
	steps     []step
	people    map[domain.PersonID]*domain.Person
	into      map[domain.PersonID]domain.PersonID
	merged    []domain.PersonID // in the order of the merges
	gifts     map[domain.DonationID]*domain.Donation
	given     []domain.DonationID // in the order they came
	uses      map[domain.DonationID][]domain.Event
	places    map[domain.CommunityCode]*domain.Community
	named     map[domain.CommunityCode]bool // by facts or memberships
	persons   []domain.PopulationRecorded
	policies  []domain.PolicyVersion
	rules     *domain.Rulebook
	lastDay   domain.Day
	ledgerNow domain.Instant
	meetings  map[domain.ActivityID]*meeting
	values    map[domain.PersonID]map[domain.EntryNo][]value // that stood, the newest last
	closed    map[domain.CommunityCode][]domain.Period
}

func modelOf(steps []step) *model {
	m := &model{
		steps:  steps,
		people: map[domain.PersonID]*domain.Person{}, into: map[domain.PersonID]domain.PersonID{},
		gifts: map[domain.DonationID]*domain.Donation{}, uses: map[domain.DonationID][]domain.Event{}, places: map[domain.CommunityCode]*domain.Community{},
		named: map[domain.CommunityCode]bool{}, lastDay: domain.MinDay,
		meetings: map[domain.ActivityID]*meeting{},
		values:   map[domain.PersonID]map[domain.EntryNo][]value{}, closed: map[domain.CommunityCode][]domain.Period{},
	}
	states := map[string]domain.State{}
	for n, s := range steps {
		ref, _ := domain.ParseStream(s.stream)
		if states[s.stream] == nil {
			states[s.stream] = domain.NewState(ref.Category)
			switch x := states[s.stream].(type) {
			case *domain.Person:
				m.people[domain.PersonID{UUID: ref.ID}] = x
			case *domain.Donation:
				m.gifts[domain.DonationID{UUID: ref.ID}] = x
				m.given = append(m.given, domain.DonationID{UUID: ref.ID})
			case *domain.Community:
				m.places[ref.Community] = x
			case *domain.Activity:
				m.meetings[domain.ActivityID{UUID: ref.ID}] = &meeting{state: x}
			}
		}
		states[s.stream].Evolve(s.event, s.meta)
		if ref.Category == domain.DonationCategory {
			id := domain.DonationID{UUID: ref.ID}
			m.uses[id] = append(m.uses[id], s.event)
		}
		m.meet(ref, s, states[s.stream])
		m.noteClosing(states[s.stream])
		switch e := s.event.(type) {
		case *domain.PersonMerged:
			m.into[domain.PersonID{UUID: ref.ID}] = e.Into
			m.merged = append(m.merged, domain.PersonID{UUID: ref.ID})
		case *domain.PersonUnmerged:
			id := domain.PersonID{UUID: ref.ID}
			delete(m.into, id)
			m.merged = slices.DeleteFunc(m.merged, func(x domain.PersonID) bool { return x == id })
		case *domain.PopulationRecorded:
			m.persons = append(m.persons, *e)
		case *domain.PolicyAdopted:
			m.policies = append(m.policies, e.Policy)
		case *domain.EntryClaimed:
			m.named[e.Deed.Community] = true
		case *domain.CheckedOut:
			m.named[e.Deed.Community] = true
		case *domain.ActivityScheduled:
			m.named[e.Plan.Community] = true
		case *domain.MembershipStarted:
			m.named[e.Membership.Community] = true
		}
		m.ledgerNow = max(m.ledgerNow, s.meta.RecordedAt)
		m.lastDay = m.ledgerNow.Day()
		if p, ok := states[s.stream].(*domain.Person); ok {
			m.noteValue(domain.PersonID{UUID: ref.ID}, p, s.event, n)
		}
	}
	m.rules = domain.NewRulebook(m.policies)
	return m
}

func (m *model) canonical(id domain.PersonID) domain.PersonID {
	for {
		next, ok := m.into[id]
		if !ok {
			return id
		}
		id = next
	}
}

// group is a canonical person and those merged into it.
func (m *model) group(id domain.PersonID) []domain.PersonID {
	out := []domain.PersonID{id}
	for _, x := range m.merged {
		if m.canonical(x) == id {
			out = append(out, x)
		}
	}
	return out
}

func (m *model) canonicals() (out []domain.PersonID) {
	for id := range m.people {
		if m.canonical(id) == id {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(a, b domain.PersonID) int { return bytes.Compare(a.UUID[:], b.UUID[:]) })
	return out
}

func (m *model) home(id domain.PersonID, d domain.Day) domain.CommunityCode {
	for _, x := range m.group(id) {
		if c := domain.CommunityOn(m.people[x].Memberships, d); c != 0 {
			return m.standsFor(c, d)
		}
	}
	return 0
}

func (m *model) standsFor(c domain.CommunityCode, d domain.Day) domain.CommunityCode {
	for {
		p := m.places[c]
		if p == nil || len(p.Successors) != 1 || p.SucceedsOn > d {
			return c
		}
		c = p.Successors[0]
	}
}

func in(d domain.Division, c domain.CommunityCode) bool { return c != 0 && d.Contains(c) }

// confirmed lists a subject's confirmed deeds, person by person.
func (m *model) confirmed(id domain.PersonID, kind domain.EntryKind) (out []datedEntry) {
	for k, x := range m.group(id) {
		for _, e := range m.people[x].Entries {
			if rule := m.lateRule(x, &e); e.Status == domain.Confirmed && e.Deed.Kind == kind && rule != domain.LateFlagged {
				on := e.Deed.Span.Day
				if rule == domain.LateCarried {
					on = carriedTo(m.values[x][e.No])
				}
				out = append(out, datedEntry{e, on, k, e.Deed.Span.Minutes})
			}
		}
	}
	if kind == domain.Study {
		facts := make([]domain.Fact, len(out))
		for i := range out {
			facts[i] = domain.Fact{Entry: out[i].No, Span: out[i].Deed.Span, Number: out[i].number}
		}
		for i, a := range domain.AttendedOnce(facts) {
			out[i].attended = a.Minutes
		}
	}
	return out
}

func (m *model) star(id domain.PersonID, on domain.Day) domain.StarRating {
	id = m.canonical(id)
	var facts []domain.Fact
	for _, e := range m.confirmed(id, domain.Service) {
		d := e.Deed
		facts = append(facts, domain.Fact{Entry: e.No, Span: d.Span, Community: d.Community, Category: d.Category, Hours: d.Hours, Number: e.number,
			Scheduled: d.Scheduled.Minutes})
	}
	home := m.home(id, on)
	if home == 0 {
		home = m.people[id].Enrolled.Community
	}
	return domain.Rate(domain.Count(facts, m.rules, false), m.rules.InForce(domain.StarsKind, home, on))
}

// starLine is what a star board says of one member.
type starLine struct {
	person     domain.PersonID
	community  domain.CommunityCode
	stars      int
	recognised domain.Minutes
	credit     domain.Minutes
	raw        domain.Minutes
}

func (m *model) stars(d domain.Division, on domain.Day) (lines []starLine, members int64) {
	for _, id := range m.canonicals() {
		home := m.home(id, on)
		if !in(d, home) {
			continue
		}
		members++
		if len(m.confirmed(id, domain.Service)) == 0 {
			continue
		}
		r := m.star(id, on)
		lines = append(lines, starLine{id, home, r.Stars, r.Recognised, r.Credit, r.Raw})
	}
	slices.SortStableFunc(lines, func(a, b starLine) int { return cmp.Compare(b.recognised, a.recognised) })
	return lines, members
}

// content names what was studied: a session once, anything else once a day.
func content(d *domain.Deed) string {
	if !d.Activity.IsZero() {
		return "session " + d.Activity.String()
	}
	return d.Span.Day.String() + " " + d.Title
}

// tally counts study rows; cells get each person-time in its first month.
func tally(rows []datedDeed, cells map[domain.Month]int64) (t domain.StudyTally) {
	first := map[string]domain.Day{}
	for i := range rows {
		d := &rows[i]
		t.Minutes += d.attended
		k := content(&d.Deed)
		if at, ok := first[k]; !ok || d.on < at {
			first[k] = d.on
		}
	}
	months := map[domain.Month]bool{}
	for _, d := range first {
		t.Sessions++
		months[d.Month()] = true
		if cells != nil {
			cells[d.Month()]++
		}
	}
	t.Months = int64(len(months))
	return t
}

// studied lists the deeds of a subject that count in a division and period.
func (m *model) studied(id domain.PersonID, d domain.Division, p domain.Period, least domain.Least) (out []datedDeed) {
	for _, e := range m.confirmed(id, domain.Study) {
		on := e.Deed.Span.Day
		if p.Contains(e.on) && in(d, m.home(id, on)) && m.enough(id, &e, least) {
			out = append(out, datedDeed{e.Deed, e.on, e.attended})
		}
	}
	return out
}

type standingLine struct {
	rank   int64
	person domain.PersonID
	tally  domain.StudyTally
}

func (m *model) standing(d domain.Division, p domain.Period, s *domain.StandingScheme) (lines []standingLine, unranked int64) {
	for _, id := range m.canonicals() {
		t := tally(m.studied(id, d, p, domain.Least{}), nil)
		switch {
		case s.Ranked(t):
			lines = append(lines, standingLine{0, id, t})
		case t.Sessions > 0:
			unranked++
		}
	}
	slices.SortStableFunc(lines, func(a, b standingLine) int {
		o, _ := domain.CompareTallies(s, a.tally, b.tally)
		return o
	})
	for i := range lines {
		lines[i].rank = 1
		for j := range lines {
			if o, _ := domain.CompareTallies(s, lines[j].tally, lines[i].tally); o < 0 {
				lines[i].rank++
			}
		}
	}
	return lines, unranked
}

// outside sums the confirmed rows a division recorded of people who did not
// belong to it on the day.
func (m *model) outside(kind domain.EntryKind, d domain.Division, p domain.Period, least domain.Least) (sum Outside) {
	type place struct {
		here, home domain.CommunityCode
		person     domain.PersonID
	}
	rows := map[place][]datedDeed{}
	people := map[domain.PersonID]bool{}
	for _, id := range m.canonicals() {
		for _, e := range m.confirmed(id, kind) {
			on := e.Deed.Span.Day
			here, home := m.standsFor(e.Deed.Community, on), m.home(id, on)
			if !p.Contains(e.on) || !in(d, here) || in(d, home) || !m.enough(id, &e, least) {
				continue
			}
			rows[place{here, home, id}] = append(rows[place{here, home, id}], datedDeed{e.Deed, e.on, e.attended})
			people[id] = true
			sum.Entries++
			sum.Minutes += e.Deed.Span.Minutes
		}
	}
	sum.Persons = int64(len(people))
	if kind == domain.Study {
		for _, deeds := range rows {
			sum.PersonTimes += tally(deeds, nil).Sessions
		}
	}
	return sum
}

// rates are the numerators of a participation figure, and its months.
func (m *model) rates(d domain.Division, p domain.Period, least domain.Least) (participants, personTimes int64, minutes domain.Minutes, cells map[domain.Month]int64) {
	cells = map[domain.Month]int64{}
	for _, id := range m.canonicals() {
		t := tally(m.studied(id, d, p, least), cells)
		if t.Sessions > 0 {
			participants++
		}
		personTimes += t.Sessions
		minutes += t.Minutes
	}
	return participants, personTimes, minutes, cells
}

// sessions counts what a division held, by month and layer.
func (m *model) sessions(d domain.Division, p domain.Period) map[domain.Month]map[domain.Layer]LayerSessions {
	type held struct {
		here  domain.CommunityCode
		layer domain.Layer
		what  string
		named bool
	}
	first := map[held]domain.Day{}
	for _, id := range m.canonicals() {
		for _, e := range m.confirmed(id, domain.Study) {
			x := &e.Deed
			here := m.standsFor(x.Community, x.Span.Day)
			if !p.Contains(e.on) || !in(d, here) {
				continue
			}
			k := held{here, x.Layer, content(x), !x.Activity.IsZero()}
			if at, ok := first[k]; !ok || e.on < at {
				first[k] = e.on
			}
		}
	}
	out := map[domain.Month]map[domain.Layer]LayerSessions{}
	for k, d := range first {
		if out[d.Month()] == nil {
			out[d.Month()] = map[domain.Layer]LayerSessions{}
		}
		s := out[d.Month()][k.layer]
		s.Layer = k.layer
		if k.named {
			s.Named++
		} else {
			s.Unnamed++
		}
		out[d.Month()][k.layer] = s
	}
	return out
}

func (m *model) members(d domain.Division, on domain.Day) (n int64) {
	for _, id := range m.canonicals() {
		if in(d, m.home(id, on)) {
			n++
		}
	}
	return n
}

// population sums a basis over the communities of a division that exist.
func (m *model) population(d domain.Division, basis domain.PopulationBasis, on domain.Day) (sum int64, known bool, missing []domain.CommunityCode) {
	codes := map[domain.CommunityCode]bool{}
	for c := range m.named {
		codes[c] = true
	}
	for c, p := range m.places {
		if p.Exists {
			codes[c] = true
		}
	}
	for c := range codes {
		p := m.places[c]
		switch {
		case !in(d, c),
			p != nil && len(p.Successors) > 0 && p.SucceedsOn <= on,
			p != nil && p.Exists && p.From > on,
			(p == nil || !p.Exists) && !m.named[c]:
			continue
		}
		var best *domain.PopulationRecorded
		for i := range m.persons {
			if x := &m.persons[i]; x.Code == c && x.Basis == basis && x.Day <= on && (best == nil || x.Day >= best.Day) {
				best = x
			}
		}
		if best == nil {
			missing = append(missing, c)
			continue
		}
		known = true
		sum += best.Count
	}
	slices.Sort(missing)
	return sum, known, missing
}

// donations sums the gifts that stand.
func (m *model) donations(f DonationFilter) (total GiftSum, months map[domain.Month]GiftSum, corrected, pending int64) {
	months = map[domain.Month]GiftSum{}
	concerns := func(g *domain.Gift) bool { return m.concerns(f, g) }
	for _, x := range m.gifts {
		if x.Pending != nil && concerns(&x.Pending.Gift) {
			pending++
		}
		if !concerns(&x.Gift) {
			continue
		}
		s := GiftSum{Count: 1, Fen: x.Gift.Amount}
		for _, it := range x.Gift.Items {
			s.Valued += it.Value
			if it.Value == 0 {
				s.Unvalued = 1
			}
		}
		sum := months[x.Gift.Day.Month()]
		for _, to := range []*GiftSum{&total, &sum} {
			to.Count += s.Count
			to.Fen += s.Fen
			to.Valued += s.Valued
			to.Unvalued += s.Unvalued
		}
		months[x.Gift.Day.Month()] = sum
		if x.Corrections > 0 {
			corrected++
		}
	}
	return total, months, corrected, pending
}

func (m *model) concerns(f DonationFilter, g *domain.Gift) bool {
	if !f.Period.Contains(g.Day) {
		return false
	}
	if !f.Organisation.IsZero() {
		return g.Organisation == f.Organisation
	}
	if g.Community == 0 {
		return f.Division.Digits() == 0
	}
	return in(f.Division, m.standsFor(g.Community, g.Day))
}
