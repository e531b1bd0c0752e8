package domain

import "strings"

// Command asks for facts to be recorded in one stream.
type Command interface {
	Target() string    // the stream it is decided on
	Operation() string // kebab-case; part of the scope of an idempotency key
}

// Actor is who asks, as read from the account's own stream.
type Actor struct {
	Account AccountID
	Role    Role
	Scope   Division
	Person  PersonID   // the person behind the account, when linked: by the number that stays
	Also    []PersonID // the person's other numbers, merged into it
}

// State is a stream folded up to its newest event. It belongs to one goroutine
// at a time.
//
// Decide judges a command and answers with the events to append, with none
// when what is asked is already so, or with a *Refusal; it changes nothing.
// Evolve folds a recorded event in and cannot fail; it ignores what it does
// not know, because judging is for Decide and stopping for the projections.
type State interface {
	Decide(c Command, by Actor, now Instant) ([]Event, error)
	Evolve(e Event, m Meta)
}

// NewState is the state of a stream without events, by stream category; nil
// for a category the domain does not know.
func NewState(category string) State {
	switch category {
	case PersonCategory:
		return &Person{}
	case DonationCategory:
		return &Donation{}
	case CommunityCategory:
		return &Community{}
	case AccountCategory:
		return &Account{}
	case PolicyCategory:
		return &Policy{}
	case ImportCategory:
		return &Import{}
	case ActivityCategory:
		return &Activity{}
	case InspectionCategory:
		return &Inspection{}
	case SigningCategory:
		return &Signing{}
	case HouseholdCategory, BuildingCategory, OrganisationCategory, TeamCategory:
		return &Group{Kind: SubjectKind(category)}
	}
	return nil
}

func refused(code Code, field string) ([]Event, error) { return nil, Refuse(code, field) }

const (
	maxWords  = 200  // characters of a title, a place, a category
	maxRemark = 2000 // bytes of free text
	maxList   = 50   // layers, skills, evidence, items

	maxQuantity = 1_000_000_000_000_000 // thousandths: a trillion pieces
)

// words checks a short clear text: bounded, without control characters.
func words(s string) bool {
	n := 0
	for _, r := range s {
		n++
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd || n > maxWords {
			return false
		}
	}
	return true
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// checkReason: what takes something away, or refuses it, is given a reason.
func checkReason(reason string) error {
	switch {
	case blank(reason):
		return Refuse(FieldMissing, "reason")
	case len(reason) > maxRemark:
		return Refuse(FieldInvalid, "reason")
	}
	return nil
}

func validEvidence(list []Evidence) bool {
	for _, e := range list {
		if !words(string(e.Kind)) || !words(e.Place) {
			return false
		}
	}
	return len(list) <= maxList
}

// Facts lie between 1900 and now, and none with clock times lasts longer than a
// year: what is older or longer is a slip of the pen, and would be divided into
// civil days without end.
const (
	earliestDay Day     = -25567 // 1900-01-01
	maxSpan     Instant = 366 * millisPerDay
)

func givenDay(d Day) bool { return MinDay < d && d < MaxDay }
