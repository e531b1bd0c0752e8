package projections

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Remaining lists who and what still belongs to communities that were split:
// each is moved by hand.
type Remaining struct {
	Footing
	Division    domain.Division
	Communities []SplitCommunity // that are not empty yet, by code
	Persons     int64
	Groups      int64
	Rows        []RemainingRow // by community; persons, then groups; by id
	Next        string
}

// SplitCommunity is a community that several others stand for.
type SplitCommunity struct {
	Community  domain.CommunityCode
	Successors []domain.CommunityCode
	From       domain.Day
	Persons    int64
	Groups     int64
}

// RemainingRow is a person or a group that was not moved yet.
type RemainingRow struct {
	Community domain.CommunityCode
	Person    domain.PersonID // zero: a group
	State     PersonState
	Block     WaitBlock // why the person cannot be moved
	Group     domain.GroupRef
	Name      string     // of the group
	Since     domain.Day // first day of the membership, or of the group
}

func (r *RemainingRow) key() string {
	id := r.Person.UUID
	if r.Person.IsZero() {
		id = r.Group.ID.UUID
	}
	return fmt.Sprintf("%s.%s.%s", r.Community, r.Group.Kind, id)
}

// Remaining lists what is left on the view's day.
func (v *View) Remaining(d domain.Division, page Page) (Remaining, error) {
	out := Remaining{Division: d}
	var rows []RemainingRow
	for _, c := range v.b.communitiesIn(d) {
		split, ok := v.splitOn(c, v.day)
		if !ok {
			continue
		}
		persons, groups := v.personsLeft(c), v.groupsLeft(c)
		if split.Persons, split.Groups = int64(len(persons)), int64(len(groups)); len(persons)+len(groups) == 0 {
			continue
		}
		out.Communities = append(out.Communities, split)
		out.Persons += split.Persons
		out.Groups += split.Groups
		rows = append(append(rows, persons...), groups...)
	}
	var err error
	out.Rows, out.Next, err = cutAfter(rows, page, (*RemainingRow).key)
	out.Footing = v.groupFooting(d)
	return out, err
}

// splitOn tells of a community that several others stand for on a day.
func (v *View) splitOn(c codeNumber, day domain.Day) (s SplitCommunity, ok bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, r := range v.b.about.successions[c.number] { // the newest wins
		if r.at >= v.size {
			continue
		}
		s, ok = SplitCommunity{Community: c.code, From: r.from}, len(r.to) > 1 && r.from <= day
		for _, to := range r.to {
			s.Successors = append(s.Successors, v.b.communities.at(to).code)
		}
	}
	return s, ok
}

// personsLeft lists who is a member of a community, under its own code or under
// one that it stands for.
func (v *View) personsLeft(c codeNumber) (rows []RemainingRow) {
	seen := map[uint32]bool{}
	for _, name := range v.namesOn(c.number, v.day) {
		for j := atomic.LoadUint32(&v.b.communities.at(name).memberships); j != none; {
			m := v.b.memberships.at(j)
			if j = m.prevHere; !m.covers(v.day, v.size) || seen[m.person] {
				continue
			}
			seen[m.person] = true
			p := v.b.persons.at(m.person)
			rows = append(rows, RemainingRow{Community: c.code, Person: p.id, State: p.state(), Block: v.blockOf(m.person), Since: domain.Day(m.from)})
		}
	}
	slices.SortFunc(rows, func(a, b RemainingRow) int { return bytes.Compare(a.Person.UUID[:], b.Person.UUID[:]) })
	return rows
}

// namesOn lists a community and every one that it stands for on a day.
func (v *View) namesOn(community uint32, day domain.Day) []uint32 {
	return slices.DeleteFunc(v.namesOf(community), func(c uint32) bool { return v.standsFor(c, day) != community })
}

func (v *View) groupsLeft(c codeNumber) (rows []RemainingRow) {
	var here []*groupBook
	v.b.mu.RLock()
	for _, name := range v.namesOn(c.number, v.day) {
		for _, g := range v.b.group.in[name] {
			if !slices.Contains(here, g) {
				here = append(here, g)
			}
		}
	}
	v.b.mu.RUnlock()
	for _, g := range here {
		if g.at < v.size && v.openOn(g, v.day) && v.groupHome(g, v.day) == c.number {
			rows = append(rows, RemainingRow{Community: c.code, Group: g.ref, Name: v.groupName(g, v.day), Since: g.from})
		}
	}
	slices.SortFunc(rows, func(a, b RemainingRow) int {
		return cmp.Or(cmp.Compare(a.Group.Kind, b.Group.Kind), bytes.Compare(a.Group.ID.UUID[:], b.Group.ID.UUID[:]))
	})
	return rows
}
