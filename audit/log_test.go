package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhishu/audit/proof"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/eventstore/storetest"
)

const origin = "zhishu.example/test"

func identity(t testing.TB, seeds ...byte) Identity {
	t.Helper()
	id := Identity{Origin: origin}
	for _, seed := range seeds {
		s, err := NewSigner(origin, [32]byte{seed})
		noErr(t, err)
		id.Signers = append(id.Signers, s)
	}
	return id
}

func is(id Identity) Identify {
	return func(context.Context) (Identity, error) { return id, nil }
}

func options(t testing.TB, store Store) Options {
	dir := t.TempDir()
	return Options{
		Store: store, Dir: filepath.Join(dir, "audit"), SaltKey: testKey, Identify: is(identity(t, 1)),
		Guard: GuardFile(filepath.Join(dir, "guard")), GuardName: "the guard", Every: time.Hour,
	}
}

func fill(t testing.TB, store Store, stream string, from, n int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		event := eventstore.Event{ID: eventstore.ID{1, byte(i), byte(i >> 8), byte(len(stream)), stream[len(stream)-1]}, Type: "happened", Data: fmt.Appendf(nil, `{"n":%d}`, i), Metadata: []byte(`{}`)}
		_, err := store.Append(t.Context(), stream, eventstore.After(uint64(i)), []eventstore.Event{event})
		noErr(t, err)
	}
}

func embeddedLog(t testing.TB, dir string) *embedded.Log {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		noErr(t, embedded.Create(dir, 0))
	}
	log, err := embedded.Open(dir, embedded.Options{})
	noErr(t, err)
	return log
}

