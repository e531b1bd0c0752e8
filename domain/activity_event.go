package domain

// Events of an activity's stream.
type (
	ActivityScheduled struct {
		Activity ActivityID
		Plan     Plan
		Read     Reading // of the session it makes up for
		Row      Row
	}
	ActivityRescheduled struct {
		Activity ActivityID
		Plan     Plan   // the whole new value
		Notice   string // to be published with it
		Read     Reading
	}
	ActivityCancelled struct {
		Activity ActivityID
		Notice   string
	}
	SignedUp struct {
		Activity ActivityID
		Person   PersonID
		Read     Reading // of the person's stream
	}
	SignUpWithdrawn struct {
		Activity ActivityID
		Person   PersonID
	}
	CheckInOpened struct {
		Activity    ActivityID
		From, Until Instant
	}
	CheckInClosed struct {
		Activity ActivityID
		At       Instant // no later than this
	}
	ActivityClosed struct {
		Activity ActivityID
		People   int64 // present, named or not, as counted
		Evidence []Evidence
	}
	// ActivityAttested is the signature and seal of a second person under what
	// was closed: of a talk, its registration form.
	ActivityAttested struct {
		Activity ActivityID
		Evidence []Evidence
	}
)

// Events of taking part, in the person's stream.
type (
	// CheckedIn is named by its revision, as an entry is. It counts for
	// nothing until it is followed by a check-out.
	CheckedIn struct {
		Person   PersonID
		Activity ActivityID
		Kind     EntryKind // what it will become
		At       Instant
		Until    Instant // end of the window it was given in
		Read     Reading // of the activity's stream
	}
	// CheckedOut makes an entry of a check-in, as a claim does.
	CheckedOut struct {
		Person  PersonID
		CheckIn EntryNo
		Deed    Deed
		Read    Reading // of the activity's stream
	}
)

func (*ActivityScheduled) Type() string   { return "activity-scheduled" }
func (*ActivityRescheduled) Type() string { return "activity-rescheduled" }
func (*ActivityCancelled) Type() string   { return "activity-cancelled" }
func (*SignedUp) Type() string            { return "signed-up" }
func (*SignUpWithdrawn) Type() string     { return "sign-up-withdrawn" }
func (*CheckInOpened) Type() string       { return "check-in-opened" }
func (*CheckInClosed) Type() string       { return "check-in-closed" }
func (*ActivityClosed) Type() string      { return "activity-closed" }
func (*ActivityAttested) Type() string    { return "activity-attested" }
func (*CheckedIn) Type() string           { return "checked-in" }
func (*CheckedOut) Type() string          { return "checked-out" }

// Claim is the claim a check-out amounts to.
func (e *CheckedOut) Claim() *EntryClaimed {
	return &EntryClaimed{Person: e.Person, Deed: e.Deed, Read: e.Read}
}
