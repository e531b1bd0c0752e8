package embedded

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// TestReaderFollowsTheWriter opens readers beside a writer at several points;
// each sees what is committed, and what comes later, over many segments.
func TestReaderFollowsTheWriter(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	l := mustOpen(t, dir)
	var readers []*Reader
	open := func() {
		r, err := OpenReader(dir)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	open()
	for i := range 12 {
		mustAppend(t, l, fmt.Sprintf("person-%d", i%3), uint64(i/3*2), batch(2*i, 2, 200_000))
		if i%4 == 1 {
			open()
		}
	}
	all := mustContents(t, l)
	if l.Stats().Segments < 4 {
		t.Fatalf("%d segments are too few for this test", l.Stats().Segments)
	}
	for _, r := range readers {
		wantContents(t, r, all)
		head, err := r.Head(context.Background())
		if err != nil || head.Position != all[len(all)-1].Position {
			t.Errorf("Head = %s, %v", head.Position, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	n := len(all)
	for e, err := range readers[0].Subscribe(ctx, all[n-2].Position) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == len(all)+1 { // the newest: the rest comes while it waits
			go func() { _, _ = l.Append(ctx, "late-1", eventstore.NoStream(), batch(900, 3, 10)) }()
		}
		if n == len(all)+4 {
			if e.Stream != "late-1" || e.Revision != 2 {
				t.Errorf("the last event is %s revision %d", e.Stream, e.Revision)
			}
			break
		}
	}
	mustClose(t, l)
	for _, r := range readers {
		if got := mustContents(t, r); len(got) != len(all)+3 {
			t.Errorf("after the writer closed: %d events, want %d", len(got), len(all)+3)
		}
		mustClose(t, r)
		if _, err := r.Head(ctx); !errors.Is(err, eventstore.ErrClosed) {
			t.Errorf("Head of a closed reader: %v", err)
		}
	}
}

// TestOneWriter: a second writer is refused and told who holds the log.
func TestOneWriter(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	if _, held, err := Holder(dir); held || err != nil {
		t.Fatalf("Holder of a log nobody opened = %v, %v", held, err)
	}
	l := mustOpen(t, dir)
	if err := l.Announce("http://127.0.0.1:9"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, Options{})
	var locked *durable.Locked
	if !errors.As(err, &locked) || locked.Holder.Address != "http://127.0.0.1:9" {
		t.Fatalf("a second Open = %v", err)
	}
	if h, held, err := Holder(dir); !held || err != nil || h.Address != "http://127.0.0.1:9" {
		t.Errorf("Holder = %+v, %v, %v", h, held, err)
	}
	mustAppend(t, l, "person-1", 0, batch(0, 1, 1))
}

// TestBackup copies a log while it is appended to. The copy is the log as of
// some moment, opens on its own, and goes on.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir, before := segmentsLog(t, 3)
	l := mustOpen(t, dir)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_, _ = l.Append(context.Background(), fmt.Sprintf("during-%d", i), eventstore.NoStream(), batch(i, 1, 5000))
			}
		}
	}()
	copied := filepath.Join(t.TempDir(), "backup")
	got, err := l.Backup(context.Background(), copied)
	if err != nil {
		t.Fatal(err)
	}
	close(stop)
	<-stopped
	after := mustContents(t, l)
	restored := mustOpen(t, copied)
	held := mustContents(t, restored)
	if uint64(len(held)) != got.Events || len(held) < len(before) || held[len(held)-1].Position != got.Head.Position {
		t.Errorf("the backup says %+v and holds %d events", got, len(held))
	}
	if err := same(held, after[:len(held)]); err != nil {
		t.Errorf("the backup beside the log: %v", err)
	}
	mustAppend(t, restored, "goes-on", 0, batch(0, 1, 10))
	if _, err := l.Backup(context.Background(), copied); !errors.Is(err, ErrExists) {
		t.Errorf("a backup over another = %v, want %v", err, ErrExists)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	half := filepath.Join(t.TempDir(), "half")
	if _, err := l.Backup(cancelled, half); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled backup = %v", err)
	}
	if _, err := Open(half, Options{}); !errors.Is(err, ErrNoLog) {
		t.Errorf("half a backup opens: %v", err)
	}
}

// TestBackupRefusesDamage: what is damaged is not copied in silence.
func TestBackupRefusesDamage(t *testing.T) {
	t.Parallel()
	dir, _ := segmentsLog(t, 3)
	flip(t, dir, segmentName(1), blockSize+5000, 1)
	l := mustOpen(t, dir)
	if _, err := l.Backup(context.Background(), filepath.Join(t.TempDir(), "backup")); !errors.Is(err, eventstore.ErrCorrupt) {
		t.Errorf("Backup = %v, want %v", err, eventstore.ErrCorrupt)
	}
}
