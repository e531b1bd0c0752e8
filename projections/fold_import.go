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
	b.touchImport(row)
}

func (b *books) finishImport(e *domain.ImportFinished) {
	row := b.imports[b.importNumber(e.Import)]
	row.finished = *e
	atomic.StoreUint32(&row.finishedAt, b.size)
	b.touchImport(row)
}

func (b *books) touchImport(row *importRow) {
	if row.community != none {
		b.touch(row.community, 1<<touchCommunity)
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
