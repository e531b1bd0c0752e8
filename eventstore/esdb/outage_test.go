package esdb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

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

// TestNodeDown: callers with deadlines of one second come back in time however
// long the node is down, and service is back within a second of the node.
func TestNodeDown(t *testing.T) {
	const callers, deadline = 64, time.Second
	w := newWorld(t, esdbtest.Options{}, "")
	var stop atomic.Bool
	var late, calls, refused atomic.Int64
	var wg sync.WaitGroup
	counts := make([]int, callers)
	answered := make(chan time.Time, 1<<16)
	timers := lateTimers()
	for i := range callers {
		wg.Go(func() {
			for !stop.Load() {
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				began := time.Now()
				_, err := w.s.Append(ctx, streamName(i), eventstore.After(uint64(counts[i])), []eventstore.Event{command(i, counts[i])})
				cancel()
				calls.Add(1)
				for took := time.Since(began) - deadline; ; {
					if old := late.Load(); int64(took) <= old || late.CompareAndSwap(old, int64(took)) {
						break
					}
				}
				switch {
				case err == nil:
					counts[i]++
					select {
					case answered <- time.Now():
					default:
					}
				case errors.Is(err, eventstore.ErrUnavailable), errors.Is(err, eventstore.ErrUnknown):
					refused.Add(1)
				default:
					t.Errorf("caller %d: %v", i, err)
					return
				}
			}
		})
	}
	<-answered
	w.c.Node(0).Stop()
	<-time.After(long(2500*time.Millisecond, time.Minute)) // the outage itself, not a wait for something
	for len(answered) > 0 {
		<-answered
	}
	up := time.Now()
	if err := w.c.Node(0).Start(); err != nil {
		t.Fatal(err)
	}
	back := (<-answered).Sub(up)
	stop.Store(true)
	wg.Wait()
	if refused.Load() < callers {
		t.Errorf("only %d calls of %d callers met the outage", refused.Load(), callers)
	}
	machine := timers()
	if back > time.Second+machine {
		t.Errorf("service was back %v after the node", back)
	}
	if l := time.Duration(late.Load()); l > 400*time.Millisecond+machine {
		t.Errorf("a caller came back %v after its deadline, and a timer of this machine after %v", l, machine)
	}
	t.Logf("%d calls, %d of them met the outage; latest return %v after the deadline, timers late by up to %v; service back %v after the node; %+v",
		calls.Load(), refused.Load(), time.Duration(late.Load()), machine, back, w.s.Stats())
	for i := range callers { // the outcome of the last append may be unknown
		if _, err := insist(t.Context(), w.s, i, counts[i]); err != nil {
			t.Fatal(err)
		}
		n := 0
		for e, err := range w.s.ReadStream(t.Context(), streamName(i), 0, eventstore.Forwards) {
			if err != nil || e.ID != command(i, n).ID {
				t.Fatalf("event %d: %x, %v", n, e.ID, err)
			}
			n++
		}
		if n != counts[i]+1 {
			t.Fatalf("%s holds %d events, want %d", streamName(i), n, counts[i]+1)
		}
	}
}

// TestCloseWhileDown: a store is closed while no node answers and callers wait.
func TestCloseWhileDown(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	w.c.Node(0).Stop()
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			_, err := insist(t.Context(), closedIsFinal{w.s}, i, 0)
			if !errors.Is(err, eventstore.ErrClosed) {
				t.Errorf("Append = %v, want %v", err, eventstore.ErrClosed)
			}
		})
	}
	began := time.Now()
	if err := w.s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("Close took %v", took)
	}
}

// closedIsFinal stops insisting once the store is closed.
type closedIsFinal struct{ eventstore.Appender }

func (c closedIsFinal) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	done, err := c.Appender.Append(ctx, stream, expected, events)
	if errors.Is(err, eventstore.ErrClosed) {
		err = eventstore.ErrClosed
	}
	return done, err
}

// TestLeaderChange: the leader goes, with its node or without, while writers
// append and a reader follows.
func TestLeaderChange(t *testing.T) {
	changes := long(8, 80)
	w := newWorld(t, esdbtest.Options{Nodes: 3}, "")
	v, a := w.watch(), w.write(8, 0)
	for i := range changes {
		w.live()
		v.await(int(v.seen.Load()) + 40)
		old := w.c.Leader()
		if i%2 == 0 {
			w.c.Node(old).Stop()
		}
		w.c.Lead((old + 1) % 3)
		if err := w.c.Node(old).Start(); err != nil {
			t.Fatal(err)
		}
	}
	v.await(int(v.seen.Load()) + 40)
	v.await(a.end())
	w.whole(a.counts)
	s := w.s.Stats()
	t.Logf("%d events, %d changes of the leader: %+v", v.seen.Load(), changes, s)
	if s.Connects <= uint64(changes/2) {
		t.Errorf("only %d connections for %d changes of the leader", s.Connects, changes)
	}
}

