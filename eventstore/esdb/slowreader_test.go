package esdb

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
)

// TestSlowConsumer: a subscriber that stands still holds up nobody, and misses
// nothing when it goes on, far behind what the store keeps for it.
func TestSlowConsumer(t *testing.T) {
	const batches, size = 20, 400 // more than the feed keeps
	w := newWorld(t, esdbtest.Options{}, "")
	v := w.watch()
	slow, goOn, started := make(chan error, 1), make(chan struct{}), make(chan struct{})
	go func() { slow <- w.standStill(batches*size, started, goOn) }()
	for b := range batches {
		var events []eventstore.Event
		for i := range size {
			events = append(events, command(0, b*size+i))
		}
		if _, err := w.s.Append(t.Context(), streamName(0), eventstore.After(uint64(b*size)), events); err != nil {
			t.Fatal(err)
		}
		if b == 0 {
			<-started
		}
	}
	v.await(batches * size)
	close(goOn)
	if err := <-slow; err != nil {
		t.Fatal(err)
	}
	if n := w.c.Subscriptions(); n != 1 {
		t.Errorf("the server has %d subscriptions open, want the shared one", n)
	}
}

// TestManySlowReaders: the server takes a hundred calls on a connection; more
// readers than that, standing still far behind, keep no other call out, and each
// goes on where it stood.
func TestManySlowReaders(t *testing.T) {
	const size = 60        // events of 10 KiB
	batches := long(6, 40) // gRPC lets up to 16 MiB travel ahead of a reader
	readers := long(120, 300)
	w := newWorld(t, esdbtest.Options{}, "")
	for b := range batches {
		var events []eventstore.Event
		for i := range size {
			e := command(0, b*size+i)
			e.Data = append(e.Data, bytes.Repeat([]byte(" "), 10<<10)...)
			events = append(events, e)
		}
		if _, err := w.s.Append(t.Context(), streamName(0), eventstore.After(uint64(b*size)), events); err != nil {
			t.Fatal(err)
		}
	}
	started, goOn := make(chan struct{}, readers), make(chan struct{})
	ended := make(chan error, readers)
	for i := range readers {
		read := w.standStill
		if i%3 == 0 {
			read = w.standStillInStream
		}
		go func() {
			told := make(chan struct{})
			go func() { <-told; started <- struct{}{} }()
			ended <- read(batches*size, told, goOn)
		}()
	}
	slowest := time.Duration(0)
	write := func(n int) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := w.s.Append(ctx, streamName(1), eventstore.After(uint64(n)), []eventstore.Event{command(1, n)}); err != nil {
			t.Fatalf("append %d beside slow readers: %v", n, err)
		}
		slowest = max(slowest, time.Since(began))
	}
	n := 0
	for waiting := readers; waiting > 0; {
		select {
		case <-started:
			waiting--
		case <-time.After(50 * time.Millisecond):
			write(n)
			n++
		}
	}
	write(n)
	close(goOn)
	for range readers {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d readers stood still; %d appends meanwhile, the slowest took %v", readers, n+1, slowest)
}

// standStillInStream is standStill for a reader of the stream alone.
func (w world) standStillInStream(n int, started, goOn chan struct{}) error {
	return standStill(w.s.ReadStream(w.Context(), streamName(0), 0, eventstore.Forwards), n, started, goOn)
}

// standStill reads n events of one stream; after the first one it tells and
// waits.
func (w world) standStill(n int, started, goOn chan struct{}) error {
	return standStill(w.s.Subscribe(w.Context(), eventstore.Position{}), n, started, goOn)
}

func standStill(events iter.Seq2[eventstore.Recorded, error], n int, started, goOn chan struct{}) error {
	seen := 0
	for e, err := range events {
		if err == nil && e.Stream != streamName(0) {
			continue
		}
		if err == nil && int(e.Revision) != seen {
			err = fmt.Errorf("revision %d, want %d", e.Revision, seen)
		}
		if err != nil {
			return err
		}
		if seen++; seen == 1 {
			close(started)
			<-goOn
		}
		if seen == n {
			break
		}
	}
	return nil
}
