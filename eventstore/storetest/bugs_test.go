package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/eventstore"
)

// bug is a store with one seeded bug. The suite is only worth what it finds, so
// its own test runs it against each of these.
type bug struct {
	name string
	// open wraps a correct store; for a restart it is called again with the same
	// one.
	open func(m *Memory) eventstore.Store
}

// bugs are faults that stores, adapters and their drivers really have had.
func bugs() []bug {
	return []bug{
		{"drops the last event of a batch", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: dropLast} }},
		{"writes a batch event by event", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: oneByOne} }},
		{"numbers revisions from 1", func(m *Memory) eventstore.Store { return &altered{Memory: m, each: renumber} }},
		{"writes a retried append again", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: doubleRetry} }},
		{"compares bodies on a retry", func(m *Memory) eventstore.Store { return withRepeats(m, sameBodies) }},
		{"compares only the first id on a retry", func(m *Memory) eventstore.Store { return withRepeats(m, sameFirstID) }},
		{"forgets ids at a restart", func(m *Memory) eventstore.Store { return forgetIDs(m) }},
		{"ignores the expected revision", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: ignoreExpected} }},
		{"answers success to a wrong revision", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: falseSuccess} }},
		{"accepts an append without expectation", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: assumeExpected} }},
		{"names a wrong actual revision", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: wrongActual} }},
		{"accepts any batch size", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: noLimits} }},
		{"accepts any name", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: anyName} }},
		{"calls an expired deadline a refusal", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: deadlineRefused} }},
		{"keeps the caller's slices", func(m *Memory) eventstore.Store { return aliasing(m) }},
		{"ignores the case of names", func(m *Memory) eventstore.Store { return &altered{Memory: m, append: lowerCase} }},
		{"matches names by prefix", func(m *Memory) eventstore.Store { return &altered{Memory: m, stream: byPrefix} }},
		{"truncates metadata", func(m *Memory) eventstore.Store { return &altered{Memory: m, each: truncateMetadata} }},
		{"repairs invalid text", func(m *Memory) eventstore.Store { return &altered{Memory: m, each: repairText} }},
		{"changes the order between reads", func(m *Memory) eventstore.Store { return &unstable{Memory: m} }},
		{"resumes inclusively", func(m *Memory) eventstore.Store { return &altered{Memory: m, all: inclusive} }},
		{"is silent beyond the head", func(m *Memory) eventstore.Store { return &altered{Memory: m, all: silentBeyond} }},
		{"takes a missing stream for an empty one", func(m *Memory) eventstore.Store { return &altered{Memory: m, stream: missingIsEmpty} }},
		{"ends a broken read as if it were complete", func(m *Memory) eventstore.Store { return &altered{Memory: m, all: swallow, stream: swallowStream} }},
		{"ignores cancellation", func(m *Memory) eventstore.Store { return &deaf{Memory: m} }},
		{"misses events between catch-up and live", func(m *Memory) eventstore.Store { return &gappy{Memory: m} }},
		{"reports a head that nobody sees", func(m *Memory) eventstore.Store { return &farHead{m} }},
		{"serves a hundred subscribers", func(m *Memory) eventstore.Store { return &crowded{Memory: m, free: make(chan struct{}, 100)} }},
		{"drops events for a slow subscriber", func(m *Memory) eventstore.Store { return &forgetful{m} }},
		{"writes again after its caller left", func(m *Memory) eventstore.Store { return &hasty{Memory: m} }},
		{"loses the newest event at a restart", func(m *Memory) eventstore.Store { return loseNewest(m) }},
	}
}

type (
	sequence = iter.Seq2[eventstore.Recorded, error]

	appendFunc func(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error)
	streamFunc func(m *Memory, ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence
	allFunc    func(m *Memory, ctx context.Context, after eventstore.Position, read func(context.Context, eventstore.Position) sequence) sequence
)

// altered replaces single methods of a correct store.
type altered struct {
	*Memory
	append appendFunc
	stream streamFunc
	all    allFunc // of ReadAll and Subscribe
	each   func(e eventstore.Recorded) eventstore.Recorded
}

func (a *altered) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if a.append == nil {
		return a.Memory.Append(ctx, stream, expected, events)
	}
	return a.append(a.Memory, ctx, stream, expected, events)
}

func (a *altered) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence {
	if a.stream == nil {
		return a.mapped(a.Memory.ReadStream(ctx, stream, from, dir))
	}
	return a.stream(a.Memory, ctx, stream, from, dir)
}

func (a *altered) ReadAll(ctx context.Context, after eventstore.Position) sequence {
	if a.all == nil {
		return a.mapped(a.Memory.ReadAll(ctx, after))
	}
	return a.all(a.Memory, ctx, after, a.Memory.ReadAll)
}

func (a *altered) Subscribe(ctx context.Context, after eventstore.Position) sequence {
	if a.all == nil {
		return a.mapped(a.Memory.Subscribe(ctx, after))
	}
	return a.all(a.Memory, ctx, after, a.Memory.Subscribe)
}

