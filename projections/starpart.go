package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// starRow is one member's stars in a part, compact. Minutes of one life fit 32
// bits many times over.
type starRow struct {
	person     uint32
	recognised uint32
	credit     uint32
	raw        uint32
	reached    int32
	toNext     uint32
	stars      uint8
	toMonths   uint8
	excluded   bool
}

// starPart is the service of the members a community has on the view's day.
type starPart struct {
	community codeNumber
	rows      []starRow // with confirmed service, best first, then by person id
	members   int64
	scheme    *domain.PolicyVersion
	byStars   []int64
	totals    StarTotals
	counting  []*domain.PolicyVersion // used by the rows
	// It was made on day made, and holds until the day before until: the next
	// on which somebody comes or goes, or another scheme comes into force.
	made, until domain.Day
}

func (p *starPart) holdsOn(d domain.Day) bool { return p.made <= d && d < p.until }

func (p *starPart) weight() int { return 28 * len(p.rows) }

// serviceFold counts one subject after another, keeping its buffer.
type serviceFold struct {
	v     *View
	facts []domain.Fact
	used  []*domain.PolicyVersion
}

// rate counts a subject's confirmed service under a star scheme. entries is the
// number of entries it found.
func (f *serviceFold) rate(s subject, scheme *domain.PolicyVersion) (r domain.StarRating, entries int) {
	portions := domain.Count(f.collect(s), f.v.rules, false)
	for i := range portions {
		f.use(portions[i].Policy)
	}
	return domain.Rate(portions, scheme), len(f.facts)
}

func (f *serviceFold) use(p *domain.PolicyVersion) {
	if p != nil && (len(f.used) == 0 || f.used[len(f.used)-1] != p) && !slices.Contains(f.used, p) {
		f.used = append(f.used, p)
	}
}

// collect gathers the facts of a subject: in the order of its persons, so that
// entries of merged persons with equal numbers keep one order.
func (f *serviceFold) collect(s subject) []domain.Fact {
	f.facts = f.facts[:0]
	f.v.eachRow(s, func(r *entryRow) {
		if r.flags&entryStudy == 0 {
			f.facts = append(f.facts, f.v.factOf(s, r))
		}
	})
	return f.facts
}

// factOf is what counting needs to know of a row of a subject.
func (v *View) factOf(s subject, r *entryRow) domain.Fact {
	hours := domain.Honour
	if r.flags&entryCredit != 0 {
		hours = domain.Credit
	}
	l := v.b.labels.value(r.label)
	return domain.Fact{
		Entry: domain.EntryNo(r.entry), Span: r.span(), Community: v.b.communities.at(r.community).code,
		Category: l.a, Scheduled: l.scheduled, Hours: hours, Number: slices.Index(s.others, r.person) + 1,
	}
}

func (v *View) starPart(c codeNumber) *starPart {
	key := cacheKey{part: partStars, division: c.code.Division()}
	return part(v, key, v.changed(c, 1<<touchService), (*starPart).weight, func() *starPart {
		out := &starPart{community: c, scheme: v.rules.InForce(domain.StarsKind, c.code, v.day), made: v.day}
		out.until = v.nextRule(c.code)
		fold := serviceFold{v: v}
		v.membersOf(c.number, func(s subject, _ bool) {
			out.until = min(out.until, v.nextMove(s))
			if v.homeOn(s, v.day) != c.number {
				return
			}
			out.members++
			if r, entries := fold.rate(s, out.scheme); entries > 0 {
				out.add(s.person, r)
			}
		})
		out.counting = fold.used
		slices.SortFunc(out.rows, func(a, b starRow) int { return v.compareStars(&a, &b) })
		return out
	})
}

// nextRule is the first day after the view's on which another star scheme or a
// succession comes into force.
func (v *View) nextRule(c domain.CommunityCode) domain.Day {
	next := domain.MaxDay
	schemes := v.rules.Versions(domain.StarsKind)
	for i := range schemes {
		if s := &schemes[i]; s.From > v.day && s.ID.Scope.Contains(c) {
			next = min(next, s.From)
		}
	}
	for _, m := range v.moved {
		if m.from > v.day {
			next = min(next, m.from)
		}
	}
	return next
}

// nextMove is the first day after the view's on which a subject's membership
// begins or is over.
func (v *View) nextMove(s subject) domain.Day {
	next := v.nextMoveOf(s.person)
	for _, i := range s.others {
		next = min(next, v.nextMoveOf(i))
	}
	return next
}

func (v *View) nextMoveOf(i uint32) domain.Day {
	next := domain.MaxDay
	for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
		m := v.b.memberships.at(j)
		if j = m.prev; !m.known(v.size) || m.kind != communityMembership {
			continue
		}
		if from := domain.Day(m.from); from > v.day {
			next = min(next, from)
		}
		if last := m.lastDay(v.size); last >= v.day && last < domain.MaxDay {
			next = min(next, last+1)
		}
	}
	return next
}

func (p *starPart) add(person uint32, r domain.StarRating) {
	p.rows = append(p.rows, starRowOf(person, r))
	for len(p.byStars) <= r.Stars {
		p.byStars = append(p.byStars, 0)
	}
	p.byStars[r.Stars]++
	p.totals.add(StarTotals{r.Recognised, r.Credit, r.Honour, r.Raw})
}

func (t *StarTotals) add(u StarTotals) {
	t.Recognised += u.Recognised
	t.Credit += u.Credit
	t.Honour += u.Honour
	t.Raw += u.Raw
}

func starRowOf(person uint32, r domain.StarRating) starRow {
	return starRow{
		person: person, recognised: uint32(r.Recognised), credit: uint32(r.Credit), raw: uint32(r.Raw),
		reached: int32(r.ReachedOn), toNext: uint32(r.ToNext), stars: uint8(r.Stars),
		toMonths: uint8(r.ToMonths), excluded: r.Excluded,
	}
}

func (r *starRow) rating(scheme *domain.PolicyVersion) domain.StarRating {
	return domain.StarRating{
		Stars: int(r.stars), Recognised: domain.Minutes(r.recognised), Credit: domain.Minutes(r.credit),
		Honour: domain.Minutes(r.recognised - r.credit), Raw: domain.Minutes(r.raw),
		ReachedOn: domain.Day(r.reached), ToNext: domain.Minutes(r.toNext), Scheme: scheme,
		ToMonths: int64(r.toMonths), Excluded: r.excluded,
	}
}

func (v *View) compareStars(a, b *starRow) int {
	if c := cmp.Compare(b.recognised, a.recognised); c != 0 {
		return c
	}
	return v.compareIDs(a.person, b.person)
}
