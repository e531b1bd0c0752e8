package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"zhishu/eventstore"
)

// unstable swaps two neighbours of the log at every second read.
type unstable struct {
	*Memory
	reads atomic.Int64
}

func (u *unstable) ReadAll(ctx context.Context, after eventstore.Position) sequence {
	events, _, err := u.after(after)
	if err != nil || u.reads.Add(1)%2 == 1 {
		return u.Memory.ReadAll(ctx, after)
	}
	events = slices.Clone(events)
	for i := 1; i < len(events); i++ {
		if events[i-1].Stream != events[i].Stream {
			events[i-1], events[i] = events[i], events[i-1]
			events[i-1].Position, events[i].Position = events[i].Position, events[i-1].Position
			break
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.deliver(ctx, events)
}

func inclusive(_ *Memory, ctx context.Context, after eventstore.Position, read func(context.Context, eventstore.Position) sequence) sequence {
	if hi, lo := after.Parts(); lo > 0 {
		after = eventstore.NewPosition(hi, lo-1)
	}
	return read(ctx, after)
}

func silentBeyond(m *Memory, ctx context.Context, after eventstore.Position, read func(context.Context, eventstore.Position) sequence) sequence {
	if _, _, err := m.after(after); err != nil {
		return func(func(eventstore.Recorded, error) bool) {}
	}
	return read(ctx, after)
}

func missingIsEmpty(m *Memory, ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence {
	if m.count(stream) == 0 {
		return func(func(eventstore.Recorded, error) bool) {}
	}
	return m.ReadStream(ctx, stream, from, dir)
}

func swallow(_ *Memory, ctx context.Context, after eventstore.Position, read func(context.Context, eventstore.Position) sequence) sequence {
	return swallowing(read(ctx, after))
}

func swallowStream(m *Memory, ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence {
	return swallowing(m.ReadStream(ctx, stream, from, dir))
}

// swallowing ends a read silently when it breaks after its first event.
func swallowing(seq sequence) sequence {
	return func(yield func(eventstore.Recorded, error) bool) {
		first := true
		for e, err := range seq {
			if err != nil && !first || !yield(e, err) {
				return
			}
			first = false
		}
	}
}

// deaf reads on whatever becomes of the caller's context.
type deaf struct{ *Memory }

func (d *deaf) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence {
	return d.Memory.ReadStream(context.WithoutCancel(ctx), stream, from, dir)
}

func (d *deaf) ReadAll(ctx context.Context, after eventstore.Position) sequence {
	return d.Memory.ReadAll(context.WithoutCancel(ctx), after)
}

// gappy begins to wait for new events at the head it finds after its catch-up,
// instead of where the catch-up ended.
type gappy struct{ *Memory }

func (g *gappy) Subscribe(ctx context.Context, after eventstore.Position) sequence {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range g.ReadAll(ctx, after) {
			if !yield(e, err) || err != nil {
				return
			}
		}
		head, err := g.Head(ctx)
		if err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		g.Memory.Subscribe(ctx, head.Position)(yield)
	}
}

// loseNewest forgets the newest event each time a store that holds something is
// opened.
func loseNewest(m *Memory) eventstore.Store {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.log); n > 0 {
		stream := m.log[n-1].Stream
		m.log = m.log[:n-1]
		m.streams[stream] = m.streams[stream][:len(m.streams[stream])-1]
	}
	return m
}

// farHead counts an event that readers do not see.
type farHead struct{ *Memory }

func (h *farHead) Head(ctx context.Context) (eventstore.Head, error) {
	head, err := h.Memory.Head(ctx)
	if hi, lo := head.Position.Parts(); err == nil && hi > 0 {
		head.Position = eventstore.NewPosition(hi, lo+1)
	}
	return head, err
}

// crowded has only so many calls at a time, and subscriptions take one each.
type crowded struct {
	*Memory
	free chan struct{}
}

func (c *crowded) Subscribe(ctx context.Context, after eventstore.Position) sequence {
	return func(yield func(eventstore.Recorded, error) bool) {
		select {
		case c.free <- struct{}{}:
			defer func() { <-c.free }()
			c.Memory.Subscribe(ctx, after)(yield)
		case <-ctx.Done():
			yield(eventstore.Recorded{}, ctx.Err())
		}
	}
}

// forgetful keeps only the newest events for a subscriber that waited.
type forgetful struct{ *Memory }

func (f *forgetful) Subscribe(ctx context.Context, after eventstore.Position) sequence {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range f.Memory.Subscribe(ctx, after) {
			if err == nil {
				f.mu.Lock()
				behind := e.Position.Compare(positionOf(len(f.log)-4000)) < 0
				f.mu.Unlock()
				if behind {
					continue
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// hasty writes when its caller has left, and does not know the events again.
type hasty struct{ *Memory }

func (h *hasty) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := h.Memory.Append(ctx, stream, expected, events)
	if err == nil && ctx.Err() != nil || errors.Is(err, eventstore.ErrUnknown) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.add(stream, events)
		return done, fmt.Errorf("%w: %w", eventstore.ErrUnknown, ctx.Err())
	}
	return done, err
}
