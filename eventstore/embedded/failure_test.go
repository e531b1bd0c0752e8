package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"testing"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// failingDisk is a real disk until told to fail.
type failingDisk struct {
	full, badWrite, badSync, tornWrite atomic.Bool
}

func (d *failingDisk) disk() disk {
	full := func() error { return &os.PathError{Op: "fallocate", Path: "x", Err: syscall.ENOSPC} }
	return disk{
		write: func(f *os.File, b []byte, at int64) (int, error) {
			switch {
			case d.badWrite.Load():
				return 0, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.EIO}
			case d.tornWrite.Load():
				n, err := f.WriteAt(b[:len(b)/2], at)
				return n, errors.Join(err, &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC})
			}
			return f.WriteAt(b, at)
		},
		sync: func(f *os.File) error {
			if d.badSync.Load() {
				return fmt.Errorf("%w: %w", durable.ErrSync, syscall.EIO)
			}
			return durable.Datasync(f)
		},
		grow: func(path string, from, to int64) error {
			if d.full.Load() {
				return full()
			}
			return grow(path, from, to)
		},
		spare: func(dir string, size int64) error {
			if d.full.Load() {
				return full()
			}
			return fillSpare(dir, size)
		},
	}
}

// TestFullDisk: when room runs out appends are refused and nothing of them is
// kept; reads go on; when there is room again, so do appends.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	var d failingDisk
	dir := newDir(t)
	l, err := openWith(dir, Options{}, d.disk())
	if err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		d.full.Store(true)
		n, refused := uint64(0), 0
		stream := fmt.Sprintf("import-%d", round)
		for i := 0; refused < 5; i++ {
			_, err := l.Append(context.Background(), stream, eventstore.After(n), batch(int(n), 1, 200_000))
			switch {
			case err == nil && refused == 0:
				n++
			case errors.Is(err, eventstore.ErrFull):
				refused++
			default:
				t.Fatalf("append %d on a full disk: %v", i, err)
			}
		}
		all := mustContents(t, l)
		if got := uint64(len(all)); got == 0 || all[len(all)-1].Revision+1 != eventstore.Revision(n) {
			t.Fatalf("round %d: the log does not end with the %d appends that were accepted", round, n)
		}
		select {
		case <-l.Failed():
			t.Fatalf("a full disk stopped the writing: %v", l.Err())
		default:
		}
		d.full.Store(false)
		mustAppend(t, l, stream, n, batch(int(n), 1, 200_000))
	}
	all := mustContents(t, l)
	mustClose(t, l)
	wantContents(t, mustOpen(t, dir), all)
}

// TestTakenBack: a write that finds no room halfway is undone, so that the
// append may be refused.
func TestTakenBack(t *testing.T) {
	t.Parallel()
	var d failingDisk
	dir := newDir(t)
	l, err := openWith(dir, Options{}, d.disk())
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "person-1", 0, batch(0, 1, 100))
	d.tornWrite.Store(true)
	if _, err := l.Append(context.Background(), "person-1", eventstore.Exactly(0), batch(1, 9, 10_000)); !errors.Is(err, eventstore.ErrFull) {
		t.Fatalf("a write without room: %v", err)
	}
	d.tornWrite.Store(false)
	mustAppend(t, l, "person-1", 1, batch(1, 1, 10))
	all := mustContents(t, l)
	mustClose(t, l)
	again := mustOpen(t, dir)
	wantContents(t, again, all)
	if len(all) != 2 || again.Recovered().CutBytes != 0 {
		t.Errorf("%d events, want 2; recovery %+v", len(all), again.Recovered())
	}
}

// TestFailedSyncStopsWriting: after a sync failed nobody knows what the disk
// holds. Nothing more is written, reads go on, and a restart finds out.
func TestFailedSyncStopsWriting(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*failingDisk){
		"sync":  func(d *failingDisk) { d.badSync.Store(true) },
		"write": func(d *failingDisk) { d.badWrite.Store(true) },
	} {
		var d failingDisk
		dir := newDir(t)
		l, err := openWith(dir, Options{}, d.disk())
		if err != nil {
			t.Fatal(err)
		}
		mustAppend(t, l, "person-1", 0, batch(0, 2, 100))
		fail(&d)
		if _, err := l.Append(context.Background(), "person-1", eventstore.Exactly(1), batch(2, 1, 100)); !errors.Is(err, eventstore.ErrUnknown) {
			t.Fatalf("%s: the append under way: %v, want %v", name, err, eventstore.ErrUnknown)
		}
		<-l.Failed()
		if !errors.Is(l.Err(), syscall.EIO) {
			t.Errorf("%s: Err = %v", name, l.Err())
		}
		d.badSync.Store(false)
		d.badWrite.Store(false)
		for range 3 {
			if _, err := l.Append(context.Background(), "person-2", eventstore.NoStream(), batch(9, 1, 9)); !errors.Is(err, eventstore.ErrUnavailable) {
				t.Fatalf("%s: an append after the failure: %v, want %v", name, err, eventstore.ErrUnavailable)
			}
		}
		if all := mustContents(t, l); len(all) != 2 {
			t.Errorf("%s: %d events after the failure, want 2", name, len(all))
		}
		mustClose(t, l)
		l = mustOpen(t, dir)
		// Whether the append of unknown outcome is there or not, the retry makes
		// it be there once.
		mustAppend(t, l, "person-1", 2, batch(2, 1, 100))
		if all := mustContents(t, l); len(all) != 3 {
			t.Errorf("%s: %d events after the retry, want 3", name, len(all))
		}
	}
}
