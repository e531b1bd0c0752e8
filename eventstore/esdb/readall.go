package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"zhishu/eventstore"
)

// ReadAll implements eventstore.LogReader.
func (s *Store) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if err := s.ready(ctx); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		bounded, stop := s.bound(ctx)
		defer stop(nil)
		end, err := s.end(bounded)
		if err == nil {
			err = s.readTo(bounded, after, end, func(e eventstore.Recorded) bool { return yield(e, nil) })
		}
		if err != nil && !errors.Is(err, errEnough) {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(eventstore.Recorded{}, err)
		}
	}
}

// readTo yields what is visible after one position and up to another, which is
// the position of an event or zero.
func (s *Store) readTo(ctx context.Context, after, end eventstore.Position, yield func(eventstore.Recorded) bool) error {
	if after.Compare(end) > 0 {
		return fmt.Errorf("%w: position %s, head %s", eventstore.ErrPositionBeyondHead, after, end)
	}
	r := &allRead{s: s, ctx: ctx, after: after, at: after, end: end, yield: yield}
	return s.persist(ctx, r.attempt)
}

// allRead is one read of $all, across connections.
type allRead struct {
	s     *Store
	ctx   context.Context
	after eventstore.Position // where the caller begins
	at    eventstore.Position // the last event seen, ours or not
	known bool                // the log has an event at the caller's position
	end   eventstore.Position
	yield func(eventstore.Recorded) bool
	full  bool // the reader wants no more
}

func (r *allRead) attempt(l *link, progress func()) error {
	if r.after.IsZero() {
		r.known = true
	}
	for r.at.Compare(r.end) < 0 || !r.known {
		turn, err := r.s.turns.take(r.ctx, progress)
		if err != nil {
			return err
		}
		from := r.at
		var fault error
		err = r.s.receive(r.ctx, l, turn, r.open(l), func(e *esdb.RecordedEvent) bool {
			more := false
			more, fault = r.see(e)
			progress()
			if more && fault == nil && turn.over() {
				fault = errPaused
			}
			return more && fault == nil
		})
		switch {
		case fault != nil:
			return fault
		case err != nil && (r.full || !errors.Is(err, errEnough)):
			return err
		case !r.known:
			return beyond(r.after)
		case r.at == from: // complete, and the event at the end has gone
			return nil
		}
	}
	return nil
}

// open reads inclusively from the last event seen.
func (r *allRead) open(l *link) opener {
	return r.s.openAll(l, esdb.Forwards, allPosition(r.at), everything)
}

func (s *Store) openAll(l *link, dir esdb.Direction, from esdb.AllPosition, count uint64) opener {
	deadline := farAway
	return func(ctx context.Context) (*esdb.ReadStream, error) {
		return l.client.ReadAll(ctx, esdb.ReadAllOptions{
			Direction: dir, From: from, ResolveLinkTos: false, Deadline: &deadline, RequiresLeader: s.leader,
		}, count)
	}
}

// see takes the next event of $all. The first one stands at the caller's
// position, or this is not the log in which the caller has read.
func (r *allRead) see(e *esdb.RecordedEvent) (more bool, err error) {
	if err := r.ctx.Err(); err != nil {
		return false, r.s.why(r.ctx, err)
	}
	p := positionOf(e)
	if !r.known {
		if p != r.after {
			return false, beyond(r.after)
		}
		r.known = true
	}
	if p.Compare(r.at) <= 0 {
		return r.at.Compare(r.end) < 0, nil
	}
	if p.Compare(r.end) > 0 { // the event at the end has gone
		r.at = r.end
		return false, nil
	}
	r.at = p
	if rec, ours := r.s.visible(e); ours {
		if !r.yield(rec) {
			r.full = true
			return false, nil
		}
	}
	return p != r.end, nil
}

func beyond(p eventstore.Position) error {
	return fmt.Errorf("%w: the log has no event at %s", eventstore.ErrPositionBeyondHead, p)
}

// lastPosition asks a link for the position of the newest event of $all, ours or
// not; zero when there is none. It runs within a call.
func (s *Store) lastPosition(ctx context.Context, l *link) (eventstore.Position, error) {
	read, err := s.openAll(l, esdb.Backwards, esdb.End{}, 1)(s.toLeader(ctx))
	if err != nil {
		return eventstore.Position{}, err
	}
	defer read.Close()
	e, err := read.Recv()
	if errors.Is(err, io.EOF) {
		return eventstore.Position{}, nil
	}
	if err != nil {
		return eventstore.Position{}, err
	}
	return positionOf(e.OriginalEvent()), nil
}

// end is the position of the newest event of $all, ours or not.
func (s *Store) end(ctx context.Context) (end eventstore.Position, err error) {
	err = s.persist(ctx, func(l *link, _ func()) error {
		return s.receive(ctx, l, nil, s.openAll(l, esdb.Backwards, esdb.End{}, 1), func(e *esdb.RecordedEvent) bool {
			end = positionOf(e)
			return true
		})
	})
	return end, err
}

// Head implements eventstore.LogReader: the newest event that a reader sees.
// With other applications in the store it is looked for backwards, no further
// than the newest one seen before.
func (s *Store) Head(ctx context.Context) (eventstore.Head, error) {
	if err := s.ready(ctx); err != nil {
		return eventstore.Head{}, err
	}
	bounded, stop := s.bound(ctx)
	defer stop(nil)
	h := &headSearch{s: s, ctx: bounded, known: s.newest.get(), from: esdb.End{}, count: 1}
	if err := s.persist(bounded, h.attempt); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return eventstore.Head{}, err
	}
	s.newest.raise(h.found)
	return eventstore.Head{Position: h.found}, nil
}

// headSearch looks backwards for the newest visible event: mostly the first one
// is, so it asks for one, then for a page, then for all.
type headSearch struct {
	s             *Store
	ctx           context.Context
	known         eventstore.Position // a visible event, zero if none was met
	from          esdb.AllPosition
	count         uint64
	newest, found eventstore.Position
}

func (h *headSearch) attempt(l *link, progress func()) error {
	for {
		seen := uint64(0)
		err := h.s.receive(h.ctx, l, nil, h.s.openAll(l, esdb.Backwards, h.from, h.count), func(e *esdb.RecordedEvent) bool {
			seen++
			progress()
			return !h.see(e)
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil || seen < h.count {
			return err
		}
		if h.count = h.count * 64; h.count > 64 {
			h.count = everything
		}
	}
}

// see reports whether the search has ended.
func (h *headSearch) see(e *esdb.RecordedEvent) bool {
	p := positionOf(e)
	if h.newest.IsZero() {
		h.newest = p
	}
	h.from = esdb.Position{Commit: e.Position.Commit, Prepare: e.Position.Prepare}
	if _, ours := h.s.visible(e); ours {
		h.found = p
		return true
	}
	// A log that was rolled back ends before what was known of it.
	if p.Compare(h.known) <= 0 && h.newest.Compare(h.known) >= 0 {
		h.found = h.known
		return true
	}
	return false
}

// newest is the position of the newest visible event this store has met.
type newest struct {
	mu sync.Mutex
	at eventstore.Position
}

func (n *newest) get() eventstore.Position {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.at
}

func (n *newest) raise(p eventstore.Position) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p.Compare(n.at) > 0 {
		n.at = p
	}
}
