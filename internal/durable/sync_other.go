//go:build !linux

package durable

import (
	"fmt"
	"os"
)

// Datasync makes the written content of a file durable.
func Datasync(f *os.File) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrSync, f.Name(), err)
	}
	return nil
}

// zerosPastCache leaves all of it to writing as usual.
func zerosPastCache(_ *os.File, from, _ int64) int64 { return from }

// reserve leaves it to the writing of zeros to find a full disk.
func reserve(*os.File, int64, int64) error { return nil }
