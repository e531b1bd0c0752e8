package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// starSubject is a person's row in the digest of the stars.
func (v *View) starSubject(i uint32, out *subjectRow) bool {
	p := v.b.persons.at(i)
	if p.at >= v.size {
		return false
	}
	out.id(p.id.UUID)
	s := v.subjectOf(i)
	if s.person != i {
		out.id(v.b.persons.at(s.person).id.UUID)
		return true
	}
	home := v.homeOn(s, v.day)
	v.communityInto(home, out)
	fold := serviceFold{v: v}
	rating, entries := fold.rate(s, v.schemeFor(s, home))
	waiting := 0
	v.eachWaiting(s, func(*entryRow) { waiting++ })
	out.num(int64(rating.Stars))
	out.num(int64(rating.Recognised))
	out.num(int64(rating.Credit))
	out.num(int64(rating.Honour))
	out.num(int64(rating.Raw))
	out.num(int64(rating.ReachedOn))
	out.num(int64(rating.ToNext))
	out.policy(rating.Scheme)
	out.num(int64(entries))
	out.num(int64(waiting))
	return true
}

func (v *View) communityInto(community uint32, out *subjectRow) {
	if community == none {
		out.num(0)
		return
	}
	out.num(int64(v.b.communities.at(community).code))
}

// standingSubject is a person's row in the digest of the standings: the tally
// of each calendar year and home.
func (v *View) standingSubject(i uint32, out *subjectRow) bool {
	p := v.b.persons.at(i)
	if p.at >= v.size {
		return false
	}
	s := v.subjectOf(i)
	if s.person != i {
		return false
	}
	type studied struct {
		year int
		home domain.CommunityCode
		attendance
	}
	var all []studied
	once := v.attendedOnce(s)
	v.eachRow(s, func(r *entryRow) {
		if r.flags&entryStudy == 0 {
			return
		}
		day := domain.Day(r.day)
		home := domain.CommunityCode(0)
		if c := v.homeOn(s, day); c != none {
			home = v.b.communities.at(c).code
		}
		a := v.attended(r)
		a.minutes = uint32(once.minutes(r))
		all = append(all, studied{a.counted.Year(), home, a})
	})
	if len(all) == 0 {
		return false
	}
	slices.SortFunc(all, func(a, b studied) int { return cmp.Or(cmp.Compare(a.year, b.year), cmp.Compare(a.home, b.home)) })
	out.id(p.id.UUID)
	for lo := 0; lo < len(all); {
		first, own, minutes := all[lo], []attendance(nil), int64(0)
		for ; lo < len(all) && all[lo].year == first.year && all[lo].home == first.home; lo++ {
			own = append(own, all[lo].attendance)
			minutes += int64(all[lo].minutes)
		}
		sessions, months := studySums(personTimes(own))
		out.num(int64(first.year))
		out.num(int64(first.home))
		out.num(sessions)
		out.num(months)
		out.num(minutes)
	}
	return true
}

// personSubject is a person's row in the digest of persons: what the enrolment
// said, the layers of the view's day, and the person's own memberships. What
// holds today whatever the view, such as consent, is not in it.
func (v *View) personSubject(i uint32, out *subjectRow) bool {
	p := v.b.persons.at(i)
	if p.at >= v.size {
		return false
	}
	out.id(p.id.UUID)
	v.communityInto(p.enrolledBy, out)
	for _, n := range [...]int64{int64(p.sex), int64(p.ageOn), int64(p.age), int64(p.birthFrom), int64(p.birthTo)} {
		out.num(n)
	}
	for _, l := range v.layersOn(i, v.day) {
		out.text(string(l))
	}
	for _, m := range v.memberships(subject{person: i}) {
		out.text(string(m.Kind))
		out.text(string(m.Basis))
		out.num(int64(m.Community))
		out.id(m.Group.UUID)
		out.num(int64(m.From))
		out.num(int64(m.To))
	}
	return true
}
