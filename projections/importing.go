package projections

import "zhishu/domain"

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

// Overlap says how much of a new sheet an earlier import already brought.
type Overlap struct {
	Import domain.ImportID
	Shared int64 // rows of the earlier import with an equal print; each print as often as both have it
	Rows   int64 // rows of the earlier import that stand
}
