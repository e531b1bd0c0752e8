// Package embedded keeps the ordered log in segment files on the local disk.
//
// One process writes a log: Open takes the directory's lock. Appends from any
// number of goroutines are gathered by one writer goroutine into groups, each
// written once and synced once before all its appends are acknowledged.
// Readers, in this process or beside it (OpenReader), never block the writer.
//
// docs/log-format.md describes the files.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"time"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Options tune a Log. The zero value is good.
type Options struct {
	// Observe is called by the writer goroutine after every group. It must
	// return at once.
	Observe func(Group)
}

// Group is one write and one sync, and what they carried.
type Group struct {
	Appends int
	Events  int
	Bytes   int
	Write   time.Duration
	Sync    time.Duration
}

// Log is an open log that this process may append to. It implements
// eventstore.Store.
type Log struct {
	view
	disk     disk
	lock     *durable.Lock
	observe  func(Group)
	queue    queue
	space    *space
	failure  failure
	writer   writer
	writing  sync.WaitGroup // the writer goroutine
	done     sync.WaitGroup // the others
	index    chan struct{}  // there is a sealed segment to index
	stop     chan struct{}  // closed by Close
	closing  sync.Once
	closeErr error
	recovery Recovery
	counters counters
}

var (
	_ eventstore.Store   = (*Log)(nil)
	_ eventstore.Scanner = (*Log)(nil)
)

// Recovery says what Open found and did.
type Recovery struct {
	// CutBytes is the size of the torn tail that was cut: bytes of appends that
	// were never acknowledged. CutAt is where the log ends now.
	CutBytes int64
	CutAt    eventstore.Position
	// IndexesRebuilt counts sealed segments whose index was missing or damaged.
	IndexesRebuilt int
}

// openPatience is how long Open waits for readers that hold the lock for an
// instant to find out whether a writer runs.
const openPatience = time.Second

// Open opens the log in dir for appending. A directory without a log is
// ErrNoLog; one another process writes is *durable.Locked; one whose files are
// not what was written is eventstore.ErrCorrupt, and its segments stay as they
// are.
func Open(dir string, opt Options) (*Log, error) { return openWith(dir, opt, realDisk) }

func openWith(dir string, opt Options, d disk) (*Log, error) {
	id, size, err := readMeta(dir)
	if err != nil {
		return nil, err
	}
	l := &Log{
		view:    view{dir: dir, id: id, size: size},
		disk:    d,
		observe: opt.Observe,
		index:   make(chan struct{}, 1),
		stop:    make(chan struct{}),
	}
	l.queue.wake = make(chan struct{}, 1)
	l.failure.failed = make(chan struct{})
	if l.lock, err = lockPatiently(l.path(lockName)); err != nil {
		return nil, err
	}
	if err := l.recover(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the log in %s: %w", dir, err), l.closeFiles(), l.lock.Unlock())
	}
	l.start()
	return l, nil
}

func lockPatiently(path string) (*durable.Lock, error) {
	deadline := time.Now().Add(openPatience)
	for {
		lock, err := durable.TryLock(path)
		var locked *durable.Locked
		if !errors.As(err, &locked) || time.Now().After(deadline) {
			return lock, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// recover brings the directory into the state the writer goes on from.
func (l *Log) recover() error {
	if err := l.openSegments(true); err != nil {
		return err
	}
	used, err := l.loadIndexes(l.storeIndex)
	if err != nil {
		return err
	}
	end, rest, err := l.scanNewest()
	if err != nil {
		return err
	}
	if err := l.checkCommitted(end); err != nil {
		return err
	}
	// The log is sound: only from here on anything but an index is changed.
	if err := l.settle(end, rest); err != nil {
		return err
	}
	if err := l.tidy(used); err != nil {
		return err
	}
	return l.writer.begin(l, end)
}

// settle cuts a torn tail and makes durable what a killed writer may have left
// in the operating system's memory, before anybody is told of it.
func (l *Log) settle(end state, rest torn) error {
	f := l.newest().file
	if rest.bytes > 0 {
		if err := durable.Zero(f, rest.at.offset(), rest.at.offset()+rest.bytes); err != nil {
			return err
		}
		l.recovery.CutBytes, l.recovery.CutAt = rest.bytes, end.last.position()
	}
	if err := durable.Datasync(f); err != nil {
		return err
	}
	l.tail.set(end)
	return nil
}

// tidy removes what a crash left of unfinished files, and indexes that are
// damaged or were merged.
func (l *Log) tidy(used []run) error {
	if err := durable.RemoveTemp(l.dir); err != nil {
		return err
	}
	return removeOtherIndexes(l.dir, used)
}

// start sets the log's goroutines going: one writes, one fills files with
// zeros ahead of it, one indexes sealed segments.
func (l *Log) start() {
	l.writing.Go(l.writer.run)
	l.done.Go(l.space.run)
	l.done.Go(l.runIndexer)
}

// Recovered says what Open had to mend.
func (l *Log) Recovered() Recovery { return l.recovery }

// Announce writes into the lock file at which address this process answers, for
// processes that find the log locked.
func (l *Log) Announce(address string) error { return l.lock.Announce(address) }

// Holder reports the process that has the log in dir open for appending, and
// whether there is one.
func Holder(dir string) (durable.Holder, bool, error) {
	return durable.WhoLocks(filepath.Join(dir, lockName))
}

// Failed is closed when a write or a sync failed. Nothing can be appended from
// then on, and the program should end: only a new start finds out what the disk
// holds. Err says why.
func (l *Log) Failed() <-chan struct{} { return l.failure.failed }

// Err is the failure that stopped the writing, nil while there is none.
func (l *Log) Err() error { return l.failure.get() }

// ReadStream implements eventstore.StreamReader.
func (l *Log) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return l.readStream(ctx, stream, from, dir)
}

// ReadAll implements eventstore.LogReader.
func (l *Log) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return l.readAll(ctx, after, l.tail.get().end, false)
}

// Scan implements eventstore.Scanner.
func (l *Log) Scan(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return l.readAll(ctx, after, l.tail.get().end, true)
}

// Subscribe implements eventstore.LogReader.
func (l *Log) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return l.subscribe(ctx, after, l.tail.await)
}

// Head implements eventstore.LogReader.
func (l *Log) Head(ctx context.Context) (eventstore.Head, error) {
	if err := errors.Join(l.tail.open(), ctx.Err()); err != nil {
		return eventstore.Head{}, err
	}
	return l.head(), nil
}

// Close lets appends in flight finish, stops the log's goroutines and gives up
// the lock. Reads in flight end with eventstore.ErrClosed.
func (l *Log) Close() error {
	l.closing.Do(func() {
		l.queue.close()
		l.writing.Wait() // it may still need the space
		close(l.stop)
		l.space.close()
		l.done.Wait()
		l.closeErr = errors.Join(l.writer.end(), l.closeFiles(), l.lock.Unlock())
	})
	return l.closeErr
}

// failure is the first error that made writing unsafe.
type failure struct {
	mu     sync.Mutex
	err    error
	failed chan struct{}
}

func (f *failure) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
		close(f.failed)
	}
}

func (f *failure) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
