package esdb

import (
	"context"
	"errors"
	"iter"

	"zhishu/eventstore"
)

// Subscribe implements eventstore.LogReader. It reads from the log up to where
// the shared subscription is and follows that; when it falls too far behind, it
// reads again. It goes on through outages of the store, for as long as ctx lasts
// if need be: Stats and Options.Observe tell of them.
func (s *Store) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if err := s.ready(ctx); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		bounded, stop := s.bound(ctx)
		defer stop(nil)
		s.feed.count(1)
		defer s.feed.count(-1)
		r := &reader{s: s, ctx: bounded, at: after, yield: yield}
		err := r.run()
		if errors.Is(err, errEnough) {
			return
		}
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		yield(eventstore.Recorded{}, err)
	}
}

func (f *feed) count(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readers += n
}

// reader is one caller of Subscribe.
type reader struct {
	s     *Store
	ctx   context.Context
	at    eventstore.Position // the last event yielded
	yield func(eventstore.Recorded, error) bool
}

func (r *reader) run() error {
	for pause := firstPause; ; {
		next, base, err := r.s.feed.join(r.ctx)
		if err == nil {
			err = r.catchUp(base)
		}
		if errors.Is(err, eventstore.ErrUnavailable) { // an outage is not the end of a subscription
			if sleep(r.ctx, jitter(pause)) {
				pause = min(2*pause, longPause)
				continue
			}
		}
		pause = firstPause
		if err == nil {
			err = r.follow(next)
		}
		if !errors.Is(err, errLapped) {
			return r.s.why(r.ctx, err)
		}
	}
}

// catchUp reads the log up to where the feed goes on. A position that the feed
// has not reached was given by an append a moment ago, or is of another log.
func (r *reader) catchUp(base eventstore.Position) error {
	if r.at.Compare(base) > 0 {
		end, err := r.s.end(r.ctx)
		if err != nil {
			return err
		}
		base = end
	}
	return r.s.readTo(r.ctx, r.at, base, func(e eventstore.Recorded) bool {
		r.at = e.Position
		return r.yield(e, nil)
	})
}

func (r *reader) follow(next uint64) error {
	for {
		events, err := r.s.feed.take(r.ctx, next)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			next++
			if e.Position.Compare(r.at) <= 0 {
				continue
			}
			r.at = e.Position
			if !r.yield(e, nil) {
				return errEnough
			}
		}
	}
}
