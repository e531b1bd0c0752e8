package vault

import "context"

// Store is what an adapter keeps for a Vault. It never sees a key or a hash in
// the clear, and it decides nothing but what needs a transaction. Every write
// is durable when it returns nil, and may be repeated after ErrUnavailable.
type Store interface {
	KeyStore
	ClaimStore
	ErasureStore
	SecretStore
	// Header returns what was written when the vault was made.
	Header(ctx context.Context) (Header, error)
	// Stats counts what is kept.
	Stats(ctx context.Context) (Stats, error)
	// View shows everything as it was at one moment, part by part, in the order
	// of Visitor's fields. What a visit gets is valid only during its call. A
	// slow visit, such as one that writes to a network, holds nobody up.
	View(ctx context.Context, visit Visitor) error
	Close() error
}

// SharedStore is a Store that other processes write to as well: a key that is
// ready in this process's memory may have been destroyed by another.
type SharedStore interface {
	Store
	// Follow tells the store, once and before any other use, whom to tell of
	// erasures by other processes. It ends with Close.
	Follow(Forgetter)
	// Current reports whether every erasure older than the store's limit was
	// told. While it does not, keys ready in memory are not used.
	Current() bool
}

// Forgetter is told of erasures by a SharedStore.
type Forgetter interface {
	// Forget drops what is ready in memory of these subjects.
	Forget(subjects []Subject)
	// ForgetAll drops everything: the store cannot tell what changed.
	ForgetAll()
}

// KeyStore keeps wrapped keys.
type KeyStore interface {
	// Absent returns those of subjects that have no key; a *SubjectError with
	// ErrErased when one was erased.
	Absent(ctx context.Context, subjects []Subject) ([]Subject, error)
	// InsertKeys stores keys of subjects that still have none and ignores the
	// others. All or nothing; ErrErased as in Absent.
	InsertKeys(ctx context.Context, keys []StoredKey) error
	// WrappedKey returns a subject's wrapped key, ErrNoKey or ErrErased.
	WrappedKey(ctx context.Context, subject Subject) (WrappedKey, error)
}

// ClaimStore keeps who holds which tag.
type ClaimStore interface {
	// Swap applies the changes in order, all or nothing, and returns the owner
	// of each tag after its change. ErrErased when a To was erased.
	Swap(ctx context.Context, changes []Change) ([]Subject, error)
	// Owners returns the owner of each tag, or None.
	Owners(ctx context.Context, tags []Tag) ([]Subject, error)
}

// ErasureStore ends subjects.
type ErasureStore interface {
	// Erase removes keys and claims of the subjects from everything the store
	// keeps, old copies of its pages included, and records the erasures.
	// A subject already recorded keeps its first time.
	Erase(ctx context.Context, erasures []Erasure) error
	// Erasures lists them, oldest first.
	Erasures(ctx context.Context) ([]Erasure, error)
}

// SecretStore keeps named wrapped secrets.
type SecretStore interface {
	// InsertSecret stores the secret unless the name has one, and returns the
	// one the name has now.
	InsertSecret(ctx context.Context, name string, wrapped WrappedKey) (WrappedKey, error)
	// WrappedSecret returns a secret; found is false when there is none.
	WrappedSecret(ctx context.Context, name string) (wrapped WrappedKey, found bool, err error)
}

// Tag is a claim as it is stored: 128 bits of a keyed hash over space and hash.
// Two different claims share a tag with a chance of one in 2^128 per pair,
// and nobody without the ledger's secret can look for such a pair.
type Tag [16]byte

// Change sets the owner of Tag to To if it is From now, or if nobody holds it.
// To == None frees the tag.
type Change struct {
	Tag      Tag
	From, To Subject
}

// StoredKey is a subject's key as it is stored.
type StoredKey struct {
	Subject Subject
	Wrapped WrappedKey
}

// StoredClaim is a claim as it is stored.
type StoredClaim struct {
	Tag   Tag
	Owner Subject
}

// Header is written once, when a vault is made.
type Header struct {
	LedgerID [16]byte
	Created  int64      // Unix seconds
	Check    [16]byte   // tells the right master key from a wrong one
	Secret   WrappedKey // the ledger's secret
}

// Stats counts what a vault keeps.
type Stats struct {
	Subjects int // with a key
	Claims   int
	Erased   int
}

// Visitor is shown the whole content of a store. The first error ends the view.
type Visitor struct {
	Header   func(Header) error
	Keys     func([]StoredKey) error
	Claims   func([]StoredClaim) error
	Secret   func(name string, wrapped WrappedKey) error
	Erasures func([]Erasure) error
}
