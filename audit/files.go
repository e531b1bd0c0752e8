package audit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"zhishu/eventstore"
)

// flat is a file of records of one size that grows at its end and never
// changes before it; in memory where there is no directory.
type flat struct {
	file   *os.File
	memory []byte
	size   int64
	// compare, when set, is given what append would write and what stands in the
	// file there; nothing is written.
	compare func(at int64, want, have []byte)
	length  int64 // of the file that is compared
}

func openFlat(dir, name string) (*flat, error) {
	if dir == "" {
		return &flat{}, nil
	}
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &flat{file: file, size: info.Size()}, nil
}

func (f *flat) append(b []byte) error {
	if f.compare != nil {
		have := make([]byte, max(0, min(int64(len(b)), f.length-f.size)))
		if len(have) > 0 {
			if _, err := f.file.ReadAt(have, f.size); err != nil {
				return err
			}
		}
		f.compare(f.size, b, have)
	} else if f.file == nil {
		f.memory = append(f.memory, b...)
	} else if _, err := f.file.WriteAt(b, f.size); err != nil {
		return err
	}
	f.size += int64(len(b))
	return nil
}

// put writes a record again, or the next one.
func (f *flat) put(b []byte, at int64) error {
	if at >= f.size {
		return f.append(b)
	}
	if f.file == nil {
		copy(f.memory[at:], b)
		return nil
	}
	_, err := f.file.WriteAt(b, at)
	return err
}

func (f *flat) read(b []byte, at int64) error {
	if at+int64(len(b)) > f.size {
		return fmt.Errorf("%w: %d bytes at %d of %d", io.ErrUnexpectedEOF, len(b), at, f.size)
	}
	if f.file == nil {
		copy(b, f.memory[at:])
		return nil
	}
	_, err := f.file.ReadAt(b, at)
	return err
}

// cut drops what is behind size.
func (f *flat) cut(size int64) error {
	if f.size == size {
		return nil
	}
	if f.size < size {
		return io.ErrUnexpectedEOF
	}
	if f.file != nil {
		if err := f.file.Truncate(size); err != nil {
			return err
		}
	} else {
		f.memory = f.memory[:size]
	}
	f.size = size
	return nil
}

func (f *flat) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

const positionSize = 16

func appendPosition(dst []byte, p eventstore.Position) []byte {
	hi, lo := p.Parts()
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, hi), lo)
}

func positionAt(b []byte) eventstore.Position {
	return eventstore.NewPosition(binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]))
}
