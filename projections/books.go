package projections

import (
	"slices"
	"sync"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// books are the tables every figure is computed from. One goroutine folds
// events in; any number read through views.
type books struct {
	partial     bool // some facts are withheld: what the others name may be unknown
	persons     column[personRow]
	personOf    uuidIndex
	memberships column[membershipRow]
	entries     column[entryRow]
	signs       column[signRow] // by entry row
	donations   column[donationRow]
	donationOf  uuidIndex
	gifts       column[giftRow]
	items       column[itemRow]
	uses        column[useRow]
	donors      column[donorRow]
	donorOf     uuidIndex
	givers      column[giverRow]
	giverOf     uuidIndex
	links       column[linkRow]
	prints      column[printRow]
	accounts    column[accountRow]
	accountOf   uuidIndex
	communities column[communityRow]
	activities  column[activityRow]
	activityOf  uuidIndex
	planRows    column[planRow]
	signUps     column[signUpRow]
	windows     column[windowRow]
	attendances column[attendanceRow]
	nodes       column[nodeRow]
	waits       column[waitRow]
	guards      column[guardRow]

	labels  interner[labels]      // category and layer; kind and basis
	layers  interner[string]      // lists of layers, each followed by a line feed
	groups  interner[domain.UUID] // households, buildings, organisations, teams
	givings interner[giving]
	things  interner[thing]
	notes   interner[string] // published with corrections
	plans   interner[planWords]
	handles interner[string] // of accounts

	// Small tables, rarely written. mu guards them for readers; the folding
	// goroutine, the only writer, reads them without it.
	mu        sync.RWMutex
	codes     map[domain.CommunityCode]uint32
	divisions map[domain.Division]uint32
	about     communityBooks
	policies  []policyRow
	proposals []proposalRow
	closings  map[uint32][]closingRow // by community
	reopening []reopeningRow
	reviews   map[[16]byte][]reviewRow // of integrity flags
	acts      map[uint32][]actRow      // by person
	guardians map[uint32][]guardianRow // by child
	wards     map[domain.UUID][]uint32 // by guardian
	imports   []*importRow
	importOf  map[domain.ImportID]uint32
	merged    merges
	days      []dayMark
	inOrder   []codeNumber // communities by code; see communitiesIn

	byPrint, byAlike printIndex

	small     []smallEvent      // the folding goroutine's, as is revisions
	revisions map[string]uint32 // next revision of the small streams
	marks     column[markRow]   // positions of the sizes that are multiples of markEvery
	people    bucketStamps      // of personOf
	giving    bucketStamps      // of donationOf
	happening bucketStamps      // of activityOf
	suspects  bucketStamps      // of personOf: whose flags may have changed

	openCheckIns map[checkInKey]uint32 // attendanceRows; the folding goroutine's, as are the next two
	openWaits    map[waitKey]uint32
	openGuards   map[guardKey]uint32

	size     uint32 // events folded in
	time     domain.Instant
	touched  touched
	group    groupBooks
	groupsAt uint32                   // size after the last event that concerns groups; atomic
	giftsAt  uint32                   // size after the last gift event; atomic
	frontier atomic.Pointer[frontier] // what views may see
}

// labels is a pair of open words of a row, and of an entry how long its activity
// was scheduled for: the same few lengths over and over.
type labels struct {
	a, b      string
	scheduled domain.Minutes
}

// giving is what gifts have in common.
type giving struct {
	kind        domain.GiftKind
	donor       domain.DonorKind
	publication domain.Publication
	support     domain.SupportKind
}

// thing is what was given or used, by name and unit.
type thing struct{ name, unit string }

// frontier is the newest point that is wholly folded in.
type frontier struct {
	size     uint32
	position eventstore.Position // of the last event seen, counted or not
	time     domain.Instant      // ledger time
	last     eventstore.ID       // of the last ledger event
}

// dayMark: from this size on, ledger time lies on this day or later.
type dayMark struct {
	day  domain.Day
	size uint32
}

type markRow struct{ hi, lo uint64 }

// markEvery is how many events lie between two stored positions.
const markEvery = 512

func newBooks() *books {
	b := &books{
		codes:     map[domain.CommunityCode]uint32{},
		about:     communityBooks{map[uint32][]registrationRow{}, map[uint32][]successionRow{}, map[uint32][]populationRow{}},
		merged:    merges{map[uint32][]*mergeRow{}, map[uint32][]*mergeRow{}},
		divisions: map[domain.Division]uint32{},
		importOf:  map[domain.ImportID]uint32{},
		revisions: map[string]uint32{},
		group:     newGroupBooks(),

		openCheckIns: map[checkInKey]uint32{}, openWaits: map[waitKey]uint32{}, openGuards: map[guardKey]uint32{},
	}
	b.personOf.key = func(i uint32) domain.UUID { return b.persons.at(i).id.UUID }
	b.donationOf.key = func(i uint32) domain.UUID { return b.donations.at(i).id.UUID }
	b.donorOf.key = func(i uint32) domain.UUID { return b.donors.at(i).id.UUID }
	b.giverOf.key = func(i uint32) domain.UUID { return b.givers.at(i).id.UUID }
	b.activityOf.key = func(i uint32) domain.UUID { return b.activities.at(i).id.UUID }
	b.accountOf.key = func(i uint32) domain.UUID { return b.accounts.at(i).id }
	b.byPrint.key = func(r *printRow) uint64 { return r.print }
	b.byAlike.key = func(r *printRow) uint64 { return r.alike }
	b.frontier.Store(&frontier{})
	return b
}

// publish lets views see everything folded in so far.
func (b *books) publish(position eventstore.Position, last eventstore.ID) {
	b.stamp()
	for _, c := range b.columns() {
		c.publish()
	}
	b.frontier.Store(&frontier{b.size, position, b.time, last})
}

// columns are the tables of fixed rows.
func (b *books) columns() []interface{ publish() } {
	return []interface{ publish() }{
		&b.persons, &b.memberships, &b.entries, &b.signs, &b.donations, &b.gifts, &b.items, &b.uses, &b.donors, &b.givers, &b.links, &b.prints, &b.accounts,
		&b.communities, &b.groups.values, &b.marks,
		&b.activities, &b.planRows, &b.signUps, &b.windows, &b.attendances, &b.waits, &b.guards,
	}
}

// clock folds the recording time of the event about to be applied into ledger
// time, which never runs backwards.
func (b *books) clock(recorded domain.Instant) {
	if recorded <= b.time && b.size > 0 {
		return
	}
	b.time = max(b.time, recorded)
	if day := b.time.Day(); len(b.days) == 0 || b.days[len(b.days)-1].day < day {
		b.mu.Lock()
		b.days = append(b.days, dayMark{day, b.size})
		b.mu.Unlock()
	}
}

// mark remembers positions at intervals; call it after the event was counted.
func (b *books) mark(p eventstore.Position) {
	if b.size%markEvery == 0 {
		hi, lo := p.Parts()
		b.marks.push(markRow{hi, lo})
	}
}

// dayOf is the civil day ledger time had reached at a size.
func (b *books) dayOf(size uint32) domain.Day {
	b.mu.RLock()
	defer b.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(b.days, size, func(m dayMark, n uint32) int {
		if m.size < n {
			return -1
		}
		return 1
	})
	if i == 0 {
		return domain.MinDay
	}
	return b.days[i-1].day
}

// sizeOn is the ledger size at the end of a civil day, without a bound when
// the ledger has not passed it.
func (b *books) sizeOn(day domain.Day) uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(b.days, day, func(m dayMark, d domain.Day) int {
		if m.day <= d {
			return -1
		}
		return 1
	})
	if i == len(b.days) {
		return never
	}
	return b.days[i].size
}
