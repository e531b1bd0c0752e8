package inspect

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// fact is a line of the frames, read and hashed.
type fact struct {
	index uint64
	salt  proof.Salt
	frame proof.Frame
	entry proof.Entry
	leaf  proof.Hash
	err   error // the line is malformed
}

const (
	linesAtOnce = 512
	// maxLineBytes bounds a line: a batch the port takes, written out.
	maxLineBytes = 2 * eventstore.MaxBatchBytes
)

// errLineTooLong: a line of the frames is longer than any fact may be.
var errLineTooLong = errors.New("a line of the frames is longer than any fact")

// readFacts reads lines to the end of r, hashes them on all processors, and
// yields them in order. It stops after a fact with an error.
func readFacts(ctx context.Context, r io.Reader) iter.Seq2[*fact, error] {
	return func(yield func(*fact, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		workers := runtime.GOMAXPROCS(0)
		batches := make(chan *lineBatch, workers)
		ordered := make(chan *lineBatch, 2*workers)
		for range workers {
			running.Go(func() {
				for b := range batches {
					b.hash()
					close(b.done)
				}
			})
		}
		running.Go(func() {
			defer close(batches)
			defer close(ordered)
			cutLines(ctx, r, batches, ordered)
		})
		for b := range ordered {
			<-b.done
			for i := range b.facts {
				f := &b.facts[i]
				if !yield(f, f.err) || f.err != nil {
					return
				}
			}
			if b.err != nil {
				yield(nil, b.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// lineBatch is some lines on their way.
type lineBatch struct {
	lines [][]byte
	facts []fact
	err   error // why reading ended after them
	done  chan struct{}
}

func (b *lineBatch) hash() {
	b.facts = make([]fact, len(b.lines))
	var frame []byte
	for i, line := range b.lines {
		f := &b.facts[i]
		if f.index, f.salt, f.frame, f.err = parseLine(line); f.err != nil {
			continue
		}
		frame = f.frame.Append(frame[:0])
		f.entry = proof.Commit(f.salt, frame)
		f.leaf = proof.LeafHash(f.entry[:])
	}
}

// cutLines hands batches to the workers and, in order, to the collector.
func cutLines(ctx context.Context, r io.Reader, batches, ordered chan<- *lineBatch) {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		b := &lineBatch{done: make(chan struct{})}
		for len(b.lines) < linesAtOnce && b.err == nil {
			line, err := readLine(in)
			if len(line) > 0 {
				b.lines = append(b.lines, line)
			}
			b.err = err
		}
		end := b.err != nil
		if errors.Is(b.err, io.EOF) {
			b.err = nil
		}
		for _, to := range []chan<- *lineBatch{ordered, batches} {
			select {
			case to <- b:
			case <-ctx.Done():
				return
			}
		}
		if end {
			return
		}
	}
}

func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLineBytes:
			return nil, errLineTooLong
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return line, err
		}
	}
}

// position makes a store position of a ledger index: rising, never zero.
func position(index uint64) eventstore.Position { return eventstore.NewPosition(0, index+1) }

// recorded is a fact as the read side takes it.
func (f *fact) recorded() eventstore.Recorded {
	return eventstore.Recorded{
		Event:  eventstore.Event{ID: f.frame.ID, Type: f.frame.Type, Data: f.frame.Data, Metadata: f.frame.Metadata},
		Stream: f.frame.Stream, Revision: eventstore.Revision(f.frame.Revision), Position: position(f.index),
	}
}

// history is the log a bundle stands for. ReadAll verifies as it reads, so the
// facts are read once; the streams of the sample are kept for their statements,
// and any other is looked for again.
type history struct {
	facts func(ctx context.Context) iter.Seq2[*fact, error]
	again func(ctx context.Context) iter.Seq2[*fact, error] // the same, not verified
	keep  map[string]bool
	size  uint64

	streams map[string][]eventstore.Recorded
}

func (h *history) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if !after.IsZero() {
			yield(eventstore.Recorded{}, fmt.Errorf("%w: a bundle is read from its beginning", errors.ErrUnsupported))
			return
		}
		h.streams = map[string][]eventstore.Recorded{}
		for f, err := range h.facts(ctx) {
			if err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
			r := f.recorded()
			if h.keep[r.Stream] {
				h.streams[r.Stream] = append(h.streams[r.Stream], r)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Subscribe is never needed: a bundle does not grow.
func (h *history) Subscribe(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		yield(eventstore.Recorded{}, errors.ErrUnsupported)
	}
}

func (h *history) Head(context.Context) (eventstore.Head, error) {
	if h.size == 0 {
		return eventstore.Head{}, nil
	}
	return eventstore.Head{Position: position(h.size - 1)}, nil
}

// ReadStream reads a stream forwards.
func (h *history) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if dir == eventstore.Backwards {
			yield(eventstore.Recorded{}, errors.ErrUnsupported)
			return
		}
		if err := h.find(ctx, stream); err != nil {
			yield(eventstore.Recorded{}, err)
			return
		}
		if len(h.streams[stream]) == 0 {
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
			return
		}
		for _, r := range h.streams[stream] {
			if r.Revision >= from && !yield(r, nil) {
				return
			}
		}
	}
}

// find looks for a stream that was not kept: of somebody merged into a person
// of the sample.
func (h *history) find(ctx context.Context, stream string) error {
	if h.keep[stream] {
		return nil
	}
	for f, err := range h.again(ctx) {
		if err != nil {
			return err
		}
		if f.frame.Stream == stream {
			h.streams[stream] = append(h.streams[stream], f.recorded())
		}
	}
	h.keep[stream] = true
	return nil
}
