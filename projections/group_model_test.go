package projections

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

// groupModel computes the figures of groups the slow and obvious way, from the
// events themselves.
type groupModel struct {
	*model
	groups   map[domain.GroupRef]*modelGroup
	learning []domain.LearningDesignated
	ends     map[int]domain.Day // of a designation
	counts   map[string]domain.FactCounted
	order    []string // of the counts
	layers   map[domain.PersonID][]domain.LayersChanged
}

type modelGroup struct {
	registered domain.GroupRegistered
	names      []domain.GroupRenamed
	moves      []domain.GroupMoved
	to         domain.Day
}

func groupModelOf(base *model) *groupModel {
	m := &groupModel{model: base, groups: map[domain.GroupRef]*modelGroup{}, ends: map[int]domain.Day{},
		counts: map[string]domain.FactCounted{}, layers: map[domain.PersonID][]domain.LayersChanged{}}
	revisions := map[string]int{}
	for _, s := range base.steps {
		ref, _ := domain.ParseStream(s.stream)
		g := domain.GroupRef{Kind: domain.SubjectKind(ref.Category), ID: domain.GroupID{UUID: ref.ID}}
		switch e := s.event.(type) {
		case *domain.GroupRegistered:
			m.groups[g] = &modelGroup{registered: *e, to: domain.MaxDay}
		case *domain.GroupRenamed:
			m.groups[g].names = append(m.groups[g].names, *e)
		case *domain.GroupMoved:
			m.groups[g].moves = append(m.groups[g].moves, *e)
		case *domain.GroupClosed:
			m.groups[g].to = e.To
		case *domain.LearningDesignated:
			m.learning = append(m.learning, *e)
		case *domain.LearningDesignationEnded:
			for i, l := range m.learning {
				if _, ended := m.ends[i]; !ended && l.Code == e.Code && l.Kind == e.Kind && l.Subject == e.Subject {
					m.ends[i] = e.To
				}
			}
		case *domain.FactCounted:
			key := fmt.Sprint(s.stream, " ", revisions[s.stream])
			m.counts[key] = *e
			m.order = append(m.order, key)
		case *domain.CountWithdrawn:
			delete(m.counts, fmt.Sprint(s.stream, " ", e.Fact))
		case *domain.LayersChanged:
			m.layers[e.Person] = append(m.layers[e.Person], *e)
		}
		revisions[s.stream]++
	}
	return m
}

func (m *groupModel) open(g domain.GroupRef, d domain.Day) bool {
	x := m.groups[g]
	return x != nil && x.registered.From <= d && d <= x.to
}

func (m *groupModel) homeOf(g domain.GroupRef, d domain.Day) domain.CommunityCode {
	x := m.groups[g]
	c := x.registered.Community
	for _, mv := range x.moves {
		if mv.From <= d {
			c = mv.Community
		}
	}
	return m.standsFor(c, d)
}

func (m *groupModel) name(g domain.GroupRef, d domain.Day) string {
	x := m.groups[g]
	name, from := x.registered.Name, domain.MinDay
	for _, n := range x.names {
		if n.From <= d && n.From >= from {
			name, from = n.Name, n.From
		}
	}
	return name
}

// member says whether somebody belongs to a group on a day, in the order of the
// alias for what one belongs to one at a time.
func (m *groupModel) member(id domain.PersonID, g domain.GroupRef, d domain.Day) bool {
	for _, x := range m.group(id) {
		var of []domain.Membership
		for _, ms := range m.people[x].Memberships {
			if string(ms.Kind) == string(g.Kind) && ms.From <= d && d <= ms.To {
				of = append(of, ms)
			}
		}
		if g.Kind == domain.SubjectTeam || g.Kind == domain.SubjectOrganisation {
			if slices.ContainsFunc(of, func(ms domain.Membership) bool { return ms.Group == g.ID }) {
				return m.open(g, d)
			}
			continue
		}
		if len(of) == 0 {
			continue
		}
		own := domain.GroupRef{Kind: g.Kind, ID: of[0].Group}
		if own == g {
			return m.open(g, d)
		}
		return m.groups[own] != nil && m.groups[own].registered.Within == g.ID && m.open(own, d) && m.open(g, d)
	}
	return false
}

