package embedded

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// space fills files with zeros ahead of the writer, and keeps a spare file that
// becomes the next segment. An append then overwrites blocks that the file
// already has, so that its sync commits no metadata.
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
	spare   bool   // the spare is ready
	hurry   bool   // the writer waits for the spare
	err     error  // why the last attempt failed; no other is made until asked
	closed  bool
}

func newSpace(dir string, size int64, f *failure, d disk) *space {
	s := &space{dir: dir, size: size, failure: f, disk: d}
	s.changed.L = &s.mu
	return s
}

// use says which segment is the newest.
func (s *space) use(number uint32, filled, used int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number, s.filled, s.used = number, filled, used
	s.changed.Broadcast()
}

// ensure waits until the newest segment is filled up to end.
func (s *space) ensure(end int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = end
	if s.wants() {
		s.err = nil
		s.changed.Broadcast()
	}
	for s.filled < end {
		if s.err != nil {
			return s.err
		}
		if s.closed {
			return eventstore.ErrClosed
		}
		s.changed.Wait()
	}
	return nil
}

// next makes the spare the segment of this head.
func (s *space) next(h segmentHead) (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.hurry = nil, true
	defer func() { s.hurry = false }()
	s.changed.Broadcast()
	for !s.spare {
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
	s.number, s.filled, s.used, s.spare = h.number, min(s.size, firstFill), blockSize, false
	return f, nil
}

func (s *space) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.changed.Broadcast()
}

// Bounds of how far ahead of the writer a file is filled: as much as it holds,
// so that a small ledger takes little disk.
const (
	minAhead = 1 << 20
	maxAhead = 16 << 20
)

func (s *space) ahead() int64 { return min(max(s.used, minAhead), maxAhead) }

// wants reports whether something is to be done.
func (s *space) wants() bool {
	return s.hurry && !s.spare || s.wantsZeros() || s.filled >= s.size && !s.spare
}

func (s *space) wantsZeros() bool {
	return s.filled < s.size && s.filled-s.used < s.ahead()
}

// run fills until closed.
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
		s.work()
		s.changed.Broadcast()
	}
}

// work does one piece, letting go of the lock meanwhile.
func (s *space) work() {
	if s.wantsZeros() && !(s.hurry && !s.spare) {
		number, from := s.number, s.filled
		to := min(s.size, from+max(minAhead, s.ahead()/4))
		s.mu.Unlock()
		err := s.disk.grow(filepath.Join(s.dir, segmentName(number)), from, to)
		s.mu.Lock()
		if s.done(err) && s.number == number {
			s.filled = to
		}
		return
	}
	s.mu.Unlock()
	err := s.disk.spare(s.dir, s.size)
	s.mu.Lock()
	if s.done(err) {
		s.spare = true
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
