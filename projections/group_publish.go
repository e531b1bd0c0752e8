package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Groups overlap with one another and with communities in any way, so that there is
// no tree of them. What may be shown of a group is decided by pieces: a piece is
// what all published figures treat alike, facts that stand in the same of them.
// Whatever is found by adding, subtracting and scaling what is published covers whole
// pieces. A group's figure is published if it cuts every piece into parts that
// are empty or large enough.

// groupFigure is what is counted of groups.
type groupFigure struct {
	study  bool // or else service
	period domain.Period
	on     domain.Day // of the members
}

// pieces are the persons of a community, cut by the figures published so far. A
// person with facts in several of them helps none of them to be large enough.
type pieces struct {
	of    map[uint32]int // of a person whose facts lie in one piece
	whole []int64        // such persons, by piece
	parts []map[uint32]bool
}

func piecesOf(people []uint32) *pieces {
	p := &pieces{of: map[uint32]int{}, whole: []int64{int64(len(people))}, parts: []map[uint32]bool{{}}}
	for _, person := range people {
		p.of[person] = 0
	}
	return p
}

// cuts counts what a group takes of each piece: persons with all they have
// there, and with a part of it.
func (p *pieces) cuts(all, some []uint32) map[int][2]int64 {
	out := map[int][2]int64{}
	for i, list := range [...][]uint32{all, some} {
		for _, person := range list {
			if k, ok := p.of[person]; ok {
				n := out[k]
				n[i]++
				out[k] = n
				continue
			}
			for k := range p.parts {
				if n, known := out[k]; !known && p.parts[k][person] {
					out[k] = n // touched, though it takes no whole person
				}
			}
		}
	}
	return out
}

// bears reports whether the figure of a group leaves no piece small.
func (p *pieces) bears(all, some []uint32, need int64) bool {
	for k, n := range p.cuts(all, some) {
		rest := p.whole[k] - n[0] - n[1]
		empty := rest == 0 && n[1] == 0 && len(p.parts[k]) == 0
		if n[0] < need || !empty && rest < need {
			return false
		}
	}
	return true
}

// cut makes the cut.
func (p *pieces) cut(all, some []uint32) {
	fresh := map[int]int{}
	for k := range p.cuts(all, some) {
		fresh[k] = len(p.whole)
		p.whole, p.parts = append(p.whole, 0), append(p.parts, map[uint32]bool{})
	}
	for i, list := range [...][]uint32{all, some} {
		for _, person := range list {
			k, ok := p.of[person]
			switch {
			case ok && i == 0:
				p.of[person] = fresh[k]
				p.whole[k]--
				p.whole[fresh[k]]++
			case ok:
				delete(p.of, person)
				p.whole[k]--
				p.parts[k][person], p.parts[fresh[k]][person] = true, true
			default:
				for k, to := range fresh {
					if p.parts[k][person] {
						p.parts[to][person] = true
					}
				}
			}
		}
	}
}

// groupShare is what a group has of a community's people.
type groupShare struct {
	group           *groupBook
	all, some, here []uint32 // with all and with some of their facts in it; members on the day
	months, beside  actors   // who acted within the group, and who of these besides it, by month
}

