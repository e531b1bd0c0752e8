package projections

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// Flags are kept in parts, each made again only when something it rests on was
// touched: persons by the first bits of their identity's hash, as digests are,
// communities, and rows of sheets that look alike. A fact costs the part it is
// in, not the list.

// flagMark is what is kept of a flag: enough to choose and order it. The rest is
// found again when somebody looks.
type flagMark struct {
	id        [16]byte
	version   *domain.PolicyVersion
	since     uint32
	newest    uint32 // size before the newest fact
	community uint32 // that recorded it; none for a policy
	where     uint32 // person row, or place in the part's whole flags
	kind      uint8  // place in FlagKinds
}

func (m *flagMark) name() FlagKind { return FlagKinds[m.kind] }

// flagPart is a part of the list. Flags of persons are many and small work to
// find again; the others are kept whole.
type flagPart struct {
	marks []flagMark
	whole []Flag
}

func (p *flagPart) weight() int { return 48*len(p.marks) + 500*len(p.whole) }

// flagParts are the parts of a division's list: those of all persons, for a fact
// anywhere may flag a person everywhere.
func (v *View) flagParts(d domain.Division) []*flagPart {
	buckets := make([]int, digestBuckets)
	for k := range buckets {
		buckets[k] = k
	}
	w := v.suspecting()
	return append(parallel(buckets, func(k int) *flagPart { return v.personFlags(k, w) }), v.placeFlags(d, w)...)
}

// placeFlags are the parts of what is no one person's.
func (v *View) placeFlags(d domain.Division, w *suspecting) []*flagPart {
	bursts := func(c codeNumber) *flagPart { return v.burstFlags(c, w) }
	all := append(parallel(v.b.communitiesIn(d), bursts), v.lookAlikeFlags()...)
	f := flagFold{v: v}
	f.retroactive()
	return append(all, v.wholePart(f.out))
}

// personFlags is the part of the persons of a bucket.
func (v *View) personFlags(k int, w *suspecting) *flagPart {
	key := cacheKey{part: partFlags, number: int64(k)}
	changed := func() uint32 { return atomic.LoadUint32(&v.b.suspects.changed[k]) }
	return part(v, key, changed, (*flagPart).weight, func() *flagPart {
		out, f := &flagPart{}, flagFold{v: v}
		w.inBucket(k, func(i uint32) {
			f.out = f.out[:0]
			f.person(i)
			for x := range f.out {
				out.marks = append(out.marks, v.markOfFlag(&f.out[x], i))
			}
		})
		slices.SortFunc(out.marks, func(a, b flagMark) int { return compareMarks(&a, &b) })
		return out
	})
}

func (v *View) wholePart(flags []Flag) *flagPart {
	out := &flagPart{whole: flags}
	for i := range flags {
		out.marks = append(out.marks, v.markOfFlag(&flags[i], uint32(i)))
	}
	return out
}

func (v *View) markOfFlag(x *Flag, where uint32) flagMark {
	m := flagMark{
		id: x.ID, version: x.Version, since: uint32(x.Since), newest: uint32(x.Since - 1), community: none, where: where,
		kind: uint8(slices.Index(FlagKinds, x.Kind)),
	}
	for _, f := range x.Facts {
		m.newest = max(m.newest, uint32(f.Size))
	}
	if x.Community != 0 {
		v.b.mu.RLock()
		m.community = v.b.codes[x.Community]
		v.b.mu.RUnlock()
	}
	return m
}

// expand is the whole of a flag that is kept as a mark.
func (v *View) expand(p *flagPart, m *flagMark) Flag {
	flags := p.whole
	if flags == nil {
		f := flagFold{v: v}
		f.person(m.where)
		flags = f.out
	}
	x := flags[slices.IndexFunc(flags, func(x Flag) bool { return x.ID == m.id })]
	if r := v.reviewOf(m); r != nil {
		x.Review = &FlagReview{Size: domain.Size(r.at), By: r.by, Handle: v.handleOf(r.by), Outcome: r.outcome}
	}
	return x
}

// flagFold finds flags, keeping its buffers.
type flagFold struct {
	v     *View
	out   []Flag
	lives []life
	rows  []uint32 // live entry rows of a subject
	parts []dayPart
	acts  []act
}

// dayPart is what a row brings to a civil day.
type dayPart struct {
	day     domain.Day
	row     uint32
	minutes domain.Minutes
}

// idOf makes an id of what makes the flag the one it is. It holds no ledger size
// and nothing else that another order of unrelated streams would change.
func idOf(kind FlagKind, subject domain.UUID, parts ...uint64) (id [16]byte) {
	h := sha256.New()
	h.Write([]byte(kind))
	h.Write(subject[:])
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, p))
	}
	copy(id[:], h.Sum(nil))
	return id
}

// raise adds a flag that rests on entry rows and is there since so many of them
// were; with zero it knows that itself.
func (f *flagFold) raise(x Flag, need int, rows ...uint32) {
	slices.SortFunc(rows, func(a, b uint32) int { return cmp.Compare(f.v.b.entries.at(a).at, f.v.b.entries.at(b).at) })
	if need > 0 {
		x.Since = max(x.Since, f.v.offeredAt(f.v.b.entries.at(rows[min(need, len(rows))-1]))+1)
	}
	x.Count = int64(len(rows))
	for i, j := range rows {
		r := f.v.b.entries.at(j)
		if i < listedFacts || i == len(rows)-1 {
			fact := FlagFact{f.v.b.persons.at(r.person).id.Stream(), uint64(r.entry), f.v.offeredAt(r)}
			if i >= listedFacts {
				x.Facts[listedFacts-1] = fact // the newest is always among them
			} else {
				x.Facts = append(x.Facts, fact)
			}
		}
		if x.Kind != FlagBurst && x.Kind != FlagLookAlike {
			x.Community, x.Account = f.v.claimedBy(j)
		}
	}
	f.out = append(f.out, x)
}

func (v *View) claimedBy(row uint32) (domain.CommunityCode, domain.AccountID) {
	return v.b.communities.at(v.b.entries.at(row).community).code, v.accountOf(v.b.signs.at(row).recorder)
}

// offeredAt is the size before a row was there to be seen: claimed, or put in
// place by a correction.
func (v *View) offeredAt(r *entryRow) domain.Size {
	if r.flags&entryCorrection != 0 {
		return domain.Size(atomic.LoadUint32(&r.effective))
	}
	return domain.Size(r.at)
}

// live reports whether a row takes up time at the view.
func (v *View) live(r *entryRow) bool { return r.counts(v.size) || r.waits(v.size) }

func (f *flagFold) policy(r *entryRow) *domain.PolicyVersion {
	return f.v.rules.InForce(domain.IntegrityKind, f.v.b.communities.at(r.community).code, domain.Day(r.day))
}

// linkedTo is the person behind an account, and the size it was linked at; zero:
// nobody known at the view.
func (v *View) linkedTo(account uint32) (p domain.UUID, at uint32) {
	if account == none {
		return p, 0
	}
	if a := v.b.accounts.at(account); atomic.LoadUint32(&a.linkedAt) < v.size {
		return a.person, a.linkedAt
	}
	return p, 0
}
