package projections

import (
	"context"
	"iter"
	"sync"

	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// batch is a run of the log: read, then decoded by one worker, then applied in
// its turn.
type batch struct {
	recorded []eventstore.Recorded
	facts    []fact
	ready    chan struct{} // holds one token once facts are decoded
}

// pipeline reads a log, decodes it with some workers and hands the batches to
// apply in the order of the log. A batch is as large as the reader has run
// ahead: one event when it waits for the next, max when there is much to read.
type pipeline struct {
	max, workers int
	apply        func(*batch) error
}

// reading opens a log for reading until ctx ends.
type reading func(ctx context.Context) iter.Seq2[eventstore.Recorded, error]

// run goes on until the log ends, apply fails or ctx ends. Everything the log
// gave before it failed has been applied when its error is returned.
func (p pipeline) run(ctx context.Context, log reading) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	in := newInbox(p.max)
	defer context.AfterFunc(inner, in.close)()
	work, order := make(chan *batch, p.workers), make(chan *batch, 2*p.workers)
	free := make(chan *batch, 4*p.workers)

	var group sync.WaitGroup
	group.Go(func() { in.fill(log(inner)) })
	group.Go(func() { cutBatches(inner, in, work, order, free) })
	for range p.workers {
		group.Go(func() { decodeAll(work) })
	}
	err := p.drain(inner, order, free)
	cancel()
	group.Wait()
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return in.err
}

// cutBatches makes batches of what the reader has left, as soon as it has left it.
func cutBatches(ctx context.Context, in *inbox, work, order, free chan *batch) {
	defer close(work)
	defer close(order)
	for {
		var b *batch
		select {
		case b = <-free:
		default:
			b = &batch{ready: make(chan struct{}, 1)}
		}
		if b.recorded = in.swap(b.recorded); len(b.recorded) == 0 {
			return
		}
		for _, to := range [...]chan *batch{order, work} {
			select {
			case to <- b:
			case <-ctx.Done():
				return
			}
		}
	}
}

func decodeAll(work <-chan *batch) {
	d := wire.NewDecoder()
	d.SkipSealed = true
	for b := range work {
		if cap(b.facts) < len(b.recorded) {
			b.facts = make([]fact, cap(b.recorded))
		}
		b.facts = b.facts[:len(b.recorded)]
		for i := range b.recorded {
			decode(d, &b.recorded[i], &b.facts[i])
		}
		b.ready <- struct{}{}
	}
}

// drain applies batches in order. It ends early, without an error, with ctx.
func (p pipeline) drain(ctx context.Context, order <-chan *batch, free chan<- *batch) error {
	for b := range order {
		select {
		case <-b.ready:
		case <-ctx.Done():
			return nil
		}
		if err := p.apply(b); err != nil {
			return err
		}
		select {
		case free <- b:
		default:
		}
	}
	return nil
}

// inbox lies between the reader of the log and those who decode. It holds at
// most limit events, which bounds how far the reader runs ahead.
type inbox struct {
	mu      sync.Mutex
	changed sync.Cond
	waiting []eventstore.Recorded
	limit   int
	closed  bool
	err     error // why the log ended; nil at its end
}

func newInbox(limit int) *inbox {
	in := &inbox{limit: limit}
	in.changed.L = &in.mu
	return in
}

func (in *inbox) fill(log iter.Seq2[eventstore.Recorded, error]) {
	for rec, err := range log {
		if err != nil {
			in.err = err // run looks at it after this goroutine has ended
			break
		}
		if !in.put(rec) {
			break
		}
	}
	in.close()
}

func (in *inbox) put(rec eventstore.Recorded) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.waiting) >= in.limit && !in.closed {
		in.changed.Wait()
	}
	if in.closed {
		return false
	}
	in.waiting = append(in.waiting, rec)
	if len(in.waiting) == 1 {
		in.changed.Broadcast()
	}
	return true
}

// swap takes everything that waits and leaves an empty slice in its place. It
// waits for the first event; none at all means that there are no more.
func (in *inbox) swap(empty []eventstore.Recorded) []eventstore.Recorded {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.waiting) == 0 && !in.closed {
		in.changed.Wait()
	}
	full := in.waiting
	in.waiting = empty[:0]
	if len(full) >= in.limit {
		in.changed.Broadcast()
	}
	return full
}

func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.changed.Broadcast()
}
