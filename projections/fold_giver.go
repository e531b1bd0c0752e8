package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// Few gifts are of somebody enrolled, so who gave them is kept beside the
// donations: a ledger without such gifts pays four bytes a donation, and a
// person's row nothing.

// giverRow finds what an enrolled donor gave under one number. It may be there
// before anything was: for a proposal.
type giverRow struct {
	id    domain.PersonID
	links uint32 // newest linkRow; atomic
}

// linkRow says that from one size on until another a donation is known to be
// somebody's gift.
type linkRow struct {
	donation uint32
	giver    uint32
	prev     uint32 // of the giver
	before   uint32 // of the donation
	at       uint32
	until    uint32 // atomic
}

func (l *linkRow) holds(size uint32) bool { return l.at < size && atomic.LoadUint32(&l.until) >= size }

// giver is the row of a person who gave, or is said to have given.
func (b *books) giver(id domain.PersonID) uint32 {
	hash := hashUUID(id.UUID)
	i := b.giverOf.find(id.UUID, hash)
	if i == none {
		i = b.givers.push(giverRow{id, none})
		b.giverOf.insert(i, hash)
	}
	return i
}

// link notes who gave a donation, and that whoever was said to have given it
// before did not.
func (b *books) link(i uint32, d *donationRow, id domain.PersonID) {
	if d.link != none {
		if was := b.links.at(d.link); was.until == never {
			atomic.StoreUint32(&was.until, b.size)
		}
	}
	if id.IsZero() {
		return
	}
	g := b.giver(id)
	x := b.givers.at(g)
	j := b.links.push(linkRow{i, g, x.links, d.link, b.size, never})
	atomic.StoreUint32(&x.links, j)
	atomic.StoreUint32(&d.link, j)
}

// giverOf is the number under which a donation is known to have been given.
func (v *View) giverOf(d *donationRow) (id domain.PersonID) {
	for j := atomic.LoadUint32(&d.link); j != none; {
		l := v.b.links.at(j)
		if l.holds(v.size) {
			return v.b.givers.at(l.giver).id
		}
		j = l.before
	}
	return id
}

// givenBy are the donations known to have been given under a number.
func (v *View) givenBy(id domain.PersonID) (donations []uint32) {
	i := v.b.giverOf.find(id.UUID, hashUUID(id.UUID))
	if i == none {
		return nil
	}
	for j := atomic.LoadUint32(&v.b.givers.at(i).links); j != none; {
		l := v.b.links.at(j)
		if l.holds(v.size) {
			donations = append(donations, l.donation)
		}
		j = l.prev
	}
	return donations
}
