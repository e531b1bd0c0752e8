package projections

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Options of an Engine.
type Options struct {
	// Log is the one ordered log. Required.
	Log eventstore.LogReader
	// Dir is an existing directory for snapshots; without one every start
	// folds from the first event.
	Dir string
	// Logger may be nil.
	Logger *slog.Logger
	// Batch is the most events applied at a time (default 1024), Workers how
	// many goroutines decode (default: one for each processor). Neither
	// changes a figure or a digest.
	Batch   int
	Workers int
	// SnapshotEvents and SnapshotInterval say when Run writes a snapshot: so
	// many events after the last one (default 500,000) but no fewer than a third
	// of the ledger, or so long after it if there was any event (default an hour).
	// One that is due waits for a moment in which nothing is folded in, but not
	// longer than SnapshotPatience (default 20 seconds; negative: not at all).
	SnapshotEvents   uint64
	SnapshotInterval time.Duration
	SnapshotPatience time.Duration
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Batch <= 0 {
		o.Batch = 1024
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.SnapshotEvents == 0 {
		o.SnapshotEvents = 500_000
	}
	if o.SnapshotInterval == 0 {
		o.SnapshotInterval = time.Hour
	}
	if o.SnapshotPatience == 0 {
		o.SnapshotPatience = 20 * time.Second
	}
	return o
}

// Engine holds the read models of one log.
type Engine struct {
	options Options
	books   *books
	cache   *cache
	folding sync.Mutex // held by Run and CatchUp: one of them folds
	// applying is held while a batch is applied, and while a snapshot copies.
	applying sync.Mutex
	waiters  waiters
	halt     atomic.Pointer[Halt]
	started  time.Time
	from     uint32 // size the engine started from
	snaps    snapshots
}

// Halt says where and why folding stopped. It wraps what was wrong.
type Halt struct {
	Position eventstore.Position
	Size     domain.Size // ledger events folded before it
	Stream   string
	Revision uint64
	Type     string
	Err      error
}

func (h *Halt) Error() string {
	return fmt.Sprintf("the read models stopped at ledger size %d, position %s, event %d of %s (%s): %v",
		h.Size, h.Position, h.Revision, h.Stream, h.Type, h.Err)
}

func (h *Halt) Unwrap() error { return h.Err }

// ErrNotYet: what the position names is recorded, but the read models have not
// folded it within the time given.
var ErrNotYet = errors.New("recorded, but not yet visible in the read models")

// Open makes an engine and loads the newest snapshot that is good. It refuses
// with eventstore.ErrPositionBeyondHead when the snapshot has seen more than
// the log holds: the log was rolled back, or it is another log.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Log == nil {
		return nil, errors.New("projections: Options.Log is required")
	}
	e := &Engine{options: o.withDefaults(), cache: newCache(), started: time.Now()}
	if err := e.load(ctx); err != nil {
		return nil, err
	}
	e.from = e.books.frontier.Load().size
	return e, nil
}

// CatchUp folds up to the head the log has now, and returns.
func (e *Engine) CatchUp(ctx context.Context) error {
	return e.fold(ctx, e.options.Log.ReadAll)
}

// Run folds and follows the log until ctx ends, which is no error, or until it
// meets something it does not understand, which is a *Halt. It returns other
// errors of the log as they are; calling it again goes on where it stopped.
func (e *Engine) Run(ctx context.Context) error {
	stop := e.snapshotAtIntervals(ctx)
	defer stop()
	var warming sync.WaitGroup
	defer warming.Wait()
	warming.Go(func() { e.warm(ctx) })
	err := e.fold(ctx, e.options.Log.Subscribe)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// warm makes what is slow when it is first asked for, the list of flags, of what
// a snapshot brought: what is folded in later costs only the parts it touches.
func (e *Engine) warm(ctx context.Context) {
	if v, err := e.At(Now()); err == nil {
		w := v.suspecting()
		for k := range digestBuckets {
			if ctx.Err() != nil {
				return
			}
			v.personFlags(k, w)
		}
		v.placeFlags(domain.Division{}, w)
	}
}

func (e *Engine) fold(ctx context.Context, read readFrom) error {
	e.folding.Lock()
	defer e.folding.Unlock()
	if h := e.halt.Load(); h != nil {
		return h
	}
	after := e.books.frontier.Load().position
	p := pipeline{e.options.Batch, e.options.Workers, e.applyBatch}
	return p.run(ctx, func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] { return read(ctx, after) })
}

type readFrom func(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error]

func (e *Engine) applyBatch(b *batch) error {
	e.applying.Lock()
	h := e.books.applyBatch(b, never)
	e.applying.Unlock()
	if h != nil {
		e.halt.Store(h)
		e.options.Logger.Error("read models halted", "error", h)
	}
	e.waiters.wake()
	if h != nil {
		return h
	}
	return nil
}

// At is the ledger at a point in history. It waits for nothing: a point the
// ledger has not reached is ErrBeyondLedger.
func (e *Engine) At(a AsOf) (*View, error) {
	v, err := e.books.at(a, e.cache)
	if err != nil {
		return nil, err
	}
	v.log = e.options.Log
	return v, nil
}

// WaitFor returns when everything up to a position is folded in, so that a
// view made afterwards holds it. When ctx ends first the error wraps
// ErrNotYet; when the read models have halted it is the *Halt.
func (e *Engine) WaitFor(ctx context.Context, p eventstore.Position) error {
	for {
		woken := e.waiters.next()
		if e.books.frontier.Load().position.Compare(p) >= 0 {
			return nil
		}
		if h := e.halt.Load(); h != nil {
			return h
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrNotYet, context.Cause(ctx))
		}
	}
}

// waiters are told when the frontier has moved.
type waiters struct {
	mu sync.Mutex
	ch chan struct{}
}

// next is closed at the next wake.
func (w *waiters) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch == nil {
		w.ch = make(chan struct{})
	}
	return w.ch
}

func (w *waiters) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ch != nil {
		close(w.ch)
		w.ch = nil
	}
}
