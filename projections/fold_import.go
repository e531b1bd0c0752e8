package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

// importRow is a sheet on its way in. A row may be met before the sheet's own
// event only in a ledger that was written by hand; then startedAt is never.
type importRow struct {
	id         domain.ImportID
	community  uint32
	prints     uint32 // newest printRow; atomic
	startedAt  uint32 // atomic; info is valid once it is set
	finishedAt uint32 // atomic; finished is valid once it is set
	info       ImportInfo
	finished   domain.ImportFinished
	again      int // running imports that give this sheet again; the runner's
	// reached says at which size a row of the sheet first concerned a community:
	// the one that recorded it, or one the row's person belongs to. The sheet's
	// own community is not in it. books.mu guards it.
	reached map[uint32]uint32
}

// importNumber is the number of an import, met for the first time or not.
func (b *books) importNumber(id domain.ImportID) uint32 {
	if i, ok := b.importOf[id]; ok {
		return i
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := uint32(len(b.imports))
	b.imports = append(b.imports, &importRow{id: id, community: none, prints: none, startedAt: never, finishedAt: never})
	b.importOf[id] = i
	return i
}

func (b *books) startImport(e *domain.ImportStarted) {
	row := b.imports[b.importNumber(e.Import)]
	row.community = b.communityOf(e.Community)
	row.info = ImportInfo{
		Import: e.Import, Kind: e.Kind, Community: e.Community, Organisation: e.Organisation, Rows: e.Rows,
		Declared: e.DeclaredFen, HasDeclared: e.HasDeclared, DeclaredMins: e.DeclaredMins,
		Recorder: e.Recorder, Confirmer: e.Confirmer, Disposition: e.Disposition, Earlier: e.Earlier,
		StartedAt: domain.Size(b.size), Running: true,
	}
	atomic.StoreUint32(&row.startedAt, b.size)
	if e.Disposition == domain.GivenAgain {
		b.imports[b.importNumber(e.Earlier)].again++
	}
	b.touchImport(row)
}

func (b *books) finishImport(e *domain.ImportFinished) {
	row := b.imports[b.importNumber(e.Import)]
	row.finished = *e
	atomic.StoreUint32(&row.finishedAt, b.size)
	if row.info.Disposition == domain.GivenAgain {
		b.imports[b.importNumber(row.info.Earlier)].again--
	}
	b.touchImport(row)
}

func (b *books) touchImport(row *importRow) {
	if row.info.Disposition == domain.GivenAgain {
		b.touchImport(b.imports[b.importNumber(row.info.Earlier)])
	}
	if row.community != none {
		b.touch(row.community, 1<<touchCommunity)
	}
	for community := range row.reached {
		b.touch(community, 1<<touchCommunity)
	}
}

// print remembers the line of the sheet behind an entryRow or giftRow.
func (b *books) print(r domain.Row, target uint32, gift bool) uint32 {
	i := b.importNumber(r.Import)
	row := b.imports[i]
	j := b.prints.push(printRow{
		print: r.Print, alike: r.Alike, imported: i, prev: row.prints, number: r.Number, target: target, at: b.size, gift: gift,
	})
	atomic.StoreUint32(&row.prints, j)
	return i
}

// reach notes the communities that a person's row of a sheet concerns.
func (b *books) reach(i uint32, person uint32, recorded uint32) {
	row := b.imports[i]
	b.reachOne(row, recorded)
	members := []uint32{person}
	if b.persons.at(person).flags&personMerged != 0 {
		members = b.groupOf(person, never)
	}
	for _, m := range members {
		for j := b.persons.at(m).memberships; j != none; j = b.memberships.at(j).prev {
			if m := b.memberships.at(j); m.kind == communityMembership {
				b.reachOne(row, m.subject)
			}
		}
	}
}

func (b *books) reachOne(row *importRow, community uint32) {
	if _, noted := row.reached[community]; noted || community == none || community == row.community {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if row.reached == nil {
		row.reached = map[uint32]uint32{}
	}
	row.reached[community] = b.size
}

// reachAgain notes, when a person joins a community or is merged, that the rows
// which sheets still on their way brought of that person concern more
// communities now. Somebody newly enrolled has no rows yet, so this is rare.
func (b *books) reachAgain(person uint32) {
	for _, member := range b.groupOf(person, never) {
		newest := b.persons.at(member).entries
		if newest == none {
			continue
		}
		for i, row := range b.imports {
			if row.startedAt == never || row.finishedAt != never && row.again == 0 || b.entries.at(newest).at < row.startedAt {
				continue
			}
			for j := row.prints; j != none; j = b.prints.at(j).prev {
				if p := b.prints.at(j); !p.gift && b.entries.at(p.target).person == member {
					b.reach(uint32(i), member, none)
					break
				}
			}
		}
	}
}
