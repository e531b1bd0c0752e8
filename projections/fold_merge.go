package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// merges says whose facts count for whom. At any size a person is merged into at
// most one other, and never in a circle.
type merges struct {
	into map[uint32][]*mergeRow // by the person merged, in the order of the merges: the last one may still hold
	from map[uint32][]*mergeRow // by the person merged into
}

// mergeRow says that from one size on until another a person's facts count for
// somebody else.
type mergeRow struct {
	at, until  uint32 // until: atomic
	from, into uint32
}

func (m *mergeRow) holds(size uint32) bool { return m.at < size && atomic.LoadUint32(&m.until) >= size }

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
	b.addMerge(mergeRow{b.size, never, i, j})
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

// unmerge folds in that a person's facts count for nobody else any more. Of a
// merge that changed nothing there is nothing to undo.
func (b *books) unmerge(i uint32, p *personRow, into domain.PersonID) {
	m := b.mergeOf(i, never)
	if m == nil || b.persons.at(m.into).id != into {
		return
	}
	b.touchLife(i, p)
	b.suspectCircle(i)
	atomic.StoreUint32(&m.until, b.size)
	atomic.StoreUint32(&b.groupsAt, b.size+1)
	for _, k := range []uint32{i, m.into} {
		b.touchLife(k, b.persons.at(k))
		b.suspectCircle(k)
		b.reachAgain(k)
	}
}

func (b *books) addMerge(m mergeRow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row := &m
	b.merged.into[m.from] = append(b.merged.into[m.from], row)
	b.merged.from[m.into] = append(b.merged.from[m.into], row)
}

// mergeOf is the merge of a person that holds at a size, or nil.
func (b *books) mergeOf(i uint32, size uint32) *mergeRow {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.merged.of(i, size)
}

func (m *merges) of(i uint32, size uint32) *mergeRow {
	rows := m.into[i]
	for k := len(rows) - 1; k >= 0; k-- {
		if rows[k].holds(size) {
			return rows[k]
		}
	}
	return nil
}

// canonical is the person a person's facts count for at a size.
func (b *books) canonical(i uint32, size uint32) uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for {
		m := b.merged.of(i, size)
		if m == nil {
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
	var found []*mergeRow
	var collect func(into uint32)
	collect = func(into uint32) {
		for _, m := range b.merged.from[into] {
			if m.holds(size) {
				found = append(found, m)
				collect(m.from)
			}
		}
	}
	collect(head)
	slices.SortFunc(found, func(x, y *mergeRow) int { return int(int64(x.at) - int64(y.at)) })
	group := []uint32{head}
	for _, m := range found {
		group = append(group, m.from)
	}
	return group
}
