package embedded

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// space prepares the next segment in a file of its own, filled with zeros, while
// the newest one is written: an append then overwrites blocks that its file
// already has, and its sync commits no metadata. Growing the very file that is
// being appended to would make every sync meanwhile wait for the journal, so
// that is done only for a writer that outruns the preparation, and for copies.
type space struct {
	dir     string
	size    int64 // of a full segment
	failure *failure
	disk    disk

	mu      sync.Mutex
	changed sync.Cond
	number  uint32 // the newest segment
	filled  int64  // size of its file
	used    int64  // how far the writer is
	spare   int64  // size of the spare, 0 while there is none
	busy    bool   // the spare is being extended
	hurry   bool   // the writer waits for the spare
	err     error  // why the last attempt failed; no other is made until asked
	closed  bool
}

func newSpace(dir string, size int64, f *failure, d disk) *space {
	s := &space{dir: dir, size: size, failure: f, disk: d}
	s.changed.L = &s.mu
	return s
}

// use says which segment is the newest, and how large a spare is left of an
// earlier run.
func (s *space) use(number uint32, filled, used, spare int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number, s.filled, s.used, s.spare = number, filled, used, spare
	s.changed.Broadcast()
}

// ensure waits until the newest segment is filled up to end, and tells how far it
// is.
func (s *space) ensure(end int64) (filled int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = end
	if s.wants() {
		s.err = nil
		s.changed.Broadcast()
	}
	for s.filled < end {
		if s.err != nil {
			return 0, s.err
		}
		if s.closed {
			return 0, eventstore.ErrClosed
		}
		s.changed.Wait()
	}
	return s.filled, nil
}

// next makes the spare the segment of this head, however far it is filled.
func (s *space) next(h segmentHead) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.hurry = nil, true
	defer func() { s.hurry = false }()
	s.changed.Broadcast()
	for s.spare == 0 || s.busy {
		if s.err != nil {
			return nil, s.err
		}
		if s.closed {
			return nil, eventstore.ErrClosed
		}
		s.changed.Wait()
	}
	f, err := useSpare(s.dir, h)
	if err != nil {
		// Whether the name is durable is not known.
		s.failure.set(err)
		return nil, err
	}
	s.number, s.filled, s.used, s.spare = h.number, s.spare, blockSize, 0
	return f, nil
}

func (s *space) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
}

const (
	// minAhead is how close to the end of its file the writer may come before
	// that file is grown.
	minAhead = 1 << 20
	// piece is how much is filled at once: what the writer may have to wait for.
	piece = 4 << 20
)

// wants reports whether something is to be done.
func (s *space) wants() bool {
	if s.hurry {
		return s.spare == 0
	}
	return s.wantsZeros() || s.spare < capacity(s.number+1, s.size)
}

func (s *space) wantsZeros() bool {
	return s.filled < capacity(s.number, s.size) && s.filled-s.used < minAhead
}

// run works until closed.
func (s *space) run() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for !s.closed && (s.err != nil || !s.wants()) {
			s.changed.Wait()
		}
		if s.closed {
			return
		}
		if !s.hurry && s.wantsZeros() {
			s.growNewest()
		} else {
			s.growSpare()
		}
		s.changed.Broadcast()
	}
}

// growNewest lets go of the lock while it works, as growSpare does.
func (s *space) growNewest() {
	from := s.filled
	to := min(capacity(s.number, s.size), from+piece)
	path := filepath.Join(s.dir, segmentName(s.number))
	number := s.number
	s.mu.Unlock()
	err := s.disk.grow(path, from, to)
	s.mu.Lock()
	if s.done(err) && s.number == number {
		s.filled = to
	}
}

func (s *space) growSpare() {
	from, full := s.spare, capacity(s.number+1, s.size)
	to := min(full, from+piece)
	s.busy = true
	s.mu.Unlock()
	var err error
	if from == 0 {
		to = min(full, firstFill)
		err = s.disk.spare(s.dir, to)
	} else {
		err = s.disk.grow(filepath.Join(s.dir, spareName), from, to)
	}
	s.mu.Lock()
	s.busy = false
	if s.done(err) {
		s.spare = to
	}
}

// done notes the outcome of a piece. A full disk is tried again when the writer
// asks; anything else stops the writing.
func (s *space) done(err error) bool {
	s.err = err
	if err != nil && (!durable.Full(err) || errors.Is(err, durable.ErrSync)) {
		s.failure.set(err)
	}
	return err == nil
}

// leftSpare is the size of the spare that an earlier run left, 0 if there is
// none that can be used; one that cannot is removed. Its zeros are not looked
// at: whatever else stands there would be cut as a torn tail, as long as no
// frame is written over it.
func leftSpare(path string, most int64) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if size := info.Size(); size >= min(firstFill, most) && size <= most {
		return size, nil
	}
	return 0, durable.Remove(path)
}
