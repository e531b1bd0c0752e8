package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"zhishu/eventstore"
)

// The feed keeps its newest events for subscribers who are a little behind; who
// is further behind reads from the log.
const (
	feedEvents = 4096
	feedBytes  = 16 << 20
)

// Pauses between subscriptions that fail although a node answers. While none
// does, the feed waits for the next connection and begins at once.
const (
	firstResubscribe = 100 * time.Millisecond
	longResubscribe  = 10 * time.Second
	lingering        = time.Second
)

// feed is the one subscription to $all that all callers of Subscribe share. It
// begins with the first of them.
type feed struct {
	s       *Store
	once    sync.Once
	running sync.WaitGroup

	mu      sync.Mutex
	started bool                  // base is known
	base    eventstore.Position   // of the newest event passed on, or where the feed began
	kept    []eventstore.Recorded // the newest events
	bytes   int
	first   uint64        // number of kept[0]
	grown   chan struct{} // closed at the next change
	failed  error         // for good
	open    bool          // the server has confirmed the subscription
	live    bool
	looked  eventstore.Position
	heard   time.Time
	readers int
	counts  struct{ subscribes, drops uint64 }
}

func newFeed(s *Store) *feed { return &feed{s: s, grown: make(chan struct{})} }

// join starts the feed if it is the first to, and returns the number of the next
// event and the position behind which it comes.
func (f *feed) join(ctx context.Context) (next uint64, base eventstore.Position, err error) {
	f.once.Do(func() { f.running.Go(f.run) })
	for {
		f.mu.Lock()
		next, base = f.first+uint64(len(f.kept)), f.base
		started, failed, grown := f.started, f.failed, f.grown
		f.mu.Unlock()
		if started || failed != nil {
			return next, base, failed
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return 0, base, ctx.Err()
		}
	}
}

// errLapped: the feed does not have the event any more.
var errLapped = errors.New("the reader is far behind")

// take returns the events from a number on, waiting for one. They must not be
// modified.
func (f *feed) take(ctx context.Context, from uint64) ([]eventstore.Recorded, error) {
	for {
		f.mu.Lock()
		kept, first, failed, grown := f.kept, f.first, f.failed, f.grown
		f.mu.Unlock()
		switch {
		case failed != nil:
			return nil, failed
		case from < first:
			return nil, errLapped
		case from < first+uint64(len(kept)):
			return kept[from-first:], nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// change alters the feed and wakes who waits for it.
func (f *feed) change(alter func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	alter()
	close(f.grown)
	f.grown = make(chan struct{})
}

// run subscribes again and again until the store is closed.
func (f *feed) run() {
	ctx := f.s.ctx
	for pause := firstResubscribe; ; pause = min(2*pause, longResubscribe) {
		l, err := f.s.links.get(ctx)
		if err == nil {
			err = f.follow(ctx, l)
		}
		opened := f.closeSubscription()
		if ctx.Err() != nil {
			f.change(func() { f.failed = eventstore.ErrClosed })
			return
		}
		f.s.opt.Observe(Change{Kind: Dropped, Err: err})
		if errors.Is(err, eventstore.ErrPositionBeyondHead) {
			f.change(func() { f.failed = err })
			return
		}
		f.s.settle(ctx, l, err)
		if opened || errors.Is(err, errCondemned) {
			pause = firstResubscribe
		}
		sleep(ctx, jitter(pause)) // if the store is closed, the next round says so
	}
}

// closeSubscription notes the end of a subscription, and reports whether there
// was one.
func (f *feed) closeSubscription() (opened bool) {
	f.change(func() {
		if opened = f.open; opened {
			f.counts.drops++
		}
		f.open, f.live = false, false
	})
	return opened
}

func (f *feed) position() eventstore.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.base
}

// follow subscribes once, behind the last event passed on, and passes events on
// until the subscription ends.
func (f *feed) follow(ctx context.Context, l *link) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(f.s.opt.ReadTimeout, func() { cancel(errStalled) })
	defer watch.Stop()
	go f.moveOn(ctx, cancel, l)
	_, _, err := call(ctx, l, func(ctx context.Context) (eventstore.Position, error) {
		return f.begin(ctx, l)
	})
	if err == nil {
		_, _, err = call(ctx, l, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, f.subscribe(ctx, l, watch)
		})
	}
	if cause := context.Cause(ctx); errors.Is(cause, errStalled) || errors.Is(cause, errCondemned) {
		return cause
	}
	return err
}

