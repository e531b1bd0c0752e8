package projections

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"zhishu/domain"
)

// Group is a household, building, organisation or team on a view's day.
type Group struct {
	Ref       domain.GroupRef
	Name      string
	Community domain.CommunityCode // after successions
	Within    domain.GroupID       // of a stairwell
	From, To  domain.Day           // To is MaxDay while it lasts
	Members   int64                // on the day
	Learning  bool                 // designated on the day
}

// Groups lists the groups of a kind that lie in a division.
type Groups struct {
	Footing
	Division domain.Division
	Kind     domain.SubjectKind
	On       domain.Day
	Groups   []Group // by community, name and id
}

// Groups lists the groups of a kind that exist in a division on the view's day.
func (v *View) Groups(d domain.Division, kind domain.SubjectKind) Groups {
	out := Groups{Division: d, Kind: kind, On: v.day}
	for _, g := range v.groupsIn(d, kind, v.day) {
		out.Groups = append(out.Groups, Group{
			Ref: g.ref, Name: v.groupName(g, v.day), Community: v.b.communities.at(v.groupHome(g, v.day)).code, Within: g.within,
			From: g.from, To: v.lastDayOf(g), Members: int64(len(v.membersOfGroup(g, v.day))), Learning: v.learning(g.ref, v.day),
		})
	}
	slices.SortStableFunc(out.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Community, b.Community), strings.Compare(a.Name, b.Name))
	})
	out.Footing = v.groupFooting(d)
	return out
}

// groupChanged is when a figure of groups in a division last can have changed:
// members live anywhere.
func (v *View) groupChanged() uint32 {
	return max(v.b.changedAt(domain.Division{}, touchMembers|1<<touchCommunity|1<<touchGifts), atomic.LoadUint32(&v.b.groupsAt))
}

func (v *View) groupFooting(d domain.Division, policies ...*domain.PolicyVersion) Footing {
	f := v.footing(d, touchMembers|1<<touchCommunity, policies...)
	f.ChangedAt = max(f.ChangedAt, domain.Size(min(v.size, v.groupChanged())))
	return f
}

// groupsIn lists the groups of a kind that exist in a division on a day, by id.
func (v *View) groupsIn(d domain.Division, kind domain.SubjectKind, day domain.Day) (out []*groupBook) {
	for _, g := range v.groupsNear(d) {
		if g.ref.Kind == kind && g.at < v.size && v.openOn(g, day) && v.inDivision(d, v.groupHome(g, day)) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *groupBook) int { return bytes.Compare(a.ref.ID.UUID[:], b.ref.ID.UUID[:]) })
	return slices.Compact(out)
}

// groupsNear are the groups that may ever have lain in a division, some of them
// twice.
func (v *View) groupsNear(d domain.Division) (out []*groupBook) {
	here := v.b.communitiesIn(d)
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	if len(here) != 1 {
		return v.b.group.all
	}
	for _, c := range v.namesOf(here[0].number) {
		out = append(out, v.b.group.in[c]...)
	}
	return out
}

func (v *View) lastDayOf(g *groupBook) domain.Day {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	if g.closedAt < v.size {
		return g.to
	}
	return domain.MaxDay
}

func (v *View) openOn(g *groupBook, day domain.Day) bool {
	return g.from <= day && day <= v.lastDayOf(g)
}

// groupName is the name on a day: the one with the latest first day, and of two
// with the same the one recorded later.
func (v *View) groupName(g *groupBook, day domain.Day) (name string) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	from := domain.MinDay
	for _, n := range g.names {
		if n.at < v.size && n.from <= day && n.from >= from {
			name, from = n.name, n.from
		}
	}
	return name
}

// groupHome is the community a group lies in on a day, after successions.
func (v *View) groupHome(g *groupBook, day domain.Day) uint32 {
	v.b.mu.RLock()
	home := none
	for _, h := range g.homes {
		if h.at < v.size && h.from <= day {
			home = h.community // moves are dated one after the other
		}
	}
	v.b.mu.RUnlock()
	if home != none && v.moved != nil {
		home = v.standsFor(home, day)
	}
	return home
}

