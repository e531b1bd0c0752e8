package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"zhishu/eventstore"
)

func checkReadStream(t T, f Factory) {
	s := start(t, f)
	const n = 60
	count := 0
	for size := 1; count < n; size = size%7 + 1 { // batches of 1 to 7
		to := min(count+size, n)
		mustAppend(t, s, "person-1", uint64(count), events(count, to)...)
		mustAppend(t, s, fmt.Sprintf("noise-%d", count), 0, event(1000+count))
		count = to
	}
	for from := range n + 2 {
		got := readStream(t, s, "person-1", eventstore.Revision(from), eventstore.Forwards)
		if want := max(n-from, 0); len(got) != want {
			t.Fatalf("forwards from %d: %d events, want %d", from, len(got), want)
		}
		for i, e := range got {
			wantEvent(t, e, "person-1", from+i, event(from+i))
		}
		got = readStream(t, s, "person-1", eventstore.Revision(from), eventstore.Backwards)
		newest := min(from, n-1)
		if len(got) != newest+1 {
			t.Fatalf("backwards from %d: %d events, want %d", from, len(got), newest+1)
		}
		for i, e := range got {
			wantEvent(t, e, "person-1", newest-i, event(newest-i))
		}
	}
	if got := readStream(t, s, "person-1", eventstore.Last, eventstore.Forwards); len(got) != 0 {
		t.Errorf("forwards from the last possible revision: %d events", len(got))
	}
	for e, err := range s.ReadStream(t.Context(), "person-1", eventstore.Last, eventstore.Backwards) {
		if err != nil {
			t.Fatalf("the newest event: %v", err)
		}
		wantEvent(t, e, "person-1", n-1, event(n-1))
		break // a reader may stop at any time
	}
}

func checkMissingStream(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, event(0))
	for _, dir := range []eventstore.Direction{eventstore.Forwards, eventstore.Backwards} {
		for _, from := range []eventstore.Revision{0, 1, eventstore.Last} {
			n, err := firstError(s.ReadStream(t.Context(), "person-2", from, dir))
			wantError(t, "ReadStream of a missing stream", err, eventstore.ErrStreamNotFound)
			if n != 0 {
				t.Errorf("a missing stream gave %d events", n)
			}
		}
	}
}

// fill appends to several streams in turn and returns how many events there
// are.
func fill(t T, s eventstore.Store) int {
	t.Helper()
	n := 0
	for round := range 20 {
		for stream := range 5 {
			size := (round+stream)%3 + 1
			before := 0
			for r := range round {
				before += (r+stream)%3 + 1
			}
			mustAppend(t, s, fmt.Sprintf("person-%d", stream), uint64(before), events(n, n+size)...)
			n += size
		}
	}
	return n
}

func checkOrder(t T, f Factory) {
	s := start(t, f)
	n := fill(t, s)
	all := readAll(t, s, eventstore.Position{})
	if len(all) != n {
		t.Fatalf("ReadAll: %d events, want %d", len(all), n)
	}
	next := make(map[string]eventstore.Revision)
	for i, e := range all {
		wantEvent(t, e, e.Stream, int(next[e.Stream]), event(i))
		next[e.Stream]++
		if i > 0 && e.Position.Compare(all[i-1].Position) <= 0 || e.Position.IsZero() {
			t.Fatalf("position %s after %s", e.Position, all[i-1].Position)
		}
	}
	for range 3 {
		wantSame(t, "ReadAll again", readAll(t, s, eventstore.Position{}), all)
	}
	for stream := range next {
		var of []eventstore.Recorded
		for _, e := range all {
			if e.Stream == stream {
				of = append(of, e)
			}
		}
		wantSame(t, "stream "+stream+" beside the log", readStream(t, s, stream, 0, eventstore.Forwards), of)
	}
}

func checkResume(t T, f Factory) {
	s := start(t, f)
	fill(t, s)
	all := readAll(t, s, eventstore.Position{})
	for i, e := range all {
		if i > 30 && i < len(all)-30 && i%5 != 0 { // enough places within batches and between them
			continue
		}
		token, err := eventstore.ParsePosition(e.Position.String())
		if err != nil {
			t.Fatalf("position %s: %v", e.Position, err)
		}
		wantSame(t, fmt.Sprintf("ReadAll after event %d", i), readAll(t, s, token), all[i+1:])
	}
	for i := 0; i < len(all); i += 17 {
		wantSame(t, fmt.Sprintf("Subscribe after event %d", i), take(t, s, all[i].Position, len(all)-i-1), all[i+1:])
	}
}

