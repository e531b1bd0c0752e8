package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// members counts the persons who belong to a division on a day.
func (v *View) members(d domain.Division, day domain.Day) int64 {
	communities := v.b.communitiesIn(d)
	counts := parallel(communities, func(c codeNumber) int64 { return v.membersOn(c, day) })
	n := int64(0)
	for _, k := range counts {
		n += k
	}
	return n
}

func (v *View) membersOn(c codeNumber, day domain.Day) int64 {
	key := cacheKey{part: partMembers, division: c.code.Division(), number: int64(day)}
	return part(v, key, v.changed(c, touchMembers), func(int64) int { return 8 }, func() (n int64) {
		v.membersOf(c.number, func(s subject, _ bool) {
			if v.homeOn(s, day) == c.number {
				n++
			}
		})
		return n
	})
}

// existsOn reports whether a community stands for itself on a day: registered,
// or in use without registration, begun, and not succeeded yet.
func (v *View) existsOn(community uint32, day domain.Day) bool {
	if s, ok := v.succession(community); ok && s.from <= day {
		return false
	}
	if r, ok := v.registration(community); ok {
		return r.from <= day
	}
	return v.inUse(community)
}

// inUse reports whether anything was recorded for a community at the view.
func (v *View) inUse(community uint32) bool {
	c := v.b.communities.at(community)
	for j := atomic.LoadUint32(&c.memberships); j != none; j = v.b.memberships.at(j).prevHere {
		if v.b.memberships.at(j).at < v.size {
			return true
		}
	}
	for j := atomic.LoadUint32(&c.activities); j != none; j = v.b.activities.at(j).prevHere {
		if v.b.activities.at(j).at < v.size {
			return true
		}
	}
	for j := atomic.LoadUint32(&c.entries); j != none; j = v.b.entries.at(j).prevHere {
		if v.b.entries.at(j).at < v.size {
			return true
		}
	}
	return false
}

// registration is what the newest registration of a community said.
func (v *View) registration(community uint32) (registrationRow, bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	return newestBefore(v.b.about.registered[community], v.size, func(r registrationRow) uint32 { return r.at })
}

// succession is the newest succession of a community.
func (v *View) succession(community uint32) (successionRow, bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	return newestBefore(v.b.about.successions[community], v.size, func(r successionRow) uint32 { return r.at })
}

func newestBefore[T any](rows []T, size uint32, at func(T) uint32) (row T, ok bool) {
	for i := len(rows) - 1; i >= 0; i-- {
		if at(rows[i]) < size {
			return rows[i], true
		}
	}
	return row, false
}

// populationOn is the latest figure of a basis dated on or before a day; of
// two of the same date the one recorded later.
func (v *View) populationOn(community uint32, basis domain.PopulationBasis, day domain.Day) (best populationRow, ok bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, p := range v.b.about.populations[community] {
		if p.at < v.size && p.basis == basis && p.day <= day && (!ok || p.day >= best.day) {
			best, ok = p, true
		}
	}
	return best, ok
}

// population sums a basis over a division and lists the communities without a
// figure. known is false when none has one.
func (v *View) population(d domain.Division, basis domain.PopulationBasis, day domain.Day) (sum int64, known bool, missing []domain.CommunityCode) {
	if basis == domain.RegisteredMembers {
		return v.members(d, day), true, nil
	}
	for _, c := range v.b.communitiesIn(d) {
		if !v.existsOn(c.number, day) {
			continue
		}
		p, ok := v.populationOn(c.number, basis, day)
		if !ok {
			missing = append(missing, c.code)
			continue
		}
		known = true
		sum += p.count
	}
	return sum, known, missing
}
