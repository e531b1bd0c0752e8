package esdb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"zhishu/eventstore"
)

// links keeps one link to a node, and makes another when it is lost.
type links struct {
	config esdb.Configuration
	opt    *Options
	probe  func(context.Context, *link) error
	ctx    context.Context // ends with the store

	mu      sync.Mutex
	current *link
	all     map[*link]struct{} // not yet closed
	changed chan struct{}      // closed when current or failure changes
	failure error              // of the last attempt, while there is no link
	since   time.Time          // when the link was lost
	closed  bool
	making  sync.WaitGroup
	counts  Stats
}

func newLinks(ctx context.Context, c esdb.Configuration, o *Options, probe func(context.Context, *link) error) *links {
	return &links{config: c, opt: o, probe: probe, ctx: ctx, all: make(map[*link]struct{}), changed: make(chan struct{}), since: time.Now()}
}

// get returns the link, waiting for one until ctx ends.
func (k *links) get(ctx context.Context) (*link, error) {
	for {
		k.mu.Lock()
		l, changed, failure, closed := k.current, k.changed, k.failure, k.closed
		k.mu.Unlock()
		if closed {
			return nil, eventstore.ErrClosed
		}
		if l != nil {
			return l, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if failure == nil {
				failure = errors.New("looking for a node")
			}
			return nil, fmt.Errorf("%w: %w (%w)", eventstore.ErrUnavailable, failure, context.Cause(ctx))
		}
	}
}

// connect makes a link and publishes it. Only one goroutine at a time does.
func (k *links) connect(ctx context.Context) error {
	l, err := k.attempt(ctx)
	k.mu.Lock()
	k.failure = err
	var took time.Duration
	if err == nil {
		k.current, took = l, time.Since(k.since)
		k.counts.Connects++
	} else {
		k.counts.ConnectFailures++
	}
	close(k.changed)
	k.changed = make(chan struct{})
	k.mu.Unlock()
	if err != nil {
		k.opt.Observe(Change{Kind: ConnectFailed, Err: err})
		return err
	}
	k.opt.Observe(Change{Kind: Connected, Took: took})
	// Trouble before it was published found nobody to tell.
	select {
	case <-l.gone:
		k.lost(l, errCondemned)
	default:
	}
	return nil
}

// attempt makes a client and lets the probe find a node with it. The probe may
// be sent to the leader by the node it found; then it asks again.
func (k *links) attempt(ctx context.Context) (*link, error) {
	l, err := newLink(k.config, k.opt, k.lost)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	k.all[l] = struct{}{}
	k.mu.Unlock()
	for range 3 {
		if err = k.probe(ctx, l); verdictOf(err) != notLeader {
			break
		}
	}
	if err != nil {
		l.condemn(err)
		return nil, err
	}
	return l, nil
}

// lost is told by a link that it is condemned.
func (k *links) lost(l *link, cause error) {
	k.mu.Lock()
	for old := range k.all { // drop what is closed
		select {
		case <-old.closed:
			delete(k.all, old)
		default:
		}
	}
	mine := k.current == l
	if mine {
		k.current, k.since, k.failure = nil, time.Now(), cause
		k.counts.Disconnects++
		if !k.closed {
			k.making.Go(k.reconnect)
		}
	}
	k.mu.Unlock()
	if mine {
		k.opt.Observe(Change{Kind: Disconnected, Err: cause})
	}
}

const (
	firstPause = 20 * time.Millisecond
	longPause  = 250 * time.Millisecond // so that service is back soon after the node
)

// reconnect makes links until one is good or the store is closed.
func (k *links) reconnect() {
	for pause := firstPause; k.connect(k.ctx) != nil; pause = min(2*pause, longPause) {
		if !sleep(k.ctx, jitter(pause)) {
			return
		}
	}
}

// jitter spreads a pause between half and the whole of it.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2) }

// sleep returns false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// close gives up the link and waits until calls in flight have ended, within
// bounds: a client that hangs is left to itself.
func (k *links) close(patience time.Duration) {
	k.mu.Lock()
	k.closed = true
	l := k.current
	k.mu.Unlock()
	if l != nil {
		l.condemn(eventstore.ErrClosed)
	}
	k.making.Wait()
	k.mu.Lock()
	var open []*link
	for l := range k.all {
		open = append(open, l)
	}
	k.mu.Unlock()
	deadline := time.After(patience)
	for _, l := range open {
		l.condemn(eventstore.ErrClosed)
		select {
		case <-l.closed:
		case <-deadline:
			return
		}
	}
}
