// Package durable is the one home of files that must survive a power cut:
// written, synced, renamed into place, and their directory synced.
//
// BUG: a rename is only as atomic as the file system makes it, and a sync only
// as honest as the disk. On systems without fdatasync the whole file is synced,
// which is as safe and slower. On macOS the drive's own cache is flushed
// because os.File.Sync asks for it there.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// WriteFile replaces the file at path with data. After it returned nil, a power
// cut leaves the new content; before, the old or the new, never a mixture.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	return Write(path, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Write replaces the file at path with what fill writes. If fill fails, the
// file at path stays as it was and the error is fill's.
func Write(path string, perm fs.FileMode, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+TempSuffix)
	if err != nil {
		return err
	}
	if err := fillAndSync(f, perm, fill); err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err := f.Close(); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	// A crash here leaves only the temporary file, for RemoveTemp.
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	// The name is not durable before its directory is. A failure here leaves
	// the new content in place and says that it may not last.
	return SyncDir(filepath.Dir(path))
}

func fillAndSync(f *os.File, perm fs.FileMode, fill func(io.Writer) error) error {
	if err := f.Chmod(perm); err != nil {
		return err
	}
	if err := fill(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", f.Name(), err)
	}
	return nil
}

// Rename moves a file whose content is already synced, durably, within one
// file system.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	a, b := filepath.Dir(from), filepath.Dir(to)
	if err := SyncDir(b); err != nil || a == b {
		return err
	}
	return SyncDir(a)
}

// Remove deletes a file durably; a file that is not there is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a directory durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync directory %s: %w", dir, err), d.Close())
	}
	return d.Close()
}

// TempSuffix marks files that Write has not renamed yet.
const TempSuffix = ".tmp-"

// RemoveTemp clears away what an interrupted Write left in dir. Call it only
// while holding the directory's lock.
func RemoveTemp(dir string) error {
	entries, err := os.ReadDir(dir) // no pattern: the directory's own name may hold what is special in one
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !strings.Contains(entry.Name(), TempSuffix) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// ErrNoFile is something that stands where a file should, such as a pipe.
var ErrNoFile = errors.New("it is no regular file")

// Open opens a file for reading, and nothing else: a pipe would have its reader
// wait for somebody to write.
func Open(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrNoFile}
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}
