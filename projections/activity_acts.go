package projections

import (
	"maps"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// ActivityCount is something that is counted of people at activities.
type ActivityCount uint8

const (
	SignUpCount     ActivityCount = iota
	AttendanceCount               // confirmed, with its minutes
	ClaimedCount
	PendingCount
	ActivityCounts // how many there are
)

// actsCell is one count of the activities of a kind.
type actsCell struct {
	kind  domain.ActivityKind
	count ActivityCount
}

// actsPart is what series and months cut a cell of a community into.
type actsPart struct {
	actsCell
	month  domain.Month
	series string // empty: of none
}

// actsCrowds are the persons behind a community's totals; of each list no more
// than the limit.
type actsCrowds struct {
	cells map[actsCell]*crowd
	parts map[actsPart][]uint32
}

func (p *actsCrowds) weight(limit int) (n int) {
	for _, c := range p.cells {
		n += 64 + (64+4*limit)*len(c.acting)
	}
	return n + (96+4*limit)*len(p.parts)
}

// actsChanged: who is one person decides how many they are.
func (v *View) actsChanged(touched uint32) uint32 {
	return max(touched, atomic.LoadUint32(&v.b.groupsAt))
}

func (v *View) actsCrowds(c codeNumber, period domain.Period, limit int) *actsCrowds {
	key := cacheKey{part: partActsCrowds, division: c.code.Division(), period: period, number: int64(limit)}
	touched := v.changed(c, touchesActivity)
	changed := func() uint32 { return v.actsChanged(touched()) }
	return part(v, key, changed, func(p *actsCrowds) int { return p.weight(limit) }, func() *actsCrowds {
		out := &actsCrowds{map[actsCell]*crowd{}, map[actsPart][]uint32{}}
		everybody := map[actsCell]map[uint32]bool{}
		add := func(list []uint32, person uint32) []uint32 {
			if len(list) < limit && !slices.Contains(list, person) {
				list = append(list, person)
			}
			return list
		}
		v.eachAct(c, period, func(at actsPart, raw uint32, _ domain.Minutes) {
			person := v.subjectOf(raw).person
			x := out.cells[at.actsCell]
			if x == nil {
				x = &crowd{acting: actors{}}
				out.cells[at.actsCell], everybody[at.actsCell] = x, map[uint32]bool{}
			}
			everybody[at.actsCell][person] = true
			x.members = int64(len(everybody[at.actsCell]))
			x.acting[wholePeriod] = add(x.acting[wholePeriod], person)
			x.acting[at.month] = add(x.acting[at.month], person)
			out.parts[at] = add(out.parts[at], person)
		})
		return out
	})
}

// eachAct calls f for what each person did at the activities of a community that
// begin within a period and were not cancelled.
func (v *View) eachAct(c codeNumber, period domain.Period, f func(at actsPart, person uint32, minutes domain.Minutes)) {
	for _, i := range v.activitiesIn(c.code.Division(), period) {
		a := v.b.activities.at(i)
		p := v.planRow(a)
		day := domain.Instant(p.start).Day()
		if !period.Contains(day) || v.statusOf(a) == ActivityCancelled {
			continue
		}
		at := actsPart{actsCell{kind: activityKinds[p.kind]}, day.Month(), v.b.plans.value(p.words).series}
		note := func(count ActivityCount, person uint32, minutes domain.Minutes) {
			at.count = count
			f(at, person, minutes)
		}
		v.eachSignUp(a, func(s *signUpRow) { note(SignUpCount, s.person, 0) })
		v.eachAttendance(a, func(r *attendanceRow) {
			if r.pending(v.size) {
				note(PendingCount, r.person, 0)
				return
			}
			switch row, status := v.entryStanding(r.entry); status {
			case domain.Claimed:
				note(ClaimedCount, r.person, 0)
			case domain.Confirmed:
				note(AttendanceCount, r.person, domain.Minutes(row.minutes))
			}
		})
	}
}

// did is how often one person did each of what is counted.
type did struct {
	times   [ActivityCounts]int64
	minutes domain.Minutes
}

// doings are what persons did, or by how much it differs between two points of
// view.
type doings map[uint32]did

func (d doings) add(person uint32, x did, sign int64) {
	sum := d[person]
	for i := range sum.times {
		sum.times[i] += sign * x.times[i]
	}
	sum.minutes += domain.Minutes(sign) * x.minutes
	d[person] = sum
}

// few says which counts too few persons tell apart. An attendance that was
// claimed then and is confirmed now stands in both, so sums of these are looked
// at, too.
func (d doings) few(need int64) (out withheldCounts) {
	tell := func(differs func(did) bool, counts ...ActivityCount) {
		n := int64(0)
		for _, x := range d {
			if differs(x) {
				n++
			}
		}
		if 0 < n && n < need {
			for _, c := range counts {
				out[c] = Difference
			}
		}
	}
	tell(func(x did) bool { return x.minutes != 0 }, AttendanceCount)
	var moved []ActivityCount
	for c := range ActivityCounts {
		differs := func(x did) bool { return x.times[c] != 0 }
		tell(differs, c)
		if c != SignUpCount && slices.ContainsFunc(slices.Collect(maps.Values(d)), differs) {
			moved = append(moved, c)
		}
	}
	sum := func(counts ...ActivityCount) {
		tell(func(x did) bool {
			n := int64(0)
			for _, c := range counts {
				n += x.times[c]
			}
			return n != 0
		}, counts...)
	}
	for i, a := range moved {
		for _, b := range moved[i+1:] {
			sum(a, b)
		}
	}
	if len(moved) > 2 {
		sum(moved...)
	}
	return out
}

// actsPlace is a part of all counts; of the whole period, or of every series, in
// figures that are.
type actsPlace struct {
	kind   domain.ActivityKind
	month  domain.Month
	series string
}

// actsDiffer is by how much what people did in a division differs from today's, by
// kind, and by kind and month.
func (v *View) actsDiffer(d domain.Division, period domain.Period) map[actsPlace]doings {
	out := map[actsPlace]doings{}
	if v.today() == nil || v.b.changedAt(d, touchesActivity) <= v.size {
		return out
	}
	for _, c := range v.b.communitiesIn(d) {
		for at, people := range v.actsDifferHere(c, period) {
			for _, place := range [...]actsPlace{{kind: at.kind}, {kind: at.kind, month: at.month}} {
				if out[place] == nil {
					out[place] = doings{}
				}
				for person, x := range people {
					out[place].add(person, x, 1)
				}
			}
		}
	}
	return out
}

// actsDifferHere is the same of one community, part by part.
func (v *View) actsDifferHere(c codeNumber, period domain.Period) map[actsPlace]doings {
	live := v.today()
	if live == nil || v.changed(c, touchesActivity)() <= v.size {
		return nil
	}
	out := map[actsPlace]doings{}
	for _, x := range [...]struct {
		view *View
		sign int64
	}{{v, -1}, {live, 1}} {
		for at, people := range x.view.actsHere(c, period) {
			if out[at] == nil {
				out[at] = doings{}
			}
			for raw, did := range people {
				out[at].add(live.subjectOf(raw).person, did, x.sign)
			}
		}
	}
	return out
}

// actsHere is what people did in a community, part by part; by number, whoever
// they were merged into.
func (v *View) actsHere(c codeNumber, period domain.Period) map[actsPlace]doings {
	key := cacheKey{part: partActs, division: c.code.Division(), period: period}
	weigh := func(m map[actsPlace]doings) (n int) {
		for _, people := range m {
			n += 96 + 64*len(people)
		}
		return n
	}
	return part(v, key, v.changed(c, touchesActivity), weigh, func() map[actsPlace]doings {
		out := map[actsPlace]doings{}
		v.eachAct(c, period, func(at actsPart, person uint32, minutes domain.Minutes) {
			place := actsPlace{at.kind, at.month, at.series}
			if out[place] == nil {
				out[place] = doings{}
			}
			x := did{minutes: minutes}
			x.times[at.count] = 1
			out[place].add(person, x, 1)
		})
		return out
	})
}
