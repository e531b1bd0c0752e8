package projections

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"zhishu/domain"
)

// cache keeps computed parts of figures. An entry made at one size holds at
// another when nothing between them touched its division and no policy that it
// rests on was adopted. Entries of the newest size float along with the ledger; those
// of older sizes are kept beside them.
type cache struct {
	mu      sync.Mutex
	entries map[cacheKey]*cached
	calls   map[cacheKey]*call
	weight  int
	limit   int // bytes
	tick    uint64
	books   map[int]*domain.Rulebook // by number of versions
	work    map[workKey]*domain.WorkCalendar
	digests digestCache
	// again, when tests set it, is told of every part that is answered from the
	// cache, and what it would be if it were made anew.
	again func(v *View, key cacheKey, kept, made any)
}

type cacheKey struct {
	part     partKind
	division domain.Division
	period   domain.Period
	number   int64  // a day, or what an attendance must come to, as the part needs
	text     string // criteria or a page, as the part needs
	size     uint32 // zero: floats with the ledger
}

type partKind uint8

const (
	partStars partKind = iota
	partStudy
	partRanking
	partMembers
	partServiceHere
	partStudyHere
	partStarBoard
	partStandingBoard
	partParticipation
	partDonations
	partFlags
	partBursts
	partLookAlikes
	partGiftList
	partActivities
	partDisclosure
	partActing
	partGroupBoard
	partTraining
	partScorecard
	partWaiting
	partGiftsHere
	partBorne
	partSessions
	partGatherings
	partStudyMonths
	partActsPlan
	partActsCrowds
	partActs
	partKinds // how many there are
)

type cached struct {
	size     uint32
	policies int
	value    any
	weight   int
	used     uint64
}

type call struct{ done chan struct{} }

// cacheBytes bounds what the figures' parts may hold in memory.
const cacheBytes = 128 << 20

func newCache() *cache {
	return &cache{
		entries: map[cacheKey]*cached{}, calls: map[cacheKey]*call{}, books: map[int]*domain.Rulebook{}, work: map[workKey]*domain.WorkCalendar{}, limit: cacheBytes,
	}
}

// rulebook is the rulebook of the first n versions. Versions are only ever
// appended, so their number names the set.
func (c *cache) rulebook(adopted []policyRow) *domain.Rulebook {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.books[len(adopted)]; ok {
		return r
	}
	if len(c.books) > 64 {
		clear(c.books)
	}
	versions := make([]domain.PolicyVersion, len(adopted))
	for i, p := range adopted {
		versions[i] = *p.version
	}
	r := domain.NewRulebook(versions)
	c.books[len(adopted)] = r
	return r
}

// part answers from the cache or builds. changed says when the part's scope
// was last touched; weigh estimates bytes. Equal parts asked for at the same
// time are built once.
func part[T any](v *View, key cacheKey, changed func() uint32, weigh func(T) int, build func() T) T {
	for {
		if value, ok := v.cache.get(v, key, changed()); ok {
			if v.cache.again != nil {
				v.cache.again(v, key, value, build())
			}
			return value.(T)
		}
		exact := key
		exact.size = v.size
		mine, wait := v.cache.enter(exact)
		if !mine {
			<-wait
			continue
		}
		value := func() T {
			defer v.cache.leave(exact)
			value := build()
			v.cache.put(v, key, value, weigh(value))
			return value
		}()
		return value
	}
}

// get finds a part that holds at the view's size. Every event before that size
// has left its stamp, so changed misses none of them; it may report one behind
// the view, which only costs a rebuild.
func (c *cache) get(v *View, key cacheKey, changed uint32) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key.size = range [...]uint32{0, v.size} {
		e := c.entries[key]
		if e == nil || e.policies != v.policies && v.ruledAnew(e.policies, key) {
			continue
		}
		if d, ok := e.value.(dated); ok && !d.holdsOn(v.day) {
			continue
		}
		if e.size == v.size || changed <= min(e.size, v.size) {
			c.tick++
			e.used = c.tick
			return e.value, true
		}
	}
	return nil, false
}

// restsOn are the kinds of policies that parts rest on; one that is not listed
// may rest on any.
var restsOn = map[partKind][]domain.PolicyKind{
	partFlags:      {domain.IntegrityKind, domain.CalendarKind, domain.CountingKind, domain.StarsKind, domain.ClosingKind},
	partBursts:     {domain.IntegrityKind},
	partLookAlikes: {},
}

// ruledAnew reports whether a policy that a part rests on, and that holds in its
// division, was adopted between the view and so many policies.
func (v *View) ruledAnew(policies int, key cacheKey) bool {
	kinds, listed := restsOn[key.part]
	if !listed {
		return true
	}
	between := v.b.policiesAt(never)[min(policies, v.policies):max(policies, v.policies)]
	return slices.ContainsFunc(between, func(p policyRow) bool {
		scope := p.version.ID.Scope
		return slices.Contains(kinds, p.version.ID.Kind) && (scope.Covers(key.division) || key.division.Covers(scope))
	})
}

func (c *cache) put(v *View, key cacheKey, value any, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil && e.size > v.size {
		key.size = v.size // a newer one floats
	}
	if old := c.entries[key]; old != nil {
		c.weight -= old.weight
	}
	weight += 256 + len(key.text)
	c.tick++
	c.entries[key] = &cached{v.size, v.policies, value, weight, c.tick}
	c.weight += weight
	if c.weight > c.limit {
		c.evict()
	}
}

// evict makes room: first parts of older sizes, then those of the newest, each
// from the one used longest ago.
func (c *cache) evict() {
	keys := slices.Collect(maps.Keys(c.entries))
	slices.SortFunc(keys, func(a, b cacheKey) int {
		if (a.size == 0) != (b.size == 0) {
			if a.size != 0 {
				return -1
			}
			return 1
		}
		return cmp.Compare(c.entries[a].used, c.entries[b].used)
	})
	for _, key := range keys {
		if c.weight <= c.limit*3/4 {
			return
		}
		c.weight -= c.entries[key].weight
		delete(c.entries, key)
	}
}

// dated is a part that holds on some days only.
type dated interface{ holdsOn(domain.Day) bool }

func (c *cache) enter(key cacheKey) (mine bool, wait chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if running := c.calls[key]; running != nil {
		return false, running.done
	}
	c.calls[key] = &call{make(chan struct{})}
	return true, nil
}

func (c *cache) leave(key cacheKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.calls[key].done)
	delete(c.calls, key)
}
