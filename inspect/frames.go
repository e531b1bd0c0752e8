package inspect

import (
	"bytes"
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
	// blockBytes is how much of the frames is read, hashed and parsed at once.
	blockBytes = 256 << 10
	// maxLineBytes bounds a line: a batch the port takes, written out.
	maxLineBytes = 2 * eventstore.MaxBatchBytes
)

// errLineTooLong: a line of the frames is longer than any fact may be.
var errLineTooLong = errors.New("a line of the frames is longer than any fact")

// factReader reads the frames.
type factReader struct {
	from io.Reader
	sums []io.Writer // each is written everything that was read, on a goroutine of its own
	bare bool        // parse only: neither entries nor leaves
}

// read reads lines to the end, hashes them on all processors, and yields them in
// order. It stops after a fact with an error. When the loop has ended the
// sums are complete, if the facts were read to their end.
func (fr factReader) read(ctx context.Context) iter.Seq2[*fact, error] {
	return func(yield func(*fact, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		workers := runtime.GOMAXPROCS(0)
		work, ordered := make(chan *lineBlock, workers), make(chan *lineBlock, 2*workers)
		to := []chan *lineBlock{work}
		for range workers {
			running.Go(func() { fr.parseAll(work) })
		}
		for _, sum := range fr.sums {
			blocks := make(chan *lineBlock, 2*workers)
			to = append(to, blocks)
			running.Go(func() {
				for b := range blocks {
					_, _ = sum.Write(b.raw) // a hash, which never fails
				}
			})
		}
		// Last, so that whoever waits for a block knows that somebody parses it.
		to = append(to, ordered)
		running.Go(func() {
			cutBlocks(ctx, fr.from, to)
			for _, c := range to {
				close(c)
			}
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

// lineBlock is some lines on their way.
type lineBlock struct {
	raw   []byte // whole lines; the last of the file may lack its end
	facts []fact
	err   error // why reading ended after them
	done  chan struct{}
}

// parseAll takes blocks apart. Types are few, and kept once.
func (fr factReader) parseAll(work <-chan *lineBlock) {
	types := map[string]string{}
	var frame []byte
	for b := range work {
		b.facts = make([]fact, 0, bytes.Count(b.raw, []byte{'\n'})+1)
		for raw := b.raw; len(raw) > 0; {
			line := raw
			if end := bytes.IndexByte(raw, '\n') + 1; end > 0 {
				line = raw[:end:end]
			}
			raw = raw[len(line):]
			b.facts = append(b.facts, fact{})
			f := &b.facts[len(b.facts)-1]
			if f.err = f.parse(line, types); f.err != nil || fr.bare {
				continue
			}
			frame = f.frame.Append(frame[:0])
			f.entry = proof.Commit(f.salt, frame)
			f.leaf = proof.LeafHash(f.entry[:])
		}
		close(b.done)
	}
}

// cutBlocks reads blocks that end with a line and hands each to everybody.
func cutBlocks(ctx context.Context, from io.Reader, to []chan *lineBlock) {
	var rest []byte // the beginning of a line
	for end := false; !end; {
		raw := make([]byte, max(blockBytes, 2*len(rest)))
		n := copy(raw, rest)
		more, err := io.ReadFull(from, raw[n:])
		raw, end = raw[:n+more], err != nil
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		whole := len(raw)
		if !end {
			whole = bytes.LastIndexByte(raw, '\n') + 1
		}
		if rest = raw[whole:]; len(rest) > maxLineBytes {
			err, end = errLineTooLong, true
		}
		b := &lineBlock{raw: raw[:whole:whole], err: err, done: make(chan struct{})}
		for _, c := range to {
			select {
			case c <- b:
			case <-ctx.Done():
				return
			}
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

	finding sync.Mutex // one looks for a stream that was not kept
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
				h.streams[r.Stream] = append(h.streams[r.Stream], kept(r))
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
		h.finding.Lock()
		events := h.streams[stream]
		h.finding.Unlock()
		if len(events) == 0 {
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
			return
		}
		for _, r := range events {
			if r.Revision >= from && !yield(r, nil) {
				return
			}
		}
	}
}

// find looks for a stream that was not kept: of somebody merged into a person
// of the sample.
func (h *history) find(ctx context.Context, stream string) error {
	h.finding.Lock()
	defer h.finding.Unlock()
	if h.keep[stream] {
		return nil
	}
	for f, err := range h.again(ctx) {
		if err != nil {
			return err
		}
		if f.frame.Stream == stream {
			h.streams[stream] = append(h.streams[stream], kept(f.recorded()))
		}
	}
	h.keep[stream] = true
	return nil
}

// kept lets go of the block an event was read with.
func kept(r eventstore.Recorded) eventstore.Recorded {
	r.Data, r.Metadata = bytes.Clone(r.Data), bytes.Clone(r.Metadata)
	return r
}