// TestReadsFindTheNextNode: nobody appends or subscribes, which is what makes the
// client look for another node; reads alone find it, and the new leader.
func TestReadsFindTheNextNode(t *testing.T) {
	w := newWorld(t, esdbtest.Options{Nodes: 3}, "")
	if _, err := insist(t.Context(), w.s, 0, 0); err != nil {
		t.Fatal(err)
	}
	read := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		n := 0
		for e, err := range w.s.ReadStream(ctx, streamName(0), 0, eventstore.Forwards) {
			if err != nil || e.ID != command(0, 0).ID {
				t.Fatalf("event %d: %x, %v", n, e.ID, err)
			}
			n++
		}
		if head, err := w.s.Head(ctx); n != 1 || err != nil || head.Position.IsZero() {
			t.Fatalf("%d events, head %v, %v", n, head, err)
		}
	}
	changes := long(6, 60)
	for i := range changes {
		read()
		old := w.c.Leader()
		if i%2 == 0 { // else the old leader lives on and may not answer
			w.c.Node(old).Stop()
		}
		w.c.Lead((old + 1) % 3)
		read()
		if err := w.c.Node(old).Start(); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.s.Stats().Connects; n <= uint64(changes) {
		t.Errorf("%d connections for %d changes of the leader: reads were answered by a node that does not lead", n, changes)
	}
}

// TestDroppedSubscription: the server ends the subscription in each of its ways,
// the last one as if it were complete, and begins each with a checkpoint that
// would lose everything if it were believed.
func TestDroppedSubscription(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	w.c.Faults.FirstCheckpoint(true)
	v, a := w.watch(), w.write(2, 0)
	ways := []error{
		status.Error(codes.Unavailable, "Server Is Not Ready"), status.Error(codes.Aborted, "consumer too slow"),
		status.Error(codes.Internal, ""), status.Error(codes.Canceled, ""), nil,
	}
	for range long(1, 20) {
		for _, err := range ways {
			w.live()
			w.c.DropSubscriptions(err)
			v.await(int(v.seen.Load()) + 20)
		}
	}
	w.live()
	v.await(a.end())
	w.whole(a.counts)
	if s := w.s.Stats(); s.Drops < uint64(len(ways)) || s.Subscribes <= s.Drops-1 {
		t.Errorf("%+v", s)
	}
}

// TestResubscribesAtItsLeisure: a server that ends every subscription at once is
// not asked for another one again and again without a pause.
func TestResubscribesAtItsLeisure(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	v := w.watch()
	const tries, least = 8, 8 * 50 * time.Millisecond // a tenth of a second each, with jitter
	began := time.Now()
	for w.s.Stats().Subscribes <= tries {
		w.c.DropSubscriptions(status.Error(codes.Aborted, "consumer too slow"))
		<-time.After(time.Millisecond)
	}
	if time.Since(began) < least {
		t.Errorf("%d subscriptions in %v, want %v at least", tries+1, time.Since(began), least)
	}
	if _, err := insist(t.Context(), w.s, 0, 0); err != nil {
		t.Fatal(err)
	}
	v.await(1)
}

// TestLostRequestsAndReplies: every append meets faults before it succeeds, and
// nothing is lost or doubled.
func TestLostRequestsAndReplies(t *testing.T) {
	const streams = 8
	w := newWorld(t, esdbtest.Options{}, "")
	var calls sync.Map
	w.c.Faults.OnAppend(func(_ int, stream string) esdbtest.Fault {
		n, _ := calls.LoadOrStore(stream, new(atomic.Int64))
		turn := []esdbtest.Fault{
			esdbtest.Refuse, esdbtest.WriteThenAbort, esdbtest.Pass,
			esdbtest.WriteThenTimeout, esdbtest.Pass,
			esdbtest.RefuseEarly, esdbtest.WriteThenUnavailable, esdbtest.Pass,
			esdbtest.WriteThenAbort, esdbtest.WriteThenAbort, esdbtest.Pass,
		}
		return turn[int(n.(*atomic.Int64).Add(1)-1)%len(turn)]
	})
	v, a := w.watch(), w.write(streams, long(125, 1250)) // 1,000 or 10,000 commands
	a.wg.Wait()
	w.c.Faults.OnAppend(nil)
	v.await(a.end())
	w.whole(a.counts)
	t.Logf("%d commands: %+v", v.seen.Load(), w.s.Stats())
}

// TestHangingAppend: a server that never answers, having written or not.
func TestHangingAppend(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	faults := []esdbtest.Fault{esdbtest.Hang, esdbtest.WriteThenHang}
	w.c.Faults.OnAppend(func(call int, _ string) esdbtest.Fault {
		if call < len(faults) {
			return faults[call]
		}
		return esdbtest.Pass
	})
	for range faults {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := w.s.Append(ctx, streamName(0), eventstore.NoStream(), []eventstore.Event{command(0, 0)})
		cancel()
		if !errors.Is(err, eventstore.ErrUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Append = %v", err)
		}
	}
	if _, err := insist(t.Context(), w.s, 0, 0); err != nil {
		t.Fatal(err)
	}
	w.whole([]int{1})
}

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