func (m *groupModel) tally(g domain.GroupRef, p domain.Period, on domain.Day) (t domain.GroupTally) {
	for _, id := range m.canonicals() {
		var rows []datedDeed
		for _, e := range m.confirmed(id, domain.Study) {
			if p.Contains(e.on) && m.member(id, g, e.Deed.Span.Day) {
				rows = append(rows, datedDeed{e.Deed, e.on, e.attended})
			}
		}
		own := tally(rows, nil)
		t.PersonTimes += own.Sessions
		t.Minutes += own.Minutes
		if m.member(id, g, on) {
			t.Members++
			if own.Sessions > 0 {
				t.Participants++
			}
		}
	}
	return t
}

func (m *groupModel) in(d domain.Division, kind domain.SubjectKind, on domain.Day) (out []domain.GroupRef) {
	for g := range m.groups {
		if g.Kind == kind && m.open(g, on) && in(d, m.homeOf(g, on)) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b domain.GroupRef) int { return bytes.Compare(a.ID.UUID[:], b.ID.UUID[:]) })
	return out
}

func (m *groupModel) isLearning(g domain.GroupRef, on domain.Day) bool {
	for i, l := range m.learning {
		to, ended := m.ends[i]
		if l.Kind == g.Kind && l.Subject == g.ID.UUID && l.From <= on && (!ended || on <= to) {
			return true
		}
	}
	return false
}

func checkGroups(t tb, v *View, m *groupModel, d domain.Division, p domain.Period) {
	t.Helper()
	on := min(p.To, v.Day())
	for _, kind := range groupKindNames {
		var listed []string
		for _, g := range v.Groups(d, kind).Groups {
			listed = append(listed, fmt.Sprint(g.Ref, g.Name, g.Community, g.Members, g.Learning))
		}
		var wanted []string
		for _, g := range m.in(d, kind, v.Day()) {
			n := int64(0)
			for _, id := range m.canonicals() {
				if m.member(id, g, v.Day()) {
					n++
				}
			}
			wanted = append(wanted, fmt.Sprint(g, m.name(g, v.Day()), m.homeOf(g, v.Day()), n, m.isLearning(g, v.Day())))
		}
		slices.Sort(listed)
		slices.Sort(wanted)
		want(t, "groups: "+string(kind)+" of "+d.String(), strings.Join(listed, "\n"), strings.Join(wanted, "\n"))
		if kind == domain.SubjectTeam {
			checkTeams(t, v, m, d, p, on)
			continue
		}
		checkGroupStanding(t, v, m, d, kind, p, on)
	}
	checkTraining(t, v, m, d, p, on)
}

func checkGroupStanding(t tb, v *View, m *groupModel, d domain.Division, kind domain.SubjectKind, p domain.Period, on domain.Day) {
	t.Helper()
	scheme := m.rules.InForceFor(domain.StandingKindOf(kind), d, on)
	got, err := v.GroupStanding(d, kind, p)
	if scheme == nil {
		want(t, "group standing: error", err, ErrNoPolicy)
		return
	}
	want(t, "group standing: error", err, nil)
	ranked := map[domain.GroupRef]domain.GroupTally{}
	unranked := int64(0)
	for _, g := range m.in(d, kind, on) {
		if !m.groups[g].registered.Within.IsZero() {
			continue
		}
		if x := m.tally(g, p, on); scheme.Standing.RankedGroup(x) {
			ranked[g] = x
		} else {
			unranked++
		}
	}
	want(t, "group standing: ranked", got.Ranked, int64(len(ranked)))
	want(t, "group standing: unranked", got.Unranked, unranked)
	for _, row := range got.Rows {
		mine := ranked[row.Group]
		want(t, "group standing: tally of "+row.Group.Stream(), row.Tally, mine)
		better := int64(0)
		for _, other := range ranked {
			for _, c := range scheme.Standing.Criteria { // a/b > c/d as a·d > c·b
				x, y := other.Value(c), mine.Value(c)
				if x.Num*max(1, y.Den) != y.Num*max(1, x.Den) {
					if x.Num*max(1, y.Den) > y.Num*max(1, x.Den) {
						better++
					}
					break
				}
			}
		}
		want(t, "group standing: rank", row.Rank, better+1)
		own, _, err := v.GroupStandingOf(row.Group, d, p)
		want(t, "group standing: own", err == nil && own.Rank == row.Rank, true)
	}
}

