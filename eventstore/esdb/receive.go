package esdb

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"zhishu/eventstore"
)

// Events travel from the goroutine that receives them to the reader in chunks of
// at most so many events and so many bytes.
const (
	chunkEvents = 64
	chunkBytes  = 256 << 10
)

type opener func(context.Context) (*esdb.ReadStream, error)

// receive opens one read on a link and hands its events to each until it is
// complete (nil), each returns false (errEnough), or it breaks. The turn, if the
// read needs one, ends as soon as the read is closed.
func (s *Store) receive(ctx context.Context, l *link, t *turn, open opener, each func(*esdb.RecordedEvent) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	chunks := make(chan []*esdb.RecordedEvent, 2)
	ended := make(chan error, 1)
	go func() {
		_, _, err := call(ctx, l, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, s.pump(ctx, cancel, open, chunks)
		})
		t.end()
		ended <- err
	}()
	for {
		select {
		case chunk := <-chunks:
			if !deliver(chunk, each) {
				return errEnough
			}
		case err := <-ended:
			for len(chunks) > 0 { // what it passed on before it ended
				if !deliver(<-chunks, each) {
					return errEnough
				}
			}
			if errors.Is(context.Cause(ctx), errStalled) {
				return errStalled
			}
			return err
		}
	}
}

func deliver(chunk []*esdb.RecordedEvent, each func(*esdb.RecordedEvent) bool) bool {
	for _, e := range chunk {
		if !each(e) {
			return false
		}
	}
	return true
}

// errEnough: the reader wants no more.
var errEnough = errors.New("the reader wants no more")

// pump receives events and passes them on. It stalls with the reader, and is
// stopped when the store stalls.
func (s *Store) pump(ctx context.Context, cancel context.CancelCauseFunc, open opener, chunks chan<- []*esdb.RecordedEvent) error {
	watch := time.AfterFunc(s.opt.ReadTimeout, func() { cancel(errStalled) })
	defer watch.Stop()
	read, err := open(ctx)
	if err != nil {
		return err
	}
	defer read.Close()
	var chunk []*esdb.RecordedEvent
	size := 0
	for {
		watch.Reset(s.opt.ReadTimeout)
		e, err := read.Recv()
		watch.Stop()
		if err == nil && e.OriginalEvent() != nil {
			original := e.OriginalEvent()
			chunk, size = append(chunk, original), size+len(original.Data)+len(original.UserMetadata)
			if len(chunk) < chunkEvents && size < chunkBytes {
				continue
			}
		}
		if len(chunk) > 0 {
			if err := pass(ctx, chunks, chunk); err != nil {
				return err
			}
			chunk, size = nil, 0
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readerPatience is how long a read stays open for a reader that takes nothing.
const readerPatience = time.Second

// errPaused: the read was closed for the sake of others, and goes on when its
// reader does. The server takes a hundred calls on one connection; as many
// readers that stand still would keep every append out.
var errPaused = errors.New("the read was paused")

// pass gives a chunk to the reader. One that is not taken is read again.
func pass(ctx context.Context, chunks chan<- []*esdb.RecordedEvent, chunk []*esdb.RecordedEvent) error {
	select {
	case chunks <- chunk:
		return nil
	default:
	}
	patience := time.NewTimer(readerPatience)
	defer patience.Stop()
	select {
	case chunks <- chunk:
		return nil
	case <-patience.C:
		return errPaused
	case <-ctx.Done():
		return ctx.Err()
	}
}

// persist repeats a read that breaks, as long as the store makes progress within
// ReadTimeout. attempt goes on where the last one ended, and calls progress for
// every event.
func (s *Store) persist(ctx context.Context, attempt func(l *link, progress func()) error) error {
	last := time.Now()
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := s.tryOnce(ctx, last, func(l *link) error {
			return attempt(l, func() { last, pause = time.Now(), firstPause })
		})
		if errors.Is(err, errPaused) {
			last, pause = time.Now(), firstPause
			continue
		}
		if !errors.Is(err, errTryAgain) {
			return err
		}
		if time.Since(last) > s.opt.ReadTimeout || !sleep(ctx, jitter(pause)) {
			return s.why(ctx, unavailable(err))
		}
	}
}

func (s *Store) tryOnce(ctx context.Context, last time.Time, attempt func(*link) error) error {
	waiting, cancel := context.WithDeadline(ctx, last.Add(s.opt.ReadTimeout))
	l, err := s.links.get(waiting)
	cancel()
	if err != nil {
		return s.why(ctx, err)
	}
	err = attempt(l)
	if err == nil || errors.Is(err, errEnough) || errors.Is(err, errPaused) || errors.Is(err, eventstore.ErrCorrupt) || errors.Is(err, eventstore.ErrPositionBeyondHead) {
		return err
	}
	switch s.settle(ctx, l, err) {
	case ended:
		return s.why(ctx, err)
	case notFound:
		return eventstore.ErrStreamNotFound
	case deleted:
		return errDeleted
	case denied:
		return unavailable(err)
	}
	if ctx.Err() != nil {
		return s.why(ctx, err)
	}
	return errors.Join(errTryAgain, err)
}
