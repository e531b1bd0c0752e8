package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// Rows hold no pointers, so that the collector does not look into them. A field
// that changes after its row was published is read and written atomically, and
// holds the ledger size at which it changed; chains run from the newest row to
// the oldest.

// personRow is 64 bytes: one line of memory.
type personRow struct {
	id          domain.PersonID
	entries     uint32 // newest entryRow; atomic
	memberships uint32 // newest membershipRow; atomic
	at          uint32 // size before the first event
	next        uint32 // revision of the next event; the runner's
	home        uint32 // the community of every membership, none, or many; atomic
	flags       uint32 // today's; atomic
	enrolledBy  uint32 // community
	layers      uint32 // interned list
	ageOn       int32
	birthFrom   int32
	birthTo     int32
	age         uint8
	sex         uint8
}

const (
	personErased = 1 << iota
	personRestricted
	personPublishes
	personMerged // into another, or another into it
)

// many marks a person with memberships of several communities.
const many = none - 1

func (p *personRow) set(flag uint32)      { atomic.StoreUint32(&p.flags, p.flags|flag) }
func (p *personRow) clear(flag uint32)    { atomic.StoreUint32(&p.flags, p.flags&^flag) }
func (p *personRow) has(flag uint32) bool { return atomic.LoadUint32(&p.flags)&flag != 0 }

func (p *personRow) state() PersonState {
	f := atomic.LoadUint32(&p.flags)
	return PersonState{f&personErased != 0, f&personRestricted != 0, f&personPublishes != 0}
}

// settle notes a membership of a community.
func (p *personRow) settle(community uint32) {
	switch p.home {
	case none:
		atomic.StoreUint32(&p.home, community)
	case community:
	default:
		atomic.StoreUint32(&p.home, many)
	}
}

type membershipRow struct {
	person   uint32
	prev     uint32 // of the person
	prevHere uint32 // of the community; none for other kinds
	subject  uint32 // community, or interned group
	label    uint32 // kind and basis
	at       uint32
	from     int32 // days
	until    int32
	ended    int32  // last day as the ending said; valid once endedAt is set
	endedAt  uint32 // size; atomic
	replaced uint32 // size at which an earlier first day became known; atomic
	kind     membershipKind
}

type membershipKind uint8

const (
	otherMembership membershipKind = iota
	communityMembership
)

// lastDay is the last day as known at a size.
func (m *membershipRow) lastDay(size uint32) domain.Day {
	if atomic.LoadUint32(&m.endedAt) < size {
		return domain.Day(m.ended)
	}
	return domain.Day(m.until)
}

// known reports whether the row is what is known of a membership at a size.
func (m *membershipRow) known(size uint32) bool {
	return m.at < size && atomic.LoadUint32(&m.replaced) >= size
}

func (m *membershipRow) covers(d domain.Day, size uint32) bool {
	return m.known(size) && domain.Day(m.from) <= d && d <= m.lastDay(size)
}

// entryRow is one value of an entry: the one claimed, or one a correction
// brings. It is offered at one size, takes effect at another (confirmed or
// approved) and is closed at a third (rejected, refused, replaced or voided).
// 64 bytes.
type entryRow struct {
	content   uint64 // study: hash of the activity or of the title
	person    uint32
	prev      uint32 // of the person
	prevHere  uint32 // of the recording community
	entry     uint32
	at        uint32
	effective uint32 // atomic
	closed    uint32 // atomic
	day       int32
	minutes   uint32
	start     uint32 // milliseconds since the day began
	length    uint32 // whole minutes from start to end
	community uint32
	label     uint32 // category and layer
	lengthMs  uint16 // and the milliseconds over
	flags     uint8
	late      lateness // set before effective is, and only then to be read
}

const (
	entryStudy uint8 = 1 << iota
	entryCredit
	entryClocked
	entryNamed      // content is an activity
	entryCorrection // offered by a correction, not by the claim
	entryOwnRow     // the correction came from a row of a sheet
	entryImported   // claimed by a row of a sheet
)

// counts reports whether the row is the confirmed value at a size.
func (r *entryRow) counts(size uint32) bool {
	return atomic.LoadUint32(&r.effective) < size && atomic.LoadUint32(&r.closed) >= size
}

// waits reports a claim that is neither confirmed nor rejected.
func (r *entryRow) waits(size uint32) bool {
	return r.at < size && r.flags&entryCorrection == 0 &&
		atomic.LoadUint32(&r.effective) >= size && atomic.LoadUint32(&r.closed) >= size
}

