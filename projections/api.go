package projections

// The exported surface at a glance.
//
//	Open(ctx, Options) (*Engine, error)           loads the newest good snapshot
//	(*Engine) CatchUp(ctx) error                  folds up to the head of the log as it is now
//	(*Engine) Run(ctx) error                      folds and follows until ctx ends; snapshots at intervals
//	(*Engine) WaitFor(ctx, eventstore.Position) error   ErrNotYet: recorded, but not folded in time
//	(*Engine) At(AsOf) (*View, error)             a consistent point of view; never blocks the runner
//	(*Engine) Status() Status                     size, position, halt, rows, snapshot age
//	(*Engine) Behind(ctx) (bool, error)           whether the log holds more than is folded in
//	(*Engine) Snapshot(ctx) error                 writes one now
//	Snapshots(dir) ([]SnapshotInfo, error)        what is on disk, for a replay to compare with
//	Replay(ctx, eventstore.LogReader, ReplayOptions) (ReplayResult, error)
//
//	(*View) Size() domain.Size; Day() domain.Day
//	(*View) Star(domain.PersonID) (Star, error)
//	(*View) Stars(domain.Division, Page) (StarBoard, error)
//	(*View) Standing(domain.Division, domain.Period, Page) (StandingBoard, error)
//	(*View) StandingOf(domain.PersonID, domain.Division, domain.Period) (StandingRow, Footing, error)
//	(*View) Groups(domain.Division, domain.SubjectKind) Groups
//	(*View) GroupStanding(domain.Division, domain.SubjectKind, domain.Period) (GroupBoard, error)
//	(*View) GroupStandingOf(domain.GroupRef, domain.Division, domain.Period) (GroupRow, Footing, error)
//	(*View) Teams(domain.Division, domain.Period) (Teams, error)
//	(*View) Training(domain.Division, domain.Period) (Training, error)
//	(*View) Sessions(domain.Division, domain.Period) LayerMonths
//	(*View) Scorecard(domain.CommunityCode, domain.Period) (Scorecard, error)
//	(*View) Participation(domain.Division, domain.Period) (Participation, error)
//	(*View) Donations(DonationFilter) (Donations, error)
//	(*View) Donation(domain.DonationID) (DonationTrail, error)
//	(*View) GiftUses(DonationFilter) (GiftUses, error)
//	(*View) GiftList(DonationFilter, Page) (GiftList, error)
//	(*View) Donor(ctx, eventstore.StreamReader, domain.DonorID) (DonorAccount, error)
//	(*View) GiftsOf(ctx, eventstore.StreamReader, domain.PersonID) ([]StatementGift, error)
//	(*View) Imports() []ImportInfo
//	(*View) Import(domain.ImportID) (ImportDetail, error)
//	(*View) RowsOf(domain.ImportID) []RowRef
//	(*View) SharedRows(prints []uint64, kind domain.ImportKind) []Overlap
//	(*View) AlikeOf(alike uint64) int
//	(*View) Knows(domain.Division) error         ErrUnknownCommunity
//	(*View) Communities(domain.Division) Communities
//	(*View) Person(domain.PersonID) (Person, error)
//	(*View) Waiting(domain.Division, WaitFilter, Page) (Waiting, error)
//	(*View) Remaining(domain.Division, Page) (Remaining, error)
//	(*View) ComingOfAge(domain.Division, domain.Period, Page) (ComingOfAge, error)
//	(*View) PolicyProposals(domain.Division, ProposalFilter, Page) (PolicyProposals, error)
//	(*View) Policies() []domain.PolicyVersion
//	(*View) Rules() *domain.Rulebook
//	(*View) Digests() []Digest
//	(*View) Statement(ctx, eventstore.StreamReader, domain.PersonID) (Statement, error)
//	(*View) BackTo(AsOf) (*View, error)           an earlier point of view, to compare with
//	(*View) DiffStatement(ctx, eventstore.StreamReader, *View, domain.PersonID) (StatementDiff, error)
//	(*View) DiffGifts(ctx, eventstore.StreamReader, *View, domain.PersonID) ([]GiftChange, error)
//	(*View) DiffStars(*View, domain.Division, int) BoardDiff[domain.StarRating]
//	(*View) DiffStanding(*View, domain.Division, domain.Period, int) (BoardDiff[domain.StudyTally], error)
//	(*View) DiffParticipation(*View, domain.Division, domain.Period, int) (RatesDiff, error)
//	(*View) NameMoves(ctx, eventstore.StreamReader, []*FactMove) error
//
// A View is cheap, safe for concurrent use, and stays what it was while the
// ledger grows. Engine methods are safe for concurrent use; Run and CatchUp
// exclude one another.
