package logbench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
)

// StartFigure says how long a log takes to open, beside an empty one, and what
// its table of streams takes.
type StartFigure struct {
	Events         uint64
	Streams        uint64
	Open           time.Duration
	OpenEmpty      time.Duration
	BytesPerStream float64
}

func (f StartFigure) String() string {
	return fmt.Sprintf("open a log of %d events, %d streams: %v (empty: %v), %.1f bytes of memory a stream",
		f.Events, f.Streams, f.Open.Round(time.Millisecond), f.OpenEmpty.Round(time.Millisecond), f.BytesPerStream)
}

// Start measures opening a log of total events in streams of about perStream
// events each. dir must not exist; it is removed.
func Start(ctx context.Context, dir string, total, perStream int) (f StartFigure, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	empty, full := filepath.Join(dir, "empty"), filepath.Join(dir, "full")
	for _, path := range []string{empty, full} {
		if err := embedded.Create(path, 0); err != nil {
			return f, err
		}
	}
	if err := fillStreams(ctx, full, total, perStream); err != nil {
		return f, err
	}
	if f.OpenEmpty, _, err = openOnce(empty); err != nil {
		return f, err
	}
	var s embedded.Stats
	if f.Open, s, err = openOnce(full); err != nil {
		return f, err
	}
	f.Events, f.Streams = s.Events, s.Streams
	f.BytesPerStream = float64(s.TableBytes) / float64(s.Streams)
	return f, nil
}

func fillStreams(ctx context.Context, dir string, total, perStream int) error {
	log, err := embedded.Open(dir, embedded.Options{})
	if err != nil {
		return err
	}
	const writers = 64
	errs := make(chan error, writers)
	for w := range writers {
		go func() { errs <- fillShare(ctx, log, w, total/writers/perStream, perStream) }()
	}
	for range writers {
		err = errors.Join(err, <-errs)
	}
	return errors.Join(err, log.Close())
}

// fillShare makes streams of perStream events, each appended whole.
func fillShare(ctx context.Context, log eventstore.Appender, w, streams, perStream int) error {
	events := make([]eventstore.Event, perStream)
	for i := range events {
		events[i] = Event(uint64(w)<<40 | uint64(i))
	}
	for i := range streams {
		for k := range events {
			events[k].ID[1], events[k].ID[2], events[k].ID[3] = byte(i), byte(i>>8), byte(i>>16)
		}
		stream := fmt.Sprintf("person-%08x-0000-4000-8000-%012x", w, i)
		if _, err := log.Append(ctx, stream, eventstore.NoStream(), events); err != nil {
			return err
		}
	}
	return nil
}

func openOnce(dir string) (time.Duration, embedded.Stats, error) {
	t := time.Now()
	log, err := embedded.Open(dir, embedded.Options{})
	if err != nil {
		return 0, embedded.Stats{}, err
	}
	spent := time.Since(t)
	s := log.Stats()
	return spent, s, log.Close()
}
