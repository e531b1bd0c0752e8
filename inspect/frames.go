package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"

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
	// maxLineBytes bounds a line: a batch the port takes, written out.
	maxLineBytes = 2 * eventstore.MaxBatchBytes
	// minLineBytes is less than the shortest line has: salt and event id alone.
	minLineBytes = 2*len(proof.Salt{}) + 36
)

var (
	// errLineTooLong: a line of the frames is longer than any fact may be.
	errLineTooLong = errors.New("a line of the frames is longer than any fact")
	// errPacked: a piece of the frames cannot be unpacked.
	errPacked = errors.New("the piece of the facts that begins here cannot be unpacked")
)

// factReader reads the frames, a piece after the other.
type factReader struct {
	pieces []File
	open   func(f File) (content []byte, signed bool, err error)
	bare   bool // parse only: neither entries nor leaves
}

// read unpacks, parses and hashes pieces on all processors, and yields their
// facts in order. It stops after a fact with an error. What a piece holds comes
// before the word that it is not the one signed for, so that the first bad fact
// is found when its lines can still be read.
func (fr factReader) read(ctx context.Context) iter.Seq2[*fact, error] {
	return func(yield func(*fact, error) bool) {
		workers := runtime.GOMAXPROCS(0)
		unpacker, err := newUnpacker(workers)
		if err != nil {
			yield(nil, err)
			return
		}
		defer unpacker.Close()
		ctx, stop := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer stop()
		work, ordered := make(chan *lineBlock, workers), make(chan *lineBlock, 2*workers)
		for range workers {
			running.Go(func() { fr.readAll(work, unpacker) })
		}
		running.Go(func() {
			defer close(work)
			defer close(ordered)
			for _, f := range fr.pieces {
				b := &lineBlock{piece: f, done: make(chan struct{})}
				// To whoever waits for it last: somebody reads it by then.
				for _, c := range []chan *lineBlock{work, ordered} {
					select {
					case c <- b:
					case <-ctx.Done():
						return
					}
				}
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

// lineBlock is a piece on its way.
type lineBlock struct {
	piece File
	facts []fact
	err   error // why reading ends after them
	done  chan struct{}
}

// readAll takes pieces apart. Types are few, and kept once.
func (fr factReader) readAll(work <-chan *lineBlock, unpacker *zstd.Decoder) {
	types := map[string]string{}
	var entries proof.Committer
	for b := range work {
		content, signed, err := fr.open(b.piece)
		if err != nil {
			b.err = err
			close(b.done)
			continue
		}
		// The fold holds on to events for as long as it likes, so what they share is new.
		raw, err := unpacker.DecodeAll(content, nil)
		if err != nil {
			b.err = errPacked
			close(b.done)
			continue
		}
		if !signed {
			b.err = wrong("the file %s is not the one that was signed for", b.piece.Path)
		}
		fr.parse(b, raw, types, &entries)
		close(b.done)
	}
}

// parse reads the lines of a piece.
func (fr factReader) parse(b *lineBlock, raw []byte, types map[string]string, entries *proof.Committer) {
	b.facts = make([]fact, 0, min(bytes.Count(raw, []byte{'\n'}), len(raw)/minLineBytes)+1)
	for len(raw) > 0 {
		line := raw
		if end := bytes.IndexByte(raw, '\n') + 1; end > 0 {
			line = raw[:end:end]
		}
		raw = raw[len(line):]
		b.facts = append(b.facts, fact{})
		f := &b.facts[len(b.facts)-1]
		if f.err = f.parse(line, types); f.err != nil {
			return // nobody reads on behind it
		}
		if fr.bare {
			continue
		}
		f.entry = entries.Commit(f.salt, &f.frame)
		f.leaf = proof.LeafHash(f.entry[:])
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
