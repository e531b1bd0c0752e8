package projections

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"zhishu/domain"
)

// eachPrint calls f for every row of an import that stands at the view, from
// the newest, with the gift it stands for or the entry's value.
func (v *View) eachPrint(row *importRow, f func(*printRow, *giftRow, *entryRow)) {
	for j := atomic.LoadUint32(&row.prints); j != none; {
		p := v.b.prints.at(j)
		if p.at < v.size {
			if gift, entry := v.standsBehind(p); gift != nil || entry != nil {
				f(p, gift, entry)
			}
		}
		j = p.prev
	}
}

// standsBehind is the gift or the entry's value that stands for a row of a
// sheet: both nil when it was replaced, rejected or voided. Gifts and entries
// keep their row until a correction brings a row of its own.
func (v *View) standsBehind(p *printRow) (*giftRow, *entryRow) {
	if p.gift {
		return v.giftOfRow(p.target), nil
	}
	entry, _ := v.entryOfRow(p.target)
	return nil, entry
}

// entryOfRow is the value that stands of the entry to which entry row i gave its
// row of a sheet: a claim from the beginning, a correction once it took effect.
// Withdrawn says how the entry ended while that row still stood for it. The
// values of an entry took effect in the order in which they were offered.
func (v *View) entryOfRow(i uint32) (standing *entryRow, withdrawn domain.EntryStatus) {
	given := v.b.entries.at(i)
	if atomic.LoadUint32(&given.effective) >= v.size {
		switch {
		case given.flags&entryCorrection != 0:
			return nil, 0 // it waits, or was refused
		case given.waits(v.size):
			return given, 0
		}
		return nil, domain.Rejected
	}
	var newest *entryRow
	for j := atomic.LoadUint32(&v.b.persons.at(given.person).entries); j != none; {
		r := v.b.entries.at(j)
		if r.entry == given.entry && atomic.LoadUint32(&r.effective) < v.size {
			if newest == nil {
				newest = r
			}
			if j == i {
				break
			}
			if r.flags&entryOwnRow != 0 {
				return nil, 0 // replaced
			}
		}
		j = r.prev
	}
	if newest.counts(v.size) {
		return newest, 0
	}
	return nil, domain.Voided
}

// giftOfRow is the value that stands of the gift to which gift row i gave its
// row of a sheet; nil when another row replaced it, or it never stood. The
// values of a gift took effect in the order in which they were offered.
func (v *View) giftOfRow(i uint32) *giftRow {
	var standing *giftRow
	gift := v.b.donations.at(v.b.gifts.at(i).donation)
	for j := atomic.LoadUint32(&gift.gifts); j != none; {
		g := v.b.gifts.at(j)
		if atomic.LoadUint32(&g.effective) < v.size {
			if standing == nil {
				standing = g
			}
			if j == i {
				return standing
			}
			if g.imported != none {
				return nil
			}
		}
		j = g.prev
	}
	return nil
}

