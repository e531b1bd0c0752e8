package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// outsider is what one person did in a community while belonging to another.
type outsider struct {
	person      uint32
	home        uint32 // none: nowhere
	entries     uint32
	personTimes uint32
	minutes     uint64
}

// sessionCell counts sessions of a month and layer.
type sessionCell struct {
	month   domain.Month
	layer   string
	named   int64
	unnamed int64
	people  []uint32 // some of those at the unnamed ones, as many as decide whether they are few
}

// herePart is what was recorded by one community, whoever did it.
type herePart struct {
	outsiders []outsider
	sessions  []sessionCell // study only
}

func (p *herePart) weight() int { return 24*len(p.outsiders) + 100*len(p.sessions) }

// recordedHere calls f for the confirmed rows a community recorded, successions
// followed by the day of the fact.
func (v *View) recordedHere(community uint32, f func(*entryRow)) {
	for _, c := range v.namesOf(community) {
		for j := atomic.LoadUint32(&v.b.communities.at(c).entries); j != none; {
			r := v.b.entries.at(j)
			if v.counted(r) && (v.moved == nil || v.standsFor(c, domain.Day(r.day)) == community) {
				f(r)
			}
			j = r.prevHere
		}
	}
}

func (v *View) studyHere(c codeNumber, period domain.Period, least domain.Least) *herePart {
	key := cacheKey{part: partStudyHere, division: c.code.Division(), period: period, number: leastKey(least)}
	return part(v, key, v.changed(c, 1<<touchStudy), (*herePart).weight, func() *herePart {
		visits := visitFold{v: v, community: c.number}
		sessions := sessionFold{v: v}
		v.recordedHere(c.number, func(r *entryRow) {
			if r.flags&entryStudy == 0 || !period.Contains(v.countsOn(r)) {
				return
			}
			sessions.add(r)
			if s := v.subjectOf(r.person); v.enough(s, r, least) {
				visits.add(s, r)
			}
		})
		return &herePart{visits.sum(), sessions.sum(v.crowdLimit())}
	})
}

func (v *View) serviceHere(c codeNumber) *herePart {
	key := cacheKey{part: partServiceHere, division: c.code.Division()}
	return part(v, key, v.changed(c, 1<<touchService), (*herePart).weight, func() *herePart {
		visits := visitFold{v: v, community: c.number}
		v.recordedHere(c.number, func(r *entryRow) {
			if r.flags&entryStudy == 0 {
				visits.add(v.subjectOf(r.person), r)
			}
		})
		out := &herePart{outsiders: visits.sum()}
		for i := range out.outsiders {
			out.outsiders[i].personTimes = 0 // a measure of study
		}
		return out
	})
}

// visitFold collects rows of people who belonged elsewhere on the day.
type visitFold struct {
	v         *View
	community uint32
	visits    []visit
}

type visit struct {
	person, home uint32
	attendance
}

func (f *visitFold) add(s subject, r *entryRow) {
	home := f.v.homeOn(s, domain.Day(r.day))
	if home != f.community {
		f.visits = append(f.visits, visit{s.person, home, f.v.attended(r)})
	}
}

// sum reduces visits to one outsider for each person and home.
func (f *visitFold) sum() (out []outsider) {
	slices.SortFunc(f.visits, func(a, b visit) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.home, b.home))
	})
	for lo := 0; lo < len(f.visits); {
		o := outsider{person: f.visits[lo].person, home: f.visits[lo].home}
		var own []attendance
		for ; lo < len(f.visits) && f.visits[lo].person == o.person && f.visits[lo].home == o.home; lo++ {
			o.entries++
			o.minutes += uint64(f.visits[lo].minutes)
			own = append(own, f.visits[lo].attendance)
		}
		o.personTimes = uint32(len(personTimes(own)))
		out = append(out, o)
	}
	return out
}

// sessionFold counts the sessions a community held: named ones once, in the
// month of their first day; unnamed ones once for each day and content.
type sessionFold struct {
	v    *View
	held []session
}

type session struct {
	layer  string
	person uint32
	attendance
}

func (f *sessionFold) add(r *entryRow) {
	layer := f.v.b.labels.value(r.label).b
	held := f.v.attended(r)
	held.minutes = 0
	f.held = append(f.held, session{layer, f.v.subjectOf(r.person).person, held})
}

// eachLayer calls do for every layer with its attendances, and with the
// sessions that they make.
func (f *sessionFold) eachLayer(do func(layer string, held []session, once []attendance)) {
	slices.SortFunc(f.held, func(a, b session) int { return cmp.Compare(a.layer, b.layer) })
	for lo := 0; lo < len(f.held); {
		first, layer := lo, f.held[lo].layer
		var own []attendance
		for ; lo < len(f.held) && f.held[lo].layer == layer; lo++ {
			own = append(own, f.held[lo].attendance)
		}
		do(layer, f.held[first:lo], personTimes(own))
	}
}

// sum counts the sessions, and notes so many of the people at the unnamed ones.
func (f *sessionFold) sum(limit int) (out []sessionCell) {
	f.eachLayer(func(layer string, held []session, once []attendance) {
		first := len(out)
		for _, a := range once {
			m := a.counted.Month()
			if len(out) == first || out[len(out)-1].month != m {
				out = append(out, sessionCell{month: m, layer: layer})
			}
			if a.named {
				out[len(out)-1].named++
			} else {
				out[len(out)-1].unnamed++
			}
		}
		eachUnnamed(held, once, func(m domain.Month, s *session) {
			i, _ := slices.BinarySearchFunc(out[first:], m, func(c sessionCell, m domain.Month) int { return cmp.Compare(c.month, m) })
			if c := &out[first+i]; len(c.people) < limit && !slices.Contains(c.people, s.person) {
				c.people = append(c.people, s.person)
			}
		})
	})
	return out
}

// eachUnnamed calls do for the attendances of unnamed sessions, with the month
// that counts the session.
func eachUnnamed(held []session, once []attendance, do func(domain.Month, *session)) {
	months := map[titled]domain.Month{}
	for _, a := range once {
		if !a.named {
			months[titled{a.content, a.day}] = a.counted.Month()
		}
	}
	for i := range held {
		if s := &held[i]; !s.named {
			do(months[titled{s.content, s.day}], s)
		}
	}
}

// outside sums the outsiders of a division's communities who belonged to none
// of them.
func (v *View) outside(d domain.Division, parts []*herePart) (sum Outside) {
	var people []uint32
	for _, p := range parts {
		for _, o := range p.outsiders {
			if v.inDivision(d, o.home) {
				continue
			}
			people = append(people, o.person)
			sum.Entries += int64(o.entries)
			sum.PersonTimes += int64(o.personTimes)
			sum.Minutes += domain.Minutes(o.minutes)
		}
	}
	sum.Persons = distinct(people)
	return sum
}

func distinct(people []uint32) int64 {
	slices.Sort(people)
	return int64(len(slices.Compact(people)))
}

func (v *View) studyHereParts(d domain.Division, period domain.Period, least domain.Least) []*herePart {
	return parallel(v.b.communitiesIn(d), func(c codeNumber) *herePart { return v.studyHere(c, period, least) })
}
