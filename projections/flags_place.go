package projections

import (
	"bytes"
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// bursts looks for many entries by one account in a short time. Rows of sheets
// are left out: an import brings thousands, and says so itself.
func (f *flagFold) bursts(c codeNumber) {
	var rows []uint32
	for j := atomic.LoadUint32(&f.v.b.communities.at(c.number).entries); j != none; {
		r := f.v.b.entries.at(j)
		if r.at < f.v.size && r.flags&(entryCorrection|entryImported) == 0 && f.v.b.signs.at(j).recorder != none {
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

// changedActivities looks for entries whose activity was rescheduled or
// cancelled after they were judged on it.
func (f *flagFold) changedActivities(c codeNumber) {
	f.v.activitiesOf(c.number, func(i uint32) {
		a := f.v.b.activities.at(i)
		for k := atomic.LoadUint32(&a.attended); k != none; {
			x := f.v.b.attendances.at(k)
			if k = x.prev; atomic.LoadUint32(&x.out) >= f.v.size {
				continue
			}
			claim := f.v.b.entries.at(x.entry)
			standing, status := f.v.entryStanding(x.entry)
			if status != domain.Claimed && status != domain.Confirmed || standing == nil {
				continue
			}
			changed, how := never, int64(0)
			for p := atomic.LoadUint32(&a.plans); p != none; p = f.v.b.planRows.at(p).prev {
				if plan := f.v.b.planRows.at(p); plan.revision > x.read && plan.at < f.v.size {
					changed, how = plan.at, 1
				}
			}
			if at := atomic.LoadUint32(&a.cancelled); at < f.v.size && a.cancelAt > x.read {
				changed, how = at, 2
			}
			if how == 0 {
				continue
			}
			person := f.v.b.persons.at(claim.person).id
			f.raise(Flag{ID: idOf(FlagActivity, person.UUID, uint64(claim.entry)), Kind: FlagActivity, Person: person, Day: domain.Day(claim.day),
				Value: how, Since: domain.Size(changed) + 1}, 1, x.entry)
		}
	})
}

// lookAlikes looks for rows of sheets with the same date, name and amount that
// both stand.
func (f *flagFold) lookAlikes() {
	type standing struct {
		alike uint64
		row   uint32
	}
	var all []standing
	f.v.b.mu.RLock()
	imports := slices.Clone(f.v.b.imports)
	f.v.b.mu.RUnlock()
	for _, sheet := range imports {
		f.v.eachPrint(sheet, func(p *printRow, _ *giftRow, entry *entryRow) {
			if entry != nil && p.alike != 0 {
				all = append(all, standing{p.alike, p.target})
			}
		})
	}
	slices.SortFunc(all, func(a, b standing) int { return cmp.Or(cmp.Compare(a.alike, b.alike), cmp.Compare(a.row, b.row)) })
	for lo := 0; lo < len(all); {
		hi := lo + 1
		for hi < len(all) && all[hi].alike == all[lo].alike {
			hi++
		}
		if hi-lo > 1 {
			rows := make([]uint32, 0, hi-lo)
			for _, x := range all[lo:hi] {
				rows = append(rows, x.row)
			}
			// The subject must not depend on which row came first.
			least := slices.MinFunc(rows, func(a, b uint32) int {
				x, y := f.v.b.entries.at(a), f.v.b.entries.at(b)
				i, j := f.v.b.persons.at(x.person).id, f.v.b.persons.at(y.person).id
				return cmp.Or(bytes.Compare(i.UUID[:], j.UUID[:]), cmp.Compare(x.entry, y.entry))
			})
			first := f.v.b.entries.at(least)
			person := f.v.b.persons.at(first.person).id
			f.raise(Flag{ID: idOf(FlagLookAlike, person.UUID, all[lo].alike), Kind: FlagLookAlike, Person: person,
				Community: f.v.b.communities.at(first.community).code,
				Day:       domain.Day(first.day), Value: int64(hi - lo)}, 2, rows...)
		}
		lo = hi
	}
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
