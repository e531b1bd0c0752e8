package api

import (
	"context"
	"errors"
	"io"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/registers"
	"zhishu/vault"
)

// Ledger is what stands behind the routes under /v1. All of it is required,
// and all of it is used from many goroutines at once.
type Ledger struct {
	Commands Commands // *commands.Handler
	Views    Views    // *projections.Engine
	Imports  Importer // *imports.Importer
	Vault    Vault    // *vault.Vault
	Evidence Evidence // *audit.Log
	Signing  Signing
	Bundles  Bundles

	// Statement folds a person's own stream under a view:
	// v.Statement(ctx, log, id).
	Statement func(ctx context.Context, v *projections.View, id domain.PersonID) (projections.Statement, error)
	// DiffStatement compares two views of it: after.DiffStatement(ctx, log, before, id).
	DiffStatement func(ctx context.Context, before, after *projections.View, id domain.PersonID) (projections.StatementDiff, error)
	// Gifts lists what a person gave under a view: v.GiftsOf(ctx, log, id).
	Gifts func(ctx context.Context, v *projections.View, id domain.PersonID) ([]projections.StatementGift, error)
	// DiffGifts compares two views of it: after.DiffGifts(ctx, log, before, id).
	DiffGifts func(ctx context.Context, before, after *projections.View, id domain.PersonID) ([]projections.GiftChange, error)
	// NameMoves finds which events moved the facts of a difference: v.NameMoves(ctx, log, moves).
	NameMoves func(ctx context.Context, v *projections.View, moves []*projections.FactMove) error
	// Donor folds the streams of a donor's gifts under a view.
	Donor func(ctx context.Context, v *projections.View, id domain.DonorID) (projections.DonorAccount, error)
	// Register makes a register under a view: registers.Make.
	Register func(ctx context.Context, v *projections.View, names registers.Names, kind registers.Kind, community domain.CommunityCode, period domain.Period) (*registers.Register, error)
	// Stats is a glance at the log and the read models.
	Stats func() Stats
}

// Commands is the write side.
type Commands interface {
	Writer
	Accounts
	Records
	Registry
	Numbers
	Identities
	Doors
}

// Writer judges and carries out commands on one stream.
type Writer interface {
	Judge(ctx context.Context, reqs []commands.Request) ([]commands.Outcome, error)
	DoAll(ctx context.Context, reqs []commands.Request) ([]commands.Outcome, error)
}

// Accounts says who a handle is and what the account may do.
type Accounts interface {
	AccountOf(handle string) domain.AccountID
	Actor(ctx context.Context, id domain.AccountID) (domain.Actor, error)
}

// Records reads a single stream: whether it exists, how it stands, and its
// sealed fields.
type Records interface {
	Exists(ctx context.Context, stream string) (bool, error)
	State(ctx context.Context, stream string) (domain.State, error)
	Disclose(ctx context.Context, stream string, visit func(rev commands.Revision, field, plain string)) error
}

// Registry knows which communities are registered.
type Registry interface {
	Registered(ctx context.Context, code domain.CommunityCode) (name string, err error)
}

// Numbers finds who carries a number that somebody else gave; zero: nobody.
type Numbers interface {
	PersonByNumber(ctx context.Context, issuer, number string) (domain.PersonID, error)
}

// Identities derives what follows from the ledger's secret.
type Identities interface {
	DerivedID(purpose string, parts ...[]byte) domain.UUID
	Mac(purpose string, parts ...[]byte) [32]byte
	Now() domain.Instant
}

// Doors shows the check-in codes that derive from the ledger's secret.
type Doors interface {
	CheckInCode(ctx context.Context, account domain.AccountID, id domain.ActivityID) (commands.CheckInCode, error)
}

// Views makes points of view.
type Views interface {
	At(projections.AsOf) (*projections.View, error)
}

// Importer imports one sheet.
type Importer interface {
	Run(ctx context.Context, job imports.Job) (imports.Result, error)
}

// Vault is what a backup needs of the vault.
type Vault interface {
	Backup(ctx context.Context, w io.Writer) error
	Erasures(ctx context.Context) ([]vault.Erasure, error)
}

// Stats is a glance at the log and the read models.
type Stats struct {
	LedgerTime   domain.Instant // of the last ledger event
	HeadPosition string         // of the log; an opaque token
	Applied      string         // of the read models
	Events       uint64         // in the log, beside the ledger's own
	Bytes        uint64
	Segments     int
	Streams      uint64
}

func (l *Ledger) validate() error {
	var faults []error
	need := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New(text))
		}
	}
	need(l.Commands != nil, "the ledger has no command handler")
	need(l.Views != nil, "the ledger has no read models")
	need(l.Imports != nil, "the ledger has no importer")
	need(l.Vault != nil, "the ledger has no vault")
	need(l.Evidence != nil, "the ledger has no tree")
	need(l.Bundles != nil, "the ledger makes no bundles")
	need(l.Signing != nil, "the ledger has no keys")
	need(l.Statement != nil, "the ledger cannot fold a statement")
	need(l.Gifts != nil && l.DiffGifts != nil, "the ledger cannot list what a person gave")
	need(l.Donor != nil, "the ledger cannot fold a donor's account")
	need(l.Register != nil, "the ledger cannot make a register")
	need(l.Stats != nil, "the ledger has no statistics")
	return errors.Join(faults...)
}
