package esdb

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
)

func TestConnectionStringsRefused(t *testing.T) {
	for _, c := range []struct {
		connection, prefix string
		want               error
		says               string
	}{
		{"esdb://admin:secret@localhost:2113?tls=false", "", ErrPlainCredentials, "tls=false"},
		{"esdb://localhost:2113?tsl=false", "", ErrConnectionString, `unknown setting "tsl"`},
		{"esdb://localhost:2113?tls=true&TLS=false", "", ErrConnectionString, "tls is set twice"},
		{"esdb://localhost:2113?keepAliveInterval=10", "", ErrConnectionString, "milliseconds"},
		{"esdb://localhost:2113?userCertFile=a", "", ErrConnectionString, "userKeyFile"},
		{"http://localhost:2113", "", ErrConnectionString, "scheme"},
		{"esdb://a b", "", ErrConnectionString, ""},
		{"esdb://u:topsecret@[", "", ErrConnectionString, ""},
		{"", "", ErrConnectionString, ""},
		{"esdb://localhost:2113?tls=false", "my-ledger", errPrefix, "my-ledger"},
		{"esdb://localhost:2113?tls=false", "$ledger", errPrefix, ""},
		{"esdb://localhost:2113?tls=false", "社区", errPrefix, ""},
		{"esdb://localhost:2113?tls=false", strings.Repeat("p", 65), errPrefix, ""},
	} {
		_, err := Open(t.Context(), c.connection, quiet(c.prefix))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%s with prefix %q: %v, want %v saying %q", c.connection, c.prefix, err, c.want, c.says)
		}
	}
}

func TestSettings(t *testing.T) {
	c, err := configure("esdb://a:1,b:2,c:3?tls=false&maxDiscoverAttempts=7&gossipTimeout=9")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.GossipSeeds) != 3 || c.MaxDiscoverAttempts != discoverAttempts || c.GossipTimeout != 9 || c.KeepAliveTimeout != 5*time.Second {
		t.Errorf("%+v", c)
	}
}