// take reads n events from a subscription.
func take(t T, s eventstore.LogReader, after eventstore.Position, n int) []eventstore.Recorded {
	t.Helper()
	var got []eventstore.Recorded
	if n == 0 {
		return got
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	defer cancel()
	for e, err := range s.Subscribe(ctx, after) {
		if err != nil {
			t.Fatalf("Subscribe after %s: %v, with %d of %d events seen", after, err, len(got), n)
		}
		if got = append(got, e); len(got) == n {
			break
		}
	}
	return got
}

func checkBeyond(t T, f Factory) {
	s := start(t, f)
	try := func(after eventstore.Position) {
		t.Helper()
		n, err := firstError(s.ReadAll(t.Context(), after))
		wantError(t, fmt.Sprintf("ReadAll after %s, beyond the head, with %d events", after, n), err, eventstore.ErrPositionBeyondHead)
		ctx, cancel := context.WithTimeout(t.Context(), patience(t))
		defer cancel()
		n, err = firstError(s.Subscribe(ctx, after))
		wantError(t, fmt.Sprintf("Subscribe after %s, beyond the head, with %d events", after, n), err, eventstore.ErrPositionBeyondHead)
	}
	try(eventstore.NewPosition(1<<40, 1<<40))
	last := mustAppend(t, s, "person-1", 0, events(0, 3)...)
	hi, lo := last.Position.Parts()
	try(eventstore.NewPosition(hi+1<<20, lo+1<<20))
	if got := readAll(t, s, last.Position); len(got) != 0 {
		t.Errorf("%d events after the head", len(got))
	}
}

// checkInterrupted closes the store under a read: whatever the reader got, an
// end without an error means that it got everything.
func checkInterrupted(t T, f Factory) {
	const n = 400
	for _, kind := range []string{"ReadAll", "ReadStream", "Subscribe"} {
		s := start(t, f)
		for i := 0; i < n; i += 20 {
			mustAppend(t, s, "person-1", uint64(i), events(i, i+20)...)
		}
		seq := map[string]func(func(eventstore.Recorded, error) bool){
			"ReadAll":    s.ReadAll(t.Context(), eventstore.Position{}),
			"ReadStream": s.ReadStream(t.Context(), "person-1", 0, eventstore.Forwards),
			"Subscribe":  s.Subscribe(t.Context(), eventstore.Position{}),
		}[kind]
		within(t, kind+" under Close", func() error {
			got, err := readUnderClose(t.Context(), s, seq)
			if err == nil && (got < n || kind == "Subscribe") {
				return fmt.Errorf("ended without an error after %d of %d events", got, n)
			}
			if err != nil && !errors.Is(err, eventstore.ErrClosed) {
				return err
			}
			return nil
		})
	}
}

// readUnderClose reads event(0), event(1) … of person-1 and closes the store
// after the first.
func readUnderClose(ctx context.Context, s eventstore.Store, seq func(func(eventstore.Recorded, error) bool)) (got int, failed error) {
	closed := make(chan error, 1)
	for e, err := range seq {
		if err == nil {
			err = compare(e, "person-1", got, event(got))
		}
		if failed = err; failed != nil {
			break
		}
		switch got++; got {
		case 1:
			// From another goroutine: a store may wait for its readers.
			go func() { closed <- s.Close() }()
		case 2:
			waitClosed(ctx, s)
		}
	}
	if err := <-closed; err != nil {
		return got, err
	}
	return got, failed
}

// waitClosed returns once the store refuses appends because it is closed. What
// it tries to append is never accepted.
func waitClosed(ctx context.Context, s eventstore.Appender) {
	for {
		_, err := s.Append(ctx, "noise-1", eventstore.Exactly(eventstore.Last), events(0, 1))
		if errors.Is(err, eventstore.ErrClosed) || ctx.Err() != nil {
			return
		}
		runtime.Gosched()
	}
}
