package projections

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/internal/durable"
)

const (
	snapshotPrefix = "books-"
	snapshotSuffix = ".snap"
	snapshotsKept  = 2
)

// snapshots says what is known of them.
type snapshots struct {
	mu      sync.Mutex // held while one is written
	state   sync.Mutex // guards what follows
	newest  SnapshotStatus
	digests []Digest
}

func (s *snapshots) status() SnapshotStatus {
	s.state.Lock()
	defer s.state.Unlock()
	return s.newest
}

// SnapshotInfo is a snapshot on disk.
type SnapshotInfo struct {
	Path    string
	Size    domain.Size
	Bytes   int64
	Written time.Time
}

// Snapshots lists a directory's snapshots, the newest first. A snapshot is a file;
// what else bears the name of one is not read, and not waited for.
func Snapshots(dir string) ([]SnapshotInfo, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []SnapshotInfo
	for _, entry := range entries {
		size, ok := sizeInName(entry.Name())
		if !ok || !entry.Type().IsRegular() {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // a server beside us has replaced it
		}
		if err != nil {
			return nil, err
		}
		out = append(out, SnapshotInfo{filepath.Join(dir, entry.Name()), size, info.Size(), info.ModTime()})
	}
	slices.SortFunc(out, func(a, b SnapshotInfo) int { return cmp.Compare(b.Size, a.Size) })
	return out, nil
}

func snapshotName(size domain.Size) string {
	return fmt.Sprintf("%s%010d%s", snapshotPrefix, size, snapshotSuffix)
}

// sizeInName is the size that a file's name says the snapshot is of.
func sizeInName(name string) (size domain.Size, ok bool) {
	digits := strings.TrimSuffix(strings.TrimPrefix(name, snapshotPrefix), snapshotSuffix)
	n, err := strconv.ParseUint(digits, 10, 64)
	return domain.Size(n), err == nil && snapshotName(domain.Size(n)) == name
}

