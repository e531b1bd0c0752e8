package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Person is what the read side knows of a person, without anything personal.
type Person struct {
	Footing
	Person        domain.PersonID
	Into          domain.PersonID // set when merged
	State         PersonState
	EnrolledBy    domain.CommunityCode
	Sex           domain.Sex
	BirthYearFrom int
	BirthYearTo   int
	Age           int
	AgeOn         domain.Day
	Layers        []domain.Layer
	Memberships   []domain.Membership // of the person and of those merged into it
	Community     domain.CommunityCode
}

// Person says what the read side knows of a person at the view.
func (v *View) Person(id domain.PersonID) (Person, error) {
	i, ok := v.person(id)
	if !ok {
		return Person{}, ErrUnknownPerson
	}
	s := v.subjectOf(i)
	p := v.b.persons.at(i)
	out := Person{
		Footing: v.personFooting(s), Person: id, State: p.state(), Sex: sexes[p.sex],
		BirthYearFrom: int(p.birthFrom), BirthYearTo: int(p.birthTo), Age: int(p.age), AgeOn: domain.Day(p.ageOn),
		Memberships: v.memberships(s),
	}
	if p.enrolledBy != none {
		out.EnrolledBy = v.b.communities.at(p.enrolledBy).code
	}
	if s.person != i {
		out.Into = v.b.persons.at(s.person).id
	}
	out.Layers = v.layersOn(i, v.day)
	if home := v.homeOn(s, v.day); home != none {
		out.Community = v.b.communities.at(home).code
	}
	return out, nil
}

// Stays is the number under which something new is recorded for a person: its own,
// or the one it was merged into.
func (v *View) Stays(id domain.PersonID) domain.PersonID {
	i, ok := v.person(id)
	if !ok {
		return id
	}
	return v.b.persons.at(v.b.canonical(i, v.size)).id
}

var sexes = [...]domain.Sex{"", domain.Male, domain.Female}

// OpenMembership is the person's own membership of a community that lasts, as
// known at the view.
func (v *View) OpenMembership(id domain.PersonID, c domain.CommunityCode) (domain.Membership, bool) {
	i, ok := v.person(id)
	if !ok {
		return domain.Membership{}, false
	}
	for _, m := range v.memberships(subject{person: i}) {
		if m.Kind == domain.MemberOfCommunity && m.Community == c && m.To == domain.MaxDay {
			return m, true
		}
	}
	return domain.Membership{}, false
}

// memberships lists a subject's memberships as known at the view: its own
// first, each person's in the order they were started.
func (v *View) memberships(s subject) (out []domain.Membership) {
	for _, i := range append([]uint32{s.person}, s.others...) {
		first := len(out)
		for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
			m := v.b.memberships.at(j)
			if j = m.prev; !m.known(v.size) {
				continue
			}
			l := v.b.labels.value(m.label)
			x := domain.Membership{
				Kind: domain.MembershipKind(l.a), Basis: domain.Basis(l.b), From: domain.Day(m.from), To: m.lastDay(v.size),
			}
			if m.kind == communityMembership {
				x.Community = v.b.communities.at(m.subject).code
			} else {
				x.Group.UUID = v.b.groups.value(m.subject)
			}
			out = append(out, x)
		}
		slices.Reverse(out[first:])
	}
	return out
}