// RowsOf lists the rows of an import that stand, by row number, and what each
// became. It is empty for an import the view does not know.
func (v *View) RowsOf(id domain.ImportID) (out []RowRef) {
	row, ok := v.importOf(id)
	if !ok {
		return nil
	}
	v.eachPrint(row, func(p *printRow, gift *giftRow, entry *entryRow) {
		ref := RowRef{Number: p.number, Print: p.print, Alike: p.alike}
		if gift != nil {
			ref.Donation = v.b.donations.at(gift.donation).id
		} else {
			ref.Person, ref.Entry = v.b.persons.at(entry.person).id, domain.EntryNo(entry.entry)
		}
		out = append(out, ref)
	})
	slices.SortStableFunc(out, func(a, b RowRef) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// WithdrawnRows lists the rows of an import whose entries were rejected or
// voided, by row number: whoever imports a later issue must not bring them
// back. A row is listed here or by RowsOf, never by both, and by neither when
// another row replaced it.
func (v *View) WithdrawnRows(id domain.ImportID) (out []WithdrawnRow) {
	row, ok := v.importOf(id)
	if !ok {
		return nil
	}
	for j := atomic.LoadUint32(&row.prints); j != none; {
		p := v.b.prints.at(j)
		if j = p.prev; p.gift || p.at >= v.size {
			continue // a gift is corrected, never withdrawn
		}
		_, status := v.entryOfRow(p.target)
		if status == 0 {
			continue
		}
		entry := v.b.entries.at(p.target)
		ref := RowRef{Number: p.number, Print: p.print, Alike: p.alike, Person: v.b.persons.at(entry.person).id, Entry: domain.EntryNo(entry.entry)}
		out = append(out, WithdrawnRow{ref, status})
	}
	slices.SortStableFunc(out, func(a, b WithdrawnRow) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// SharedRows says which earlier imports of a kind already brought rows equal
// to those of a new sheet, the largest overlap first. A print that the new
// sheet has twice is shared at most twice.
func (v *View) SharedRows(prints []uint64, kind domain.ImportKind) []Overlap {
	wanted := map[uint64]int64{}
	for _, p := range prints {
		wanted[p]++
	}
	type seen struct {
		imported uint32
		print    uint64
	}
	matched := map[seen]int64{}
	found := map[uint32]*Overlap{}
	index := v.b.byPrint.upTo(v.b)
	for p, most := range wanted {
		index.each(v.b, p, func(row *printRow) {
			sheet := v.importRow(row.imported)
			if row.at >= v.size || atomic.LoadUint32(&sheet.startedAt) >= v.size || sheet.info.Kind != kind || matched[seen{row.imported, p}] >= most {
				return
			}
			if gift, entry := v.standsBehind(row); gift == nil && entry == nil {
				return
			}
			matched[seen{row.imported, p}]++
			if found[row.imported] == nil {
				found[row.imported] = &Overlap{Import: sheet.id}
			}
			found[row.imported].Shared++
		})
	}
	out := make([]Overlap, 0, len(found))
	for i, o := range found {
		v.eachPrint(v.importRow(i), func(*printRow, *giftRow, *entryRow) { o.Rows++ })
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Overlap) int {
		return cmp.Or(cmp.Compare(b.Shared, a.Shared), slices.Compare(a.Import.UUID[:], b.Import.UUID[:]))
	})
	return out
}

// AlikeOf counts the rows of all imports that stand and look alike.
func (v *View) AlikeOf(alike uint64) (n int) {
	v.b.byAlike.upTo(v.b).each(v.b, alike, func(row *printRow) {
		if row.at >= v.size {
			return
		}
		if gift, entry := v.standsBehind(row); gift != nil || entry != nil {
			n++
		}
	})
	return n
}

// printIndex finds rows by a key of theirs. Only imports ask for it, so it is
// built when first asked for and then kept up to date.
type printIndex struct {
	mu    sync.RWMutex
	key   func(*printRow) uint64
	heads map[uint64]uint32 // newest row with the key
	prev  []uint32          // by row: the one before it with its key
	again []uint64          // keys, not zero, that a second row came with
}

// upTo brings the index up to everything published.
func (x *printIndex) upTo(b *books) *printIndex {
	n := b.prints.seen()
	x.mu.RLock()
	done := uint32(len(x.prev)) >= n
	x.mu.RUnlock()
	if done {
		return x
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.heads == nil {
		x.heads = make(map[uint64]uint32, n)
	}
	for j := uint32(len(x.prev)); j < n; j++ {
		k := x.key(b.prints.at(j))
		before, ok := x.heads[k]
		switch {
		case !ok:
			before = none
		case x.prev[before] == none && k != 0:
			x.again = append(x.again, k)
		}
		x.prev = append(x.prev, before)
		x.heads[k] = j
	}
	return x
}

// groups are the keys of more than one row.
func (x *printIndex) groups() []uint64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.again
}

func (x *printIndex) each(b *books, key uint64, f func(*printRow)) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	j, ok := x.heads[key]
	for ok && j != none {
		f(b.prints.at(j))
		j = x.prev[j]
	}
}
