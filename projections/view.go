package projections

import (
	"cmp"
	"slices"
	"strconv"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// View is one point of view: everything read through it belongs to the same
// ledger size, however far the ledger has grown meanwhile. It copies nothing,
// costs next to nothing to make, and may be used by any number of goroutines.
type View struct {
	b        *books
	log      eventstore.LogReader // nil in a replay
	cache    *cache
	size     uint32
	day      domain.Day
	rules    *domain.Rulebook
	policies int // versions adopted before size
	// moved holds communities that one other stands for from a day on; nil in
	// most ledgers.
	moved map[uint32]movedCommunity
	// everything shows what is withheld from publication; tests compare it with
	// their models.
	everything bool
	base       *View // of a view under other rules: the one under those in force
}

type movedCommunity struct {
	from domain.Day
	to   uint32
}

// view makes the view of a size that is folded in.
func (b *books) view(size uint32, day domain.Day, c *cache) *View {
	v := &View{b: b, cache: c, size: size, day: day}
	adopted := b.policiesAt(size)
	v.policies = len(adopted)
	v.rules = c.rulebook(adopted)
	v.moved = b.movedBefore(size)
	return v
}

// at resolves a point in history against what is folded in.
func (b *books) at(a AsOf, c *cache) (*View, error) {
	f := b.frontier.Load()
	switch a.kind {
	case asOfSize:
		if a.size > domain.Size(f.size) {
			return nil, ErrBeyondLedger
		}
		return b.view(uint32(a.size), b.dayOf(uint32(a.size)), c), nil
	case asOfDay:
		return b.view(min(b.sizeOn(a.day), f.size), a.day, c), nil
	}
	return b.view(f.size, b.dayOf(f.size), c), nil
}

// movedBefore lists the communities with exactly one successor at a size.
func (b *books) movedBefore(size uint32) map[uint32]movedCommunity {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var moved map[uint32]movedCommunity
	for i, rows := range b.about.successions {
		for _, s := range rows { // the newest wins
			if s.at >= size {
				continue
			}
			delete(moved, i)
			if len(s.to) == 1 {
				if moved == nil {
					moved = map[uint32]movedCommunity{}
				}
				moved[i] = movedCommunity{s.from, s.to[0]}
			}
		}
	}
	return moved
}

// Size is the ledger size of the view.
func (v *View) Size() domain.Size { return domain.Size(v.size) }

// Day is the view's last civil day: ledger time's, or the date asked for.
func (v *View) Day() domain.Day { return v.day }

// Rules are the policy versions adopted up to the view. Only to be read.
func (v *View) Rules() *domain.Rulebook { return v.rules }

// Policies lists the adopted versions in order of adoption.
func (v *View) Policies() []domain.PolicyVersion {
	adopted := v.b.policiesAt(v.size)
	out := make([]domain.PolicyVersion, len(adopted))
	for i, p := range adopted {
		out[i] = *p.version
	}
	return out
}

// person is the row of a person known at the view.
func (v *View) person(id domain.PersonID) (uint32, bool) {
	i := v.b.personOf.find(id.UUID, hashUUID(id.UUID))
	return i, i != none && v.b.persons.at(i).at < v.size
}

// standsFor follows successions: the community that a code means on a day.
func (v *View) standsFor(community uint32, day domain.Day) uint32 {
	for range maxSuccessions {
		m, ok := v.moved[community]
		if !ok || m.from > day {
			break
		}
		community = m.to
	}
	return community
}

// codeNumber pairs a community's code with its number.
type codeNumber struct {
	code   domain.CommunityCode
	number uint32
}

// communitiesIn lists the communities of a division in code order. The slice
// is shared and only to be read. It may hold communities that came after the
// view: they have no rows in it.
func (b *books) communitiesIn(d domain.Division) []codeNumber {
	all := b.communitiesInOrder()
	shift := uint64(1)
	for range 12 - d.Digits() {
		shift *= 10
	}
	lo, hi := 0, len(all)
	if d.Digits() > 0 {
		first := divisionNumber(d) * shift
		byCode := func(c codeNumber, code uint64) int { return cmp.Compare(uint64(c.code), code) }
		lo, _ = slices.BinarySearchFunc(all, first, byCode)
		hi, _ = slices.BinarySearchFunc(all, first+shift, byCode)
	}
	return all[lo:hi:hi]
}

func (b *books) communitiesInOrder() []codeNumber {
	b.mu.RLock()
	all, n := b.inOrder, len(b.codes)
	b.mu.RUnlock()
	if len(all) == n {
		return all
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	all = make([]codeNumber, 0, len(b.codes))
	for code, i := range b.codes {
		all = append(all, codeNumber{code, i})
	}
	slices.SortFunc(all, func(x, y codeNumber) int { return cmp.Compare(x.code, y.code) })
	b.inOrder = all
	return all
}

// divisionNumber is the division's digits as a number.
func divisionNumber(d domain.Division) (n uint64) {
	for _, c := range []byte(d.String()) {
		n = n*10 + uint64(c-'0')
	}
	return n
}

// footing is what a figure over a division stands on. A new rule may change any
// figure, also one that does not name it.
func (v *View) footing(d domain.Division, kinds uint32, policies ...*domain.PolicyVersion) Footing {
	f := Footing{
		Size: domain.Size(v.size), Day: v.day,
		Provisional: v.runningIn(d), ChangedAt: domain.Size(min(v.size, max(v.b.changedAt(d, kinds), v.ruledAt()))),
	}
	v.restOn(&f, refs(policies))
	return f
}

// ruledAt is the size after the newest adoption.
func (v *View) ruledAt() uint32 {
	if adopted := v.b.policiesAt(v.size); len(adopted) > 0 {
		return adopted[len(adopted)-1].at + 1
	}
	return 0
}

// refs names policy versions once each, in order.
func refs(versions []*domain.PolicyVersion) []domain.PolicyRef {
	var out []domain.PolicyRef
	for _, p := range versions {
		if p != nil && !slices.Contains(out, p.Ref()) {
			out = append(out, p.Ref())
		}
	}
	slices.SortFunc(out, func(x, y domain.PolicyRef) int {
		if c := cmp.Compare(x.ID.String(), y.ID.String()); c != 0 {
			return c
		}
		return x.Version - y.Version
	})
	return out
}

// runningIn lists imports that were running at the view and touch a division:
// through the community they are for, or through a person of one of its rows
// who belongs to the division.
func (v *View) runningIn(d domain.Division) (ids []domain.ImportID) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	for _, row := range v.b.imports {
		if row.running(v.size) && (v.touches(row, d) || v.touchesAgain(row, d)) {
			ids = append(ids, row.id)
		}
	}
	return ids
}

func (v *View) touches(row *importRow, d domain.Division) bool {
	if row.community == none || v.standsIn(row.community, d) {
		return true
	}
	for community, at := range row.reached {
		if at < v.size && v.standsIn(community, d) {
			return true
		}
	}
	return false
}

// touchesAgain: the rows of a sheet that is given again are those of the first
// time.
func (v *View) touchesAgain(row *importRow, d domain.Division) bool {
	first, known := v.b.importOf[row.info.Earlier]
	return known && row.info.Disposition == domain.GivenAgain && v.touches(v.b.imports[first], d)
}

// standsIn reports whether a community, or one that came to stand for it, lies
// in a division.
func (v *View) standsIn(community uint32, d domain.Division) bool {
	return v.inDivision(d, community) || v.inDivision(d, v.standsFor(community, v.day))
}

func (r *importRow) running(size uint32) bool {
	return atomic.LoadUint32(&r.startedAt) < size && atomic.LoadUint32(&r.finishedAt) >= size
}

// refKey names a policy version within a cache key.
func refKey(p *domain.PolicyVersion) string {
	return p.ID.String() + "/" + strconv.Itoa(p.Version) + " "
}
