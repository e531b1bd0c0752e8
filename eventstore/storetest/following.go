package storetest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"zhishu/eventstore"
)

// checkAbandoned lets callers leave while their appends are on the way, and try
// again with the same ids: whatever became of each attempt, every event is there
// once.
func checkAbandoned(t T, f Factory) {
	s := start(t, f)
	const streams, each = 4, 15
	var wg sync.WaitGroup
	for w := range streams {
		wg.Go(func() {
			for i := range each {
				if err := insist(t, s, fmt.Sprintf("person-%d", w), i, event(w*each+i)); err != nil {
					t.Errorf("event %d: %v", i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for w := range streams {
		wantStream(t, s, fmt.Sprintf("person-%d", w), events(w*each, w*each+each))
	}
}

// insist appends with a patience that begins at next to nothing.
func insist(t T, s eventstore.Appender, stream string, count int, e eventstore.Event) error {
	for wait := 20 * time.Microsecond; ; wait *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		_, err := s.Append(ctx, stream, eventstore.After(uint64(count)), []eventstore.Event{e})
		cancel()
		if err == nil || ctx.Err() == nil || wait > 2*patience(t) {
			return err
		}
	}
}

// checkManySubscribers: waiting readers, more than the hundred calls that one
// connection of some stores carries, hinder neither appends nor reads nor each
// other. They begin behind an event of this case: the store may hold much that
// was there before.
func checkManySubscribers(t T, f Factory) {
	const subscribers, before, after = 120, 3, 5
	s := start(t, f)
	first := mustAppend(t, s, "person-1", 0, event(0)).Position
	mustAppend(t, s, "person-1", 1, events(1, before)...)
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	defer cancel()
	var caughtUp, seenAll sync.WaitGroup
	caughtUp.Add(subscribers)
	for range subscribers {
		seenAll.Go(func() {
			n := 1
			for e, err := range s.Subscribe(ctx, first) {
				if err == nil {
					err = compare(e, "person-1", n, event(n))
				}
				if err != nil {
					t.Errorf("a subscriber of many, after %d events: %v", n, err)
					break
				}
				if n++; n == before {
					caughtUp.Done()
				}
				if n == before+after {
					return
				}
			}
			if n < before {
				caughtUp.Done()
			}
		})
	}
	caughtUp.Wait()
	for i := range after {
		if _, err := s.Append(ctx, "person-1", eventstore.After(uint64(before+i)), events(before+i, before+i+1)); err != nil {
			t.Errorf("Append beside %d subscribers: %v", subscribers, err)
			break
		}
	}
	wantStream(t, s, "person-1", events(0, before+after))
	seenAll.Wait()
}

// checkSlowSubscriber: a reader that stands still while much is appended holds
// up nobody, and misses nothing when it goes on.
func checkSlowSubscriber(t T, f Factory) {
	const batches, size = 9, eventstore.MaxBatchEvents
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, event(0))
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	defer cancel()
	n := 0
	for e, err := range s.Subscribe(ctx, eventstore.Position{}) {
		if err != nil {
			t.Fatalf("a slow subscriber, after %d events: %v", n, err)
		}
		stream, revision := "person-1", n
		if n >= 2 {
			stream, revision = fmt.Sprintf("import-%d", (n-2)/size), (n-2)%size
		}
		wantEvent(t, e, stream, revision, event(n))
		if n++; n == 1 {
			mustAppend(t, s, "person-1", 1, event(1))
		}
		if n == 2 { // it is live now
			for b := range batches {
				mustAppend(t, s, fmt.Sprintf("import-%d", b), 0, events(2+b*size, 2+b*size+size)...)
			}
		}
		if n == 2+batches*size {
			break
		}
	}
}

// checkHead: the head is the newest event a reader sees, neither less nor more,
// because readers wait until they have seen it.
func checkHead(t T, f Factory) {
	s := start(t, f)
	want := func(p eventstore.Position) {
		t.Helper()
		head, err := s.Head(t.Context())
		if err != nil || head.Position != p {
			t.Fatalf("Head = %s, %v, want %s", head.Position, err, p)
		}
	}
	want(eventstore.Position{})
	for n := range 40 {
		want(mustAppend(t, s, fmt.Sprintf("person-%d", n%3), uint64(n/3), event(n)).Position)
	}
	all := readAll(t, s, eventstore.Position{})
	want(all[len(all)-1].Position)
}