// read reads it whole. The size it is found by is in its name, so that it must be
// the one inside.
func (s *SnapshotInfo) read() (*books, *smallState, error) {
	f, info, err := durable.Open(s.Path)
	if errors.Is(err, durable.ErrNoFile) {
		return nil, nil, errors.Join(errSnapshotDamaged, err)
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	b, small, err := readBooks(f, info.Size())
	if err != nil {
		return nil, nil, err
	}
	return b, small, s.named(small.Size)
}

func (s *SnapshotInfo) named(size uint32) error {
	if domain.Size(size) != s.Size {
		return fmt.Errorf("%w: it is of %d events and named for %d", errSnapshotDamaged, size, s.Size)
	}
	return nil
}

// load takes over the newest snapshot that is sound and belongs to the log.
func (e *Engine) load(ctx context.Context) error {
	e.books = newBooks()
	if e.options.Dir == "" {
		return nil
	}
	found, err := Snapshots(e.options.Dir)
	if err != nil {
		return err
	}
	for _, info := range found {
		b, s, err := info.read()
		if err == nil {
			err = belongs(ctx, e.options.Log, b, *b.frontier.Load())
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // a server beside us has replaced it
		}
		if errors.Is(err, errOtherLog) || errors.Is(err, errSnapshotDamaged) || errors.Is(err, ErrSnapshotVersion) || errors.Is(err, ErrNotUnderstood) {
			e.options.Logger.Warn("snapshot not used", "path", info.Path, "reason", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("snapshot %s: %w", filepath.Base(info.Path), err)
		}
		e.books = b
		e.snaps.newest = SnapshotStatus{Size: info.Size, At: info.Written, Bytes: info.Bytes}
		e.snaps.digests = s.Digests
		return nil
	}
	return nil
}

var errOtherLog = errors.New("the snapshot is of another log")

// belongs checks that a snapshot's last event is the log's at that place, and that
// no event of the ledger lies between it and the position from which the log is
// read on; b knows the position of every so-manieth event up to there. A snapshot
// that has seen more than the log holds is refused: whoever opened a log that was
// rolled back must hear of it.
func belongs(ctx context.Context, log eventstore.LogReader, b *books, f frontier) error {
	head, err := log.Head(ctx)
	if err != nil {
		return err
	}
	if f.position.Compare(head.Position) > 0 {
		return eventstore.ErrPositionBeyondHead
	}
	if f.size == 0 {
		return nil
	}
	after := eventstore.Position{}
	size := (f.size - 1) / markEvery * markEvery
	if size > 0 {
		after = b.markAt(size/markEvery - 1)
	}
	for rec, err := range log.ReadAll(ctx, after) {
		if err != nil {
			return err
		}
		if size == f.size && rec.Position.Compare(f.position) > 0 {
			return nil
		}
		if !eventstore.IsLedger(rec.Stream) {
			continue
		}
		if size++; size > f.size || size == f.size && (rec.ID != f.last || rec.Position.Compare(f.position) > 0) {
			return errOtherLog
		}
	}
	if size < f.size {
		return errOtherLog
	}
	return nil
}

// Snapshot writes one now, unless the newest is of this size. It needs
// Options.Dir. Folding pauses only while revision counters are copied.
func (e *Engine) Snapshot(ctx context.Context) error {
	if e.options.Dir == "" {
		return errors.New("projections: no directory for snapshots")
	}
	e.snaps.mu.Lock()
	defer e.snaps.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	e.applying.Lock()
	if newest := e.snaps.status(); e.books.size == 0 || newest.Size == domain.Size(e.books.size) {
		e.applying.Unlock()
		return nil
	}
	c, events := e.books.capture(), e.books.small
	e.applying.Unlock()

	v := e.books.view(c.size, e.books.dayOf(c.size), e.cache)
	digests := v.Digests()
	path := filepath.Join(e.options.Dir, snapshotName(domain.Size(c.size)))
	err := durable.Write(path, 0o600, func(w io.Writer) error { return c.write(w, events, digests) })
	var bytes int64
	if err == nil {
		if info, serr := os.Stat(path); serr == nil {
			bytes = info.Size()
		}
		err = e.dropOld()
	}
	e.snaps.state.Lock()
	defer e.snaps.state.Unlock()
	if err != nil {
		e.snaps.newest.Err = err
		return fmt.Errorf("write a snapshot: %w", err)
	}
	e.snaps.newest = SnapshotStatus{Size: domain.Size(c.size), At: time.Now(), Bytes: bytes}
	e.snaps.digests = digests
	return nil
}

// dropOld keeps the newest snapshots. One that is damaged counts like any
// other; the one behind it is kept for that.
func (e *Engine) dropOld() error {
	found, err := Snapshots(e.options.Dir)
	if err != nil {
		return err
	}
	for _, old := range found[min(snapshotsKept, len(found)):] {
		if err := durable.Remove(old.Path); err != nil {
			return err
		}
	}
	return nil
}

// snapshotAtIntervals writes snapshots while Run folds, until stop.
func (e *Engine) snapshotAtIntervals(ctx context.Context) (stop func()) {
	if e.options.Dir == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		for e.waitUntilDue(ctx) {
			if err := e.Snapshot(ctx); err != nil && ctx.Err() == nil {
				e.options.Logger.Error("no snapshot written", "error", err)
				select { // a full disk does not get better by trying at once
				case <-time.After(time.Minute):
				case <-ctx.Done():
				}
			}
		}
	})
	return func() {
		cancel()
		group.Wait()
	}
}

// waitUntilDue returns true when a snapshot is due, and the moment is good for
// it: after so many events, but no fewer than a third of the ledger, or after so
// long if there was any event.
func (e *Engine) waitUntilDue(ctx context.Context) bool {
	last := e.snaps.status()
	timer := time.NewTimer(e.options.SnapshotInterval)
	defer timer.Stop()
	for late := false; ; {
		woken := e.waiters.next()
		size := uint64(e.books.frontier.Load().size)
		news := size - min(size, uint64(last.Size))
		if news >= max(e.options.SnapshotEvents, size/3) || late && news > 0 {
			return e.waitForLull(ctx)
		}
		select {
		case <-woken:
		case <-timer.C:
			late = true
		case <-ctx.Done():
			return false
		}
	}
}

// snapshotLull is how long nothing is folded in before a snapshot is made.
const snapshotLull = 250 * time.Millisecond

// waitForLull waits until nothing is being folded in, but not longer than its
// patience: digests and writing keep a processor busy that an import, or a first
// start, can use better. It returns false when ctx ends.
func (e *Engine) waitForLull(ctx context.Context) bool {
	for began := time.Now(); time.Since(began) < e.options.SnapshotPatience; {
		size := e.books.frontier.Load().size
		select {
		case <-time.After(snapshotLull):
		case <-ctx.Done():
			return false
		}
		if e.books.frontier.Load().size == size {
			break
		}
	}
	return ctx.Err() == nil
}
