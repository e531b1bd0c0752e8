package embedded

import (
	"errors"
	"os"

	"zhishu/internal/durable"
)

// disk is what the writer asks of the file system, so that tests can let it
// fail.
type disk struct {
	write func(f *os.File, b []byte, at int64) (int, error)
	sync  func(f *os.File) error
	// grow extends the file at path with zeros.
	grow func(path string, from, to int64) error
	// spare makes the file that the next segment will be.
	spare func(dir string, size int64) error
}

var realDisk = disk{
	write: func(f *os.File, b []byte, at int64) (int, error) { return f.WriteAt(b, at) },
	sync:  durable.Datasync,
	grow:  grow,
	spare: fillSpare,
}

// grow extends a segment through a file of its own, so that an error of the
// sync here does not hide one from the writer's.
func grow(path string, from, to int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := durable.Grow(f, from, to); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
