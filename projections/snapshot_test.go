package projections

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"zhishu/domain"
	"zhishu/eventstore"
)

func (w *world) snapshot(e *Engine) {
	w.t.Helper()
	if err := e.Snapshot(context.Background()); err != nil {
		w.t.Fatalf("snapshot: %v", err)
	}
}

func TestASnapshotGoesOnAsIfNothingHadHappened(t *testing.T) {
	root := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		if err != nil {
			t.Fatalf("%v", err)
		}
		h := drawHistory(t, 80)
		e := h.engine(Options{Dir: dir, Batch: 7})
		before := h.view(e, Now())
		h.snapshot(e)
		for range 15 {
			h.step()
		}
		resumed := h.engine(Options{Dir: dir})
		want(t, "start", resumed.Status().StartSize, before.Size())
		sameDigests(t, "at the snapshot", h.view(resumed, AtSize(before.Size())).Digests(), before.Digests())
		fresh := h.engine(Options{})
		sameDigests(t, "after it", h.view(resumed, Now()).Digests(), h.view(fresh, Now()).Digests())
		n := rapid.IntRange(0, len(h.steps)).Draw(t, "size")
		checkFigures(t, h.view(resumed, AtSize(domain.Size(n))), modelOf(h.steps[:n]), domain.AllTime)
		checkPeople(t, h.world, h.view(resumed, Now()), modelOf(h.steps))
		checkGiving(t, h.world, h.view(resumed, Now()), modelOf(h.steps), modelOf(h.steps))
		want(t, "shared rows", len(h.view(resumed, Now()).SharedRows([]uint64{0, 1, 2}, domain.ImportDonations)),
			len(h.view(fresh, Now()).SharedRows([]uint64{0, 1, 2}, domain.ImportDonations)))
		want(t, "rows", resumed.Status().Rows, fresh.Status().Rows)
		// Written by who was started twice it is what one fold from the beginning writes.
		h.snapshot(resumed)
		h.compared(dir)
	})
}

func TestASnapshotIsWrittenBesideTheFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 80)
		e := h.engine(Options{})
		before, c, events := h.view(e, Now()), e.books.capture(), e.books.small
		for range 30 { // folded after the capture and before the writing
			h.step()
		}
		h.catchUp(e)
		var file bytes.Buffer
		if err := c.write(&file, events, before.Digests()); err != nil {
			t.Fatalf("write: %v", err)
		}
		h.same(before.Size(), file.Bytes())
		b, s, err := readBooks(&file, int64(file.Len()))
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		v, err := b.at(Now(), newCache())
		want(t, "error", err, nil)
		want(t, "size", v.Size(), before.Size())
		sameDigests(t, "read back", v.Digests(), before.Digests())
		sameDigests(t, "kept", s.Digests, before.Digests())
		v.everything = true
		checkFigures(t, v, modelOf(h.steps[:v.size]), domain.AllTime)
		v.log = h.store
		checkGiving(t, h.world, v, modelOf(h.steps[:v.size]), modelOf(h.steps)) // what donors allow was written as of then
		// And it goes on as if nothing had come in between.
		on := &Engine{options: Options{Log: h.store}.withDefaults(), books: b, cache: newCache()}
		sameDigests(t, "folded on", h.catchUp(on).Digests(), h.view(e, Now()).Digests())
	})
}

// compared holds the snapshots of a directory against a fold from the first event.
func (w *world) compared(dir string) {
	w.t.Helper()
	for _, s := range w.check(dir) {
		if s.Err != nil {
			w.t.Fatalf("the snapshot at %d: %v", s.Size, s.Err)
		}
	}
}

func (w *world) check(dir string) []SnapshotChecked {
	w.t.Helper()
	found, err := Snapshots(dir)
	if err != nil || len(found) == 0 {
		w.t.Fatalf("snapshots = %v, %v", found, err)
	}
	r, err := Replay(context.Background(), w.store, ReplayOptions{Snapshots: found, NoDigests: true})
	if err != nil {
		w.t.Fatalf("replay: %v", err)
	}
	return r.Snapshots
}

// same holds the bytes of one snapshot against a fold from the first event.
func (w *world) same(size domain.Size, file []byte) {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "snapshot")
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, snapshotName(size)), file, 0o600); err != nil {
		w.t.Fatalf("%v", err)
	}
	w.compared(dir)
}

// smallLedger is a ledger and a directory with a snapshot of an earlier size
// and one of its present size.
func smallLedger(t *testing.T) (w *world, dir string, newest string) {
	t.Helper()
	w, dir = newWorld(t).withPolicies(), t.TempDir()
	c := code(t, "430702001001")
	a := w.enrol(1, c, "2025-01-01")
	w.confirmed(a, w.service(c, "2025-03-01", 60))
	e := w.engine(Options{Dir: dir})
	w.snapshot(e)
	w.confirmed(a, w.study(c, "2025-03-02", "党课", 60))
	w.aside()
	w.catchUp(e)
	w.snapshot(e)
	found, err := Snapshots(dir)
	if err != nil || len(found) != 2 {
		t.Fatalf("snapshots = %v, %v", found, err)
	}
	return w, dir, found[0].Path
}

