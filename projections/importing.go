package projections

import (
	"cmp"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// ImportInfo is a sheet's way into the ledger.
type ImportInfo struct {
	Import       domain.ImportID
	Kind         domain.ImportKind
	Community    domain.CommunityCode
	Organisation domain.OrganisationID
	Rows         int64
	Declared     domain.Fen // the sheet's own 合计
	HasDeclared  bool
	DeclaredMins domain.Minutes
	Recorder     domain.AccountID
	Confirmer    domain.AccountID
	Disposition  domain.ImportDisposition
	Earlier      domain.ImportID
	StartedAt    domain.Size // size before the event that started it
	StartedOn    domain.Day  // ledger day
	Running      bool        // its figures are provisional
	FinishedAt   domain.Size
	Finished     domain.ImportFinished // zero while running
}

// ImportDetail adds what of the sheet stands now.
type ImportDetail struct {
	Footing
	ImportInfo
	Standing        int64 // rows that stand
	StandingFen     domain.Fen
	StandingMinutes domain.Minutes
}

// RowRef is a row of an import that stands, and what it became.
type RowRef struct {
	Number   uint32
	Print    uint64
	Alike    uint64
	Donation domain.DonationID // of a donation sheet
	Person   domain.PersonID   // of a service or study sheet
	Entry    domain.EntryNo
}

// WithdrawnRow is a row of an import that does not stand any more, because its
// entry was rejected or voided.
type WithdrawnRow struct {
	RowRef
	Status domain.EntryStatus // Rejected or Voided
}

// Overlap says how much of a new sheet an earlier import already brought.
type Overlap struct {
	Import domain.ImportID
	Shared int64 // rows of the earlier import with an equal print; each print as often as both have it
	Rows   int64 // rows of the earlier import that stand
}

// importRow is an import by number.
func (v *View) importRow(i uint32) *importRow {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	return v.b.imports[i]
}

// importOf finds an import that had started at the view.
func (v *View) importOf(id domain.ImportID) (*importRow, bool) {
	v.b.mu.RLock()
	defer v.b.mu.RUnlock()
	i, ok := v.b.importOf[id]
	if !ok || atomic.LoadUint32(&v.b.imports[i].startedAt) >= v.size {
		return nil, false
	}
	return v.b.imports[i], true
}

// info is an import as the view sees it.
func (v *View) info(row *importRow) ImportInfo {
	out := row.info
	out.StartedOn = v.b.dayOf(uint32(out.StartedAt) + 1)
	if at := atomic.LoadUint32(&row.finishedAt); at < v.size {
		out.Running, out.FinishedAt, out.Finished = false, domain.Size(at), row.finished
	}
	return out
}

// Imports lists the imports started up to the view, in the order they started.
func (v *View) Imports() (out []ImportInfo) {
	v.b.mu.RLock()
	rows := v.b.imports
	v.b.mu.RUnlock()
	for _, row := range rows {
		if atomic.LoadUint32(&row.startedAt) < v.size {
			out = append(out, v.info(row))
		}
	}
	slices.SortFunc(out, func(a, b ImportInfo) int { return cmp.Compare(a.StartedAt, b.StartedAt) })
	return out
}

// Import is one import with what of its sheet stands.
func (v *View) Import(id domain.ImportID) (ImportDetail, error) {
	row, ok := v.importOf(id)
	if !ok {
		return ImportDetail{}, ErrUnknownImport
	}
	out := ImportDetail{ImportInfo: v.info(row)}
	v.eachPrint(row, func(_ *printRow, gift *giftRow, entry *entryRow) {
		out.Standing++
		if gift != nil {
			out.StandingFen += domain.Fen(gift.amount)
		} else {
			out.StandingMinutes += domain.Minutes(entry.minutes)
		}
	})
	var d domain.Division
	if row.info.Community != 0 {
		d = row.info.Community.Division()
	}
	out.Footing = v.footing(d, 1<<touchKinds-1)
	out.ChangedAt = out.Size // its rows may lie anywhere
	return out, nil
}
