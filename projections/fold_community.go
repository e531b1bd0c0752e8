package projections

import "zhishu/domain"

// What is known of communities besides the facts recorded there. All of it is
// appended to and dated by the ledger size it came at.
type (
	communityBooks struct {
		registered  map[uint32][]registrationRow
		successions map[uint32][]successionRow
		populations map[uint32][]populationRow
	}
	registrationRow struct {
		at   uint32
		name string
		from domain.Day
	}
	successionRow struct {
		at   uint32
		from domain.Day
		to   []uint32
	}
	populationRow struct {
		at     uint32
		day    domain.Day
		basis  domain.PopulationBasis
		count  int64
		source string
	}
)

// maxSuccessions bounds a walk along successors, whatever was recorded.
const maxSuccessions = 16

// communityOf is the number of a community, met for the first time or not;
// none for the zero code.
func (b *books) communityOf(code domain.CommunityCode) uint32 {
	if i, ok := b.codes[code]; ok {
		return i
	}
	if code == 0 {
		return none
	}
	i := b.communities.push(communityRow{code: code, memberships: none, entries: none, activities: none})
	b.placeCommunity(i)
	return i
}

// placeCommunity finds a new community its place among the divisions.
func (b *books) placeCommunity(i uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row := b.communities.at(i)
	for k, d := range divisionsOf(row.code) {
		n, ok := b.divisions[d]
		if !ok {
			n = b.nodes.push(nodeRow{})
			b.divisions[d] = n
		}
		row.path[k] = n
	}
	b.codes[row.code] = i
}

// divisionsOf lists the divisions a community lies in, from itself upwards.
func divisionsOf(code domain.CommunityCode) (path [6]domain.Division) {
	digits := code.String()
	path[0] = code.Division()
	for i, n := range [...]int{9, 6, 4, 2, 0} {
		path[i+1], _ = domain.ParseDivision(digits[:n])
	}
	return path
}

func (b *books) register(e *domain.CommunityRegistered) {
	i := b.communityOf(e.Code)
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.about.registered
	known[i] = append(known[i], registrationRow{b.size, e.Name, e.From})
	b.touch(i, 1<<touchCommunity)
}

func (b *books) recordPopulation(e *domain.PopulationRecorded) {
	i := b.communityOf(e.Code)
	b.mu.Lock()
	defer b.mu.Unlock()
	known := b.about.populations
	known[i] = append(known[i], populationRow{b.size, e.Day, e.Basis, e.Count, e.Source})
	b.touch(i, 1<<touchCommunity)
}

// succeed folds a succession in. The write side refuses a circle as it knows the
// other community; of two that were recorded at the same moment and close one,
// the second is not followed.
func (b *books) succeed(e *domain.CommunitySucceeded) error {
	i := b.communityOf(e.Code)
	row := successionRow{at: b.size, from: e.From}
	for _, code := range e.Successors {
		j := b.communityOf(code)
		switch {
		case j == i:
			return malformed("a community succeeds itself")
		case b.leadsTo(j, i):
			return nil
		}
		row.to = append(row.to, j)
	}
	b.mu.Lock()
	known := b.about.successions
	known[i] = append(known[i], row)
	b.mu.Unlock()
	b.touchAll()
	return nil
}

// successor is the one community that a community's newest succession names;
// none when it was split, or was not succeeded.
func (b *books) successor(i uint32) uint32 {
	known := b.about.successions[i]
	if len(known) == 0 || len(known[len(known)-1].to) != 1 {
		return none
	}
	return known[len(known)-1].to[0]
}

// standsFor follows successions known at a size: the community that a code means
// on a day.
func (b *books) standsFor(community uint32, day domain.Day, size uint32) uint32 {
	v := View{b: b, size: size}
	for range maxSuccessions {
		s, ok := v.succession(community)
		if !ok || len(s.to) != 1 || s.from > day {
			break
		}
		community = s.to[0]
	}
	return community
}

// leadsTo reports whether successions already lead from one to another.
func (b *books) leadsTo(i, to uint32) bool {
	for range maxSuccessions {
		if i == to || i == none {
			return i == to
		}
		i = b.successor(i)
	}
	return true // too long a chain is refused as well
}
