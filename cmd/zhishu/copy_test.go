package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"zhishu/audit"
	"zhishu/audit/proof"
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
		if !eventstore.IsLedger(r.Stream) {
			continue // checkpoints are announced anew in another store
		}
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

// treeOf is the size and the root of a log's tree, under some salt key.
func treeOf(t *testing.T, log reader) (uint64, proof.Hash) {
	t.Helper()
	tree, err := audit.Open(t.Context(), audit.Options{
		Store: readOnly{log}, Identify: func(context.Context) (audit.Identity, error) { return audit.Identity{}, nil },
	})
	must(t, err)
	defer tree.Close()
	root, err := tree.Root(tree.Size())
	must(t, err)
	return tree.Size(), root
}

// readOnly lets a tree be built over a log that nobody writes to.
type readOnly struct{ reader }

func (readOnly) Append(context.Context, string, eventstore.Expected, []eventstore.Event) (eventstore.Appended, error) {
	return eventstore.Appended{}, errors.New("read only")
}

// ReadStream hides the checkpoints: there is no key here to hold them against.
func (readOnly) ReadStream(context.Context, string, eventstore.Revision, eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
	}
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

// killedAt runs the verb in a process of its own, and kills it with SIGKILL when
// a reader of its target has seen so many events.
func killedAt(t *testing.T, events int, target eventstore.LogReader, from, to, prefix string) {
	t.Helper()
	process := exec.Command("zhishu", "copy", "--from", from, "--to", to, "--esdb-prefix", prefix)
	must(t, process.Start())
	n := 0
	for _, err := range target.Subscribe(t.Context(), eventstore.Position{}) {
		must(t, err)
		if n++; n == events {
			break
		}
	}
	must(t, process.Process.Kill())
	var killed *exec.ExitError
	if err := process.Wait(); !errors.As(err, &killed) || killed.Exited() {
		t.Fatal("the copy ended before it was killed:", err)
	}
}

// TestALedgerGoesToEventStoreDBAndBack, and the process that moves it is killed
// twice on each way.
func TestALedgerGoesToEventStoreDBAndBack(t *testing.T) {
	t.Parallel()
	here, back := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "back")
	quiet := &program{ctx: t.Context(), stdout: &output{}, stderr: &output{}}
	_, err := buildDemo(quiet, here, *copyEvents+*copyEvents/10) // it makes a little less than it is asked for
	must(t, err)
	source := openDir(t, here)
	events, sum := frames(t, source)
	if events < *copyEvents {
		t.Fatalf("the demo ledger has %d events only", events)
	}
	url, prefix, faults := someStore(t)
	store, err := esdb.Open(t.Context(), url, esdb.Options{Prefix: prefix})
	must(t, err)
	defer store.Close()
	kills := []int{events / 4, events / 2}

	for _, n := range kills {
		killedAt(t, n, store, here, url, prefix)
	}
	there, err := copyLog(t.Context(), t, here, url, prefix)
	must(t, err)
	wantCopied(t, there, events, kills[1])

	// And back, on connections that break again and again.
	faults(events / 10)
	must(t, os.MkdirAll(back, 0o755))
	must(t, embedded.Create(logDir(back), 0))
	target := openDir(t, back)
	for _, n := range kills {
		killedAt(t, n, target, url, back, prefix)
	}
	returned, err := copyLog(t.Context(), t, url, back, prefix)
	must(t, err)
	wantCopied(t, returned, events, kills[1])
	faults(0)

	want := digestsAt(t, source, events)
	_, root := treeOf(t, source)
	for name, log := range map[string]reader{"EventStoreDB": store, "the copy of the copy": target} {
		if n, got := treeOf(t, log); n != uint64(events) || got != root {
			t.Errorf("%s has %d leaves with root %x, want %d with %x", name, n, got, events, root)
		}
		if n, got := frames(t, log); n != events || got != sum {
			t.Errorf("%s holds %d events with hash %x, want %d with %x", name, n, got, events, sum)
		}
		if !slices.EqualFunc(digestsAt(t, log, events), want, slices.Equal) {
			t.Errorf("%s gives other figures", name)
		}
	}
	t.Logf("%d events, each way killed twice: there %d found, %d copied in %.1f s; back %d found, %d copied in %.1f s; equal frames (%x…) and digests at 4 sizes",
		events, there.Found, there.Copied, there.Seconds, returned.Found, returned.Copied, returned.Seconds, sum[:4])
}

// someStore is the store that ZHISHU_ESDB_URL names, or a protocol test server
// that another application uses too. faults lets every read of the latter break
// after so many events; 0 ends it.
func someStore(t *testing.T) (url, prefix string, faults func(events int)) {
	t.Helper()
	if url := os.Getenv("ZHISHU_ESDB_URL"); url != "" {
		return url, "moved" + uuid.NewString()[:8] + ".", func(int) {}
	}
	cluster, err := esdbtest.Start(esdbtest.Options{Nodes: 3})
	must(t, err)
	t.Cleanup(cluster.Close)
	cluster.Write("other-1", "of-another-application", []byte(`{}`))
	return cluster.URL(), "moved.", func(events int) {
		if events == 0 {
			cluster.Faults.OnRead(nil)
			return
		}
		cluster.Faults.OnRead(func(int) int { return events })
	}
}

// wantCopied: the last interrupted run left so much, and the next did the rest.
func wantCopied(t *testing.T, c copied, events, left int) {
	t.Helper()
	if c.Found < uint64(left) || c.Copied == 0 || c.Found+c.Copied != uint64(events) {
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
