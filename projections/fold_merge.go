package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// merges says whose facts count for whom. A person is merged once, and never
// in a circle.
type merges struct {
	into map[uint32]mergeRow   // by the person merged
	from map[uint32][]mergeRow // by the person merged into
}

// mergeRow says that from a size on one person's facts count for another.
type mergeRow struct {
	at         uint32
	from, into uint32
}

// merge folds an alias in. Two persons merged into one another at the same
// moment are one already when the second merge comes; it changes nothing.
func (b *books) merge(i uint32, p *personRow, into domain.PersonID) error {
	j := b.personOf.find(into.UUID, hashUUID(into.UUID))
	switch {
	case j == none:
		return malformed("a person is merged into one the ledger does not know")
	case i == j:
		return malformed("a person is merged into itself")
	case b.canonical(i, never) == b.canonical(j, never):
		return nil
	}
	target := b.persons.at(j)
	b.touchLife(i, p)
	b.addMerge(mergeRow{b.size, i, j})
	atomic.StoreUint32(&b.groupsAt, b.size+1) // who counts as a member of a group
	p.set(personMerged)
	target.set(personMerged)
	if target.has(personErased) || p.has(personErased) {
		target.set(personErased)
		p.set(personErased)
	}
	b.touchLife(i, p)
	b.suspectCircle(i)
	b.reachAgain(i)
	return nil
}

func (b *books) addMerge(m mergeRow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, twice := b.merged.into[m.from]; !twice {
		b.merged.into[m.from] = m
		b.merged.from[m.into] = append(b.merged.from[m.into], m)
	}
}

// canonical is the person a person's facts count for at a size.
func (b *books) canonical(i uint32, size uint32) uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for {
		m, ok := b.merged.into[i]
		if !ok || m.at >= size {
			return i
		}
		i = m.into
	}
}

// numbersOf is the number by which a person goes today, and the others, as the
// write side finds them.
func (b *books) numbersOf(id domain.PersonID) (stays domain.PersonID, others []domain.PersonID) {
	i := b.personOf.find(id.UUID, hashUUID(id.UUID))
	if i == none {
		return id, nil
	}
	group := b.groupOf(i, never)
	for _, k := range group[1:] {
		others = append(others, b.persons.at(k).id)
	}
	return b.persons.at(group[0]).id, others
}

// groupOf is the canonical person of i at a size, and behind it, in the order
// of their merges, everyone whose facts count for it.
func (b *books) groupOf(i uint32, size uint32) []uint32 {
	head := b.canonical(i, size)
	b.mu.RLock()
	defer b.mu.RUnlock()
	var found []mergeRow
	var collect func(into uint32)
	collect = func(into uint32) {
		for _, m := range b.merged.from[into] {
			if m.at < size {
				found = append(found, m)
				collect(m.from)
			}
		}
	}
	collect(head)
	slices.SortFunc(found, func(x, y mergeRow) int { return int(int64(x.at) - int64(y.at)) })
	group := []uint32{head}
	for _, m := range found {
		group = append(group, m.from)
	}
	return group
}
