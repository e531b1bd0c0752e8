package projections

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"zhishu/domain"
)

// GiftList is the list of gifts as it may be published: a donor is named only
// as the donor allows today, whatever the point of view.
type GiftList struct {
	Footing
	Filter DonationFilter
	Totals GiftTotals // of the whole list
	Rows   []GiftRow  // by day, then number
	Next   string     // cursor of the page after; empty on the last
}

// GiftTotals are cash, goods that were valued, and by item what was not; and
// support in kind by how it was given.
type GiftTotals struct {
	Cash     GiftSum
	Goods    GiftSum // Valued: what the items, or else the gift, were valued at
	Unvalued []ThingCount
	Support  []SupportCount
}

// ThingCount is how much of a thing was given.
type ThingCount struct {
	Name, Unit string
	Quantity   int64 // thousandths
	Gifts      int64
}

// SupportCount is the support given in one way.
type SupportCount struct {
	Support domain.SupportKind
	Gifts   int64
	Fen     domain.Fen // where it was valued
	Things  []ThingCount
}

// GiftRow is one gift of the list.
type GiftRow struct {
	Donation    domain.DonationID
	Donor       domain.DonorID
	Level       domain.Publication // today's
	Gift        GiftVersion        // as it stands
	Corrections []GiftCorrection   // 更正: approved ones, oldest first
}

// GiftCorrection is a change of what was published before.
type GiftCorrection struct {
	At            domain.Size // size before the approval
	Day           domain.Day  // of the ledger
	Before, After domain.Fen
	Note          string // 更正说明
}

// allows is what a donation's donor allows today.
func (d *donationRow) allows() domain.Publication { return levels[atomic.LoadUint32(&d.level)] }

// GiftList lists the gifts that stand, by the gift's day and then by number.
func (v *View) GiftList(f DonationFilter, page Page) (GiftList, error) {
	after, within, err := parseGiftCursor(page.After)
	if err != nil {
		return GiftList{}, err
	}
	fold := v.giftFold(&f)
	out := GiftList{Filter: f, Footing: v.giftFooting(f.Division)}
	if fold == nil {
		return out, nil
	}
	key := cacheKey{part: partGiftList, division: f.Division, period: f.Period, text: string(f.Organisation.UUID[:])}
	changed := func() uint32 { return atomic.LoadUint32(&v.b.giftsAt) }
	list := part(v, key, changed, func(l *giftsListed) int { return 4*len(l.gifts) + 1024 }, func() *giftsListed { return v.listGifts(fold) })
	out.Totals = list.totals
	first := 0
	if within {
		first, _ = slices.BinarySearchFunc(list.gifts, after, func(j uint32, c giftCursor) int { return v.giftCursor(j).compare(c) })
		if first < len(list.gifts) && v.giftCursor(list.gifts[first]) == after {
			first++
		}
	}
	last := min(first+page.limit(), len(list.gifts))
	for _, j := range list.gifts[first:last] {
		out.Rows = append(out.Rows, v.giftRow(v.b.gifts.at(j)))
	}
	if last < len(list.gifts) {
		out.Next = v.giftCursor(list.gifts[last-1]).String()
	}
	return out, list.err
}

// giftsListed is a whole list: the rows that stand in order, and their totals.
type giftsListed struct {
	gifts  []uint32
	totals GiftTotals
	err    error
}

func (v *View) listGifts(fold *giftFold) *giftsListed {
	list, totals := &giftsListed{}, newTotalsFold(v)
	for j := range v.giftsBefore() {
		g := v.b.gifts.at(j)
		if g.stands(v.size) && fold.out.Filter.Period.Contains(domain.Day(g.day)) && fold.concerns(g) {
			totals.add(g)
			list.gifts = append(list.gifts, j)
		}
	}
	slices.SortFunc(list.gifts, func(a, b uint32) int { return v.giftCursor(a).compare(v.giftCursor(b)) })
	list.totals, list.err = totals.finish()
	return list
}

// giftCursor is a row's place in the list.
type giftCursor struct {
	day      domain.Day
	donation domain.DonationID
}

func (v *View) giftCursor(j uint32) giftCursor {
	g := v.b.gifts.at(j)
	return giftCursor{domain.Day(g.day), v.b.donations.at(g.donation).id}
}

func (c giftCursor) compare(d giftCursor) int {
	return cmp.Or(cmp.Compare(c.day, d.day), bytes.Compare(c.donation.UUID[:], d.donation.UUID[:]))
}

func (c giftCursor) String() string {
	return strconv.FormatInt(int64(c.day), 10) + "." + c.donation.String()
}

