package projections

import (
	"bytes"
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// burstFlags is the part of a community.
func (v *View) burstFlags(c codeNumber, w *suspecting) *flagPart {
	key := cacheKey{part: partBursts, division: c.code.Division()}
	return part(v, key, v.changed(c, touchMembers), (*flagPart).weight, func() *flagPart {
		f := flagFold{v: v}
		if w.burstsIn(c) {
			f.bursts(c)
		}
		return v.wholePart(f.out)
	})
}

// bursts looks for many entries by one account in a short time. Rows of sheets
// are left out: an import brings thousands, and says so itself; so are
// check-outs, of which an activity brings as many as took part.
func (f *flagFold) bursts(c codeNumber) {
	var rows []uint32
	for j := atomic.LoadUint32(&f.v.b.communities.at(c.number).entries); j != none; {
		r := f.v.b.entries.at(j)
		if r.at < f.v.size && r.flags&(entryCorrection|entryImported) == 0 && f.v.b.signs.at(j).recorder != none && !f.v.checkedOut(j) {
			rows = append(rows, j)
		}
		j = r.prevHere
	}
	signs := &f.v.b.signs
	slices.SortFunc(rows, func(a, b uint32) int {
		x, y := signs.at(a), signs.at(b)
		return cmp.Or(cmp.Compare(x.recorder, y.recorder), cmp.Compare(x.minute, y.minute), cmp.Compare(a, b))
	})
	for lo := 0; lo < len(rows); {
		first := signs.at(rows[lo])
		p := f.v.rules.InForce(domain.IntegrityKind, c.code, first.day())
		if p == nil || p.Integrity.BurstEntries == 0 {
			lo++
			continue
		}
		hi := lo
		for hi < len(rows) && signs.at(rows[hi]).recorder == first.recorder && domain.Minutes(signs.at(rows[hi]).minute-first.minute) < p.Integrity.BurstMinutes {
			hi++
		}
		if int64(hi-lo) < p.Integrity.BurstEntries {
			lo++
			continue
		}
		account := f.v.b.accounts.at(first.recorder).id
		f.raise(Flag{ID: idOf(FlagBurst, account, uint64(c.code), uint64(first.minute)), Kind: FlagBurst, Community: c.code,
			Account: domain.AccountID{UUID: account}, Day: first.day(), Value: int64(hi - lo), Limit: p.Integrity.BurstEntries, Version: p},
			int(p.Integrity.BurstEntries), slices.Clone(rows[lo:hi])...)
		lo = hi
	}
}

// checkedOut reports an entry that a check-in at the door was the beginning of.
func (v *View) checkedOut(row uint32) bool {
	k := v.b.signs.at(row).attendance
	return k != none && v.b.attendances.at(k).checkIn != none
}

// alikesAPart is how many groups of rows that look alike make a part.
const alikesAPart = 64

// lookAlikeFlags are the parts of the rows of sheets that look alike, in the order
// in which the second of a group came.
func (v *View) lookAlikeFlags() []*flagPart {
	groups := v.b.byAlike.upTo(v.b).groups()
	var firsts []int
	for i := 0; i < len(groups); i += alikesAPart {
		firsts = append(firsts, i)
	}
	return parallel(firsts, func(first int) *flagPart {
		list := groups[first:min(first+alikesAPart, len(groups))]
		changed := func() (latest uint32) {
			for _, alike := range list {
				v.b.byAlike.each(v.b, alike, func(p *printRow) {
					if !p.gift {
						id := v.b.persons.at(v.b.entries.at(p.target).person).id
						latest = max(latest, atomic.LoadUint32(&v.b.suspects.changed[bucketOf(id.UUID)]))
					}
				})
			}
			return latest
		}
		// Only the last part grows, by groups whose newest row is newer than it.
		key := cacheKey{part: partLookAlikes, number: int64(first)}
		return part(v, key, changed, (*flagPart).weight, func() *flagPart {
			f := flagFold{v: v}
			for _, alike := range list {
				f.lookAlike(alike)
			}
			return v.wholePart(f.out)
		})
	})
}

// lookAlike looks for rows of sheets with the same date, name and amount that
// both stand.
func (f *flagFold) lookAlike(alike uint64) {
	var rows []uint32
	stands := map[uint32]*entryRow{} // the value that stands for the row
	f.v.b.byAlike.each(f.v.b, alike, func(p *printRow) {
		if p.at < f.v.size && !p.gift {
			if _, entry := f.v.standsBehind(p); entry != nil {
				rows, stands[p.target] = append(rows, p.target), entry
			}
		}
	})
	if len(rows) < 2 {
		return
	}
	// Whose stream a review goes to must not depend on which row came first.
	least := stands[slices.MinFunc(rows, func(a, b uint32) int {
		x, y := f.v.b.entries.at(a), f.v.b.entries.at(b)
		i, j := f.v.b.persons.at(x.person).id, f.v.b.persons.at(y.person).id
		return cmp.Or(bytes.Compare(i.UUID[:], j.UUID[:]), cmp.Compare(x.entry, y.entry))
	})]
	f.raise(Flag{ID: idOf(FlagLookAlike, domain.UUID{}, alike), Kind: FlagLookAlike, Person: f.v.b.persons.at(least.person).id,
		Community: f.v.b.communities.at(least.community).code, Day: domain.Day(least.day), Value: int64(len(rows))}, 2, rows...)
}

// retroactive lists policies in force before they were adopted. A second
// person has approved each: that is their review.
func (f *flagFold) retroactive() {
	for _, p := range f.v.b.policiesAt(f.v.size) {
		x := p.version
		if x.Adopted == domain.MinDay || x.From >= x.Adopted {
			continue
		}
		f.out = append(f.out, Flag{
			ID: idOf(FlagPolicy+FlagKind(" "+x.ID.String()), domain.UUID{}, uint64(x.Version)), Kind: FlagPolicy, Policy: x.Ref(), Day: x.From,
			Since: domain.Size(p.at) + 1, Value: int64(x.Adopted - x.From), Version: x,
		})
	}
}

// placeFlagSubjects are the rows of the digest of the flags that are no one
// person's.
func (v *View) placeFlagSubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, p := range v.placeFlags(domain.Division{}, v.suspecting()) {
		for i := range p.whole {
			r.reset("place-flags")
			v.flagSubject(&p.whole[i], &r)
			add(&r)
		}
	}
}

