package storetest

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
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
