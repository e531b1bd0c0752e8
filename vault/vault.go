package vault

import (
	"context"
	"crypto/hmac"
	"fmt"
	"time"
)

// keysPerWrite bounds one write of a long list, and so the memory it takes and
// the time others wait behind it.
const keysPerWrite = 16 << 10

// Vault is the ledger's secrets, ready for use. Its methods may be called
// concurrently. Make one with Open, Create, or New over another store.
type Vault struct {
	store  Store
	shared SharedStore // nil when no other process writes to the store
	header Header
	wrap   wrapper
	backup Key // authenticates backups
	mac    *macPool
	cache  *keyCache
	now    func() time.Time
}

var _ interface {
	Keys
	Sealer
	Opener
	Mac
	SubjectMac
	Claims
	BulkClaims
	Eraser
	Secrets
	Backuper
} = (*Vault)(nil)

// DefaultCacheSubjects is how many subjects' keys stay ready in memory: about
// 1.5 KiB each.
const DefaultCacheSubjects = 16 << 10

// Options of a vault over any store.
type Options struct {
	// CacheSubjects bounds the keys held ready in memory; 0 means
	// DefaultCacheSubjects.
	CacheSubjects int
	// Now stamps erasures; nil means time.Now.
	Now func() time.Time
}

func (o Options) clock() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// New opens the vault kept in store with its master key, ErrMasterKey when it
// is another vault's. On success Close closes the store.
func New(ctx context.Context, store Store, master Key, opts Options) (*Vault, error) {
	header, err := store.Header(ctx)
	if err != nil {
		return nil, err
	}
	wrap, secret, err := unlock(header, master)
	if err != nil {
		return nil, err
	}
	defer clear(secret[:])
	if opts.CacheSubjects == 0 {
		opts.CacheSubjects = DefaultCacheSubjects
	}
	v := &Vault{
		store:  store,
		header: header,
		wrap:   wrap,
		backup: subkey(master, labelBackup),
		mac:    newMacPool(secret),
		cache:  newKeyCache(opts.CacheSubjects),
		now:    opts.clock(),
	}
	if shared, ok := store.(SharedStore); ok {
		v.shared = shared
		shared.Follow(forgetter{v.cache})
	}
	return v, nil
}

// forgetter keeps the methods of Forgetter out of Vault's own.
type forgetter struct{ cache *keyCache }

func (f forgetter) Forget(subjects []Subject) { f.cache.evict(subjects) }
func (f forgetter) ForgetAll()                { f.cache.clear() }

// NewHeader makes the header of a new vault: a ledger id, a random secret for
// keyed hashes, both bound to the master key.
func NewHeader(master Key, now time.Time) (Header, error) {
	id := newKey()
	h := Header{LedgerID: [16]byte(id[:16]), Created: now.Unix()}
	h.Check = checkOf(master, h)
	wrap, err := newWrapper(master, h.LedgerID)
	if err != nil {
		return Header{}, err
	}
	secret := newKey()
	defer clear(secret[:])
	h.Secret = wrap.wrap(wrapLedgerSecret, nil, secret)
	return h, nil
}

func unlock(h Header, master Key) (wrapper, Key, error) {
	check := checkOf(master, h)
	if !hmac.Equal(check[:], h.Check[:]) {
		return wrapper{}, Key{}, fmt.Errorf("%w: it is not the one this vault was made with", ErrMasterKey)
	}
	wrap, err := newWrapper(master, h.LedgerID)
	if err != nil {
		return wrapper{}, Key{}, err
	}
	secret, err := wrap.unwrap(wrapLedgerSecret, nil, h.Secret)
	return wrap, secret, err
}

// LedgerID is the random id given to the ledger when its vault was made. It is
// no secret.
func (v *Vault) LedgerID() [16]byte { return v.header.LedgerID }

// Created is when the vault was made, to the second, UTC.
func (v *Vault) Created() time.Time { return time.Unix(v.header.Created, 0).UTC() }