// personFlagSubject is the row of the flags of a person. It holds no ledger size: in
// whatever order streams that do not know each other were folded, the flags are
// the same.
func (v *View) personFlagSubject(i uint32, r *subjectRow) bool {
	f := flagFold{v: v}
	f.person(i)
	slices.SortFunc(f.out, func(a, b Flag) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	for k := range f.out {
		v.flagSubject(&f.out[k], r)
	}
	return len(f.out) > 0
}

func (v *View) flagSubject(x *Flag, r *subjectRow) {
	r.b = append(r.b, x.ID[:]...)
	r.text(string(x.Kind))
	r.num(int64(x.Community))
	r.id(x.Person.UUID)
	r.id(x.Account.UUID)
	for _, a := range x.Acts {
		r.text(string(a.Role))
		r.id(a.Account.UUID)
		r.id(a.Person.UUID)
	}
	for _, n := range [...]int64{int64(x.Day), x.Count, x.Value, x.Limit} {
		r.num(n)
	}
	if x.Count <= listedFacts {
		facts := slices.Clone(x.Facts)
		slices.SortFunc(facts, func(a, b FlagFact) int {
			return cmp.Or(cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Revision, b.Revision))
		})
		for _, fact := range facts {
			r.text(fact.Stream)
			r.num(int64(fact.Revision))
		}
	}
	m := v.markOfFlag(x, 0)
	if found := v.reviewOf(&m); found != nil {
		r.text(string(found.outcome))
	}
}