// following opens the tree and lets it run until the test ends.
func following(t testing.TB, o Options) *Log {
	t.Helper()
	l, err := Open(t.Context(), o)
	noErr(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	var once sync.Once
	t.Cleanup(func() {
		once.Do(func() {
			stop()
			<-done
			noErr(t, l.Close())
		})
	})
	return l
}

func opened(t testing.TB, note []byte, ids ...Identity) proof.Checkpoint {
	t.Helper()
	var keys []proof.Key
	for _, id := range ids {
		keys = append(keys, id.keys()...)
	}
	c, _, err := proof.OpenCheckpoint(note, keys...)
	noErr(t, err)
	return c
}

func TestAnnounce(t *testing.T) {
	store := storetest.NewMemory()
	o := options(t, store)
	l := following(t, o)
	noErr(t, l.Announce(t.Context()))
	if l.Checkpoint() != nil {
		t.Fatal("an empty ledger announces a checkpoint")
	}
	fill(t, store, "person-1", 0, 3)
	fill(t, store, eventstore.ReadTrailPrefix+"1", 0, 2) // no ledger event
	noErr(t, l.WaitFor(t.Context(), 3))
	noErr(t, l.Announce(t.Context()))
	first := l.Checkpoint()
	if c := opened(t, first, identity(t, 1)); c.Size != 3 || c.Origin != origin {
		t.Errorf("%+v", c)
	}
	kept, err := os.ReadFile(string(o.Guard.(GuardFile)))
	if err != nil || string(kept) != string(first) {
		t.Errorf("the guard keeps %q, %v", kept, err)
	}
	noErr(t, l.Announce(t.Context()))
	if l.Heads() != 1 || string(l.Checkpoint()) != string(first) {
		t.Error("announced again though the tree has not grown")
	}
	// Another server, without files, says the same, signature and all.
	other, err := Open(t.Context(), Options{Store: store, SaltKey: testKey, Identify: o.Identify})
	noErr(t, err)
	if string(other.Checkpoint()) != string(first) {
		t.Errorf("published as %q, first as %q", other.Checkpoint(), first)
	}
}

// TestRotation: while one key follows another, both sign.
func TestRotation(t *testing.T) {
	store := storetest.NewMemory()
	fill(t, store, "person-1", 0, 3)
	o := options(t, store)
	now := identity(t, 1)
	o.Identify = func(context.Context) (Identity, error) { return now, nil }
	l, err := Open(t.Context(), o)
	noErr(t, err)
	noErr(t, l.Announce(t.Context()))
	for _, step := range [][]byte{{1, 2}, {2}} {
		now = identity(t, step...)
		again, err := Open(t.Context(), o)
		noErr(t, err)
		for _, seed := range step {
			opened(t, again.Checkpoint(), identity(t, seed))
		}
		n, err := proof.ParseNote(again.Checkpoint())
		if err != nil || len(n.Signatures) != len(step) {
			t.Errorf("keys %d: %d signatures, %v", step, len(n.Signatures), err)
		}
	}
}

// TestRollBack: a copy of yesterday over today's is refused with both sizes
// named, and so is a history that was written anew.
func TestRollBack(t *testing.T) {
	dir := t.TempDir()
	data, yesterday := filepath.Join(dir, "data"), filepath.Join(dir, "yesterday")
	store := embeddedLog(t, filepath.Join(data, "log"))
	o := options(t, store)
	o.Dir = filepath.Join(data, "audit")
	day := func(from, n int) {
		fill(t, store, "person-1", from, n)
		l, err := Open(t.Context(), o)
		noErr(t, err)
		noErr(t, l.Announce(t.Context()))
		noErr(t, l.Close())
	}
	day(0, 300)
	noErr(t, store.Close())
	noErr(t, os.CopyFS(yesterday, os.DirFS(data)))
	store = embeddedLog(t, filepath.Join(data, "log"))
	o.Store = store
	day(300, 50)
	noErr(t, store.Close())

	noErr(t, os.RemoveAll(data))
	noErr(t, os.CopyFS(data, os.DirFS(yesterday)))
	store = embeddedLog(t, filepath.Join(data, "log"))
	o.Store = store
	_, err := Open(t.Context(), o)
	var c *Contradiction
	if !errors.As(err, &c) || !errors.Is(err, ErrBehind) || c.Signed.Size != 350 || c.Size != 300 || !strings.Contains(err.Error(), "300") {
		t.Fatalf("yesterday's copy: %v", err)
	}
	// Events of another content in their place.
	for i := 300; i < 360; i++ {
		_, err := store.Append(t.Context(), "person-1", eventstore.After(uint64(i)), []eventstore.Event{{ID: eventstore.ID{9, byte(i)}, Type: "happened", Data: []byte(`{}`), Metadata: []byte(`{}`)}})
		noErr(t, err)
	}
	if _, err := Open(t.Context(), o); !errors.Is(err, ErrDifferent) {
		t.Fatalf("a rewritten history: %v", err)
	}
	// Declared, it goes on under another origin.
	id := Identity{Origin: origin + "/2", Losses: []Loss{{Last: c.Signed, Kept: 300}}}
	s, err := NewSigner(id.Origin, [32]byte{1})
	noErr(t, err)
	id.Signers = []Signer{s}
	o.Identify = is(id)
	l, err := Open(t.Context(), o)
	noErr(t, err)
	noErr(t, l.Announce(t.Context()))
	if c := opened(t, l.Checkpoint(), id); c.Size != 360 || c.Origin != origin+"/2" {
		t.Errorf("after the declaration: %+v", c)
	}
	noErr(t, l.Close())
	// What was signed beyond the declaration stays a contradiction.
	more := c.Signed
	more.Size++
	noErr(t, o.Guard.Keep(identity(t, 1).note(more)))
	if _, err := Open(t.Context(), o); !errors.Is(err, ErrDifferent) {
		t.Errorf("more was signed than declared lost: %v", err)
	}
	noErr(t, store.Close())
}

// TestForeignHead: a head that this tree does not have ends the following.
func TestForeignHead(t *testing.T) {
	store := storetest.NewMemory()
	fill(t, store, "person-1", 0, 3)
	l, err := Open(t.Context(), options(t, store))
	noErr(t, err)
	forged := announcement(proof.Checkpoint{Origin: origin, Size: 3, Root: proof.Hash{1}}, 0, time.Now())
	_, err = store.Append(t.Context(), eventstore.CheckpointStream, eventstore.NoStream(), []eventstore.Event{forged})
	noErr(t, err)
	if err := l.Run(t.Context()); !errors.Is(err, ErrDifferent) || !errors.Is(l.Err(), ErrDifferent) || !errors.Is(l.Announce(t.Context()), ErrDifferent) {
		t.Errorf("%v", err)
	}
}

// TestTornAnnouncement: an append whose answer was lost is repeated or seen.
func TestTornAnnouncement(t *testing.T) {
	memory := storetest.NewMemory()
	fill(t, memory, "person-1", 0, 3)
	store := &losing{Store: memory}
	o := options(t, store)
	l := following(t, o)
	store.lose = true
	if err := l.Announce(t.Context()); !errors.Is(err, eventstore.ErrUnknown) {
		t.Fatal(err)
	}
	store.lose = false
	fill(t, memory, "person-1", 3, 2)
	noErr(t, l.WaitFor(t.Context(), 5))
	for deadline := time.Now().Add(10 * time.Second); l.Published() == nil; time.Sleep(time.Millisecond) { // the follower publishes what stands in the log
		if time.Now().After(deadline) {
			t.Fatal("what stands in the log was not published")
		}
	}
	noErr(t, l.Announce(t.Context()))
	if c := opened(t, l.Checkpoint(), identity(t, 1)); c.Size != 5 {
		t.Errorf("%+v", c)
	}
}

type losing struct {
	Store
	lose bool
}

func (l *losing) Append(ctx context.Context, stream string, e eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	at, err := l.Store.Append(ctx, stream, e, events)
	if l.lose {
		return eventstore.Appended{}, eventstore.ErrUnknown
	}
	return at, err
}

// TestServers: many servers on one store never announce what does not continue.
func TestServers(t *testing.T) {
	store := storetest.NewMemory()
	var servers []*Log
	for range 3 {
		servers = append(servers, following(t, options(t, store)))
	}
	var group sync.WaitGroup
	for k := range servers {
		stream := fmt.Sprintf("person-%d", k)
		group.Go(func() {
			for i := range 200 {
				fill(t, store, stream, i, 1)
				time.Sleep(time.Duration(k) * 200 * time.Microsecond)
			}
		})
		group.Go(func() {
			for range 60 {
				noErr(t, servers[k].Announce(t.Context()))
				time.Sleep(time.Millisecond)
			}
		})
	}
	group.Wait()
	for _, s := range servers {
		noErr(t, s.WaitFor(t.Context(), 600))
	}
	noErr(t, servers[0].Announce(t.Context()))
	heads := 0
	var last Head
	for r, err := range store.ReadStream(t.Context(), eventstore.CheckpointStream, 0, eventstore.Forwards) {
		noErr(t, err)
		h, err := parseHead(r)
		noErr(t, err)
		root, err := servers[1].Root(h.Checkpoint.Size)
		noErr(t, err)
		if root != h.Checkpoint.Root || h.Checkpoint.Size <= last.Checkpoint.Size && heads > 0 {
			t.Errorf("head %d: %+v after %+v", heads, h, last)
		}
		last = h
		heads++
	}
	if heads < 5 || last.Checkpoint.Size != 600 {
		t.Errorf("%d heads, the last of %d", heads, last.Checkpoint.Size)
	}
}
