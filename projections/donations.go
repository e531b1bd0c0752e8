package projections

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"sort"
	"strings"
	"sync/atomic"

	"zhishu/domain"
)

// DonationFilter chooses gifts: those a division's communities received, or
// those an organisation received.
type DonationFilter struct {
	Division     domain.Division
	Organisation domain.OrganisationID // when set, Division is not looked at
	Period       domain.Period
}

// Donations sums the gifts that stand.
type Donations struct {
	Footing
	Filter    DonationFilter
	Total     GiftSum
	ByMonth   []MonthGifts
	ByDonor   []DonorGifts
	ByKind    []KindGifts
	ByImport  []ImportGifts // the zero import: entered by hand
	Corrected int64         // gifts whose standing value is a correction
	Pending   int64         // corrections that wait for a second person
}

// GiftSum is a number of gifts and what they are worth. Fen sums the amounts;
// Valued sums what single items of goods were valued at, and Unvalued counts
// gifts with an item without value.
type GiftSum struct {
	Count    int64
	Fen      domain.Fen
	Valued   domain.Fen
	Unvalued int64
}

type MonthGifts struct {
	Month domain.Month
	GiftSum
}

type DonorGifts struct {
	Donor domain.DonorKind
	GiftSum
}

type KindGifts struct {
	Kind domain.GiftKind
	GiftSum
}

type ImportGifts struct {
	Import domain.ImportID
	GiftSum
}

// DonationTrail is every value a donation has had.
type DonationTrail struct {
	Footing
	Donation domain.DonationID
	Donor    domain.DonorID
	Person   domain.PersonID // when the donor is enrolled
	Versions []GiftVersion   // in the order they were offered
}

// GiftVersion is one value and the ledger sizes it stood for.
type GiftVersion struct {
	Offered      domain.Size // size before the event that brought it
	Revision     uint64      // of that event, in the donation's stream
	From         domain.Size // since when it stood; zero with State pending or refused
	To           domain.Size // until when; zero while it stands or waits
	State        GiftState
	Day          domain.Day
	Kind         domain.GiftKind
	Amount       domain.Fen
	Valued       domain.Fen
	Community    domain.CommunityCode
	Organisation domain.OrganisationID
	DonorKind    domain.DonorKind
	Support      domain.SupportKind
	Publication  domain.Publication
	Items        []domain.Item
	Note         string // 更正说明 of a correction
	Import       domain.ImportID
	Row          uint32
}

// GiftState is where a value of a donation stands.
type GiftState string

const (
	GiftStands     GiftState = "stands"
	GiftPending    GiftState = "pending"    // a correction that waits
	GiftSuperseded GiftState = "superseded" // corrected later
	GiftRefused    GiftState = "refused"    // a correction that was refused
)

// ErrSum: a sum of money does not fit 64 bits.
var ErrSum = errors.New("a sum of money is out of range")

// Donations sums the gifts that stand, by day of the gift.
func (v *View) Donations(f DonationFilter) (Donations, error) {
	d := f.Division
	if !f.Organisation.IsZero() {
		d, f.Division = domain.Division{}, domain.Division{}
	}
	key := cacheKey{part: partDonations, division: d, period: f.Period, text: string(f.Organisation.UUID[:])}
	changed := func() uint32 { return atomic.LoadUint32(&v.b.giftsAt) }
	weigh := func(x *Donations) int {
		return 64 * (len(x.ByMonth) + len(x.ByDonor) + len(x.ByKind) + len(x.ByImport))
	}
	sum := *part(v, key, changed, weigh, func() *Donations { return v.donations(f) })
	if sum.Total.Count < 0 {
		return Donations{}, ErrSum
	}
	sum.Footing = v.footing(d, 1<<touchGifts)
	sum.ChangedAt = domain.Size(min(v.size, changed()))
	return sum, nil
}

func (v *View) donations(f DonationFilter) *Donations {
	fold := giftFold{
		v: v, organisation: none, out: &Donations{Filter: f}, months: map[domain.Month]*GiftSum{},
		donors: map[domain.DonorKind]*GiftSum{}, kinds: map[domain.GiftKind]*GiftSum{}, imports: map[uint32]*GiftSum{},
	}
	if !f.Organisation.IsZero() {
		if fold.organisation = v.b.groups.find(f.Organisation.UUID); fold.organisation == none {
			return fold.out
		}
	}
	for j := range v.giftsBefore() {
		fold.add(v.b.gifts.at(j))
	}
	return fold.finish()
}

// giftsBefore is the number of gift rows offered before the view's size.
func (v *View) giftsBefore() uint32 {
	return rowsBefore(&v.b.gifts, v.size, func(g *giftRow) uint32 { return g.at })
}