// learning reports whether a household or organisation is a learning one.
func (v *View) learning(ref domain.GroupRef, day domain.Day) bool {
	_, is := v.designation(ref, day)
	return is
}

// designation is what made a household or organisation a learning one: the one
// with the earliest first day, of several communities that of the least code.
func (v *View) designation(ref domain.GroupRef, day domain.Day) (fact FactRef, is bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for c, rows := range v.b.group.learning {
		for _, r := range rows {
			to := r.to
			if r.endedAt >= v.size {
				to = domain.MaxDay
			}
			if r.subject != ref || r.at >= v.size || r.from > day || day > to {
				continue
			}
			x := FactRef{Stream: v.b.communities.at(c).code.Stream(), Revision: r.revision, Day: r.from}
			if !is || compareFacts(x, fact) < 0 {
				fact, is = x, true
			}
		}
	}
	return fact, is
}

// branches are a group and, of a building, its stairwells: who belongs to one of
// these belongs to the building.
func (v *View) branches(g *groupBook) []*groupBook {
	out := []*groupBook{g}
	if g.ref.Kind != domain.SubjectBuilding {
		return out
	}
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, s := range v.b.group.stairs[g.ref.ID] {
		if s.at < v.size {
			out = append(out, s)
		}
	}
	return out
}

// everMembers lists the subjects who ever belonged to a group, each once.
func (v *View) everMembers(g *groupBook) (out []subject) {
	seen := map[uint32]bool{}
	for _, branch := range v.branches(g) {
		v.b.mu.RLock()
		rows := v.b.group.members[branch.ref]
		v.b.mu.RUnlock()
		for _, j := range rows {
			m := v.b.memberships.at(j)
			if !m.known(v.size) {
				continue
			}
			if s := v.subjectOf(m.person); !seen[s.person] {
				seen[s.person] = true
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b subject) int { return cmp.Compare(a.person, b.person) })
	return out
}

// belongs reports whether a subject is a member of a group on a day. Of what one
// belongs to one at a time, the canonical person's membership comes first, and
// of one person's the one that was started first, as with communities.
func (v *View) belongs(s subject, g *groupBook, day domain.Day) bool {
	several := g.ref.Kind == domain.SubjectOrganisation || g.ref.Kind == domain.SubjectTeam
	for _, i := range append([]uint32{s.person}, s.others...) {
		oldest := (*membershipRow)(nil)
		for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
			m := v.b.memberships.at(j)
			j = m.prev
			if m.kind == communityMembership || !m.covers(day, v.size) || v.b.labels.value(m.label).a != string(g.ref.Kind) {
				continue
			}
			if several && v.b.groups.value(m.subject) == g.ref.ID.UUID {
				return v.openOn(g, day)
			}
			oldest = m
		}
		if oldest == nil || several {
			continue
		}
		id := domain.GroupID{UUID: v.b.groups.value(oldest.subject)}
		for _, branch := range v.branches(g) {
			if branch.ref.ID == id {
				return v.openOn(branch, day) && v.openOn(g, day)
			}
		}
		return false
	}
	return false
}

func (v *View) membersOfGroup(g *groupBook, day domain.Day) (out []subject) {
	for _, s := range v.everMembers(g) {
		if v.belongs(s, g, day) {
			out = append(out, s)
		}
	}
	return out
}

// layersOn are the layers of a person on a day: those of the change with the
// latest first day, of two with the same the one recorded later, or else those
// of the enrolment.
func (v *View) layersOn(i uint32, day domain.Day) (out []domain.Layer) {
	layers, from := v.b.persons.at(i).layers, domain.MinDay
	v.b.mu.RLock()
	for _, r := range v.b.group.layers[i] {
		if r.at < v.size && r.from <= day && r.from >= from {
			layers, from = r.layers, r.from
		}
	}
	v.b.mu.RUnlock()
	for l := range strings.Lines(v.b.layers.value(layers)) {
		out = append(out, domain.Layer(strings.TrimSuffix(l, "\n")))
	}
	return out
}

func layerList(layers []domain.Layer) string {
	var list strings.Builder
	for _, l := range layers {
		list.WriteString(string(l))
		list.WriteByte('\n')
	}
	return list.String()
}
