package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

func (b *books) applyDonation(f *fact) error {
	i := b.donationOf.find(f.ref.ID, f.hash)
	if i == none {
		if f.revision != 0 {
			return gap(f, 0)
		}
		i = b.donations.push(donationRow{
			id: domain.DonationID{UUID: f.ref.ID}, gifts: none, uses: none, link: none, prevGiven: none, at: b.size,
		})
		b.donationOf.insert(i, f.hash)
	}
	d := b.donations.at(i)
	if f.revision != uint64(d.next) {
		return gap(f, d.next)
	}
	switch e := f.event.(type) {
	case *domain.DonationReceived:
		d.donor = e.Donor
		b.given(i, d)
		b.link(i, d, e.Person)
		g := b.offerGift(i, d, &e.Gift, e.Row, 0)
		atomic.StoreUint32(&g.effective, b.size)
		b.allow(d, e.Gift.Publication)
	case *domain.DonationCorrectionProposed:
		if g := b.offerGift(i, d, &e.Gift, e.Row, giftCorrection); e.Note != "" {
			g.note = b.notes.add(e.Note)
		}
	case *domain.DonationCorrectionApproved:
		b.approveGift(d)
	case *domain.DonationCorrectionRefused:
		if g := b.openGift(d, isPendingGift); g != nil {
			atomic.StoreUint32(&g.closed, b.size)
			b.touchGift(g)
		}
	case *domain.DonationGiverApproved:
		b.link(i, d, e.Giver)
	default:
		b.useGift(i, d, f)
	}
	b.waitInDonation(i, d, f)
	b.giving.touch(d.id.UUID)
	b.clock(f.recorded)
	d.next++
	return nil
}

// offerGift appends a value of a donation that does not stand yet.
func (b *books) offerGift(i uint32, d *donationRow, g *domain.Gift, r domain.Row, flags uint32) *giftRow {
	row := giftRow{
		amount: int64(g.Amount), donation: i, prev: d.gifts, at: b.size, effective: never, closed: never,
		day: int32(g.Day), community: b.communityOf(g.Community), organisation: none,
		label: b.givings.add(giving{g.Kind, g.DonorKind, g.Publication, g.Support}), imported: none, number: r.Number, flags: flags,
		firstItem: b.items.n, items: uint32(len(g.Items)), note: none, revision: d.next,
	}
	for _, it := range g.Items {
		b.items.push(itemRow{it.Quantity, int64(it.Value), b.things.add(thing{it.Name, it.Unit}), valuation(max(0, slices.Index(valuations[:], it.Basis)))})
		row.valued += int64(it.Value)
		if it.Value == 0 {
			row.flags |= giftUnvalued
		}
	}
	if !g.Organisation.IsZero() {
		row.organisation = b.groups.add(g.Organisation.UUID)
	}
	j := b.gifts.n
	if !r.Import.IsZero() {
		row.imported = b.print(r, j, true)
		b.reachOne(b.imports[row.imported], row.community)
	}
	b.gifts.push(row)
	atomic.StoreUint32(&d.gifts, j)
	b.touchGift(&row)
	return b.gifts.at(j)
}

func isPendingGift(g *giftRow) bool  { return g.flags&giftCorrection != 0 && g.effective == never }
func isStandingGift(g *giftRow) bool { return g.effective != never }

func (b *books) openGift(d *donationRow, match func(*giftRow) bool) *giftRow {
	for j := d.gifts; j != none; {
		g := b.gifts.at(j)
		if g.closed == never && match(g) {
			return g
		}
		j = g.prev
	}
	return nil
}

func (b *books) approveGift(d *donationRow) {
	pending := b.openGift(d, isPendingGift)
	if pending == nil {
		return
	}
	if standing := b.openGift(d, isStandingGift); standing != nil {
		atomic.StoreUint32(&standing.closed, b.size)
		b.touchGift(standing)
		was, is := b.givings.value(standing.label).publication, b.givings.value(pending.label).publication
		if was != is {
			b.allow(d, is) // else a correction would undo a withdrawal
		}
	}
	atomic.StoreUint32(&pending.effective, b.size)
	b.touchGift(pending)
}

func (b *books) touchGift(g *giftRow) {
	atomic.StoreUint32(&b.giftsAt, b.size+1)
	if g.community != none {
		b.touch(g.community, 1<<touchGifts)
	}
}