// span gives back the deed's span, exactly.
func (r *entryRow) span() domain.Span {
	s := domain.Span{Day: domain.Day(r.day), Minutes: domain.Minutes(r.minutes)}
	if r.flags&entryClocked != 0 {
		s.Start = s.Day.Start() + domain.Instant(r.start)
		s.End = s.Start + domain.Instant(r.length)*60_000 + domain.Instant(r.lengthMs)
	}
	return s
}

type donationRow struct {
	id        domain.DonationID
	donor     domain.DonorID
	gifts     uint32 // newest giftRow; atomic
	uses      uint32 // newest useRow; atomic
	link      uint32 // newest linkRow; atomic
	prevGiven uint32 // the donor's donation before this one
	level     uint32 // what the donor allows today; atomic
	at        uint32
	next      uint32
}

// donorRow finds a donor's donations.
type donorRow struct {
	id        domain.DonorID
	donations uint32 // newest donationRow; atomic
}

// itemRow is one thing among those of a giftRow.
type itemRow struct {
	quantity int64
	value    int64
	thing    uint32
	basis    valuation
}

// valuation is a valuation basis; the zero value is none.
type valuation uint8

var valuations = [...]domain.ValuationBasis{"", domain.ByVoucher, domain.ByFairValue, domain.NotValued}

// levels are what donors allow, by number.
var levels = [...]domain.Publication{domain.PublishNotAsked, domain.PublishName, domain.PublishAlias, domain.PublishAnonymous}

// useRow is a step in what became of a gift, for money or for one thing; or
// something the donor said. It never changes.
type useRow struct {
	quantity int64 // fen, or thousandths of the unit
	donation uint32
	prev     uint32 // of the donation
	at       uint32
	day      int32
	thing    uint32 // none: money; a level, or the number of an enquiry
	kind     useKind
}

type useKind uint8

const (
	useAllocated useKind = iota
	useDelivered
	useReturned
	useTakenBack // a delivery that was reversed
	useReleased  // an allocation that was reversed
	useLevel     // what the donor said may be published
	useAsked
	useAnswered
)

// giftRow is one value of a donation, with a life like an entryRow's.
type giftRow struct {
	amount       int64
	valued       int64
	donation     uint32
	prev         uint32 // of the donation
	at           uint32
	effective    uint32 // atomic
	closed       uint32 // atomic
	day          int32
	community    uint32 // none when an organisation above communities received it
	organisation uint32 // none for the committee
	label        uint32 // kinds and publication
	imported     uint32 // import, or none
	number       uint32 // row of the sheet
	flags        uint32
	firstItem    uint32
	items        uint32 // how many
	note         uint32 // published with the correction, or none
	revision     uint32 // of the event that offered it, in the donation's stream
}

const (
	giftCorrection uint32 = 1 << iota
	giftUnvalued
)

// worth is the amount, or what the things were valued at: a sheet gives one, a
// receipt both alike.
func (g *giftRow) worth() domain.Fen { return domain.Fen(max(g.amount, g.valued)) }

func (g *giftRow) stands(size uint32) bool {
	return atomic.LoadUint32(&g.effective) < size && atomic.LoadUint32(&g.closed) >= size
}

func (g *giftRow) waits(size uint32) bool {
	return g.at < size && atomic.LoadUint32(&g.effective) >= size && atomic.LoadUint32(&g.closed) >= size
}

// printRow ties a line of a sheet to what it became.
type printRow struct {
	print    uint64
	alike    uint64
	imported uint32
	prev     uint32 // of the import
	number   uint32
	target   uint32 // entryRow or giftRow
	at       uint32
	gift     bool // target is a giftRow
}

// accountRow is an account: who recorded facts, and what became of it.
type accountRow struct {
	id       domain.UUID
	person   domain.UUID // behind it; valid once linkedAt is set
	next     uint32
	handle   uint32 // interned; none while the account is only known by what it recorded; atomic
	openedAt uint32 // size; atomic
	linkedAt uint32 // size; atomic
	closedAt uint32 // size; atomic
	duty     uint64 // role and scope, from its opening on; atomic
}

// communityRow is the part of a community that figures walk through.
type communityRow struct {
	code        domain.CommunityCode
	memberships uint32    // newest membershipRow; atomic
	entries     uint32    // newest entryRow recorded here; atomic
	activities  uint32    // newest activityRow of it; atomic
	dirty       uint32    // what the batch touched; the runner's
	path        [6]uint32 // its divisions, from itself up to the country
}

// nodeRow says when a division was last touched, by what; atomic.
type nodeRow struct{ changed [touchKinds]uint32 }
