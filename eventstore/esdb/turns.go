package esdb

import (
	"context"
	"sync/atomic"
	"time"
)

// Reads of $all may be long. So many may be open at once, of the hundred calls
// that the server takes on a connection: the others are for appends and short
// reads, which must not wait for somebody's catching up.
const (
	openScans = 32
	scanTurn  = 2 * time.Second
)

// turns lets long reads take turns when there are many.
type turns struct {
	free    chan struct{}
	waiting atomic.Int64
}

func newTurns() *turns { return &turns{free: make(chan struct{}, openScans)} }

// turn is the right to hold a read open, for a while if others wait.
type turn struct {
	of    *turns
	began time.Time
}

// take waits for a turn. progress is told of a wait: it was not the store that
// kept the reader waiting.
func (t *turns) take(ctx context.Context, progress func()) (*turn, error) {
	select {
	case t.free <- struct{}{}:
		return &turn{t, time.Now()}, nil
	default:
	}
	t.waiting.Add(1)
	defer t.waiting.Add(-1)
	select {
	case t.free <- struct{}{}:
		progress()
		return &turn{t, time.Now()}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// over reports whether it is another's turn.
func (t *turn) over() bool {
	return t.of.waiting.Load() > 0 && time.Since(t.began) > scanTurn
}

// end lets another have its turn; short reads have none.
func (t *turn) end() {
	if t != nil {
		<-t.of.free
	}
}
