package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// UseSum is what became of money (fen) or of a thing (thousandths of its unit).
type UseSum struct {
	Received  int64
	Allocated int64 // set aside for a use, delivered or not
	Delivered int64 // of what was allocated
	Returned  int64 // to the donors
}

// Left is what is neither allocated nor returned.
func (s UseSum) Left() int64 { return s.Received - s.Allocated - s.Returned }

// ThingUse is a UseSum of one thing.
type ThingUse struct {
	Name, Unit string
	UseSum
}

// CommunityUse is what became of the gifts one community received. The zero
// code is the organisations above communities.
type CommunityUse struct {
	Community domain.CommunityCode
	Gifts     int64 // that stand
	Money     UseSum
	Things    []ThingUse
}

// GiftUses is what became of the gifts of a division or an organisation: of
// those whose own day lies in the period, everything up to the view.
type GiftUses struct {
	Footing
	Filter      DonationFilter
	Total       CommunityUse
	Communities []CommunityUse
}

// GiftUses adds up what was received, allocated, delivered and returned.
func (v *View) GiftUses(f DonationFilter) (GiftUses, error) {
	fold := v.giftFold(&f)
	out := GiftUses{Filter: f}
	sums := map[uint32]*useFold{}
	total := newUseFold()
	for j := range v.giftsBefore() {
		g := v.b.gifts.at(j)
		if fold == nil || !g.stands(v.size) || !f.Period.Contains(domain.Day(g.day)) || !fold.concerns(g) {
			continue
		}
		community := g.community
		if community != none {
			community = v.standsFor(community, domain.Day(g.day))
		}
		if sums[community] == nil {
			sums[community] = newUseFold()
		}
		v.addUse(g, total)
		v.addUse(g, sums[community])
	}
	out.Total = total.sum(v)
	for i, s := range sums {
		x := s.sum(v)
		if i != none {
			x.Community = v.b.communities.at(i).code
		}
		out.Communities = append(out.Communities, x)
	}
	slices.SortFunc(out.Communities, func(a, b CommunityUse) int { return cmp.Compare(a.Community, b.Community) })
	out.Footing = v.giftFooting(f.Division)
	if total.over {
		return GiftUses{}, ErrSum
	}
	return out, nil
}

// giftFold is one that knows which gifts a filter concerns; nil for an
// organisation nobody has heard of. A filter by organisation has no division.
func (v *View) giftFold(f *DonationFilter) *giftFold {
	fold := &giftFold{v: v, organisation: none, out: &Donations{}}
	if !f.Organisation.IsZero() {
		f.Division = domain.Division{}
		if fold.organisation = v.b.groups.find(f.Organisation.UUID); fold.organisation == none {
			return nil
		}
	}
	fold.out.Filter = *f
	return fold
}

// giftFooting: any gift may have changed the figure.
func (v *View) giftFooting(d domain.Division) Footing {
	footing := v.footing(d, 1<<touchGifts)
	footing.ChangedAt = domain.Size(min(v.size, atomic.LoadUint32(&v.b.giftsAt)))
	return footing
}

// useFold adds up uses by thing; none is money.
type useFold struct {
	gifts int64
	by    map[uint32]*UseSum
	over  bool // a sum does not fit 64 bits
}

func newUseFold() *useFold { return &useFold{by: map[uint32]*UseSum{}} }

func (f *useFold) at(thing uint32) *UseSum { return cell(f.by, thing) }

// addUse adds a gift that stands and everything done with it before the view.
func (v *View) addUse(g *giftRow, f *useFold) {
	f.gifts++
	if v.b.givings.value(g.label).kind == domain.Cash {
		f.add(&f.at(none).Received, g.amount)
	}
	for k := range g.items {
		x := v.b.items.at(g.firstItem + k)
		f.add(&f.at(x.thing).Received, x.quantity)
	}
	for j := atomic.LoadUint32(&v.b.donations.at(g.donation).uses); j != none; {
		u := v.b.uses.at(j)
		if j = u.prev; u.at >= v.size || u.kind >= useLevel {
			continue
		}
		s := f.at(u.thing)
		switch u.kind {
		case useAllocated:
			f.add(&s.Allocated, u.quantity)
		case useReleased:
			s.Allocated -= u.quantity
		case useDelivered:
			f.add(&s.Delivered, u.quantity)
		case useTakenBack:
			s.Delivered -= u.quantity
		case useReturned:
			f.add(&s.Returned, u.quantity)
		}
	}
}

// add notes a sum that leaves its range: what is added is never negative.
func (f *useFold) add(to *int64, n int64) {
	if *to += n; *to < 0 && n > 0 && *to-n >= 0 {
		f.over = true
	}
}

func (f *useFold) sum(v *View) CommunityUse {
	out := CommunityUse{Gifts: f.gifts}
	for i, s := range f.by {
		if i == none {
			out.Money = *s
			continue
		}
		t := v.b.things.value(i)
		out.Things = append(out.Things, ThingUse{t.name, t.unit, *s})
	}
	slices.SortFunc(out.Things, func(a, b ThingUse) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit))
	})
	return out
}
