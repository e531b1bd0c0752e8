package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"sync"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// tail is the committed end of the log: what it covers is durable. One
// goroutine moves it, any number read it or wait for it to move.
type tail struct {
	mu     sync.Mutex
	now    state
	closed bool
	moved  chan struct{} // closed at the next move; nil while nobody waits
}

func (t *tail) get() state {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// open is ErrClosed once the log is closed.
func (t *tail) open() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return eventstore.ErrClosed
	}
	return nil
}

func (t *tail) set(s state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = s
	t.wake()
}

func (t *tail) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.wake()
}

func (t *tail) wake() {
	if t.moved != nil {
		close(t.moved)
		t.moved = nil
	}
}

// await returns once the tail lies beyond p, the log is closed, or ctx ends.
func (t *tail) await(ctx context.Context, p place) error {
	for {
		t.mu.Lock()
		if t.closed {
			t.mu.Unlock()
			return eventstore.ErrClosed
		}
		if t.now.end > p {
			t.mu.Unlock()
			return nil
		}
		if t.moved == nil {
			t.moved = make(chan struct{})
		}
		moved := t.moved
		t.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// The file "committed" tells other processes how far the log is durable. It is
// written after every sync and not synced itself: whatever it says, if its
// checksum holds, was true once, so it may lag after a power cut and never
// leads. A log whose frames end before it has lost acknowledged events.
const committedSize = 56

var committedMagic = [8]byte{'z', 'h', 'i', 's', 'h', 'u', 'C', '1'}

func encodeCommitted(b *[committedSize]byte, id logID, s state) {
	le := binary.LittleEndian
	copy(b[:], committedMagic[:])
	copy(b[8:], id[:])
	le.PutUint64(b[24:], uint64(s.end))
	le.PutUint64(b[32:], s.seq)
	le.PutUint64(b[40:], uint64(s.last))
	le.PutUint32(b[48:], s.chain)
	le.PutUint32(b[52:], crc32.Checksum(b[:52], castagnoli))
}

// readCommitted returns what the file says; false when it is missing, half
// written, longer than it should be or another log's.
func readCommitted(path string, id logID) (state, bool, error) {
	var s state
	b, err := durable.ReadFile(path, committedSize)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, durable.ErrTooLarge) {
		return s, false, nil
	}
	if err != nil {
		return s, false, err
	}
	le := binary.LittleEndian
	if len(b) != committedSize || [8]byte(b) != committedMagic || logID(b[8:24]) != id ||
		crc32.Checksum(b[:52], castagnoli) != le.Uint32(b[52:]) {
		return s, false, nil
	}
	return state{
		end:   place(le.Uint64(b[24:])),
		seq:   le.Uint64(b[32:]),
		last:  place(le.Uint64(b[40:])),
		chain: le.Uint32(b[48:]),
	}, true, nil
}