// openLogged opens an engine and returns what it logged.
func openLogged(w *world, dir string) (*Engine, string, error) {
	var log bytes.Buffer
	e, err := Open(context.Background(), Options{Log: w.store, Dir: dir, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	return e, log.String(), err
}

func TestADamagedSnapshotIsNotUsed(t *testing.T) {
	w, dir, newest := smallLedger(t)
	sound, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	wanted := w.view(w.engine(Options{}), Now()).Digests()
	damage := map[string][]byte{"empty": nil, "cut": sound[:len(sound)-1], "longer": append(bytes.Clone(sound), 0)}
	for i := 0; i < len(sound); i += 1 + len(sound)/150 {
		flipped := bytes.Clone(sound)
		flipped[i] ^= 0x10
		damage[fmt.Sprint("flipped at ", i)] = flipped
	}
	for what, content := range damage {
		if err := os.WriteFile(newest, content, 0o600); err != nil {
			t.Fatal(err)
		}
		e, log, err := openLogged(w, dir)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		want(t, what+": start", e.Status().StartSize, domain.Size(len(w.steps)-2))
		if !strings.Contains(log, "snapshot not used") {
			t.Fatalf("%s: nothing in the log: %s", what, log)
		}
		sameDigests(t, what, w.catchUp(e).Digests(), wanted)
	}
}

// Another version may have other tables, and another head: it is passed over, and
// nobody is accused of anything.
func TestASnapshotOfAnotherVersionIsNotUsed(t *testing.T) {
	w, dir, newest := smallLedger(t)
	for _, version := range []int{snapshotVersion - 1, snapshotVersion + 1} {
		head := fmt.Appendf(nil, `{"Version":%d,"Size":"as it pleases","Rows":[]}`, version)
		var other bytes.Buffer
		out := bufio.NewWriter(&other)
		out.WriteString(snapshotMagic)
		writeFrame(out, len(tables)-version%2*5, 0, uint32(len(head)), head)
		out.Flush()
		if err := os.WriteFile(newest, other.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		e, log, err := openLogged(w, dir)
		if err != nil || !strings.Contains(log, "another version") {
			t.Fatalf("open = %v, log %s", err, log)
		}
		want(t, "start", e.Status().StartSize, domain.Size(len(w.steps)-2))
		for i, s := range w.check(dir) {
			if wanted := []error{nil, ErrSnapshotVersion}[i]; !errors.Is(s.Err, wanted) {
				t.Errorf("version %d, the snapshot at %d: %v, not %v", version, s.Size, s.Err, wanted)
			}
		}
	}
}

func TestASnapshotBeyondTheLogIsRefused(t *testing.T) {
	_, dir, _ := smallLedger(t)
	shorter := newWorld(t).withPolicies()
	_, _, err := openLogged(shorter, dir)
	wantErr(t, "open", err, eventstore.ErrPositionBeyondHead)
}

func TestASnapshotOfAnotherLogIsNotUsed(t *testing.T) {
	w, dir, _ := smallLedger(t)
	other := newWorld(t).withPolicies()
	other.ids = 1000 // other identities from here on
	for i := range w.steps {
		other.must(recorder, &domain.RegisterCommunity{Code: code(t, "430702001001") + domain.CommunityCode(i), Name: "社区", From: domain.MinDay})
	}
	e, log, err := openLogged(other, dir)
	if err != nil || !strings.Contains(log, "another log") {
		t.Fatalf("open = %v, log %s", err, log)
	}
	want(t, "start", e.Status().StartSize, 0)
}

func TestSnapshotsKeepTheLastTwo(t *testing.T) {
	w, dir, _ := smallLedger(t)
	e := w.engine(Options{Dir: dir})
	w.snapshot(e) // of the size that is there already
	for i := range 3 {
		w.must(recorder, &domain.RegisterCommunity{Code: code(t, "430702001001") + domain.CommunityCode(i), Name: "社区", From: domain.MinDay})
		w.catchUp(e)
		w.snapshot(e)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "files", len(files), 2)
	w.compared(dir)
	want(t, "status", e.Status().Snapshot.Size, domain.Size(len(w.steps)))
}

func TestASnapshotNeedsADirectory(t *testing.T) {
	w := newWorld(t).withPolicies()
	if err := w.engine(Options{}).Snapshot(context.Background()); err == nil {
		t.Error("a snapshot without a directory")
	}
	e := w.engine(Options{Dir: filepath.Join(t.TempDir(), "missing")})
	if err := e.Snapshot(context.Background()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("snapshot = %v", err)
	}
	if e.Status().Snapshot.Err == nil {
		t.Error("the status says nothing of it")
	}
}

// TestASnapshotWaitsForALull: while an import runs, or a ledger is read from its
// start, the processors are its own, for as long as patience lasts.
func TestASnapshotWaitsForALull(t *testing.T) {
	for _, c := range []struct {
		name          string
		folding       time.Duration
		earliest, end time.Duration
	}{
		{"at rest", 0, snapshotLull, 2 * snapshotLull},
		{"while an import runs", 5 * time.Second, 5 * time.Second, 5*time.Second + 3*snapshotLull},
		{"without end", time.Hour, 20 * time.Second, 20*time.Second + snapshotLull},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := &Engine{options: Options{}.withDefaults(), books: newBooks()}
			began := time.Now()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go func() {
				for size := uint32(1); time.Since(began) < c.folding && ctx.Err() == nil; size++ {
					e.books.frontier.Store(&frontier{size: size})
					time.Sleep(snapshotLull / 5)
				}
			}()
			good := e.waitForLull(ctx)
			if waited := time.Since(began); !good || waited < c.earliest || waited > c.end {
				t.Errorf("%s: %v after %v", c.name, good, waited)
			}
			stop()
			if e.waitForLull(ctx) {
				t.Errorf("%s: a snapshot after the end", c.name)
			}
			time.Sleep(time.Second) // the other goroutine ends
		})
	}
}
