package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// subject is a person as a view sees it: the canonical person and those merged
// into it. Most subjects are one person with one community for life.
type subject struct {
	person uint32
	others []uint32 // merged into person, in the order of their merges
}

// subjectOf resolves a person; for one merged into another it is the other.
func (v *View) subjectOf(i uint32) subject {
	if !v.b.persons.at(i).has(personMerged) {
		return subject{person: i}
	}
	group := v.b.groupOf(i, v.size)
	return subject{group[0], group[1:]}
}

// partedFrom lists who was merged into a subject once and is not at the view.
func (v *View) partedFrom(s subject) (out []uint32) {
	if !v.b.persons.at(s.person).has(personMerged) {
		return nil
	}
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, m := range v.b.merged.from[s.person] {
		if m.at < v.size && !m.holds(v.size) && !slices.Contains(s.others, m.from) && !slices.Contains(out, m.from) {
			out = append(out, m.from)
		}
	}
	return out
}

// homeOn is the community a subject belongs to on a day, after successions;
// none without membership. The canonical person's memberships come first, and
// of one person's the one that was started first.
func (v *View) homeOn(s subject, day domain.Day) uint32 {
	home := v.memberOn(s.person, day)
	for k := 0; home == none && k < len(s.others); k++ {
		home = v.memberOn(s.others[k], day)
	}
	if home != none && v.moved != nil {
		home = v.standsFor(home, day)
	}
	return home
}

func (v *View) memberOn(i uint32, day domain.Day) uint32 {
	home := none
	for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
		m := v.b.memberships.at(j)
		if m.kind == communityMembership && m.covers(day, v.size) {
			home = m.subject // the oldest wins
		}
		j = m.prev
	}
	return home
}

// settled reports whether every membership of a person lies in one community
// that stands for itself, so that the person's facts can be summed per
// community. The others are computed for each division asked for.
func (v *View) settled(p *personRow, community uint32) bool {
	if p.has(personMerged) || atomic.LoadUint32(&p.home) != community {
		return false
	}
	_, moved := v.moved[community]
	return !moved
}

// eachRow calls f for the confirmed rows of a subject at the view.
func (v *View) eachRow(s subject, f func(*entryRow)) {
	v.eachRowOf(s.person, f)
	for _, i := range s.others {
		v.eachRowOf(i, f)
	}
}

func (v *View) eachRowOf(i uint32, f func(*entryRow)) {
	for j := atomic.LoadUint32(&v.b.persons.at(i).entries); j != none; {
		r := v.b.entries.at(j)
		if v.counted(r) {
			f(r)
		}
		j = r.prev
	}
}

// membersOf calls f for every person who ever had a membership that can stand
// for the community, once. settled tells whether all of the person's facts
// belong to this community alone; an unsettled person comes up in each of its
// communities, as its subject.
func (v *View) membersOf(community uint32, f func(s subject, settled bool)) {
	seen := map[uint32]bool{}
	for _, c := range v.namesOf(community) {
		for j := atomic.LoadUint32(&v.b.communities.at(c).memberships); j != none; {
			m := v.b.memberships.at(j)
			j = m.prevHere
			if !m.known(v.size) {
				continue
			}
			p := v.b.persons.at(m.person)
			if v.settled(p, c) {
				if !v.returned(m) {
					f(subject{person: m.person}, true)
				}
				continue
			}
			s := v.subjectOf(m.person)
			if !seen[s.person] {
				seen[s.person] = true
				f(s, false)
			}
		}
	}
}

// returned reports a membership after an earlier one of the same person.
func (v *View) returned(m *membershipRow) bool {
	for j := m.prev; j != none; {
		older := v.b.memberships.at(j)
		if older.kind == communityMembership && older.known(v.size) {
			return true
		}
		j = older.prev
	}
	return false
}

// namesOf lists a community and every one it stands for.
func (v *View) namesOf(community uint32) []uint32 {
	names := []uint32{community}
	for i := 0; i < len(names); i++ {
		for c, m := range v.moved {
			if m.to == names[i] {
				names = append(names, c)
			}
		}
	}
	return names
}
