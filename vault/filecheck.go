package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// openBolt opens a data file that passed checkFile.
func openBolt(path string) (*bbolt.DB, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, boltOptions())
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, bolterrors.ErrTimeout):
		return nil, unavailable(err)
	default:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
}

// checkFile refuses a file in which a page does not make sense, before bbolt
// sees it: bbolt has no checksums on its pages, panics at some damage, and
// takes other damage for an answer. What pages hold has checksums of our own.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return unavailable(err)
	}
	defer f.Close() // read only: nothing to lose
	info, err := f.Stat()
	if err != nil {
		return unavailable(err)
	}
	head, err := readHeads(f)
	if err != nil {
		return err
	}
	if have := uint64(info.Size()) / head.pageSize; have < head.pages {
		return fmt.Errorf("%w: it has %d pages of %d", ErrDamaged, have, head.pages)
	}
	w := &pageWalk{f: f, head: head, seen: make([]bool, head.pages)}
	w.seen[0], w.seen[1] = true, true
	if err := w.walk(head.root, nil, nil); err != nil {
		return err
	}
	return w.free()
}