// rowsBefore counts a column's rows that came before a size.
func rowsBefore[T any](c *column[T], size uint32, at func(*T) uint32) uint32 {
	n := c.seen()
	return uint32(sort.Search(int(n), func(i int) bool { return at(c.at(uint32(i))) >= size }))
}

type giftFold struct {
	v            *View
	organisation uint32
	out          *Donations
	months       map[domain.Month]*GiftSum
	donors       map[domain.DonorKind]*GiftSum
	kinds        map[domain.GiftKind]*GiftSum
	imports      map[uint32]*GiftSum
}

func (f *giftFold) add(g *giftRow) {
	if !f.out.Filter.Period.Contains(domain.Day(g.day)) || !f.concerns(g) {
		return
	}
	if g.flags&giftCorrection != 0 && g.waits(f.v.size) {
		f.out.Pending++
	}
	if !g.stands(f.v.size) {
		return
	}
	if g.flags&giftCorrection != 0 {
		f.out.Corrected++
	}
	x := f.v.b.givings.value(g.label)
	f.out.Total.add(g)
	cell(f.months, domain.Day(g.day).Month()).add(g)
	cell(f.donors, x.donor).add(g)
	cell(f.kinds, x.kind).add(g)
	cell(f.imports, g.imported).add(g)
}

// concerns reports whether the filter's communities or organisation received
// the gift; an organisation above communities lies in the whole country only.
func (f *giftFold) concerns(g *giftRow) bool {
	if f.organisation != none {
		return g.organisation == f.organisation
	}
	if g.community == none {
		return f.out.Filter.Division.Digits() == 0
	}
	return f.v.inDivision(f.out.Filter.Division, f.v.standsFor(g.community, domain.Day(g.day)))
}

func cell[K comparable, T any](m map[K]*T, k K) *T {
	if m[k] == nil {
		m[k] = new(T)
	}
	return m[k]
}

// add marks a sum that overflows with a negative count.
func (s *GiftSum) add(g *giftRow) {
	if s.Count < 0 {
		return
	}
	s.Count++
	s.Fen += domain.Fen(g.amount)
	s.Valued += domain.Fen(g.valued)
	if s.Fen < 0 || s.Valued < 0 {
		s.Count = -1 // both only grow, by less than the range at a time
		return
	}
	if g.flags&giftUnvalued != 0 {
		s.Unvalued++
	}
}

func (f *giftFold) finish() *Donations {
	out := f.out
	for k, s := range f.months {
		out.ByMonth = append(out.ByMonth, MonthGifts{k, *s})
	}
	for k, s := range f.donors {
		out.ByDonor = append(out.ByDonor, DonorGifts{k, *s})
	}
	for k, s := range f.kinds {
		out.ByKind = append(out.ByKind, KindGifts{k, *s})
	}
	for k, s := range f.imports {
		x := ImportGifts{GiftSum: *s}
		if k != none {
			x.Import = f.v.importRow(k).id
		}
		out.ByImport = append(out.ByImport, x)
	}
	slices.SortFunc(out.ByMonth, func(a, b MonthGifts) int { return cmp.Compare(a.Month, b.Month) })
	slices.SortFunc(out.ByDonor, func(a, b DonorGifts) int { return cmp.Compare(a.Donor, b.Donor) })
	slices.SortFunc(out.ByKind, func(a, b KindGifts) int { return cmp.Compare(a.Kind, b.Kind) })
	slices.SortFunc(out.ByImport, func(a, b ImportGifts) int { return bytes.Compare(a.Import.UUID[:], b.Import.UUID[:]) })
	return out
}

// giftsHere are the gifts that stand of a community, after successions, by day
// and number.
func (v *View) giftsHere(community uint32) []uint32 {
	key := cacheKey{part: partGiftsHere}
	changed := func() uint32 { return atomic.LoadUint32(&v.b.giftsAt) }
	weigh := func(x *giftsByPlace) int { return 4*int(x.gifts) + 64*len(x.here) }
	return part(v, key, changed, weigh, func() *giftsByPlace {
		out := &giftsByPlace{here: map[uint32][]uint32{}}
		for j := range v.giftsBefore() {
			if g := v.b.gifts.at(j); g.community != none && g.stands(v.size) {
				c := v.standsFor(g.community, domain.Day(g.day))
				out.here[c] = append(out.here[c], j)
				out.gifts++
			}
		}
		for _, list := range out.here {
			slices.SortFunc(list, func(a, b uint32) int { return v.giftCursor(a).compare(v.giftCursor(b)) })
		}
		return out
	}).here[community]
}

// thingsGiven names the things of a gift; money has no name.
func (v *View) thingsGiven(g *giftRow) string {
	var names []string
	for k := range g.items {
		names = append(names, v.b.things.value(v.b.items.at(g.firstItem+k).thing).name)
	}
	return strings.Join(names, "、")
}

type giftsByPlace struct {
	here  map[uint32][]uint32 // giftRows
	gifts uint32
}