func (a *altered) mapped(seq sequence) sequence {
	if a.each == nil {
		return seq
	}
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range seq {
			if err == nil {
				e = a.each(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func dropLast(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events[:max(min(1, len(events)), len(events)-1)])
	if err == nil && len(events) > 1 {
		done.Revision++
	}
	return done, err
}

func oneByOne(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return eventstore.Appended{}, err
	}
	var done eventstore.Appended
	n, _ := expected.Count()
	for i := range events {
		var err error
		if done, err = m.Append(ctx, stream, expected, events[i:i+1]); err != nil {
			return done, err
		}
		expected = eventstore.After(n + uint64(i) + 1)
	}
	return done, nil
}

func renumber(e eventstore.Recorded) eventstore.Recorded {
	e.Revision++
	return e
}

// count is how many events a stream holds now.
func (m *Memory) count(stream string) uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.streams[stream]))
}

func doubleRetry(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	n, _ := expected.Count()
	done, err := m.Append(ctx, stream, expected, events)
	if err == nil && uint64(done.Revision)+1 < m.count(stream) || err == nil && n+uint64(len(events)) < m.count(stream) {
		return m.Append(ctx, stream, eventstore.After(m.count(stream)), events)
	}
	return done, err
}

func withRepeats(m *Memory, repeats func([]eventstore.Recorded, []eventstore.Event) bool) *Memory {
	m.repeats = repeats
	return m
}

func sameBodies(stored []eventstore.Recorded, events []eventstore.Event) bool {
	if !sameIDs(stored, events) {
		return false
	}
	for i := range events {
		if !bytes.Equal(stored[i].Data, events[i].Data) || !bytes.Equal(stored[i].Metadata, events[i].Metadata) {
			return false
		}
	}
	return true
}

func sameFirstID(stored []eventstore.Recorded, events []eventstore.Event) bool {
	return len(stored) >= len(events) && stored[0].ID == events[0].ID
}

// forgetIDs compares ids only with events that were appended since it was
// opened.
func forgetIDs(m *Memory) eventstore.Store {
	m.mu.Lock()
	defer m.mu.Unlock()
	opened := len(m.log)
	m.repeats = func(stored []eventstore.Recorded, events []eventstore.Event) bool {
		return sameIDs(stored, events) && stored[0].Position.Compare(positionOf(opened)) >= 0
	}
	return m
}

func ignoreExpected(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events)
	var conflict *eventstore.Conflict
	if errors.As(err, &conflict) {
		return m.Append(ctx, stream, conflict.Actual, events)
	}
	return done, err
}

func falseSuccess(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events)
	var conflict *eventstore.Conflict
	if errors.As(err, &conflict) {
		return done, nil
	}
	return done, err
}

func assumeExpected(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if _, stated := expected.Count(); !stated {
		expected = eventstore.After(m.count(stream))
	}
	return m.Append(ctx, stream, expected, events)
}

func wrongActual(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events)
	var conflict *eventstore.Conflict
	if errors.As(err, &conflict) {
		wrong := *conflict
		wrong.Actual = expected
		return done, &wrong
	}
	return done, err
}

func noLimits(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events)
	if errors.Is(err, eventstore.ErrBatchTooLarge) {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.add(stream, events), nil
	}
	return done, err
}

func anyName(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := m.Append(ctx, stream, expected, events)
	if errors.Is(err, eventstore.ErrStreamName) {
		m.mu.Lock()
		defer m.mu.Unlock()
		return m.add(stream, events), nil
	}
	return done, err
}

func deadlineRefused(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if err := ctx.Err(); err != nil {
		return eventstore.Appended{}, err
	}
	return m.Append(ctx, stream, expected, events)
}

func aliasing(m *Memory) *Memory {
	m.keep = func(b []byte) []byte { return b }
	return m
}

func lowerCase(m *Memory, ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	return m.Append(ctx, strings.ToLower(stream), expected, events)
}

func byPrefix(m *Memory, ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) sequence {
	m.mu.Lock()
	var names []string
	for name := range m.streams {
		if strings.HasPrefix(name, stream) {
			names = append(names, name)
		}
	}
	m.mu.Unlock()
	if len(names) == 0 {
		return failing(eventstore.ErrStreamNotFound)
	}
	return m.ReadStream(ctx, slices.Max(names), from, dir)
}

func truncateMetadata(e eventstore.Recorded) eventstore.Recorded {
	e.Metadata = e.Metadata[:min(len(e.Metadata), 64<<10)]
	return e
}

func repairText(e eventstore.Recorded) eventstore.Recorded {
	e.Data = bytes.ToValidUTF8(e.Data, []byte("\ufffd"))
	return e
}

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

// findings runs the suite against a bug and returns the cases that failed.
func findings(ctx context.Context, b bug, tempDir func() string, wait time.Duration) []string {
	var mu sync.Mutex
	var failed []string
	var running sync.WaitGroup
	for _, c := range Cases() {
		running.Go(func() {
			r := &recorder{ctx: ctx, tempDir: tempDir, wait: wait}
			r.run(func() {
				c.Check(r, func(T) func() (eventstore.Store, error) {
					m := NewMemory()
					return func() (eventstore.Store, error) {
						m.Reopen()
						return b.open(m), nil
					}
				})
			})
			if r.failed() {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, c.Name)
			}
		})
	}
	running.Wait()
	slices.Sort(failed)
	return failed
}
