package projections

import "zhishu/domain"

// Statement is a person's own account of service and study, folded from the
// person's own stream with the counting function the read models use.
type Statement struct {
	Footing
	Person      domain.PersonID
	Into        domain.PersonID // set when the person was merged: ask for that one
	State       PersonState
	Community   domain.CommunityCode // on the view's day
	Memberships []domain.Membership
	Service     domain.StarRating
	Study       domain.StudyTally // all time
	StudyYears  []StudyYear
	Entries     []StatementEntry // by day, then entry number
}

// StudyYear is a calendar year's study.
type StudyYear struct {
	Year int
	domain.StudyTally
}

// StatementEntry is one piece of service or study and everything that
// happened to it.
type StatementEntry struct {
	Person     domain.PersonID // whose stream it stands in; another one after a merge
	No         domain.EntryNo
	Deed       domain.Deed // as it stands
	Status     domain.EntryStatus
	Disputed   bool
	Import     domain.ImportID
	Row        uint32
	Raw        domain.Minutes
	Recognised domain.Minutes // service only
	Portions   []domain.Portion
	// NotCounted says why the entry counts for nothing at all; empty when it counts.
	NotCounted domain.Clause
	// PersonTime: the study entry is a person-time of its own; a repeat of the
	// same session or content on the same day is not.
	PersonTime bool
	Life       []LifeEvent
	Pending    *PendingChange
}

// LifeEvent is a step in an entry's life.
type LifeEvent struct {
	Type     string // stored event type
	At       domain.Instant
	By       domain.AccountID
	Revision uint64       // in the person's stream
	Deed     *domain.Deed // the value claimed or proposed
	Upheld   bool         // of a dispute that was answered
}

// PendingChange is a proposal that waits for a second person.
type PendingChange struct {
	No   domain.ProposalNo
	Deed *domain.Deed // nil: the entry is to be voided
	By   domain.AccountID
	At   domain.Instant
}
