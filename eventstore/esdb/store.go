package esdb

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/metadata"

	"zhishu/eventstore"
)

// Store is a log in EventStoreDB. It implements eventstore.Store.
type Store struct {
	opt    Options
	links  *links
	feed   *feed
	turns  *turns
	leader bool // ask for the leader

	ctx     context.Context // ends when the store is closed
	cancel  context.CancelFunc
	closing atomic.Bool
	appends inFlight
	close   sync.Once
	newest  newest
}

var _ eventstore.Store = (*Store)(nil)

// openPatience bounds Open when its context has no earlier deadline.
const openPatience = 30 * time.Second

// Open connects to the store a connection string names, such as
// esdb://user:password@host1:2113,host2:2113,host3:2113. It tries until a node
// answers that may be read, or ctx ends; a user without the rights is refused at
// once.
func Open(ctx context.Context, connection string, o Options) (*Store, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	config, err := configure(connection)
	if err != nil {
		return nil, err
	}
	s := &Store{opt: o, turns: newTurns(), leader: config.NodePreference == esdb.NodePreferenceLeader}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.links = newLinks(s.ctx, config, &s.opt, s.probe)
	s.feed = newFeed(s)
	if err := s.connect(ctx); err != nil {
		return nil, fmt.Errorf("connect to EventStoreDB: %w", unavailable(err))
	}
	return s, nil
}

// connect makes the first connection.
func (s *Store) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	var reason error
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := s.links.connect(ctx)
		if err == nil {
			return nil
		}
		if reason == nil || ctx.Err() == nil { // that time is up says less than what was wrong before
			reason = err
		}
		if verdictOf(err) == denied || !sleep(ctx, jitter(pause)) {
			_ = s.Close()
			return reason
		}
	}
}

// probe finds out whether a link's node can be read.
func (s *Store) probe(ctx context.Context, l *link) error {
	ctx, cancel := context.WithTimeout(ctx, s.opt.ReadTimeout)
	defer cancel()
	_, _, err := call(ctx, l, func(ctx context.Context) (eventstore.Position, error) {
		return s.lastPosition(ctx, l)
	})
	return err
}

// Close lets appends in flight finish within bounds and ends everything else
// with eventstore.ErrClosed.
func (s *Store) Close() error {
	s.close.Do(func() {
		s.closing.Store(true)
		s.appends.wait(2 * time.Second)
		s.cancel()
		s.feed.running.Wait()
		s.links.close(5 * time.Second)
	})
	return nil
}

// bound ties a caller's context to the store's life and asks for the leader.
func (s *Store) bound(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(eventstore.ErrClosed) })
	return s.toLeader(ctx), func(cause error) {
		stop()
		cancel(cause)
	}
}

// toLeader adds the header that the client means to send and does not.
func (s *Store) toLeader(ctx context.Context) context.Context {
	if !s.leader {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "requires-leader", "true")
}

// ready is the error of a call that must not begin.
func (s *Store) ready(ctx context.Context) error {
	if s.closing.Load() {
		return eventstore.ErrClosed
	}
	return ctx.Err()
}

// why turns the error of a call that ended early into the caller's: the store
// was closed, the caller's context ended, or err.
func (s *Store) why(ctx context.Context, err error) error {
	if s.ctx.Err() != nil {
		return eventstore.ErrClosed
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// settle does what the error of a call asks for: a link in trouble is given up.
func (s *Store) settle(ctx context.Context, l *link, err error) verdict {
	v := verdictOf(err)
	if v == ended && ctx.Err() == nil { // not our doing: the connection was closed under the call
		v = trouble
	}
	if v == trouble || v == notLeader {
		l.condemn(err)
	}
	return v
}

// physical is a stream's name in the store, logical its name outside.
func (s *Store) physical(stream string) string { return s.opt.Prefix + stream }

// visible converts an event, and reports whether it belongs to us.
func (s *Store) visible(e *esdb.RecordedEvent) (eventstore.Recorded, bool) {
	name, ours := strings.CutPrefix(e.StreamID, s.opt.Prefix)
	if !ours || name == "" || strings.HasPrefix(e.StreamID, "$") {
		return eventstore.Recorded{}, false
	}
	return eventstore.Recorded{
		Event:    eventstore.Event{ID: eventstore.ID(e.EventID), Type: e.EventType, Data: e.Data, Metadata: e.UserMetadata},
		Stream:   name,
		Revision: eventstore.Revision(e.EventNumber),
		Position: positionOf(e),
	}, true
}

func positionOf(e *esdb.RecordedEvent) eventstore.Position {
	return eventstore.NewPosition(e.Position.Commit, e.Position.Prepare)
}

// allPosition is where a read or subscription of $all begins.
func allPosition(p eventstore.Position) esdb.AllPosition {
	if p.IsZero() {
		return esdb.Start{}
	}
	commit, prepare := p.Parts()
	return esdb.Position{Commit: commit, Prepare: prepare}
}

// inFlight counts calls.
type inFlight struct {
	mu   sync.Mutex
	n    int
	none chan struct{} // closed when n falls to 0; nil while nobody waits
}

func (f *inFlight) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
}

func (f *inFlight) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n--; f.n == 0 && f.none != nil {
		close(f.none)
		f.none = nil
	}
}

func (f *inFlight) wait(patience time.Duration) {
	f.mu.Lock()
	if f.n == 0 {
		f.mu.Unlock()
		return
	}
	if f.none == nil {
		f.none = make(chan struct{})
	}
	none := f.none
	f.mu.Unlock()
	select {
	case <-none:
	case <-time.After(patience):
	}
}
