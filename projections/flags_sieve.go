package projections

import (
	"math"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"zhishu/domain"
)

// flagSieve tells who may have flags and where there may be bursts. It goes once
// through the entries in the order in which they lie in memory, where finding
// flags jumps from one entry of a person to the one before. Every kind of flag
// rests on something rare, so that few are left to be looked at closely; it lets
// through whoever it is not sure of.
type flagSieve struct {
	v           *View
	rows        uint32   // entry rows of the view
	persons     []uint64 // a bit each
	communities []bool
	// The strictest that any integrity policy asks.
	dayMinutes, lateDays, burstEntries int64
	burstMinutes                       uint32
}

func (v *View) flagSieve() *flagSieve {
	s := &flagSieve{
		v: v, persons: make([]uint64, v.b.persons.seen()/64+1), communities: make([]bool, v.b.communities.seen()),
		dayMinutes: math.MaxInt64, lateDays: math.MaxInt64, burstEntries: math.MaxInt64, burstMinutes: 1,
	}
	s.rows = uint32(sort.Search(int(v.b.entries.seen()), func(j int) bool { return v.b.entries.at(uint32(j)).at >= v.size }))
	policies := v.rules.Versions(domain.IntegrityKind)
	for i := range policies {
		p := policies[i].Integrity
		for _, x := range [...]struct {
			least *int64
			limit int64
		}{{&s.dayMinutes, int64(p.DayMinutes)}, {&s.lateDays, p.LateDays}, {&s.burstEntries, p.BurstEntries}} {
			if x.limit > 0 {
				*x.least = min(*x.least, x.limit)
			}
		}
		s.burstMinutes = max(s.burstMinutes, uint32(p.BurstMinutes))
	}
	s.circles()
	var shares sync.WaitGroup
	of := uint32(runtime.GOMAXPROCS(0))
	for n := range of {
		shares.Go(func() { s.share(n, of) })
	}
	shares.Wait()
	return s
}

// mark lets a person through; those whom the view does not know have no bit.
func (s *flagSieve) mark(person uint32) {
	if w := person / 64; w < uint32(len(s.persons)) {
		s.persons[w] |= 1 << (person % 64)
	}
}

func (s *flagSieve) marked(person uint32) bool { return s.persons[person/64]>>(person%64)&1 != 0 }

// circles marks who is or was close to somebody with an account, into whom others
// were merged, and whose entries were objected to or were to be voided.
func (s *flagSieve) circles() {
	b := s.v.b
	for i := range b.accounts.seen() {
		if behind, _ := s.v.linkedTo(i); behind != (domain.UUID{}) {
			if k := b.personOf.find(behind, hashUUID(behind)); k != none {
				for _, member := range b.groupOf(k, s.v.size) {
					s.mark(member)
					b.eachClose(member, s.mark)
				}
			}
		}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for i := range b.acts {
		s.mark(i)
	}
	for i := range b.merged.from {
		s.mark(i)
	}
}

// share goes through all entries and looks at those of its share of the persons
// and communities.
func (s *flagSieve) share(n, of uint32) {
	x := sieveShare{s, s.v, flagFold{v: s.v}, newMet(2 * int(s.rows/of)), map[recording]stretch{}}
	for j := range s.rows {
		r, sign := s.v.b.entries.at(j), s.v.b.signs.at(j)
		if r.person/64%of == n && !s.marked(r.person) && (x.crowded(r) || x.unusual(r) || x.late(j) || x.signed(r, sign)) {
			s.mark(r.person)
		}
		if r.community%of == n && x.bursts(r, sign) {
			s.communities[r.community] = true
		}
	}
}

// sieveShare is what one pass keeps.
type sieveShare struct {
	*flagSieve
	v    *View
	fold flagFold
	met  *met
	by   map[recording]stretch
}

// crowded reports a second entry of a person on a day or at a session, one of
// more than a day, and one that fills its day too far alone.
func (x *sieveShare) crowded(r *entryRow) bool {
	again := x.met.again(uint64(r.person)<<32 | uint64(uint32(r.day)))
	const session = entryStudy | entryNamed
	if r.flags&session == session && x.met.again(r.content^uint64(r.person)<<32) {
		again = true
	}
	return again || int64(r.minutes) > x.dayMinutes || x.fold.lastDay(r) > domain.Day(r.day)
}

// unusual reports a value that came by a correction, that no longer stands, or
// that came into a closed period.
func (x *sieveShare) unusual(r *entryRow) bool {
	return r.flags&entryCorrection != 0 || atomic.LoadUint32(&r.closed) < x.v.size || atomic.LoadUint32(&r.effective) < x.v.size && r.late != 0
}

// late reports an entry that was recorded late.
func (x *sieveShare) late(row uint32) bool {
	if int64(x.v.b.signs.at(row).day())-int64(x.v.b.entries.at(row).day) <= x.lateDays {
		return false
	}
	_, _, slow, _ := x.fold.lateness(&life{rows: []uint32{row}}, row)
	return slow
}

// signed reports an entry that an account recorded that was closed, that another
// organisation dealt with, or whose activity changed.
func (x *sieveShare) signed(r *entryRow, sign *signRow) bool {
	if sign.recorder != none && atomic.LoadUint32(&x.v.b.accounts.at(sign.recorder).closedAt) < r.at {
		return true
	}
	if atomic.LoadUint32(&r.effective) < x.v.size && x.outside(sign.recorder, atomic.LoadUint32(&sign.decider)) {
		return true
	}
	if sign.attendance == none {
		return false
	}
	entered := x.v.b.attendances.at(sign.attendance)
	a := x.v.b.activities.at(entered.activity)
	plan := atomic.LoadUint32(&a.plans)
	return plan != none && x.v.b.planRows.at(plan).revision > entered.read || atomic.LoadUint32(&a.cancelled) < x.v.size ||
		atomic.LoadUint32(&a.attested) < x.v.size && x.outside(sign.recorder, a.attester)
}

// outside reports accounts of two organisations of which neither is above the
// other.
func (x *sieveShare) outside(recorder, other uint32) bool {
	own, opened := x.v.scopeOf(recorder)
	scope, since := x.v.scopeOf(other)
	return opened != never && since != never && !inLine(scope, own)
}

// recording is an account where it records.
type recording struct{ account, community uint32 }

// stretch is so long a time as a burst may take: one lies in two that follow
// each other.
type stretch struct {
	number       uint32
	before, here int64 // entries in the one before it, and in it
}

// bursts reports an entry with which an account may have recorded many in a
// short time.
func (x *sieveShare) bursts(r *entryRow, sign *signRow) bool {
	if r.flags&(entryCorrection|entryImported) != 0 || sign.recorder == none {
		return false
	}
	where, n := recording{sign.recorder, r.community}, sign.minute/x.burstMinutes
	a := x.by[where]
	switch {
	case n < a.number:
		return true // clocks differ: what was counted of it is forgotten
	case n == a.number+1:
		a = stretch{n, a.here, 0}
	case n > a.number:
		a = stretch{number: n}
	}
	a.here++
	x.by[where] = a
	return a.before+a.here >= x.burstEntries
}