// borne are the groups whose figures leave no piece of a community small, as far
// as its own people go. It is asked for every community on its own: a group that
// another community does not bear has cut finer than need be.
func (v *View) borne(c codeNumber, f groupFigure) map[domain.GroupRef]bool {
	key := cacheKey{part: partBorne, division: c.code.Division(), period: f.period, number: int64(f.on)}
	if !f.study {
		key.text = v.day.String()
	}
	changed := func() uint32 { return max(v.changed(c, touchMembers)(), atomic.LoadUint32(&v.b.groupsAt)) }
	weigh := func(m map[domain.GroupRef]bool) int { return 48 * len(m) }
	return part(v, key, changed, weigh, func() map[domain.GroupRef]bool {
		var acting, members []uint32
		monthly, shares := actors{}, map[domain.GroupRef]*groupShare{}
		v.membersOf(c.number, func(s subject, _ bool) { v.shareOut(s, c, f, &acting, &members, monthly, shares) })
		order := make([]*groupShare, 0, len(shares))
		for _, x := range shares {
			order = append(order, x)
		}
		slices.SortFunc(order, func(a, b *groupShare) int {
			return cmp.Or(cmp.Compare(len(b.here)+len(b.all), len(a.here)+len(a.all)), slices.Compare(a.group.ref.ID.UUID[:], b.group.ref.ID.UUID[:]))
		})
		need := v.smallest(c.code.Division(), f.on)
		facts, people := piecesOf(acting), piecesOf(members)
		out := map[domain.GroupRef]bool{}
		for _, x := range order {
			if !facts.bears(x.all, x.some, need) || !people.bears(x.here, nil, need) || f.study && v.groupBesideMonths(c, f, x, monthly) {
				continue
			}
			facts.cut(x.all, x.some)
			people.cut(x.here, nil)
			out[x.group.ref] = true
		}
		return out
	})
}

// shareOut notes what a subject has in a community, and in each of its groups.
func (v *View) shareOut(s subject, c codeNumber, f groupFigure, acting, members *[]uint32, monthly actors, shares map[domain.GroupRef]*groupShare) {
	here := v.homeOn(s, f.on) == c.number
	if here {
		*members = append(*members, s.person)
	}
	var days []domain.Day
	var months []domain.Month
	v.eachGroupFact(s, f, func(r *entryRow) {
		if day := domain.Day(r.day); v.countedFor(s, f, day) == c.number {
			days, months = append(days, day), append(months, v.countsOn(r).Month())
			monthly.note(v.countsOn(r).Month(), s.person)
		}
	})
	if len(days) > 0 {
		*acting = append(*acting, s.person)
	}
	for _, g := range v.groupsOf(s, f.study) {
		in := 0
		for _, day := range days {
			if v.belongs(s, g, day) {
				in++
			}
		}
		member := here && v.belongs(s, g, f.on)
		if in == 0 && !member {
			continue
		}
		x := shares[g.ref]
		if x == nil {
			x = &groupShare{group: g, months: actors{}, beside: actors{}}
			shares[g.ref] = x
		}
		for i, day := range days {
			if v.belongs(s, g, day) {
				x.months.note(months[i], s.person)
			} else {
				x.beside.note(months[i], s.person)
			}
		}
		switch {
		case in == 0:
		case in == len(days):
			x.all = append(x.all, s.person)
		default:
			x.some = append(x.some, s.person)
		}
		if member {
			x.here = append(x.here, s.person)
		}
	}
}

// groupBesideMonths reports whether a group's figure and the months of its
// community, or of a division above, tell too few persons apart (see besideMonths).
func (v *View) groupBesideMonths(c codeNumber, f groupFigure, x *groupShare, monthly actors) bool {
	others := actors{}
	for month, people := range monthly {
		for _, person := range people {
			if !slices.Contains(x.months[month], person) || slices.Contains(x.beside[month], person) {
				others[month] = append(others[month], person)
			}
		}
	}
	least := v.least(c.code.Division(), f.on)
	shows := func(d domain.Division) bool {
		_, months := v.planOfRates(d, f.period, f.on, least)
		return months == NotSuppressed
	}
	return v.tellsOfMonths(figureRule{kind: monthlyFigure, least: least}, f.period, f.on, c.code.Division(), shows, x.months, others)
}

// countedFor is the community whose own figure holds what a subject did on a day:
// of study where they belonged then, of service where they belong today, because
// star boards count a member's service whole.
func (v *View) countedFor(s subject, f groupFigure, day domain.Day) uint32 {
	if f.study {
		return v.homeOn(s, day)
	}
	return v.homeOn(s, v.day)
}

// eachGroupFact calls f for the facts that count for groups.
func (v *View) eachGroupFact(s subject, f groupFigure, do func(*entryRow)) {
	v.eachRow(s, func(r *entryRow) {
		if (r.flags&entryStudy != 0) == f.study && f.period.Contains(v.countsOn(r)) {
			do(r)
		}
	})
}

