package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/eventstore/esdb"
	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/projections"
)

var copyEvents = flag.Int("copy-events", 4_000, "events of the ledger that is copied to EventStoreDB and back")

// copied is what the verb prints.
type copied struct {
	Found, Copied uint64
	Seconds       float64
}

// copyLog runs the verb.
func copyLog(ctx context.Context, t *testing.T, from, to, prefix string) (c copied, err error) {
	t.Helper()
	var said output
	if err := (&copyCmd{From: from, To: to, ESDBPrefix: prefix, JSON: true}).Run(&program{ctx: ctx, stdout: &said, stderr: &output{}}); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(said.String()), &c)
}

// frames reads a log whole: how many ledger events it holds, and a hash over
// everything in them but the store's own positions.
func frames(t *testing.T, log eventstore.LogReader) (n int, sum [32]byte) {
	t.Helper()
	h := sha256.New()
	field := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	for r, err := range log.ReadAll(t.Context(), eventstore.Position{}) {
		must(t, err)
		field([]byte(r.Stream))
		field(binary.BigEndian.AppendUint64(nil, uint64(r.Revision)))
		field(r.ID[:])
		field([]byte(r.Type))
		field(r.Data)
		field(r.Metadata)
		n++
	}
	return n, [32]byte(h.Sum(nil))
}

// digestsAt replays a log to sizes spread over it.
func digestsAt(t *testing.T, log eventstore.LogReader, events int) (all [][]projections.Digest) {
	t.Helper()
	for quarter := 1; quarter <= 4; quarter++ {
		size := domain.Size(events * quarter / 4)
		r, err := projections.Replay(t.Context(), log, projections.ReplayOptions{To: projections.AtSize(size)})
		must(t, err)
		all = append(all, r.Digests)
	}
	return all
}

func openDir(t *testing.T, dir string) *embedded.Reader {
	t.Helper()
	log, err := embedded.OpenReader(logDir(dir))
	must(t, err)
	t.Cleanup(func() { must(t, log.Close()) })
	return log
}

// TestALedgerGoesToEventStoreDBAndBack with an interruption on each way.
func TestALedgerGoesToEventStoreDBAndBack(t *testing.T) {
	t.Parallel()
	here, back := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "back")
	quiet := &program{ctx: t.Context(), stdout: &output{}, stderr: &output{}}
	_, err := buildDemo(quiet, here, *copyEvents)
	must(t, err)
	cluster, err := esdbtest.Start(esdbtest.Options{Nodes: 3})
	must(t, err)
	defer cluster.Close()
	const prefix = "moved."
	cluster.Write("other-1", "of-another-application", []byte(`{}`))
	source := openDir(t, here)
	events, sum := frames(t, source)
	if events < *copyEvents/2 {
		t.Fatalf("the demo ledger has %d events only", events)
	}

	// There, interrupted while it appends.
	ctx, interrupt := context.WithCancel(t.Context())
	cluster.Faults.OnAppend(func(call int, _ string) esdbtest.Fault {
		if call == 200 {
			interrupt()
		}
		return esdbtest.Pass
	})
	if _, err := copyLog(ctx, t, here, cluster.URL(), prefix); !errors.Is(err, context.Canceled) {
		t.Fatal("the first copy was not interrupted:", err)
	}
	cluster.Faults.OnAppend(nil)
	there, err := copyLog(t.Context(), t, here, cluster.URL(), prefix)
	must(t, err)
	wantCopied(t, there, events)

	// And back, interrupted while it reads.
	ctx, interrupt = context.WithCancel(t.Context())
	part := events / 5
	cluster.Faults.OnRead(func(call int) int {
		if call == 6 {
			interrupt()
		}
		return part // then the connection breaks, and another read goes on
	})
	if _, err := copyLog(ctx, t, cluster.URL(), back, prefix); !errors.Is(err, context.Canceled) {
		t.Fatal("the second copy was not interrupted:", err)
	}
	cluster.Faults.OnRead(nil)
	returned, err := copyLog(t.Context(), t, cluster.URL(), back, prefix)
	must(t, err)
	wantCopied(t, returned, events)

	store, err := esdb.Open(t.Context(), cluster.URL(), esdb.Options{Prefix: prefix})
	must(t, err)
	defer store.Close()
	target := openDir(t, back)
	want := digestsAt(t, source, events)
	for name, log := range map[string]eventstore.LogReader{"EventStoreDB": store, "the copy of the copy": target} {
		if n, got := frames(t, log); n != events || got != sum {
			t.Errorf("%s holds %d events with hash %x, want %d with %x", name, n, got, events, sum)
		}
		if !slices.EqualFunc(digestsAt(t, log, events), want, slices.Equal) {
			t.Errorf("%s gives other figures", name)
		}
	}
	t.Logf("%d events: there %d found, %d copied in %.1f s; back %d found, %d copied in %.1f s; equal frames (%x…) and digests at 4 sizes",
		events, there.Found, there.Copied, there.Seconds, returned.Found, returned.Copied, returned.Seconds, sum[:4])
}

// wantCopied: the interrupted run left something, and the next did the rest.
func wantCopied(t *testing.T, c copied, events int) {
	t.Helper()
	if c.Found == 0 || c.Copied == 0 || c.Found+c.Copied != uint64(events) {
		t.Fatalf("%d events found and %d copied of %d", c.Found, c.Copied, events)
	}
}

func TestACopyKeepsOthersOut(t *testing.T) {
	t.Parallel()
	here := filepath.Join(t.TempDir(), "here")
	quiet := &program{ctx: t.Context(), stdout: &output{}, stderr: &output{}}
	must(t, (&initCmd{Data: here}).Run(quiet))
	cluster, err := esdbtest.Start(esdbtest.Options{})
	must(t, err)
	defer cluster.Close()

	writing, err := embedded.Open(logDir(here), embedded.Options{})
	must(t, err)
	if _, err := copyLog(t.Context(), t, here, cluster.URL(), ""); err == nil || !strings.Contains(err.Error(), "lock") && !hints(err) {
		t.Fatal("a ledger with a writer was copied:", err)
	}
	must(t, writing.Close())

	// A target that holds something else is refused, and left as it was.
	cluster.Write("person-0f8fad5b-d9cb-469f-a165-70867728950e", "person-erased", []byte(`{}`))
	before := cluster.Len()
	if _, err := copyLog(t.Context(), t, here, cluster.URL(), ""); err == nil || !hints(err) || cluster.Len() != before {
		t.Fatal("a ledger was copied over another:", err, cluster.Len()-before)
	}
	// A directory that holds no ledger is none to copy from.
	if _, err := copyLog(t.Context(), t, t.TempDir(), cluster.URL(), ""); !errors.Is(err, embedded.ErrNoLog) {
		t.Fatal(err)
	}
	// A store that does not answer is given up in time, and nothing is left.
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	cluster.Close()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	if _, err := copyLog(ctx, t, cluster.URL(), nowhere, ""); err == nil {
		t.Fatal("a copy from nowhere")
	}
	if _, err := os.Stat(nowhere); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("a copy from nowhere left something", err)
	}
}

func hints(err error) bool {
	var h *hinted
	return errors.As(err, &h)
}
