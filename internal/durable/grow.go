package durable

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// zeros is what Grow writes from; never modified.
var zeros [1 << 20]byte

// Grow extends a file from size from to size to with written zeros and syncs
// it, so that later writes into the region change no metadata and Datasync of
// them needs no journal commit. Reserving blocks alone does not achieve that.
// Nobody else may use f meanwhile. Where the system allows, the zeros go past the
// page cache: who then writes whole pages there never reads one.
//
// When the disk is full the error satisfies Full and the file is back at its
// old size. An error of the sync itself is reported as ErrSync: nobody knows
// what the disk holds then.
func Grow(f *os.File, from, to int64) error {
	if err := writeZeros(f, from, to); err != nil {
		return errors.Join(err, f.Truncate(from))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrSync, f.Name(), err)
	}
	return nil
}

func writeZeros(f *os.File, from, to int64) error {
	// Reserving first finds a full disk before anything is written.
	if err := reserve(f, from, to-from); err != nil {
		return err
	}
	return overwrite(f, zerosPastCache(f, from, to), to)
}

func overwrite(f *os.File, from, to int64) error {
	for at := from; at < to; {
		n := min(int64(len(zeros)), to-at)
		if _, err := f.WriteAt(zeros[:n], at); err != nil {
			return err
		}
		at += n
	}
	return nil
}

// Zero overwrites a region with zeros and syncs it.
func Zero(f *os.File, from, to int64) error {
	if err := overwrite(f, from, to); err != nil {
		return err
	}
	return Datasync(f)
}

// ErrSync marks a failed sync. The operating system may have dropped the
// pages, so neither a retry nor a read can tell what is on the disk: stop
// writing.
var ErrSync = errors.New("sync failed")

// Full reports whether an error says that the disk, or the quota, is used up.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
