package esdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"zhishu/eventstore"
)

var errDeleted = fmt.Errorf("%w: the stream was deleted in EventStoreDB", eventstore.ErrCorrupt)

// everything is the count of a read without one; the server counts in 63 bits.
const everything = math.MaxInt64

// ReadStream implements eventstore.StreamReader. A read that breaks goes on
// where it broke, on another connection.
func (s *Store) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return s.readStream(ctx, stream, from, dir, everything)
}

func (s *Store) readStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction, count uint64) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if err := s.ready(ctx); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		if !eventstore.ValidStream(stream) {
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
			return
		}
		bounded, stop := s.bound(ctx)
		defer stop(nil)
		r := &streamRead{s: s, ctx: bounded, stream: stream, dir: dir, next: from, left: count, yield: yield}
		if err := s.persist(bounded, r.attempt); err != nil && !errors.Is(err, errEnough) {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(eventstore.Recorded{}, err)
		}
	}
}

// streamRead is one read of one stream, across connections.
type streamRead struct {
	s      *Store
	ctx    context.Context
	stream string
	dir    eventstore.Direction
	next   eventstore.Revision // where to go on
	left   uint64
	seen   bool // next follows from an event that was yielded
	done   bool // backwards: revision 0 was yielded
	slow   bool // it was paused, and takes turns from now on
	yield  func(eventstore.Recorded, error) bool
}

func (r *streamRead) attempt(l *link, progress func()) error {
	if r.left == 0 || r.done {
		return nil
	}
	if r.dir == eventstore.Forwards && r.next > math.MaxInt64 {
		return r.exists(l)
	}
	var turn *turn
	if r.slow {
		var err error
		if turn, err = r.s.turns.take(r.ctx, progress); err != nil {
			return err
		}
	}
	var fault error
	err := r.s.receive(r.ctx, l, turn, r.open(l), func(e *esdb.RecordedEvent) bool {
		if fault = r.ready(e); fault != nil {
			return false
		}
		rec, _ := r.s.visible(e)
		more := r.yield(rec, nil)
		progress() // the reader's time does not count
		return more
	})
	r.slow = r.slow || errors.Is(err, errPaused)
	switch {
	case fault != nil:
		return fault
	case err == nil && r.left > 0:
		return r.complete()
	}
	return err
}

func (r *streamRead) open(l *link) opener {
	deadline := farAway
	o := esdb.ReadStreamOptions{Direction: esdb.Forwards, From: esdb.Revision(uint64(r.next)), ResolveLinkTos: false, Deadline: &deadline, RequiresLeader: r.s.leader}
	if r.dir == eventstore.Backwards {
		o.Direction = esdb.Backwards
		if r.next > math.MaxInt64 {
			o.From = esdb.End{}
		}
	}
	return func(ctx context.Context) (*esdb.ReadStream, error) {
		return l.client.ReadStream(ctx, r.s.physical(r.stream), o, r.left)
	}
}

// ready checks an event against the one before it, and moves on behind it: a
// stream has no gap, and nobody may have truncated it.
func (r *streamRead) ready(e *esdb.RecordedEvent) error {
	if err := r.ctx.Err(); err != nil {
		return r.s.why(r.ctx, err)
	}
	revision := eventstore.Revision(e.EventNumber)
	gap := revision != r.next
	if r.dir == eventstore.Backwards && !r.seen {
		gap = revision > r.next
	}
	if gap {
		return fmt.Errorf("%w: stream %s has revision %d where %d belongs: was it truncated?", eventstore.ErrCorrupt, r.stream, revision, r.next)
	}
	r.seen = true
	r.left--
	if r.dir == eventstore.Forwards {
		r.next = revision + 1
	} else {
		r.next, r.done = revision-1, revision == 0
	}
	return nil
}

// complete checks the end of a read.
func (r *streamRead) complete() error {
	missing := r.dir == eventstore.Backwards && !r.done || r.dir == eventstore.Forwards && r.next == 0
	if missing {
		return fmt.Errorf("%w: stream %s does not begin at revision 0: was it truncated?", eventstore.ErrCorrupt, r.stream)
	}
	return nil
}

// exists answers a read from beyond every possible revision: nothing, if there
// is such a stream.
func (r *streamRead) exists(l *link) error {
	deadline := farAway
	return r.s.receive(r.ctx, l, nil, func(ctx context.Context) (*esdb.ReadStream, error) {
		return l.client.ReadStream(ctx, r.s.physical(r.stream), esdb.ReadStreamOptions{
			Direction: esdb.Backwards, From: esdb.End{}, ResolveLinkTos: false, Deadline: &deadline, RequiresLeader: r.s.leader,
		}, 1)
	}, func(*esdb.RecordedEvent) bool { return true })
}