// groupsOf are the ranked groups, or the teams, that a subject ever belonged to.
func (v *View) groupsOf(s subject, ranked bool) (out []*groupBook) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	note := func(g *groupBook) {
		if g != nil && g.at < v.size && !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	for _, i := range append([]uint32{s.person}, s.others...) {
		for j := atomic.LoadUint32(&v.b.persons.at(i).memberships); j != none; {
			m := v.b.memberships.at(j)
			j = m.prev
			if m.kind == communityMembership || !m.known(v.size) {
				continue
			}
			ref := v.b.groupRefOf(m)
			if g := v.b.group.of[ref]; (ref.Kind == domain.SubjectTeam) != ranked && g != nil {
				if g.within.IsZero() {
					note(g)
				} else {
					note(v.b.group.of[domain.GroupRef{Kind: domain.SubjectBuilding, ID: g.within}])
				}
			}
		}
	}
	return out
}

// groupWithheld is why a group's figure is withheld: its members or those of them
// who acted are too few, or a figure of few could be found from it. What may be
// shown of a group whose people belong to a community that publishes nothing, or
// to none, is nothing.
func (v *View) groupWithheld(g *groupBook, f groupFigure) Suppression {
	if v.base != nil {
		return v.base.groupWithheld(g, f)
	}
	homes := map[uint32]bool{}
	members, acting := int64(0), int64(0)
	for _, s := range v.everMembers(g) {
		if v.belongs(s, g, f.on) {
			homes[v.homeOn(s, f.on)] = true
			members++
		}
		acts := false
		v.eachGroupFact(s, f, func(r *entryRow) {
			if day := domain.Day(r.day); v.belongs(s, g, day) {
				homes[v.countedFor(s, f, day)] = true
				acts = true
			}
		})
		if acts {
			acting++
		}
	}
	need := v.smallest(v.b.communities.at(v.groupHome(g, f.on)).code.Division(), f.on)
	if members < need || 0 < acting && acting < need {
		return SmallGroup
	}
	base := v.disclosure(figureRule{kind: studyFigure}, f.period, f.on)
	if !f.study {
		base = v.disclosure(figureRule{kind: serviceFigure}, domain.AllTime, v.day)
	}
	for home := range homes {
		if home == none {
			return Complementary
		}
		c := codeNumber{v.b.communities.at(home).code, home}
		if base.of(c.code.Division()) != NotSuppressed || !v.borne(c, f)[g.ref] {
			return Complementary
		}
	}
	return NotSuppressed
}

// groupFewDiffer reports whether a group's figure of the past tells too few
// persons apart from today's.
func (v *View) groupFewDiffer(ref domain.GroupRef, f groupFigure) bool {
	now := v.b.frontier.Load().size
	if v.size >= now || v.groupChanged() <= v.size || v.everything {
		return false
	}
	v.b.mu.RLock()
	g := v.b.group.of[ref]
	v.b.mu.RUnlock()
	need := v.smallest(v.b.communities.at(v.groupHome(g, f.on)).code.Division(), f.on)
	differ, live := int64(0), v.b.view(now, v.b.dayOf(now), v.liveCache())
	then, today := v.groupFacts(g, f), live.groupFacts(g, f)
	for person, facts := range then {
		if !slices.Equal(facts, today[person]) {
			differ++
		}
	}
	for person := range today {
		if _, known := then[person]; !known {
			differ++
		}
	}
	return 0 < differ && differ < need
}

// groupFacts are what a group's figure is made of, by person: whether a member on
// the day, and each fact's row.
func (v *View) groupFacts(g *groupBook, f groupFigure) map[uint32][]int64 {
	out := map[uint32][]int64{}
	for _, s := range v.everMembers(g) {
		var facts []int64
		if v.belongs(s, g, f.on) {
			facts = append(facts, -1)
		}
		v.eachGroupFact(s, f, func(r *entryRow) {
			if v.belongs(s, g, domain.Day(r.day)) {
				facts = append(facts, int64(r.at))
			}
		})
		if len(facts) > 0 {
			out[s.person] = facts
		}
	}
	return out
}