func parseGiftCursor(s string) (c giftCursor, ok bool, err error) {
	if s == "" {
		return c, false, nil
	}
	day, id, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(day, 10, 32)
	if err != nil {
		return c, false, ErrCursor
	}
	c.day = domain.Day(n)
	if c.donation.UUID, err = domain.ParseUUID(id); err != nil {
		return c, false, ErrCursor
	}
	return c, true, nil
}

// GiftRow is the row of one donation.
func (v *View) GiftRow(id domain.DonationID) (GiftRow, error) {
	i := v.b.donationOf.find(id.UUID, hashUUID(id.UUID))
	if i == none || v.b.donations.at(i).at >= v.size {
		return GiftRow{}, ErrUnknownDonation
	}
	for j := atomic.LoadUint32(&v.b.donations.at(i).gifts); j != none; {
		g := v.b.gifts.at(j)
		if g.at < v.size && g.stands(v.size) {
			return v.giftRow(g), nil
		}
		j = g.prev
	}
	return GiftRow{}, ErrUnknownDonation
}

func (v *View) giftRow(g *giftRow) GiftRow {
	d := v.b.donations.at(g.donation)
	return GiftRow{Donation: d.id, Donor: d.donor, Level: d.allows(), Gift: v.giftVersion(g), Corrections: v.corrections(d)}
}

// corrections lists the approved corrections of a donation.
func (v *View) corrections(d *donationRow) (out []GiftCorrection) {
	var newer *giftRow // that stands, or stood, after the row looked at
	for j := atomic.LoadUint32(&d.gifts); j != none; {
		g := v.b.gifts.at(j)
		j = g.prev
		effective := atomic.LoadUint32(&g.effective)
		if g.at >= v.size || effective >= v.size {
			continue
		}
		if newer != nil {
			at := atomic.LoadUint32(&newer.effective)
			c := GiftCorrection{At: domain.Size(at), Day: v.b.dayOf(at + 1), Before: g.worth(), After: newer.worth()}
			if newer.note != none {
				c.Note = v.b.notes.value(newer.note)
			}
			out = append(out, c)
		}
		newer = g
	}
	slices.Reverse(out)
	return out
}

// totalsFold adds gifts up by kind and by thing.
type totalsFold struct {
	v        *View
	totals   GiftTotals
	unvalued map[uint32]*ThingCount
	support  map[domain.SupportKind]*SupportCount
	things   map[domain.SupportKind]map[uint32]*ThingCount
	over     bool
}

func newTotalsFold(v *View) *totalsFold {
	return &totalsFold{
		v: v, unvalued: map[uint32]*ThingCount{}, support: map[domain.SupportKind]*SupportCount{},
		things: map[domain.SupportKind]map[uint32]*ThingCount{},
	}
}

func (f *totalsFold) add(g *giftRow) {
	x := f.v.b.givings.value(g.label)
	worth := g.worth()
	switch x.kind {
	case domain.Cash:
		f.totals.Cash.add(g)
	case domain.Goods:
		f.totals.Goods.add(&giftRow{amount: g.amount, valued: int64(worth), flags: g.flags})
		f.count(f.unvalued, g, func(it *itemRow) bool { return it.value == 0 })
	case domain.InKind:
		s := cell(f.support, x.support)
		s.Support = x.support
		s.Gifts++
		s.Fen += worth
		f.over = f.over || s.Fen < 0
		if f.things[x.support] == nil {
			f.things[x.support] = map[uint32]*ThingCount{}
		}
		f.count(f.things[x.support], g, func(*itemRow) bool { return true })
	}
}

// count adds the things of a gift that are asked for.
func (f *totalsFold) count(to map[uint32]*ThingCount, g *giftRow, asked func(*itemRow) bool) {
	seen := map[uint32]bool{}
	for k := range g.items {
		it := f.v.b.items.at(g.firstItem + k)
		if !asked(it) {
			continue
		}
		n := cell(to, it.thing)
		n.Quantity += it.quantity
		f.over = f.over || n.Quantity < 0
		if !seen[it.thing] {
			n.Gifts++
		}
		seen[it.thing] = true
	}
}

func (f *totalsFold) finish() (GiftTotals, error) {
	if f.over || f.totals.Cash.Count < 0 || f.totals.Goods.Count < 0 {
		return GiftTotals{}, ErrSum
	}
	f.totals.Unvalued = f.named(f.unvalued)
	for k, s := range f.support {
		s.Things = f.named(f.things[k])
		f.totals.Support = append(f.totals.Support, *s)
	}
	slices.SortFunc(f.totals.Support, func(a, b SupportCount) int { return cmp.Compare(a.Support, b.Support) })
	return f.totals, nil
}

func (f *totalsFold) named(counts map[uint32]*ThingCount) (out []ThingCount) {
	for i, n := range counts {
		t := f.v.b.things.value(i)
		n.Name, n.Unit = t.name, t.unit
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b ThingCount) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit))
	})
	return out
}