// TestOpenRefused: what no waiting cures is said at once and says what to do.
func TestOpenRefused(t *testing.T) {
	c, err := esdbtest.Start(esdbtest.Options{TLS: true, Users: map[string]string{"clerk": "pass"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for url, says := range map[string]string{
		c.URLFor("clerk", "pass"):  "$admins",
		c.URLFor("admin", "wrong"): "$admins",
		c.URLFor("", ""):           "$admins",
	} {
		began := time.Now()
		_, err := Open(t.Context(), url, quiet(""))
		if !errors.Is(err, eventstore.ErrUnavailable) || !strings.Contains(err.Error(), says) {
			t.Errorf("Open(%s) = %v, want it to say %s", url, err, says)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("Open took %v to refuse", took)
		}
	}
}

func TestOpenPrerelease(t *testing.T) {
	c, err := esdbtest.Start(esdbtest.Options{Version: "24.6.0-prerelease"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := Open(ctx, c.URL(), quiet("")); err == nil || !strings.Contains(err.Error(), "pre-releases") {
		t.Errorf("Open = %v, want it to name pre-releases", err)
	}
}

// TestOpenWaits: a server that starts after this program.
func TestOpenWaits(t *testing.T) {
	c, err := esdbtest.Start(esdbtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Node(0).Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, c.URL(), quiet("")); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Fatalf("Open without a server = %v", err)
	}
	failed := make(chan struct{}, 100)
	o := quiet("")
	o.Observe = func(ch Change) {
		if ch.Kind == ConnectFailed {
			failed <- struct{}{}
		}
	}
	started := make(chan error, 1)
	go func() {
		<-failed
		started <- c.Node(0).Start()
	}()
	s, err := Open(t.Context(), c.URL(), o)
	if err := errors.Join(err, <-started); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOtherApplications: their events, and the server's own, are not seen; the
// head is what readers see.
func TestOtherApplications(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "ledger.")
	other, err := Open(t.Context(), w.c.URL(), quiet("ledger2."))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	for range 200 { // more than a page
		w.c.Write("orders-1", "ordered", []byte(`{}`))
	}
	if head, err := w.s.Head(t.Context()); err != nil || !head.Position.IsZero() {
		t.Fatalf("Head without an event of ours = %v, %v", head, err)
	}
	last, err := w.s.Append(t.Context(), "person-1", eventstore.NoStream(), []eventstore.Event{command(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Append(t.Context(), "person-1", eventstore.NoStream(), []eventstore.Event{command(0, 0), command(0, 1)}); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		w.c.Write("ledger-1", "noise", nil)
	}
	for _, s := range []*Store{w.s, reopened(t, w)} {
		head, err := s.Head(t.Context())
		if err != nil || head.Position != last.Position {
			t.Fatalf("Head = %v, %v, want %v", head, err, last.Position)
		}
		n := 0
		for e, err := range s.ReadAll(t.Context(), eventstore.Position{}) {
			if err != nil || e.Stream != "person-1" || e.Position != last.Position {
				t.Fatalf("%s %s: %v", e.Stream, e.Position, err)
			}
			n++
		}
		if n != 1 {
			t.Fatalf("%d events are visible, want one", n)
		}
	}
	for e, err := range w.s.Subscribe(t.Context(), eventstore.Position{}) {
		if err != nil || e.Stream != "person-1" {
			t.Fatalf("%s: %v", e.Stream, err)
		}
		break
	}
}

func reopened(t *testing.T, w world) *Store {
	s, err := Open(t.Context(), w.c.URL(), quiet(w.s.opt.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestRolledBack: a log restored from a backup is refused by who has seen more,
// also when it has grown since, and by a reader that is following it.
func TestRolledBack(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	for n := range 20 {
		if _, err := insist(t.Context(), w.s, 0, n); err != nil {
			t.Fatal(err)
		}
	}
	head, err := w.s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := w.watch()
	v.await(20)
	w.live()
	w.c.Truncate(12)
	w.c.DropSubscriptions(status.Error(codes.Unavailable, ""))
	if err := <-v.failed; !errors.Is(err, eventstore.ErrPositionBeyondHead) {
		t.Fatalf("a reader that follows: %v", err)
	}
	for _, grown := range []int{0, 3, 100} {
		for range grown {
			w.c.Write("person-9", "claimed", []byte(`{"other":true}`))
		}
		s := reopened(t, w)
		for _, err := range s.ReadAll(t.Context(), head.Position) {
			if !errors.Is(err, eventstore.ErrPositionBeyondHead) {
				t.Fatalf("ReadAll with %d other events: %v", grown, err)
			}
		}
		for _, err := range s.Subscribe(t.Context(), head.Position) {
			if !errors.Is(err, eventstore.ErrPositionBeyondHead) {
				t.Fatalf("Subscribe with %d other events: %v", grown, err)
			}
		}
	}
}

// TestWithoutLeader: reads fail within bounds, and as what they are.
func TestWithoutLeader(t *testing.T) {
	c, err := esdbtest.Start(esdbtest.Options{Nodes: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := quiet("")
	o.ReadTimeout = 300 * time.Millisecond
	s, err := Open(t.Context(), c.URL(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := insist(t.Context(), s, 0, 0); err != nil {
		t.Fatal(err)
	}
	c.Lead(-1)
	for _, err := range s.ReadStream(t.Context(), streamName(0), 0, eventstore.Forwards) {
		if !errors.Is(err, eventstore.ErrUnavailable) {
			t.Errorf("ReadStream = %v", err)
		}
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("Head = %v", err)
	}
	c.Lead(2)
	if _, err := insist(t.Context(), s, 0, 1); err != nil {
		t.Fatal(err)
	}
}

// TestBrokenReads: reads that break go on where they broke; one that always
// breaks at once fails.
func TestBrokenReads(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	const n = 200
	for i := range n {
		if _, err := insist(t.Context(), w.s, 0, i); err != nil {
			t.Fatal(err)
		}
	}
	w.c.Faults.OnRead(func(int) int { return 45 })
	for _, dir := range []eventstore.Direction{eventstore.Forwards, eventstore.Backwards} {
		next := 0
		for e, err := range w.s.ReadStream(t.Context(), streamName(0), map[eventstore.Direction]eventstore.Revision{eventstore.Backwards: eventstore.Last}[dir], dir) {
			want := next
			if dir == eventstore.Backwards {
				want = n - 1 - next
			}
			if err != nil || int(e.Revision) != want {
				t.Fatalf("revision %d, want %d: %v", e.Revision, want, err)
			}
			next++
		}
		if next != n {
			t.Fatalf("%d events, want %d", next, n)
		}
	}
	next := 0
	for e, err := range w.s.ReadAll(t.Context(), eventstore.Position{}) {
		if err != nil || int(e.Revision) != next {
			t.Fatalf("revision %d, want %d: %v", e.Revision, next, err)
		}
		next++
	}
	if next != n {
		t.Fatalf("%d events, want %d", next, n)
	}
}

// TestTruncated: a stream that somebody cut in the store is damage, never a
// shorter stream.
func TestTruncated(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	for stream := range 2 {
		for n := range 5 {
			if _, err := insist(t.Context(), w.s, stream, n); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.c.Write("$$"+streamName(0), "$metadata", []byte(`{"$maxCount":2}`))
	w.c.Write(streamName(1), "$streamDeleted", nil)
	for stream := range 2 {
		for _, dir := range []eventstore.Direction{eventstore.Forwards, eventstore.Backwards} {
			var last error
			for _, err := range w.s.ReadStream(t.Context(), streamName(stream), eventstore.Revision(4*dir), dir) {
				last = err
			}
			if !errors.Is(last, eventstore.ErrCorrupt) {
				t.Errorf("reading %s: %v", streamName(stream), last)
			}
		}
	}
	if _, err := w.s.Append(t.Context(), streamName(1), eventstore.Exactly(4), []eventstore.Event{command(1, 5)}); !errors.Is(err, eventstore.ErrCorrupt) {
		t.Errorf("Append to a deleted stream = %v", err)
	}
}

func TestRefusedBeforeCalling(t *testing.T) {
	w := newWorld(t, esdbtest.Options{}, "")
	e := command(0, 0)
	noID, noType, longType := e, e, e
	noID.ID, noType.Type = eventstore.ID{}, ""
	longType.Type = strings.Repeat("t", 600<<10)
	for _, c := range []struct {
		e    eventstore.Event
		want error
	}{{noID, eventstore.ErrNoID}, {noType, ErrNoType}, {longType, eventstore.ErrBatchTooLarge}} {
		if _, err := w.s.Append(t.Context(), streamName(0), eventstore.NoStream(), []eventstore.Event{c.e}); !errors.Is(err, c.want) {
			t.Errorf("Append = %v, want %v", err, c.want)
		}
	}
	if n := len(w.c.Events()); n != 0 {
		t.Errorf("%d events were written", n)
	}
}

// TestVerdicts: errors are told apart through every wrapping, and a gRPC status
// is never taken for a missing stream.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want verdict
	}{
		{nil, fine},
		{status.Error(codes.NotFound, "Leader info available"), trouble},
		{status.Error(codes.Unavailable, ""), trouble},
		{status.Error(codes.PermissionDenied, ""), denied},
		{status.Error(codes.Aborted, ""), slow},
		{&esdb.Error{}, trouble},
		{errors.New("EOF"), trouble},
		{context.Canceled, ended},
		{errStalled, trouble},
	} {
		if got := verdictOf(c.err); got != c.want {
			t.Errorf("%v: verdict %d, want %d", c.err, got, c.want)
		}
	}
}

func TestGuard(t *testing.T) {
	if err := guard(func() error { panic("unreachable code") }); err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("guard = %v", err)
	}
}
