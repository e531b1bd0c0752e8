package embedded

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// Reader reads a log, also beside a process that writes it: up to the
// committed end, following new events. It changes no file.
type Reader struct {
	view
	refreshing sync.Mutex
	closed     chan struct{}
	closing    sync.Once
	frozen     bool // stays where it is
}

var (
	_ eventstore.StreamReader = (*Reader)(nil)
	_ eventstore.LogReader    = (*Reader)(nil)
	_ eventstore.Scanner      = (*Reader)(nil)
)

// pollEvery is how often a subscription looks for events that another process
// has written.
const pollEvery = 50 * time.Millisecond

// startPatience is how long OpenReader waits for a writer that is starting.
const startPatience = 5 * time.Second

// OpenReader opens the log in dir for reading. Its errors are those of Open,
// but for the lock.
func OpenReader(dir string) (*Reader, error) {
	id, size, err := readMeta(dir)
	if err != nil {
		return nil, err
	}
	r := &Reader{view: view{dir: dir, id: id, size: size}, closed: make(chan struct{})}
	if err := r.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("read the log in %s: %w", dir, err), r.closeFiles())
	}
	return r, nil
}

// open finds out how far the log is committed: without a writer by looking at
// the frames, beside one by what it says.
func (r *Reader) open() error {
	deadline := time.Now().Add(startPatience)
	for {
		// What is sealed can be read whether somebody writes or not.
		if err := r.openSealed(); err != nil {
			return err
		}
		err := durable.WhileUnlocked(r.path(lockName), r.scanAlone)
		var locked *durable.Locked
		if errors.As(err, &locked) {
			err = r.openBeside(locked)
		}
		if !errors.Is(err, errTryAgain) || time.Now().After(deadline) {
			return err
		}
		if err := r.closeSegments(); err != nil {
			return err
		}
		time.Sleep(pollEvery)
	}
}

// errTryAgain: a writer started or went on while the log was opened.
var errTryAgain = fmt.Errorf("%w: the log is being opened by its writer", eventstore.ErrUnavailable)

func (r *Reader) openSealed() error {
	if err := r.openSegments(false); err != nil {
		return err
	}
	_, err := r.loadIndexes(func(indexHead, []slot) error { return nil })
	return err
}

// scanAlone runs while no writer can start.
func (r *Reader) scanAlone() error {
	if now, err := listSegments(r.dir); err != nil || len(now) != len(r.segs) {
		return errors.Join(err, errTryAgain)
	}
	end, _, err := r.scanNewest()
	if err != nil {
		return err
	}
	if err := r.checkCommitted(end); err != nil {
		return err
	}
	// A writer that was killed may have left frames in memory only; what this
	// process prints must not be lost by a power cut.
	if err := durable.Datasync(r.newest().file); err != nil {
		return err
	}
	r.tail.set(end)
	return nil
}

// openBeside opens the log as far as its writer says.
func (r *Reader) openBeside(writer *durable.Locked) error {
	said, ok, err := readCommitted(r.path(committedName), r.id)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: %w", errTryAgain, writer)
	}
	from := r.newest().start()
	if said.end > from.end { // else the newest segment was begun this instant
		if err := r.openMore(said.end); err != nil {
			return err
		}
		if err := r.follow(from, said.end); err != nil {
			return err
		}
	}
	r.tail.set(said)
	return nil
}

// openMore opens segments up to the one that holds end.
func (r *Reader) openMore(end place) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.segs) < int(end.segment()) {
		s, err := openSegment(r.dir, r.id, r.size, uint32(len(r.segs)+1), false)
		if err != nil {
			return err
		}
		r.segs = append(r.segs, s)
	}
	return nil
}

// refresh takes notice of what was committed since.
func (r *Reader) refresh() error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	select {
	case <-r.closed:
		return eventstore.ErrClosed
	default:
	}
	if r.frozen {
		return nil
	}
	said, ok, err := readCommitted(r.path(committedName), r.id)
	now := r.tail.get()
	if err != nil || !ok || said.end <= now.end {
		return err
	}
	if err := r.openMore(said.end); err != nil {
		return err
	}
	if err := r.follow(now, said.end); err != nil {
		return err
	}
	r.tail.set(said)
	return nil
}

// await looks for new events until there are some beyond p.
func (r *Reader) await(ctx context.Context, p place) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := r.refresh(); err != nil {
			return readError(err)
		}
		if r.tail.get().end > p {
			return nil
		}
		select {
		case <-tick.C:
		case <-r.closed:
			return eventstore.ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Freeze keeps the reader at the end it has reached, whatever is written later.
func (r *Reader) Freeze() {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	r.frozen = true
}

// ReadStream implements eventstore.StreamReader.
func (r *Reader) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	if err := r.refresh(); err != nil {
		return failed(err)
	}
	return r.readStream(ctx, stream, from, dir)
}

// ReadAll implements eventstore.LogReader.
func (r *Reader) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	if err := r.refresh(); err != nil {
		return failed(err)
	}
	return r.readAll(ctx, after, r.tail.get().end, false)
}

// Scan implements eventstore.Scanner.
func (r *Reader) Scan(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	if err := r.refresh(); err != nil {
		return failed(err)
	}
	return r.readAll(ctx, after, r.tail.get().end, true)
}

// Subscribe implements eventstore.LogReader. A new event is seen within about
// 50 ms.
func (r *Reader) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	if err := r.refresh(); err != nil {
		return failed(err)
	}
	return r.subscribe(ctx, after, r.await)
}

// Head implements eventstore.LogReader.
func (r *Reader) Head(ctx context.Context) (eventstore.Head, error) {
	if err := errors.Join(r.refresh(), ctx.Err()); err != nil {
		return eventstore.Head{}, readError(err)
	}
	return r.head(), nil
}

// Stats counts what the reader has seen; what concerns appends is 0.
func (r *Reader) Stats() Stats { return r.stats() }

// Close ends reads in flight with eventstore.ErrClosed.
func (r *Reader) Close() error {
	var err error
	r.closing.Do(func() {
		close(r.closed)
		r.refreshing.Lock()
		defer r.refreshing.Unlock()
		err = r.closeFiles()
	})
	return err
}

func failed(err error) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		yield(eventstore.Recorded{}, readError(err))
	}
}
