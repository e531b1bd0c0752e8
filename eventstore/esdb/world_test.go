package esdb

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
)

var soak = flag.Bool("soak", false, "run the long campaigns")

// long is n under -soak, and short otherwise.
func long[T any](short, n T) T {
	if *soak {
		return n
	}
	return short
}

// world is a server, a store on it, and a check that nothing of both is left.
type world struct {
	*testing.T
	c *esdbtest.Cluster
	s *Store
}

func newWorld(t *testing.T, o esdbtest.Options, prefix string) world {
	t.Helper()
	running := goleak.IgnoreCurrent()
	c, err := esdbtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	var said deadRedirects
	s, err := Open(t.Context(), c.URL(), Options{Prefix: prefix, Logger: slog.New(&said)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		c.Close()
		if n := said.n.Load(); n > 0 {
			t.Logf("the client was sent %d times to a leader that went away meanwhile, and left those connections open", n)
			return
		}
		goleak.VerifyNone(t, running)
	})
	return world{t, c, s}
}

// deadRedirects counts how often the client left a connection behind: when a node
// names a leader that goes away before it answers, the client drops the new
// connection without closing it, and nobody else can.
type deadRedirects struct{ n atomic.Int64 }

func (d *deadRedirects) Enabled(context.Context, slog.Level) bool { return true }
func (d *deadRedirects) WithAttrs([]slog.Attr) slog.Handler       { return d }
func (d *deadRedirects) WithGroup(string) slog.Handler            { return d }
func (d *deadRedirects) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if strings.HasPrefix(a.Value.String(), "exception when fetching server features from suggested node") {
			d.n.Add(1)
		}
		return true
	})
	return nil
}

// command is the n-th event of a stream; its id follows from both.
func command(stream, n int) eventstore.Event {
	var id eventstore.ID
	binary.BigEndian.PutUint32(id[:], uint32(stream)+1)
	binary.BigEndian.PutUint32(id[4:], uint32(n))
	return eventstore.Event{ID: id, Type: "claimed", Data: fmt.Appendf(nil, `{"n":%d}`, n), Metadata: []byte(`{}`)}
}

func streamName(i int) string { return fmt.Sprintf("person-%d", i) }

// insist appends until the outcome is known, as a caller with a key does: the
// same ids, the same expected revision.
func insist(ctx context.Context, s eventstore.Appender, stream, n int) (tries int, err error) {
	for {
		tries++
		_, err := s.Append(ctx, streamName(stream), eventstore.After(uint64(n)), []eventstore.Event{command(stream, n)})
		if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, eventstore.ErrUnavailable) || ctx.Err() != nil {
			return tries, err
		}
	}
}

// watcher follows the log and checks that no revision is missing, doubled or out
// of place.
type watcher struct {
	world
	seen   atomic.Int64
	failed chan error
}

func (w world) watch() *watcher {
	v := &watcher{world: w, failed: make(chan error, 1)}
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan struct{})
	w.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		next := make(map[string]int)
		for e, err := range w.s.Subscribe(ctx, eventstore.Position{}) {
			if err == nil && int(e.Revision) != next[e.Stream] {
				err = fmt.Errorf("%s revision %d, want %d", e.Stream, e.Revision, next[e.Stream])
			}
			if err != nil {
				v.failed <- err
				return
			}
			next[e.Stream]++
			v.seen.Add(1)
		}
	}()
	return v
}

// await waits until the watcher has seen n events, within the target of ten
// seconds.
func (v *watcher) await(n int) {
	v.Helper()
	began := time.Now()
	for v.seen.Load() < int64(n) {
		select {
		case err := <-v.failed:
			v.Fatalf("the subscription: %v", err)
		case <-time.After(time.Millisecond):
		}
		if time.Since(began) > 10*time.Second {
			v.Fatalf("after 10 s the subscription has seen %d of %d events: %+v", v.seen.Load(), n, v.s.Stats())
		}
	}
	if d := time.Since(began); d > time.Second {
		v.Logf("backlog drained in %v", d.Round(time.Millisecond))
	}
}

// live waits until the shared subscription follows the log.
func (w world) live() {
	for !w.s.Stats().Live {
		<-time.After(time.Millisecond)
	}
}

// writers append to a stream each, whatever happens.
type writers struct {
	wg     sync.WaitGroup
	stop   atomic.Bool
	counts []int
}

// write appends each events to every stream; with none it goes on until end.
func (w world) write(streams, each int) *writers {
	a := &writers{counts: make([]int, streams)}
	for i := range streams {
		a.wg.Go(func() {
			for n := 0; (each == 0 || n < each) && !a.stop.Load(); n++ {
				if _, err := insist(w.Context(), w.s, i, n); err != nil {
					w.Errorf("%s revision %d: %v", streamName(i), n, err)
					return
				}
				a.counts[i]++
			}
		})
	}
	return a
}

// end lets the writers finish what they are at and returns how many events they
// have written in all.
func (a *writers) end() (total int) {
	a.stop.Store(true)
	a.wg.Wait()
	for _, n := range a.counts {
		total += n
	}
	return total
}

// whole checks the server's log itself: every command once, in order.
func (w world) whole(counts []int) {
	w.Helper()
	next := make([]int, len(counts))
	for _, e := range w.c.Events() {
		var i int
		if _, err := fmt.Sscanf(strings.TrimPrefix(e.Stream, w.s.opt.Prefix), "person-%d", &i); err != nil {
			w.Fatalf("event of %q", e.Stream)
		}
		if e.ID != command(i, next[i]).ID {
			w.Fatalf("%s revision %d is not command %d", e.Stream, e.Revision, next[i])
		}
		next[i]++
	}
	if !slices.Equal(next, counts) {
		w.Fatalf("the streams hold %v events, want %v", next, counts)
	}
}

// lateTimers tells, when it is stopped, by how much a timer of this machine was
// late at most: other programs run on it too.
func lateTimers() (stop func() time.Duration) {
	done, most := make(chan struct{}), make(chan time.Duration)
	go func() {
		const every = 5 * time.Millisecond
		worst := time.Duration(0)
		for {
			began := time.Now()
			select {
			case <-time.After(every):
				worst = max(worst, time.Since(began)-every)
			case <-done:
				most <- worst
				return
			}
		}
	}()
	return func() time.Duration { close(done); return <-most }
}
