package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Donation lists every value a donation has had, with the ledger sizes between
// which it stood.
func (v *View) Donation(id domain.DonationID) (DonationTrail, error) {
	i := v.b.donationOf.find(id.UUID, hashUUID(id.UUID))
	if i == none || v.b.donations.at(i).at >= v.size {
		return DonationTrail{}, ErrUnknownDonation
	}
	d := v.b.donations.at(i)
	out := DonationTrail{Donation: id, Donor: d.donor, Person: v.giverOf(d)}
	for j := atomic.LoadUint32(&d.gifts); j != none; {
		g := v.b.gifts.at(j)
		if g.at < v.size {
			out.Versions = append(out.Versions, v.giftVersion(g))
		}
		j = g.prev
	}
	slices.Reverse(out.Versions)
	var division domain.Division
	if len(out.Versions) > 0 && out.Versions[0].Community != 0 {
		division = out.Versions[0].Community.Division()
	}
	out.Footing = v.footing(division, 1<<touchGifts)
	out.ChangedAt = domain.Size(min(v.size, atomic.LoadUint32(&v.b.giftsAt)))
	return out, nil
}

func (v *View) giftVersion(g *giftRow) GiftVersion {
	x := v.b.givings.value(g.label)
	out := GiftVersion{
		Offered: domain.Size(g.at), Revision: uint64(g.revision), State: GiftPending, Day: domain.Day(g.day), Kind: x.kind, Amount: domain.Fen(g.amount),
		Valued: domain.Fen(g.valued), DonorKind: x.donor, Support: x.support, Publication: x.publication,
		Items: v.itemsOf(g), Row: g.number,
	}
	if g.note != none {
		out.Note = v.b.notes.value(g.note)
	}
	if g.community != none {
		out.Community = v.b.communities.at(g.community).code
	}
	if g.organisation != none {
		out.Organisation.UUID = v.b.groups.value(g.organisation)
	}
	if g.imported != none {
		out.Import = v.importRow(g.imported).id
	}
	effective, closed := atomic.LoadUint32(&g.effective), atomic.LoadUint32(&g.closed)
	switch {
	case effective < v.size && closed < v.size:
		out.State, out.From, out.To = GiftSuperseded, domain.Size(effective), domain.Size(closed)
	case effective < v.size:
		out.State, out.From = GiftStands, domain.Size(effective)
	case closed < v.size:
		out.State = GiftRefused
	}
	return out
}

// itemsOf lists the things of one value of a gift.
func (v *View) itemsOf(g *giftRow) (items []domain.Item) {
	for k := range g.items {
		x := v.b.items.at(g.firstItem + k)
		t := v.b.things.value(x.thing)
		items = append(items, domain.Item{
			Name: t.name, Quantity: x.quantity, Unit: t.unit, Value: domain.Fen(x.value), Basis: valuations[x.basis],
		})
	}
	return items
}
