package imports

import (
	"context"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// Books shows what earlier imports brought.
type Books interface {
	// Now is a view that holds everything recorded before the call.
	Now(ctx context.Context) (View, error)
}

// View is one point of view of the imports.
type View interface {
	Imports() []projections.ImportInfo
	Import(domain.ImportID) (projections.ImportDetail, error)
	RowsOf(domain.ImportID) []projections.RowRef
	WithdrawnRows(domain.ImportID) []projections.WithdrawnRow
	SharedRows(prints []uint64, kind domain.ImportKind) []projections.Overlap
	AlikeOf(alike uint64) int
	HasEntry(domain.PersonID, domain.EntryNo) bool
	HasDonation(domain.DonationID) bool
	OpenMembership(domain.PersonID, domain.CommunityCode) (domain.Membership, bool)
	Stays(domain.PersonID) domain.PersonID
}

// Engine is the read side as this package uses it.
type Engine interface {
	WaitFor(ctx context.Context, at eventstore.Position) error
	At(projections.AsOf) (*projections.View, error)
}

// Head says where the log ends.
type Head interface {
	Head(ctx context.Context) (eventstore.Head, error)
}

// Following makes Books of an engine that somebody keeps running beside.
func Following(engine Engine, log Head) Books { return following{engine, log} }

type following struct {
	engine Engine
	log    Head
}

func (f following) Now(ctx context.Context) (View, error) {
	head, err := f.log.Head(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.engine.WaitFor(ctx, head.Position); err != nil {
		return nil, err
	}
	return f.engine.At(projections.AsOf{})
}
