package embedded

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"zhishu/eventstore"
)

// request is one append on its way through the writer.
type request struct {
	frame      []byte // encoded, not sealed
	lastRecord int    // offset in frame
	key        streamKey
	expected   uint64 // events the stream must hold
	events     int

	done chan struct{} // capacity 1: the answer is in err and last
	err  error
	last place // of the append's last event
}

var requests = sync.Pool{New: func() any { return &request{done: make(chan struct{}, 1)} }}

// errRevision is the writer's answer to an expectation that does not hold: the
// caller finds out whether it is a repetition or a conflict.
var errRevision = errors.New("the expected revision does not hold")

// Append implements eventstore.Appender.
func (l *Log) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	var none eventstore.Appended
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return none, err
	}
	n, _ := expected.Count()
	key := keyOf(l.id, stream)
	for {
		if ctx.Err() != nil {
			return none, unknown(ctx.Err())
		}
		last, err := l.submit(ctx, stream, key, n, events)
		if err == nil {
			return eventstore.Appended{
				Revision: eventstore.Revision(n) + eventstore.Revision(len(events)) - 1,
				Position: last.position(),
			}, nil
		}
		if !errors.Is(err, errRevision) {
			return none, err
		}
		head, count := l.table.get(key)
		if uint64(count) == n {
			continue // the stream had an append in the writer's hands that failed
		}
		if n < uint64(count) {
			done, ok, err := l.repeated(ctx, stream, n, head, count, events)
			if ok || err != nil {
				return done, err
			}
		}
		return none, &eventstore.Conflict{Stream: stream, Expected: expected, Actual: eventstore.After(uint64(count))}
	}
}

func unknown(err error) error { return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err) }

// submit hands an append to the writer and waits for the answer.
func (l *Log) submit(ctx context.Context, stream string, key streamKey, n uint64, events []eventstore.Event) (place, error) {
	r := requests.Get().(*request)
	r.frame, r.lastRecord = encode(r.frame, stream, events)
	r.key, r.expected, r.events = key, n, len(events)
	if err := l.queue.push(r); err != nil {
		return 0, err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		// The writer may still use the request; it is left to the collector.
		return 0, unknown(ctx.Err())
	}
	last, err := r.last, r.err
	r.err = nil
	if cap(r.frame) > 64<<10 {
		r.frame = nil // one large append must not pin its memory in the pool
	}
	requests.Put(r)
	return last, err
}

// repeated answers a re-append: the events from revision n on carry the very
// same ids in the same order, so this is the append that wrote them, or one
// that cannot be told from it.
func (l *Log) repeated(ctx context.Context, stream string, n uint64, head place, count uint32, events []eventstore.Event) (eventstore.Appended, bool, error) {
	var done eventstore.Appended
	if n+uint64(len(events)) > uint64(count) {
		return done, false, nil
	}
	var readErr error
	same := 0
	r := streamRead{v: &l.view, ctx: ctx, stream: stream, head: head, count: count,
		yield: func(e eventstore.Recorded, err error) bool {
			if err != nil {
				readErr = err
				return false
			}
			if e.ID != events[same].ID {
				return false
			}
			same++
			done = eventstore.Appended{Revision: e.Revision, Position: e.Position}
			return same < len(events)
		}}
	r.forwards(uint32(n))
	if readErr != nil && ctx.Err() != nil {
		readErr = unknown(readErr)
	}
	return done, same == len(events), readErr
}

// queue carries appends to the writer goroutine.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool
	wake    chan struct{} // capacity 1: there is something to do
}

func (q *queue) push(r *request) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return eventstore.ErrClosed
	}
	q.waiting = append(q.waiting, r)
	first := len(q.waiting) == 1
	q.mu.Unlock()
	if first {
		q.signal()
	}
	return nil
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

// take waits for appends and swaps them for the emptied slice of the last
// call. It returns false when the queue is closed and empty.
func (q *queue) take(emptied []*request) ([]*request, bool) {
	// Those who were just answered come back first: a larger group for the same
	// sync.
	runtime.Gosched()
	for {
		q.mu.Lock()
		if len(q.waiting) > 0 {
			taken := q.waiting
			q.waiting = emptied
			q.mu.Unlock()
			return taken, true
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil, false
		}
		<-q.wake
	}
}
