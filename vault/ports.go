package vault

import (
	"context"
	"io"
)

// The small interfaces a consumer takes. *Vault satisfies all of them. All
// methods may be called concurrently.

// Keys makes and gives out subjects' keys.
type Keys interface {
	// EnsureKeys gives every subject that has none a random key. When it
	// returns nil the keys survive a power cut. It is idempotent; calls made at
	// the same time share one sync of the disk. A call with an erased subject
	// is refused whole with ErrErased. A long list is written in parts: after
	// an error some subjects may have got their keys, and a repeated call
	// finishes the work.
	EnsureKeys(ctx context.Context, subjects []Subject) error
	// Key returns a subject's key: for a bundle that hands it to an inspector.
	// Sealing does not need it. ErrNoKey and ErrErased are told apart.
	Key(ctx context.Context, subject Subject) (Key, error)
}

// Sealer seals a personal field of an event for one subject. The stream, event
// id and field name are bound into it: a sealed field moved elsewhere does not
// open. Keys must exist (EnsureKeys), else ErrNoKey or ErrErased.
type Sealer interface {
	Seal(subject Subject, stream string, eventID [16]byte, field string, plain []byte) ([]byte, error)
	// AppendSealed appends to dst, allocating only when dst must grow. dst and
	// plain must not overlap.
	AppendSealed(dst []byte, subject Subject, stream string, eventID [16]byte, field string, plain []byte) ([]byte, error)
}

// Opener opens what Sealer sealed: ErrSealed when the bytes were altered or
// moved, ErrErased when the subject's key is gone.
type Opener interface {
	Open(subject Subject, stream string, eventID [16]byte, field string, sealed []byte) ([]byte, error)
	AppendOpened(dst []byte, subject Subject, stream string, eventID [16]byte, field string, sealed []byte) ([]byte, error)
}

// Mac computes keyed hashes under the ledger's secret. Purposes never collide,
// and parts are length-prefixed: ("ab","c") and ("a","bc") differ.
type Mac interface {
	Mac(purpose string, parts ...[]byte) [32]byte
}

// SubjectMac computes keyed hashes under a subject's own key, for hashes over
// personal fields: they become meaningless when the subject is erased.
type SubjectMac interface {
	SubjectMac(subject Subject, purpose string, parts ...[]byte) ([32]byte, error)
}

// Claims keeps keyed hashes unique. All claims of a subject end with its
// erasure. A subject may claim before it has a key.
type Claims interface {
	// Reserve claims hash for subject unless another holds it, and returns who
	// holds it now: the caller itself, or the other. Durable when it returns.
	Reserve(ctx context.Context, space string, hash [32]byte, subject Subject) (owner Subject, err error)
	// Lookup returns the owner, or None.
	Lookup(ctx context.Context, space string, hash [32]byte) (owner Subject, err error)
	// Release gives a claim up. A claim nobody holds is no error; one that
	// another holds is ErrNotOwner.
	Release(ctx context.Context, space string, hash [32]byte, subject Subject) error
	// Replace moves a claim from old to new when old holds it or nobody does,
	// and returns who holds it now. It is for a claim whose subject never came
	// to exist.
	Replace(ctx context.Context, space string, hash [32]byte, old, new Subject) (owner Subject, err error)
}

// BulkClaims is Claims for an import. ReserveMany decides every claim for
// itself, in order, and returns the owners in the same order; an error of one
// claim (ErrErased) refuses the part of the list it stands in. ReleaseMany gives
// up all that their subjects hold, and then reports ErrNotOwner for the first
// that another holds. LookupMany does not look at the claims' subjects.
type BulkClaims interface {
	ReserveMany(ctx context.Context, claims []Claim) (owners []Subject, err error)
	LookupMany(ctx context.Context, claims []Claim) (owners []Subject, err error)
	ReleaseMany(ctx context.Context, claims []Claim) error
}

// Eraser destroys keys for good.
type Eraser interface {
	// Erase destroys the subject's key and claims and remembers that it did.
	// When it returns nil, no byte of them is left in the files of an embedded
	// vault; what a database server keeps besides, DESIGN.md says. A subject
	// unknown to the vault is recorded all the same: it will never get
	// a key. Erasing twice is no error and keeps the first time.
	Erase(ctx context.Context, subject Subject) error
	// EraseMany is Erase for several subjects at the price of one, with given
	// times; the zero time means now.
	EraseMany(ctx context.Context, erasures []Erasure) error
	// Erasures lists what was erased, oldest first.
	Erasures(ctx context.Context) ([]Erasure, error)
}

// Secrets keeps named secrets of the ledger itself, such as the seed of a
// signing key. The first call with a name makes a random one.
type Secrets interface {
	Secret(ctx context.Context, name string) (Key, error)
}

// Backuper writes a copy of the vault as it is at one moment, while it is in
// use. The keys in it stay wrapped: it is of use only with the master key.
type Backuper interface {
	Backup(ctx context.Context, w io.Writer) error
}
