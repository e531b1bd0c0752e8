package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"zhishu/eventstore"
)

// view is what reading the log needs; Log and Reader are built on it.
type view struct {
	dir    string
	id     logID
	size   int64 // of a full segment
	table  table
	tail   tail
	mu     sync.RWMutex // guards segs, whose elements do not change once sealed
	segs   []*segment   // segs[i] has number i+1
	closed bool
}

// segment returns an open segment and the offset at which its frames end
// within the log up to end.
func (v *view) segment(number uint32, end place) (*segment, int64, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, 0, eventstore.ErrClosed
	}
	if number == 0 || int(number) > len(v.segs) || number > end.segment() {
		return nil, 0, fmt.Errorf("segment %d: %w", number, errBeyond)
	}
	s := v.segs[number-1]
	if number == end.segment() {
		return s, end.offset(), nil
	}
	return s, v.segs[number].prevEnd, nil
}

// errBeyond: a place lies outside the log.
var errBeyond = errors.New("outside the log")

func (v *view) add(s *segment) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.segs = append(v.segs, s)
}

func (v *view) newest() *segment {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.segs[len(v.segs)-1]
}

// openSegments opens every segment and checks that none is missing and each
// follows the one before it.
func (v *view) openSegments(write bool) error {
	numbers, err := listSegments(v.dir)
	if err != nil {
		return err
	}
	for i, number := range numbers {
		if number != uint32(i+1) {
			return corrupt("%s is missing", segmentName(uint32(i+1)))
		}
		s, err := openSegment(v.dir, v.id, v.size, number, write)
		if err != nil {
			return err
		}
		v.segs = append(v.segs, s)
	}
	if len(v.segs) == 0 {
		return corrupt("%s is missing", segmentName(1))
	}
	return nil
}

func listSegments(dir string) ([]uint32, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var numbers []uint32
	for _, f := range files {
		if n, ok := parseSegmentName(f.Name()); ok {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

// follow scans from a state up to a committed end, adding what it finds to the
// table.
func (v *view) follow(from state, end place) error {
	for c, err := range v.chunks(from, end, sameBuffer()) {
		if err != nil {
			return err
		}
		c.frames(func(f *frame) { v.table.put(f.slot(v.id)) })
	}
	return nil
}

// Head returns the newest event's position.
func (v *view) head() eventstore.Head {
	return eventstore.Head{Position: v.tail.get().last.position()}
}

// closeFiles makes every further read answer ErrClosed.
func (v *view) closeFiles() error {
	v.tail.close()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	return v.closeSegments()
}

// closeSegments is for openers that start over, and for closeFiles.
func (v *view) closeSegments() error {
	var errs []error
	for _, s := range v.segs {
		errs = append(errs, s.file.Close())
	}
	v.segs = nil
	return errors.Join(errs...)
}

// readError says what a failed read means to a caller.
func readError(err error) error {
	switch {
	case errors.Is(err, fs.ErrClosed):
		return eventstore.ErrClosed
	case errors.Is(err, eventstore.ErrCorrupt), errors.Is(err, eventstore.ErrClosed),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	default:
		return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, err)
	}
}

func (v *view) path(name string) string { return filepath.Join(v.dir, name) }
