package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// What was touched decides which cached figures still hold. Stamps are set at
// the end of a batch, before it is published, to the size after it: an event
// of the batch may have touched the division, none after it has.

type touchKind uint32

const (
	touchService touchKind = iota
	touchStudy
	touchGifts
	touchCommunity // registration, population, succession, imports
	touchActivity
	touchKinds
)

const touchMembers = 1<<touchService | 1<<touchStudy

// touched collects what a batch touches.
type touched struct {
	communities []uint32
}

func (b *books) touch(community uint32, kinds uint32) {
	c := b.communities.at(community)
	if c.dirty == 0 {
		b.touched.communities = append(b.touched.communities, community)
	}
	c.dirty |= kinds
}

// touchPerson touches every community whose figures hold this person's facts.
func (b *books) touchPerson(i uint32, p *personRow, kinds uint32) {
	b.people.touch(p.id.UUID)
	b.suspect(i, p)
	switch {
	case p.flags&personMerged != 0:
		for _, member := range b.groupOf(i, never) {
			m := b.persons.at(member)
			b.people.touch(m.id.UUID)
			b.touchHomes(m, kinds)
		}
	default:
		b.touchHomes(p, kinds)
	}
}

// touchLife touches besides every community that recorded facts of the person:
// where a person belongs decides who is a visitor there.
func (b *books) touchLife(i uint32, p *personRow) {
	b.touchPerson(i, p, touchMembers)
	group := []uint32{i}
	if p.flags&personMerged != 0 {
		group = b.groupOf(i, never)
	}
	for _, member := range group {
		for j := b.persons.at(member).entries; j != none; j = b.entries.at(j).prev {
			b.touchStanding(b.entries.at(j).community, touchMembers)
		}
	}
}

// touchAll touches every community.
func (b *books) touchAll() {
	for i := range b.communities.n {
		b.touch(i, 1<<touchKinds-1)
	}
	b.people.touchAll()
	b.giving.touchAll()
	b.happening.touchAll()
	b.suspects.touchAll()
	atomic.StoreUint32(&b.giftsAt, b.size+1)
}

func (b *books) touchHomes(p *personRow, kinds uint32) {
	switch p.home {
	case none:
	case many:
		for j := p.memberships; j != none; j = b.memberships.at(j).prev {
			if m := b.memberships.at(j); m.kind == communityMembership {
				b.touchStanding(m.subject, kinds)
			}
		}
	default:
		b.touchStanding(p.home, kinds)
	}
}

// touchStanding touches a community and those that stand for it.
func (b *books) touchStanding(community uint32, kinds uint32) {
	b.touch(community, kinds)
	for range maxSuccessions {
		if community = b.successor(community); community == none {
			return
		}
		b.touch(community, kinds)
	}
}

// stamp writes the collected touches down.
func (b *books) stamp() {
	t := &b.touched
	for _, i := range t.communities {
		c := b.communities.at(i)
		for _, n := range c.path {
			node := b.nodes.at(n)
			for k := range node.changed {
				if c.dirty>>k&1 != 0 {
					atomic.StoreUint32(&node.changed[k], b.size)
				}
			}
		}
		c.dirty = 0
	}
	t.communities = t.communities[:0]
	b.people.stamp(b.size)
	b.giving.stamp(b.size)
	b.happening.stamp(b.size)
	b.suspects.stamp(b.size)
}

// changedAt is the size after the last batch that touched a division.
func (b *books) changedAt(d domain.Division, kinds uint32) uint32 {
	b.mu.RLock()
	n, ok := b.divisions[d]
	b.mu.RUnlock()
	if !ok {
		return 0
	}
	return b.nodeChangedAt(n, kinds)
}

func (b *books) nodeChangedAt(n uint32, kinds uint32) (latest uint32) {
	node := b.nodes.at(n)
	for k := range node.changed {
		if kinds>>k&1 != 0 {
			latest = max(latest, atomic.LoadUint32(&node.changed[k]))
		}
	}
	return latest
}
