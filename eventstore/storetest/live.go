package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhishu/eventstore"
)

func checkSubscription(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, events(0, 3)...)
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	defer cancel()
	n := 0
	for e, err := range s.Subscribe(ctx, eventstore.Position{}) {
		if err != nil {
			t.Fatalf("after %d events: %v", n, err)
		}
		wantEvent(t, e, "person-1", n, event(n))
		if n++; n == 10 {
			break
		}
		if n >= 3 { // it has caught up: the next event is appended while it waits
			go func(n int) { _, _ = s.Append(ctx, "person-1", eventstore.After(uint64(n)), events(n, n+1)) }(n)
		}
	}
}

// checkSwitch appends from within the catch-up, at each of its events: the
// subscription must show what came while it read.
func checkSwitch(t T, f Factory) {
	s := start(t, f)
	const before, during = 20, 60
	mustAppend(t, s, "person-1", 0, events(0, before)...)
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	defer cancel()
	n := 0
	for e, err := range s.Subscribe(ctx, eventstore.Position{}) {
		if err != nil {
			t.Fatalf("after %d of %d events: %v", n, before+during, err)
		}
		wantEvent(t, e, "person-1", n, event(n))
		if n < during {
			mustAppend(t, s, "person-1", uint64(before+n), event(before+n))
		}
		if n++; n == before+during {
			break
		}
	}
	if got := len(readAll(t, s, eventstore.Position{})); got != before+during {
		t.Fatalf("the log holds %d events, want %d", got, before+during)
	}
}

func checkCancellation(t T, f Factory) {
	s := start(t, f)
	const n = 500
	for i := range n {
		mustAppend(t, s, "person-1", uint64(i), event(i))
	}
	reads := map[string]func(context.Context) func(func(eventstore.Recorded, error) bool){
		"ReadAll": func(ctx context.Context) func(func(eventstore.Recorded, error) bool) {
			return s.ReadAll(ctx, eventstore.Position{})
		},
		"ReadStream": func(ctx context.Context) func(func(eventstore.Recorded, error) bool) {
			return s.ReadStream(ctx, "person-1", 0, eventstore.Forwards)
		},
		"Subscribe": func(ctx context.Context) func(func(eventstore.Recorded, error) bool) {
			return s.Subscribe(ctx, eventstore.Position{})
		},
	}
	for name, read := range reads {
		within(t, name+" under a cancelled context", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return wantCancelled(firstError(read(ctx)))
		})
		within(t, name+" cancelled after its first event", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			got := 0
			for _, err := range read(ctx) {
				if err != nil {
					return wantCancelled(got, err)
				}
				got++
				cancel()
			}
			return wantCancelled(got, nil)
		})
	}
	within(t, "Subscribe that waits", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		n, err := firstError(s.Subscribe(ctx, eventstore.Position{}))
		if !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("past its deadline: %d events, then %v", n, err)
		}
		return nil
	})
}

func wantCancelled(n int, err error) error {
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("%d events, then %v, want %v", n, err, context.Canceled)
	}
	return nil
}

// checkOneStream lets writers race for one stream: of those that expect one
// revision exactly one wins, and what the winners wrote is the stream.
func checkOneStream(t T, f Factory) {
	s := start(t, f)
	const writers, rounds = 8, 15
	for round := range rounds {
		var wg sync.WaitGroup
		wins := make([]bool, writers)
		for w := range writers {
			wg.Go(func() {
				_, err := s.Append(t.Context(), "person-1", eventstore.After(uint64(round)), []eventstore.Event{event(round*writers + w)})
				var conflict *eventstore.Conflict
				switch {
				case err == nil:
					wins[w] = true
				case !errors.As(err, &conflict):
					t.Errorf("writer %d: %v", w, err)
				case conflict.Actual != eventstore.Exactly(eventstore.Revision(round)):
					t.Errorf("writer %d: %v, want to find revision %d", w, conflict, round)
				}
			})
		}
		wg.Wait()
		stream := readStream(t, s, "person-1", 0, eventstore.Forwards)
		if len(stream) != round+1 {
			t.Fatalf("after round %d the stream has %d events", round, len(stream))
		}
		for w, won := range wins {
			if is := stream[round].ID == event(round*writers+w).ID; is != won {
				t.Fatalf("round %d: writer %d was told %v, the stream says %v", round, w, won, is)
			}
		}
	}
}

