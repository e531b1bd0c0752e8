package projections

import (
	"errors"

	"zhishu/domain"
)

// Footing is what a figure stands on. It is part of every figure.
type Footing struct {
	Size     domain.Size        // ledger size of the point of view
	Day      domain.Day         // its last civil day
	Policies []domain.PolicyRef // the versions the figure was made with, sorted
	// Retroactive are those of them that are in force from before their adoption.
	Retroactive []RetroactiveRule
	// Provisional lists imports that were still running in the figure's scope:
	// their rows are partly there.
	Provisional []domain.ImportID
	// ChangedAt: no event at or after this size can have changed the figure, so
	// equal queries with equal ChangedAt and Day have equal answers. It moves
	// in steps and says nothing about when a particular row changed.
	ChangedAt domain.Size
}

// RetroactiveRule is a version in force from before its adoption, as a second
// person approved.
type RetroactiveRule struct {
	Policy        domain.PolicyRef
	Title         string
	From, Adopted domain.Day
}

// restOn names the versions a figure was made with.
func (v *View) restOn(f *Footing, policies []domain.PolicyRef) {
	f.Policies, f.Retroactive = policies, nil
	for _, ref := range policies {
		if p := v.rules.Version(ref); p != nil && p.Retroactive() {
			f.Retroactive = append(f.Retroactive, RetroactiveRule{ref, p.Title, p.From, p.Adopted})
		}
	}
}

// PersonState is today's, whatever the point of view: erasure, restriction and
// consent are never moved back by asOf.
type PersonState struct {
	Erased     bool // show 已注销 for the name
	Restricted bool // nothing but storage is allowed
	Publish    bool // consented to being named in public
}

// Outside is what people without membership in a division did there (外来). It
// never enters a numerator over members.
type Outside struct {
	Persons     int64 // distinct
	Entries     int64 // confirmed entries
	PersonTimes int64 // study only: per recording community, (person, day, content) once
	Minutes     domain.Minutes
	// Suppressed says that everything above is withheld.
	Suppressed Suppression
}

// Page asks for a part of a list. After is the Next of the page before; the
// zero Page is the first DefaultLimit rows.
type Page struct {
	Limit int
	After string
}

const (
	DefaultLimit = 50
	MaxLimit     = 1000
)

var (
	// ErrUnknownPerson: the ledger did not know the person at that size.
	ErrUnknownPerson = errors.New("the ledger knows no such person at this point")
	// ErrUnknownDonation: the ledger did not know the donation at that size.
	ErrUnknownDonation = errors.New("the ledger knows no such donation at this point")
	// ErrUnknownCommunity: no event names the code.
	ErrUnknownCommunity = errors.New("the ledger knows no such community")
	// ErrUnknownImport: the ledger did not know the import at that size.
	ErrUnknownImport = errors.New("the ledger knows no such import at this point")
	// ErrNoPolicy: no version of the policy is in force there.
	ErrNoPolicy = errors.New("no policy of this kind is in force there on that day")
	// ErrCursor: not the Next of an earlier page of the same list.
	ErrCursor = errors.New("the page cursor is not one that an earlier page gave")
	// ErrBeyondLedger: a size the ledger has not reached.
	ErrBeyondLedger = errors.New("the ledger has not reached this size")
)
