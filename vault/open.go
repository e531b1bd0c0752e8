package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"zhishu/internal/durable"
)

// Config says where an embedded vault is.
type Config struct {
	// Dir is the vault's directory, mode 0700. Create makes it.
	Dir string
	// MasterKey is the path of the master key file, mode 0600. The default is
	// master.key in Dir. Elsewhere, such as on a medium that is not backed up
	// with Dir, it protects against a stolen copy of Dir. Create uses a file
	// that is already there.
	MasterKey string
	// LockWait is how long to wait for another process to let go; 0 means
	// DefaultLockWait.
	LockWait time.Duration
	Options
}

// DefaultLockWait is enough for a process that is just ending.
const DefaultLockWait = 2 * time.Second

const lockRetry = 20 * time.Millisecond

func (c Config) masterPath() string {
	if c.MasterKey != "" {
		return c.MasterKey
	}
	return filepath.Join(c.Dir, masterFile)
}

// Create makes a new vault and opens it: its directory, its master key unless
// that file exists, a ledger id and a ledger secret. ErrExists when there is
// one. A crash leaves no half-made vault: Create can be called again.
func Create(ctx context.Context, c Config) (*Vault, error) {
	return withDir(ctx, c, true, func(lock *durable.Lock) (*Vault, error) {
		if err := refuseExisting(c.Dir); err != nil {
			return nil, err
		}
		master, err := CreateMasterKey(c.masterPath())
		if err != nil {
			return nil, err
		}
		defer clear(master[:])
		header, err := NewHeader(master, c.clock()())
		if err != nil {
			return nil, err
		}
		err = buildFile(c.Dir, func(s *fileStore, db *bbolt.DB) error {
			return db.Update(func(tx *bbolt.Tx) error { return s.layout(tx, header) })
		})
		if err != nil {
			return nil, err
		}
		return openFile(ctx, c, lock)
	})
}

// Open opens a vault. ErrNotFound when there is none, ErrLocked while another
// process has it open, ErrPermissions, ErrMasterKey, ErrDamaged.
func Open(ctx context.Context, c Config) (*Vault, error) {
	if _, err := os.Stat(filepath.Join(c.Dir, dataFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, c.Dir)
	}
	return withDir(ctx, c, false, func(lock *durable.Lock) (*Vault, error) { return openFile(ctx, c, lock) })
}

// withDir checks and locks the directory. The lock passes to the vault that f
// returns.
func withDir(ctx context.Context, c Config, create bool, f func(*durable.Lock) (*Vault, error)) (*Vault, error) {
	if create {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return nil, unavailable(err)
		}
		if err := durable.SyncDir(filepath.Dir(c.Dir)); err != nil {
			return nil, unavailable(err)
		}
	}
	if err := privatePath(c.Dir); err != nil {
		return nil, err
	}
	lock, err := lockDir(ctx, c)
	if err != nil {
		return nil, err
	}
	v, err := f(lock)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	return v, nil
}

func lockDir(ctx context.Context, c Config) (*durable.Lock, error) {
	wait := c.LockWait
	if wait == 0 {
		wait = DefaultLockWait
	}
	for until := time.Now().Add(wait); ; {
		lock, err := durable.TryLock(filepath.Join(c.Dir, lockFile))
		var locked *durable.Locked
		switch {
		case err == nil:
			return lock, nil
		case !errors.As(err, &locked):
			return nil, unavailable(err)
		case time.Now().After(until):
			return nil, fmt.Errorf("%w: %w", ErrLocked, locked)
		}
		select {
		case <-time.After(lockRetry):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func refuseExisting(dir string) error {
	_, err := os.Lstat(filepath.Join(dir, dataFile))
	switch {
	case err == nil:
		return fmt.Errorf("%w: %s", ErrExists, dir)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return unavailable(err)
	}
}

// buildFile fills a new data file under another name, syncs it, and names it.
func buildFile(dir string, fill func(*fileStore, *bbolt.DB) error) error {
	next := filepath.Join(dir, nextFile)
	if err := shred(next); err != nil {
		return unavailable(err)
	}
	db, err := bbolt.Open(next, 0o600, boltOptions())
	if err != nil {
		return unavailable(err)
	}
	db.NoSync = true // one sync at the end: until it has its name it is worthless
	err = fill(newFileStore(dir, nil, db), db)
	if err == nil {
		err = db.Sync()
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return errors.Join(err, shred(next))
	}
	if err := durable.Rename(next, filepath.Join(dir, dataFile)); err != nil {
		return unavailable(err)
	}
	return nil
}

func openFile(ctx context.Context, c Config, lock *durable.Lock) (*Vault, error) {
	master, err := ReadMasterKey(c.masterPath())
	if err != nil {
		return nil, err
	}
	defer clear(master[:])
	path := filepath.Join(c.Dir, dataFile)
	if err := privatePath(path); err != nil {
		return nil, err
	}
	if err := tidy(c.Dir); err != nil {
		return nil, unavailable(err)
	}
	db, err := openBolt(path)
	if err != nil {
		return nil, err
	}
	s := newFileStore(c.Dir, lock, db)
	v, err := openStore(ctx, s, master, c.Options)
	if err != nil {
		return nil, errors.Join(err, s.db.Close()) // a compaction may have changed it
	}
	return v, nil
}

func openStore(ctx context.Context, s *fileStore, master Key, opts Options) (*Vault, error) {
	if err := s.load(); err != nil {
		return nil, err
	}
	v, err := New(ctx, s, master, opts)
	if err != nil {
		return nil, err
	}
	if s.dirty { // an erasure was cut off before its compaction
		if err := s.compact(); err != nil {
			return nil, err
		}
	}
	go s.write()
	return v, nil
}
