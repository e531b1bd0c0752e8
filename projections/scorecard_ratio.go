package projections

import (
	"slices"

	"zhishu/domain"
)

// ratio measures the items that are percentages.
func (m *measuring) ratio(out *ScoreItem, it domain.ScorecardItem) {
	switch it.Item {
	case domain.ScoreParticipation:
		p, err := m.v.Participation(m.code.Division(), m.period)
		for _, r := range p.Rates {
			if err == nil && r.Basis == domain.RegisteredMembers {
				out.Suppressed = r.Suppressed
				out.share(r.PersonTimes, r.Population)
				return
			}
		}
		out.Suppressed = p.Suppressed
		out.share(0, 0)
	case domain.ScoreTraining:
		t, err := m.v.Training(m.code.Division(), m.period)
		if err == nil {
			out.Suppressed = t.Suppressed
		}
		out.share(t.Trained, t.Members)
	case domain.ScoreOrganisations:
		learning, all := int64(0), m.v.groupsIn(m.code.Division(), domain.SubjectOrganisation, m.on)
		for _, g := range all {
			if fact, is := m.v.designation(g.ref, m.on); is {
				learning++
				fact.Title = m.v.groupName(g, m.on)
				out.cite(fact)
			}
		}
		out.share(learning, int64(len(all)))
	case domain.ScoreHouseholds:
		m.campaign(out, domain.SubjectHousehold, it.Categories)
	case domain.ScoreBuildings:
		m.campaign(out, domain.SubjectBuilding, it.Categories)
	}
}

// share judges a ratio against a percentage; without a denominator it is
// unknown.
func (s *ScoreItem) share(num, den int64) {
	s.Value, s.Unknown = domain.Ratio{Num: num, Den: den}, den == 0
	if den == 0 {
		return
	}
	// The least numerator that reaches the target, less the one there is.
	s.Missing = max(0, (s.Target*den+99)/100-num)
	s.Met = s.Missing == 0
}

// campaign counts the groups of a kind of which somebody took part in what a
// campaign is, on a day of membership; stairwells take part for their building.
// Of few groups it is not told who took part.
func (m *measuring) campaign(out *ScoreItem, kind domain.SubjectKind, categories []string) {
	v, part, all := m.v, int64(0), int64(0)
	for _, g := range v.groupsIn(m.code.Division(), kind, m.on) {
		if !g.within.IsZero() {
			continue
		}
		members, took := false, false
		for _, s := range v.everMembers(g) {
			members = members || v.belongs(s, g, m.on)
			v.eachRow(s, func(r *entryRow) {
				day := domain.Day(r.day)
				took = took || m.period.Contains(v.countsOn(r)) && v.countsOn(r) <= m.on && slices.Contains(categories, v.b.labels.value(r.label).a) && v.belongs(s, g, day)
			})
		}
		if members {
			all++
			if took {
				part++
			}
		}
	}
	definition := v.rules.InForceFor(domain.ParticipationKind, m.code.Division(), m.on)
	if all > 0 && (definition == nil || all < definition.Participation.SmallestSize) {
		out.Suppressed, part, all = SmallGroup, 0, 0
	}
	out.share(part, all)
}