// Stats counts what the vault keeps.
func (v *Vault) Stats(ctx context.Context) (Stats, error) { return v.store.Stats(ctx) }

// EnsureKeys: see Keys.
func (v *Vault) EnsureKeys(ctx context.Context, subjects []Subject) error {
	for _, s := range subjects {
		if s == None {
			return ErrSubject
		}
	}
	absent, err := v.store.Absent(ctx, subjects)
	if err != nil {
		return err
	}
	for len(absent) > 0 {
		n := min(len(absent), keysPerWrite)
		if err := v.makeKeys(ctx, absent[:n]); err != nil {
			return err
		}
		absent = absent[n:]
	}
	return nil
}

// makeKeys wraps outside the store's transaction: others may make keys for the
// same subjects meanwhile, and the first one stored is the key.
func (v *Vault) makeKeys(ctx context.Context, subjects []Subject) error {
	keys := make([]StoredKey, len(subjects))
	for i, s := range subjects {
		k := newKey()
		keys[i] = StoredKey{s, v.wrap.wrap(wrapSubjectKey, s[:], k)}
		clear(k[:])
	}
	return v.store.InsertKeys(ctx, keys)
}

// Missing returns those of subjects that have no key and were not erased: after
// a restore, persons of the log whose keys the backup did not hold.
func (v *Vault) Missing(ctx context.Context, subjects []Subject) ([]Subject, error) {
	erasures, err := v.store.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	erased := make(map[Subject]bool, len(erasures))
	for _, e := range erasures {
		erased[e.Subject] = true
	}
	var alive []Subject
	for _, s := range subjects {
		if !erased[s] {
			alive = append(alive, s)
		}
	}
	return v.store.Absent(ctx, alive)
}

// Key: see Keys.
func (v *Vault) Key(ctx context.Context, subject Subject) (Key, error) {
	if subject == None {
		return Key{}, ErrSubject
	}
	wrapped, err := v.store.WrappedKey(ctx, subject)
	if err != nil {
		return Key{}, err
	}
	k, err := v.wrap.unwrap(wrapSubjectKey, subject[:], wrapped)
	if err != nil {
		return Key{}, &SubjectError{subject, err}
	}
	return k, nil
}

// keysOf returns a subject's keys ready for use. Reading them from the store is
// bounded by the store's own limits, not by a context: sealing is arithmetic,
// and a subject that was just given its key is a file page, or one question to a
// database, away.
func (v *Vault) keysOf(subject Subject) (*subjectKeys, error) {
	if v.shared == nil || v.shared.Current() {
		if k := v.cache.get(subject); k != nil {
			return k, nil
		}
	}
	epoch := v.cache.epoch.Load()
	raw, err := v.Key(context.Background(), subject)
	if err != nil {
		return nil, err
	}
	defer clear(raw[:])
	k, err := newSubjectKeys(raw)
	if err != nil {
		return nil, err
	}
	v.cache.put(subject, k, epoch)
	return k, nil
}

// Erase: see Eraser.
func (v *Vault) Erase(ctx context.Context, subject Subject) error {
	return v.EraseMany(ctx, []Erasure{{Subject: subject}})
}

// EraseMany: see Eraser.
func (v *Vault) EraseMany(ctx context.Context, erasures []Erasure) error {
	if len(erasures) == 0 {
		return nil
	}
	subjects := make([]Subject, len(erasures))
	for i, e := range erasures {
		if e.Subject == None {
			return ErrSubject
		}
		subjects[i] = e.Subject
	}
	// Also after an error: the erasure may have become durable before it.
	defer v.cache.evict(subjects)
	return v.store.Erase(ctx, Stamped(erasures, v.now()))
}

// Erasures: see Eraser.
func (v *Vault) Erasures(ctx context.Context) ([]Erasure, error) { return v.store.Erasures(ctx) }

// Close lets go of the store and forgets every key. Keyed hashes under the
// ledger's secret still work: they cannot report an error.
func (v *Vault) Close() error {
	err := v.store.Close()
	v.cache.clear()
	return err
}
