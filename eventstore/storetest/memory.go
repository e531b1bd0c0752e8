package storetest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"zhishu/eventstore"
)

// Memory is a correct store that keeps its log in memory. Close ends it as
// closing ends any store; Reopen stands for a restart.
type Memory struct {
	mu      sync.Mutex
	log     []eventstore.Recorded
	streams map[string][]int // indexes into log
	grown   chan struct{}    // closed at the next append
	closed  chan struct{}

	// repeats tells whether an append is the repetition of what follows the
	// expected revision, keep what is stored of a slice. Seeded bugs replace
	// them.
	repeats func(stored []eventstore.Recorded, events []eventstore.Event) bool
	keep    func([]byte) []byte
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		streams: make(map[string][]int),
		grown:   make(chan struct{}),
		closed:  make(chan struct{}),
		repeats: sameIDs,
		keep:    slices.Clone[[]byte],
	}
}

func sameIDs(stored []eventstore.Recorded, events []eventstore.Event) bool {
	if len(stored) < len(events) {
		return false
	}
	for i := range events {
		if stored[i].ID != events[i].ID {
			return false
		}
	}
	return true
}

// Reopen makes a closed store serve again with what it holds.
func (m *Memory) Reopen() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		m.closed = make(chan struct{})
	}
}

// positionOf leaves gaps, as real stores do.
func positionOf(index int) eventstore.Position {
	return eventstore.NewPosition(1, uint64(index+1)*64)
}

// Append implements eventstore.Appender.
func (m *Memory) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return eventstore.Appended{}, err
	}
	if err := ctx.Err(); err != nil {
		return eventstore.Appended{}, fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return eventstore.Appended{}, eventstore.ErrClosed
	}
	n, _ := expected.Count()
	stored := m.stream(stream)
	if n < uint64(len(stored)) && m.repeats(stored[n:], events) {
		last := stored[n+uint64(len(events))-1]
		return eventstore.Appended{Revision: last.Revision, Position: last.Position}, nil
	}
	if n != uint64(len(stored)) {
		return eventstore.Appended{}, &eventstore.Conflict{
			Stream: stream, Expected: expected, Actual: eventstore.After(uint64(len(stored))),
		}
	}
	return m.add(stream, events), nil
}

// add appends whatever the stream holds. The caller holds the lock.
func (m *Memory) add(stream string, events []eventstore.Event) eventstore.Appended {
	var done eventstore.Appended
	for _, e := range events {
		e.Data, e.Metadata = m.keep(e.Data), m.keep(e.Metadata)
		done.Revision = eventstore.Revision(len(m.streams[stream]))
		done.Position = positionOf(len(m.log))
		m.streams[stream] = append(m.streams[stream], len(m.log))
		m.log = append(m.log, eventstore.Recorded{Event: e, Stream: stream, Revision: done.Revision, Position: done.Position})
	}
	close(m.grown)
	m.grown = make(chan struct{})
	return done
}

func (m *Memory) stream(name string) []eventstore.Recorded {
	var events []eventstore.Recorded
	for _, i := range m.streams[name] {
		events = append(events, m.log[i])
	}
	return events
}

func (m *Memory) isClosed() bool {
	select {
	case <-m.closed:
		return true
	default:
		return false
	}
}

// ReadStream implements eventstore.StreamReader.
func (m *Memory) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	m.mu.Lock()
	defer m.mu.Unlock()
	events := m.stream(stream)
	if len(events) == 0 {
		return failing(eventstore.ErrStreamNotFound)
	}
	if dir == eventstore.Backwards {
		events = events[:min(from, eventstore.Revision(len(events)-1))+1]
		slices.Reverse(events)
	} else {
		events = events[min(from, eventstore.Revision(len(events))):]
	}
	return m.deliver(ctx, events)
}

func failing(err error) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) { yield(eventstore.Recorded{}, err) }
}

// deliver yields events while the store is open and ctx lasts. The caller holds
// the lock; the sequence does not.
func (m *Memory) deliver(ctx context.Context, events []eventstore.Recorded) iter.Seq2[eventstore.Recorded, error] {
	closed := m.closed
	return func(yield func(eventstore.Recorded, error) bool) {
		err := interrupted(ctx, closed)
		for i := 0; i < len(events) && err == nil; i++ {
			if !yield(events[i], nil) {
				return
			}
			err = interrupted(ctx, closed)
		}
		if err != nil {
			yield(eventstore.Recorded{}, err)
		}
	}
}

func interrupted(ctx context.Context, closed chan struct{}) error {
	select {
	case <-closed:
		return eventstore.ErrClosed
	default:
		return ctx.Err()
	}
}

// after returns the events behind a position and what tells of new ones.
func (m *Memory) after(p eventstore.Position) ([]eventstore.Recorded, chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !p.IsZero() && p.Compare(positionOf(len(m.log)-1)) > 0 {
		return nil, nil, eventstore.ErrPositionBeyondHead
	}
	i, _ := slices.BinarySearchFunc(m.log, p, func(e eventstore.Recorded, p eventstore.Position) int {
		if e.Position.Compare(p) <= 0 {
			return -1
		}
		return 1
	})
	return m.log[i:len(m.log):len(m.log)], m.grown, nil
}

// ReadAll implements eventstore.LogReader.
func (m *Memory) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	events, _, err := m.after(after)
	if err != nil {
		return failing(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.deliver(ctx, events)
}

// Subscribe implements eventstore.LogReader.
func (m *Memory) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		m.mu.Lock()
		closed := m.closed
		m.mu.Unlock()
		for {
			events, grown, err := m.after(after)
			if err == nil {
				err = interrupted(ctx, closed)
			}
			if err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
			for _, e := range events {
				if err := interrupted(ctx, closed); err != nil {
					yield(eventstore.Recorded{}, err)
					return
				}
				if !yield(e, nil) {
					return
				}
				after = e.Position
			}
			select {
			case <-grown:
			case <-closed:
			case <-ctx.Done():
			}
		}
	}
}

// Head implements eventstore.LogReader.
func (m *Memory) Head(ctx context.Context) (eventstore.Head, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return eventstore.Head{}, eventstore.ErrClosed
	}
	if len(m.log) == 0 {
		return eventstore.Head{}, ctx.Err()
	}
	return eventstore.Head{Position: m.log[len(m.log)-1].Position}, ctx.Err()
}

// Close implements eventstore.Store.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isClosed() {
		close(m.closed)
	}
	return nil
}