func checkTeams(t tb, v *View, m *groupModel, d domain.Division, p domain.Period, on domain.Day) {
	t.Helper()
	rule := m.rules.InForceFor(domain.ParticipationKind, d, on)
	got, err := v.Teams(d, p)
	if rule == nil {
		want(t, "teams: error", err, ErrNoPolicy)
		return
	}
	want(t, "teams: number", len(got.Rows), len(m.in(d, domain.SubjectTeam, on)))
	for _, row := range got.Rows {
		wanted := TeamRow{Team: row.Team, Name: m.name(row.Team, on), Community: m.homeOf(row.Team, on)}
		days := map[domain.Day]bool{}
		for _, id := range m.canonicals() {
			if m.member(id, row.Team, on) {
				wanted.Members++
			}
			active := false
			served := m.confirmed(id, domain.Service)
			slices.SortStableFunc(served, func(a, b datedEntry) int { return int(a.No) - int(b.No) })
			var facts []domain.Fact
			for i, e := range served {
				facts = append(facts, domain.Fact{Entry: domain.EntryNo(i), Span: e.Deed.Span, Community: e.Deed.Community, Category: e.Deed.Category, Hours: e.Deed.Hours, Number: e.number,
					Scheduled: e.Deed.Scheduled.Minutes})
			}
			portions := domain.Count(facts, m.rules, false)
			for i, e := range served {
				if day := e.Deed.Span.Day; p.Contains(e.on) && m.member(id, row.Team, day) {
					wanted.Entries++
					wanted.Minutes += e.Deed.Span.Minutes
					days[day], active = true, true
					for _, p := range portions {
						if p.Entry == domain.EntryNo(i) {
							wanted.Recognised += p.Recognised
						}
					}
				}
			}
			if active {
				wanted.Active++
			}
		}
		wanted.Days = int64(len(days))
		want(t, "teams: row", row, wanted)
	}
}

func checkTraining(t tb, v *View, m *groupModel, d domain.Division, p domain.Period, on domain.Day) {
	t.Helper()
	rule := m.rules.InForceFor(domain.ParticipationKind, d, on)
	got, err := v.Training(d, p)
	if rule == nil {
		want(t, "training: error", err, ErrNoPolicy)
		return
	}
	trained := m.trained(d, p, rule.Participation)
	want(t, "training of "+d.String(), fmt.Sprint(got.Trained, "/", got.Members), fmt.Sprint(len(trained), "/", m.members(d, on)))
}

func (m *groupModel) layersOn(id domain.PersonID, on domain.Day) []domain.Layer {
	layers, from := m.people[id].Enrolled.Layers, domain.MinDay
	for _, c := range m.layers[id] {
		if c.From <= on && c.From >= from {
			layers, from = c.Layers, c.From
		}
	}
	return layers
}

func checkLayers(t tb, v *View, m *groupModel) {
	t.Helper()
	for id, p := range m.people {
		if !p.Exists {
			continue
		}
		got, err := v.Person(id)
		want(t, "person: error", err, nil)
		want(t, "layers of "+id.String(), fmt.Sprint(got.Layers), fmt.Sprint(m.layersOn(id, v.Day())))
	}
}
