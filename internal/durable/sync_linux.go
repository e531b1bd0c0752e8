package durable

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// Datasync makes the written content of a file durable, without its times.
func Datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EINTR):
			continue
		default:
			return fmt.Errorf("%w: %s: %w", ErrSync, f.Name(), err)
		}
	}
}

// reserve takes blocks for a region. File systems that cannot reserve are left
// to find out when writing.
func reserve(f *os.File, from, n int64) error {
	for {
		err := syscall.Fallocate(int(f.Fd()), 0, from, n)
		switch {
		case err == nil, errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS):
			return nil
		case errors.Is(err, syscall.EINTR):
			continue
		default:
			return &os.PathError{Op: "fallocate", Path: f.Name(), Err: err}
		}
	}
}
