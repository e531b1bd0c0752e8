package projections

import (
	"slices"

	"zhishu/domain"
)

// counts says how much a snapshot has of everything, so that what its rows refer
// to can be held against it. Sizes: nothing in it happened at its own size or
// later, so that a stamp is below it or never.
type counts struct {
	size uint32

	persons, memberships, entries, donations, gifts, items, uses, givers, links, accounts, communities, groups,
	activities, plans, signUps, windows, attendances uint32

	labels, layers, givings, things, notes, words, handles, imports uint32
}

// came: a size at which something changed, or never.
func (k *counts) came(stamp uint32) bool { return stamp+1 <= k.size }

// orNone: one of n rows, or none.
func orNone(i, n uint32) bool { return i+1 <= n }

// earlier: a row before i, or none. Chains run from the newest row to the oldest,
// so that every walk along one ends.
func earlier(prev, i uint32) bool { return prev+1 <= i }

// names reports whether what a step concerns is there.
func (u *useRow) names(k *counts) bool {
	switch u.kind {
	case useAllocated, useDelivered, useReturned, useTakenBack, useReleased:
		return orNone(u.thing, k.things)
	case useLevel:
		return int(u.thing) < len(levels)
	}
	return u.kind <= useAnswered
}

// names reports whether what waits, and whom it concerns besides, is there.
func (r *waitRow) names(k *counts) bool {
	switch r.kind {
	case waitGift, waitEnquiry:
		return r.subject < k.donations
	case waitGiver:
		return r.subject < k.donations && orNone(r.other, k.givers)
	case waitAttestation:
		return r.subject < k.activities
	case waitMerge, waitUnmerge:
		return r.subject < k.persons && orNone(r.other, k.persons)
	}
	return r.kind <= waitGiver && r.subject < k.persons
}

// counts of a head whose words b has numbered. A word that comes twice would have
// one number, and whatever refers to the last ones none.
func (s *smallState) counts(b *books) *counts {
	return &counts{
		size:    s.Size,
		persons: s.Rows["persons"], memberships: s.Rows["memberships"], entries: s.Rows["entries"],
		donations: s.Rows["donations"], gifts: s.Rows["gifts"], items: s.Rows["items"], uses: s.Rows["uses"],
		givers: s.Rows["givers"], links: s.Rows["links"],
		accounts: s.Rows["accounts"], communities: s.Rows["communities"], groups: s.Rows["groups"],
		activities: s.Rows["activities"], plans: s.Rows["plans"], signUps: s.Rows["signups"], windows: s.Rows["windows"],
		attendances: s.Rows["attendances"],
		labels:      b.labels.values.n, layers: b.layers.values.n, givings: b.givings.values.n, things: b.things.values.n,
		notes: b.notes.values.n, words: b.plans.values.n, handles: b.handles.values.n, imports: uint32(len(s.Imports)),
	}
}

// fits reports whether so many rows can stand in a file of so many bytes.
func (s *smallState) fits(length int64) bool {
	for _, t := range tables {
		length -= int64(s.Rows[t.name]) * int64(t.width)
	}
	return length >= 0
}

// sound reports whether what is few refers to what is there.
func (s *smallState) sound(k *counts) bool {
	for _, n := range s.Rows {
		if n >= many {
			return false
		}
	}
	if s.Rows["signs"] != k.entries || s.Rows["marks"] != k.size/markEvery || k.size >= many {
		return false
	}
	return s.soundImports(k) && s.soundPersons(k) && s.soundOrder(k)
}

func (s *smallState) soundImports(k *counts) bool {
	if len(s.Prints) != len(s.Imports) || len(s.Reached) != len(s.Imports) {
		return false
	}
	met := map[[16]byte]bool{}
	for i, id := range s.Imports {
		if met[id] || !orNone(s.Prints[i], s.Rows["prints"]) {
			return false
		}
		met[id] = true
		for community, at := range s.Reached[i] {
			if community >= k.communities || at >= k.size {
				return false
			}
		}
	}
	return true
}

func (s *smallState) soundPersons(k *counts) bool {
	for _, m := range s.Merges {
		if m[0] >= k.size || !k.came(m[1]) || m[2] >= k.persons || m[3] >= k.persons {
			return false
		}
	}
	for _, c := range s.Changes {
		if uint64(c[0]) >= uint64(k.persons) || uint64(c[1]) >= uint64(k.size) || !isDay(c[2]) || uint64(c[3]) >= uint64(k.layers) {
			return false
		}
	}
	for _, a := range s.Acts {
		if a[0] >= k.persons || a[1] >= k.size || !orNone(a[3], k.accounts) || a[5] > uint32(actDisputeAnswered) {
			return false
		}
	}
	for _, g := range s.Guardians {
		if g.Child >= k.persons || g.At >= k.size {
			return false
		}
	}
	return true
}

// soundOrder: what is found by its size stands in the order of sizes.
func (s *smallState) soundOrder(k *counts) bool {
	last := uint32(0)
	for _, e := range s.Events {
		if e.At < last || e.At >= k.size {
			return false
		}
		last = e.At
	}
	for _, r := range s.Reviews {
		if r.At >= k.size {
			return false
		}
	}
	for _, d := range s.Days {
		if !isDay(d[0]) || uint64(d[1]) >= uint64(k.size) {
			return false
		}
	}
	return slices.IsSortedFunc(s.Merges, func(a, b [4]uint32) int { return int(int64(a[0]) - int64(b[0])) }) &&
		slices.IsSortedFunc(s.Days, func(a, b [2]int64) int { return int(a[1] - b[1]) })
}

func isDay(d int64) bool { return int64(domain.NoDay) <= d && d <= int64(domain.MaxDay) }
