package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// given notes that a donor gave a donation.
func (b *books) given(i uint32, d *donationRow) {
	hash := hashUUID(d.donor.UUID)
	j := b.donorOf.find(d.donor.UUID, hash)
	if j == none {
		j = b.donors.push(donorRow{d.donor, none})
		b.donorOf.insert(j, hash)
	}
	x := b.donors.at(j)
	d.prevGiven = x.donations
	atomic.StoreUint32(&x.donations, i)
}

// allow sets what the donor allows today.
func (b *books) allow(d *donationRow, p domain.Publication) {
	atomic.StoreUint32(&d.level, levelOf(p))
}

func levelOf(p domain.Publication) uint32 { return uint32(max(0, slices.Index(levels[:], p))) }

// useGift folds what becomes of a gift, and what its donor says.
func (b *books) useGift(i uint32, d *donationRow, f *fact) {
	switch e := f.event.(type) {
	case *domain.DonationAllocated:
		b.step(i, d, useAllocated, e.Day, e.Amount, e.Items)
	case *domain.DonationDelivered:
		b.step(i, d, useDelivered, e.Day, e.Amount, e.Items)
	case *domain.DonationReturned:
		b.step(i, d, useReturned, e.Day, e.Amount, e.Items)
	case *domain.DonationUseReversed:
		kind := useReleased
		if e.Step == domain.StepDelivery {
			kind = useTakenBack
		}
		b.step(i, d, kind, e.Day, e.Amount, e.Items)
	case *domain.DonationPublicationAgreed:
		b.allow(d, e.Publication)
		b.say(i, d, useLevel, levelOf(e.Publication))
	case *domain.DonationPublicationWithdrawn:
		b.allow(d, domain.PublishAnonymous)
		b.say(i, d, useLevel, levelOf(domain.PublishAnonymous))
	case *domain.DonationEnquired:
		b.say(i, d, useAsked, uint32(f.revision))
	case *domain.DonationEnquiryAnswered:
		b.say(i, d, useAnswered, uint32(e.Enquiry))
	}
}

// step appends a row for the money and one for each thing.
func (b *books) step(i uint32, d *donationRow, kind useKind, day domain.Day, amount domain.Fen, items []domain.Item) {
	row := useRow{donation: i, at: b.size, day: int32(day), kind: kind}
	if amount != 0 {
		row.quantity, row.thing = int64(amount), none
		b.use(d, row)
	}
	for _, it := range items {
		row.quantity, row.thing = it.Quantity, b.things.add(thing{it.Name, it.Unit})
		b.use(d, row)
	}
}

func (b *books) say(i uint32, d *donationRow, kind useKind, what uint32) {
	b.use(d, useRow{donation: i, at: b.size, kind: kind, thing: what})
}

func (b *books) use(d *donationRow, row useRow) {
	row.prev = d.uses
	atomic.StoreUint32(&d.uses, b.uses.push(row))
	if d.gifts != none {
		b.touchGift(b.gifts.at(d.gifts))
	}
}
