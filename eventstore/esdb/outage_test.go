package esdb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
)

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
