package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"zhishu/internal/durable"
)

// Files of a vault's directory.
const (
	dataFile   = "vault.db"
	lockFile   = "vault.lock"
	masterFile = "master.key"
	nextFile   = "vault.db.new"    // a file being made; worthless after a crash
	shredFile  = "vault.db.shred"  // the old file, to be overwritten
	spoolFile  = "vault.db.backup" // a backup on its way out
)

func (s *fileStore) path(name string) string { return filepath.Join(s.dir, name) }

// compact writes the file anew without old copies of removed records, puts it
// in the old one's place, and overwrites the old one. Readers go on meanwhile;
// writers wait. A crash at any step leaves a whole vault under the name of the
// data file, and tidy finishes the work.
func (s *fileStore) compact() error {
	next, err := s.copyLive()
	if err != nil {
		return unavailable(errors.Join(err, shred(s.path(nextFile))))
	}
	// The old file keeps a name until it is overwritten. A crash here: both
	// names are one file, and tidy drops the second.
	if err := os.Link(s.path(dataFile), s.path(shredFile)); err != nil {
		return unavailable(errors.Join(err, next.Close(), shred(s.path(nextFile))))
	}
	if err := os.Rename(s.path(nextFile), s.path(dataFile)); err != nil {
		return unavailable(errors.Join(err, os.Remove(s.path(shredFile)), next.Close(), shred(s.path(nextFile))))
	}
	s.mu.Lock()
	old := s.db
	s.db = next
	s.mu.Unlock()
	// Were the new name not durable and the old file overwritten, a crash would
	// leave a data file of zeros.
	if err := durable.SyncDir(s.dir); err != nil {
		s.broken = unavailable(err)
		return errors.Join(s.broken, old.Close())
	}
	if err := errors.Join(old.Close(), shred(s.path(shredFile))); err != nil {
		return unavailable(err)
	}
	s.dirty = false
	return nil
}

// copyLive makes a synced copy with full pages and nothing in between.
func (s *fileStore) copyLive() (*bbolt.DB, error) {
	if err := shred(s.path(nextFile)); err != nil {
		return nil, err
	}
	next, err := bbolt.Open(s.path(nextFile), 0o600, boltOptions())
	if err != nil {
		return nil, err
	}
	next.NoSync = true // one sync at the end
	err = bbolt.Compact(next, s.db, 16<<20)
	if err == nil {
		err = next.Update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Delete(dirtyKey) })
	}
	if err == nil {
		err = next.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, next.Close())
	}
	next.NoSync = false
	return next, nil
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", ErrUnavailable, err) }

// tidy finishes or undoes what a crash interrupted. The directory is locked and
// the data file not open.
func tidy(dir string) error {
	data, err := os.Stat(filepath.Join(dir, dataFile))
	if err != nil {
		return err
	}
	old := filepath.Join(dir, shredFile)
	if info, err := os.Stat(old); err == nil && os.SameFile(info, data) {
		if err := durable.Remove(old); err != nil {
			return err
		}
	}
	return errors.Join(shred(old), shred(filepath.Join(dir, nextFile)), shred(filepath.Join(dir, spoolFile)))
}

// shred overwrites a file with zeros, syncs it and removes it. A file that is
// not there is no error. Where the file system or the disk writes elsewhere
// instead of in place, old bytes outlive this; they are wrapped keys, worthless
// without the master key.
func shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(zero(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return durable.Remove(path)
}

func zero(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < info.Size(); {
		n := min(int64(len(zeros)), info.Size()-at)
		if _, err := f.WriteAt(zeros[:n], at); err != nil {
			return err
		}
		at += n
	}
	return nil
}