// checkManyStreams lets writers append side by side while a subscription
// watches: all see one order.
func checkManyStreams(t T, f Factory) {
	s := start(t, f)
	const writers, each = 16, 12
	name := func(w int) string { return fmt.Sprintf("person-%d", w) }
	var wg sync.WaitGroup
	last := make([]eventstore.Appended, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				var err error
				n := (w*each + i) * 2
				if last[w], err = s.Append(t.Context(), name(w), eventstore.After(uint64(2*i)), events(n, n+2)); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	live := take(t, s, eventstore.Position{}, writers*each*2)
	wg.Wait()
	all := readAll(t, s, eventstore.Position{})
	wantSame(t, "the subscription beside ReadAll", live, all)
	next := make([]int, writers)
	for i, e := range all {
		var w int
		if _, err := fmt.Sscanf(e.Stream, "person-%d", &w); err != nil || w < 0 || w >= writers {
			t.Fatalf("event of %q", e.Stream)
		}
		wantEvent(t, e, name(w), next[w], event(w*each*2+next[w]))
		if next[w]%2 == 1 && (all[i-1].Stream != e.Stream || all[i-1].Revision+1 != e.Revision) {
			t.Fatalf("another append stands within a batch, before %q revision %d", e.Stream, e.Revision)
		}
		if next[w]++; next[w] == 2*each && e.Position != last[w].Position {
			t.Errorf("writer %d was told %s, the log says %s", w, last[w].Position, e.Position)
		}
	}
}

func checkRestart(t T, f Factory) {
	open := f(t)
	s := reopen(t, open)
	n := fill(t, s)
	before := readAll(t, s, eventstore.Position{})
	first := before[0]
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatalf("Close = %v", err)
		}
		s = reopen(t, open)
		wantSame(t, "ReadAll after a restart", readAll(t, s, eventstore.Position{}), before)
		wantSame(t, "resume after a restart", readAll(t, s, before[n/2].Position), before[n/2+1:])
		// Idempotency survives: the first append of the first stream, once more.
		got := mustAppend(t, s, first.Stream, 0, first.Event)
		if got.Position != first.Position {
			t.Fatalf("re-append after a restart: %s, want %s", got.Position, first.Position)
		}
		_, err := s.Append(t.Context(), first.Stream, eventstore.NoStream(), events(9000, 9001))
		var conflict *eventstore.Conflict
		if !errors.As(err, &conflict) {
			t.Fatalf("Append to an existing stream after a restart: %v", err)
		}
		head, err := s.Head(t.Context())
		if err != nil || head.Position.Compare(before[len(before)-1].Position) < 0 {
			t.Fatalf("Head after a restart = %s, %v", head.Position, err)
		}
		count, _ := conflict.Actual.Count()
		mustAppend(t, s, first.Stream, count, events(n, n+2)...)
		after := readAll(t, s, eventstore.Position{})
		wantSame(t, "the log before the restart's append", after[:n], before)
		before, n = after, n+2
	}
}

func checkClose(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, event(0))
	waiting := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		for _, err := range s.Subscribe(t.Context(), eventstore.Position{}) {
			if err != nil {
				waiting <- err
				return
			}
			close(ready)
		}
		waiting <- nil
	}()
	within(t, "Close beside a subscription", func() error {
		<-ready
		if err := s.Close(); err != nil {
			return err
		}
		if err := <-waiting; !errors.Is(err, eventstore.ErrClosed) {
			return fmt.Errorf("the subscription ended with %v, want %v", err, eventstore.ErrClosed)
		}
		return nil
	})
	_, err := s.Head(t.Context())
	wantError(t, "Head after Close", err, eventstore.ErrClosed)
	_, err = s.Append(t.Context(), "person-1", eventstore.Exactly(0), events(1, 2))
	wantError(t, "Append after Close", err, eventstore.ErrClosed)
	n, err := firstError(s.ReadAll(t.Context(), eventstore.Position{}))
	wantError(t, fmt.Sprintf("ReadAll after Close, with %d events", n), err, eventstore.ErrClosed)
	n, err = firstError(s.ReadStream(t.Context(), "person-1", 0, eventstore.Forwards))
	wantError(t, fmt.Sprintf("ReadStream after Close, with %d events", n), err, eventstore.ErrClosed)
	if err := s.Close(); err != nil {
		t.Errorf("a second Close = %v", err)
	}
}
