package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// Run follows the log and announces heads until ctx ends, which is no error. A
// contradiction ends it, and Err then tells why; after any other error it goes
// on from what the disk holds.
func (l *Log) Run(ctx context.Context) error {
	var ticking sync.WaitGroup
	inner, cancel := context.WithCancel(ctx)
	defer ticking.Wait()
	defer cancel()
	ticking.Go(func() { l.tick(inner) })
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		began := time.Now()
		err := l.follow(inner)
		if ctx.Err() != nil {
			return nil
		}
		var c *Contradiction
		if errors.As(err, &c) || errors.Is(err, eventstore.ErrPositionBeyondHead) || errors.Is(err, eventstore.ErrCorrupt) {
			l.fault.Store(&err)
			l.o.Logger.Error("the tree stopped", "error", err)
			return err
		}
		l.o.Logger.Warn("the tree starts again from its tiles", "error", err)
		if time.Since(began) > longPause {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		if err := l.rebuild(inner); err != nil {
			l.o.Logger.Warn("the tree cannot be built", "error", err)
		}
	}
}

const (
	firstPause = 100 * time.Millisecond
	longPause  = 5 * time.Second
)

// followEvery is how often a log on this machine is looked at. Nobody waits for
// the tree but a checkpoint, and to fold many events at once costs a fraction of
// being woken for each.
const followEvery = 200 * time.Millisecond

func (l *Log) follow(ctx context.Context) error {
	scanner, ok := l.o.Store.(eventstore.Scanner)
	if !ok {
		return l.fold(ctx, l.o.Store.Subscribe)
	}
	timer := time.NewTicker(followEvery)
	defer timer.Stop()
	for {
		if err := l.fold(ctx, scanner.Scan); err != nil {
			return err
		}
		select {
		case <-timer.C:
		case <-l.growth.asked:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fold takes in what a read gives. Data and metadata are not kept.
func (l *Log) fold(ctx context.Context, read func(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error]) error {
	defer l.growth.grown()
	for r, err := range read(ctx, l.position) {
		if err != nil {
			return err
		}
		head, err := l.take(ctx, &r)
		if err != nil {
			return err
		}
		if head != nil {
			if err := l.seen(ctx, *head); err != nil {
				return err
			}
		}
		if target := l.growth.target.Load(); target > 0 && l.tiles.leaves() >= target {
			l.growth.grown()
		}
	}
	return nil
}

// rebuild begins again with what the disk holds, after a write to it failed.
func (l *Log) rebuild(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.build(ctx, false)
}

// seen looks at a head that somebody announced. The tree holds every leaf it
// speaks of: they stand before it in the log.
func (l *Log) seen(ctx context.Context, h Head) error {
	if last := l.heads.Load(); last != nil && h.Revision <= last.Revision {
		return nil
	}
	id, err := l.o.Identify(ctx)
	if err != nil {
		return err
	}
	if err := l.tiles.compare(id, h.Checkpoint, fmt.Sprintf("%s revision %d", eventstore.CheckpointStream, h.Revision)); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remember(h)
	return l.publish(id, h)
}

func (l *Log) remember(h Head) {
	if last := l.heads.Load(); last == nil || last.Revision < h.Revision {
		l.heads.Store(&h)
	}
}

func (l *Log) tick(ctx context.Context) {
	ticker := time.NewTicker(l.o.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := l.Announce(ctx); err != nil && ctx.Err() == nil {
			l.o.Logger.Warn("no checkpoint", "error", err)
		}
	}
}

// Announce appends the tree's head to the checkpoint stream when the tree has
// grown, then signs and publishes it. That another server was faster is no
// error.
func (l *Log) Announce(ctx context.Context) error {
	if err := l.Err(); err != nil {
		return err
	}
	id, err := l.o.Identify(ctx)
	if err != nil || id.Origin == "" || len(id.Signers) == 0 {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	size, count := l.tiles.leaves(), uint64(0)
	if last := l.heads.Load(); last != nil {
		count = uint64(last.Revision) + 1
		if size <= last.Checkpoint.Size {
			return l.publish(id, *last) // announced by one who died before publishing
		}
	}
	if size == 0 {
		return nil
	}
	root, err := l.tiles.root(size)
	if err != nil {
		return err
	}
	c := proof.Checkpoint{Origin: id.Origin, Size: size, Root: root}
	at := l.o.Now()
	_, err = l.o.Store.Append(ctx, eventstore.CheckpointStream, eventstore.After(count), []eventstore.Event{announcement(c, count, at)})
	// A crash here leaves a head without a signature; whoever starts next, or
	// sees it in the log, publishes it.
	var conflict *eventstore.Conflict
	if errors.As(err, &conflict) {
		return nil // another server's head comes with the log
	}
	if err != nil {
		return err
	}
	h := Head{c, eventstore.Revision(count), at.UTC()}
	l.remember(h)
	if err := l.sizes.note(ctx, l.o.Store, h); err != nil {
		l.o.Logger.Warn("the list of checkpoints is not on disk", "error", err)
	}
	return l.publish(id, h)
}

// Settle takes what the log still holds in and announces it. Run must have
// ended.
func (l *Log) Settle(ctx context.Context) error {
	if err := l.Err(); err != nil {
		return nil // it was told
	}
	if err := l.fold(ctx, l.o.Store.ReadAll); err != nil {
		return err
	}
	return l.Announce(ctx)
}

// WaitFor returns when the tree has size leaves.
func (l *Log) WaitFor(ctx context.Context, size uint64) error {
	return l.growth.wait(ctx, size, l.Size)
}

// growth tells who waits that the tree has grown.
type growth struct {
	mu      sync.Mutex
	waiting chan struct{}
	target  atomic.Uint64 // the least size somebody waits for; 0: nobody
	asked   chan struct{} // has room for one: look at the log now
}

func (g *growth) grown() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waiting != nil {
		close(g.waiting)
		g.waiting = nil
		g.target.Store(0)
	}
}

func (g *growth) wait(ctx context.Context, size uint64, now func() uint64) error {
	for {
		g.mu.Lock()
		if g.waiting == nil {
			g.waiting = make(chan struct{})
		}
		if target := g.target.Load(); target == 0 || size < target {
			g.target.Store(size)
		}
		woken := g.waiting
		g.mu.Unlock()
		if now() >= size {
			return nil
		}
		select {
		case g.asked <- struct{}{}:
		default:
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