// moveOn ends the subscription some time after its link was given up: the node
// may be one that hears no news any more. Not at once, because a server that
// answers appends with "unavailable" would keep the feed moving and not reading.
func (f *feed) moveOn(ctx context.Context, cancel context.CancelCauseFunc, l *link) {
	select {
	case <-l.gone:
		if sleep(ctx, lingering) {
			cancel(errCondemned)
		}
	case <-ctx.Done():
	}
}

// begin finds the end of the log, where the feed starts; later it makes sure
// that the log still reaches to where the feed is. A subscription from beyond
// the end would be silent.
func (f *feed) begin(ctx context.Context, l *link) (eventstore.Position, error) {
	end, err := f.s.lastPosition(ctx, l)
	if err != nil {
		return end, err
	}
	if base := f.position(); end.Compare(base) < 0 {
		return end, fmt.Errorf("%w: position %s, head %s", eventstore.ErrPositionBeyondHead, base, end)
	}
	f.mu.Lock()
	started := f.started
	f.mu.Unlock()
	if !started {
		f.change(func() { f.base, f.started = end, true })
	}
	return end, nil
}

func (f *feed) subscribe(ctx context.Context, l *link, watch *time.Timer) error {
	deadline := farAway
	sub, err := l.client.SubscribeToAll(f.s.toLeader(ctx), esdb.SubscribeToAllOptions{
		From:               allPosition(f.position()),
		ResolveLinkTos:     false,
		MaxSearchWindow:    32,
		CheckpointInterval: 32, // times the window: only for measuring
		Filter:             f.filter(),
		Deadline:           &deadline,
		RequiresLeader:     f.s.leader,
	})
	if err != nil {
		return err
	}
	defer func() { _ = sub.Close() }() // it never fails
	watch.Stop()
	f.change(func() { f.open = true; f.counts.subscribes++ })
	f.s.opt.Observe(Change{Kind: Subscribed})
	for {
		switch e := sub.Recv(); {
		case e.EventAppeared != nil:
			f.pass(e.EventAppeared.OriginalEvent())
		case e.CaughtUp != nil:
			f.change(func() { f.live, f.heard = true, time.Now() })
		case e.FellBehind != nil:
			f.change(func() { f.live, f.heard = false, time.Now() })
		case e.CheckPointReached != nil:
			f.checkpoint(*e.CheckPointReached)
		case e.SubscriptionDropped != nil:
			return dropped(e.SubscriptionDropped.Error)
		}
	}
}

// dropped is the reason of a drop. A subscription that the server ends as if it
// were complete is no more complete than any other.
func dropped(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return errors.New("the server ended the subscription")
	}
	return err
}

// filter lets the server leave out what nobody here sees.
func (f *feed) filter() *esdb.SubscriptionFilter {
	if f.s.opt.Prefix == "" {
		return &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: `^[^\$]`}
	}
	return &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{f.s.opt.Prefix}}
}

// pass keeps an event for the subscribers.
func (f *feed) pass(e *esdb.RecordedEvent) {
	rec, ours := f.s.visible(e)
	if !ours {
		return
	}
	f.change(func() {
		if rec.Position.Compare(f.base) <= 0 {
			return // already passed on
		}
		f.base, f.heard = rec.Position, time.Now()
		f.kept = append(f.kept, rec)
		f.bytes += weight(&rec)
		for len(f.kept) > feedEvents || f.bytes > feedBytes && len(f.kept) > 1 {
			f.bytes -= weight(&f.kept[0])
			f.kept, f.first = f.kept[1:], f.first+1
		}
	})
	f.s.newest.raise(rec.Position)
}

func weight(r *eventstore.Recorded) int { return 200 + len(r.Data) + len(r.Metadata) }

// checkpoint notes how far the server has looked. Nobody resumes from there:
// some servers begin with one of 2^64-1.
func (f *feed) checkpoint(p esdb.Position) {
	if p.Commit == math.MaxUint64 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looked, f.heard = eventstore.NewPosition(p.Commit, p.Prepare), time.Now()
}

func (f *feed) stats(out *Stats) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out.Subscribes, out.Drops = f.counts.subscribes, f.counts.drops
	out.Live, out.Passed, out.Looked, out.LastHeard, out.Subscriber = f.live, f.base, f.looked, f.heard, f.readers
}
