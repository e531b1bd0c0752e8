package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"

	"zhishu/eventstore"
)

// chunks reads the verified frames from one state of the log up to a committed
// end, across segments. Each chunk is read into the buffer that buffer gives and
// stands there.
func (v *view) chunks(from state, end place, buffer func() []byte) iter.Seq2[chunk, error] {
	return v.scan(scanner{state: from, anchored: true}, end, buffer)
}

// openChunks is chunks from a cursor, with bodies that are yet to be verified.
// When only the cursor's place is known, the first frame is taken as the one
// that follows.
func (v *view) openChunks(c *cursor, end place, buffer func() []byte) iter.Seq2[chunk, error] {
	return v.scan(scanner{state: c.next, anchored: c.known, open: true}, end, buffer)
}

func (v *view) scan(s scanner, end place, buffer func() []byte) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		for {
			seg, limit, err := v.segment(s.end.segment(), end)
			if err != nil {
				yield(chunk{}, err)
				return
			}
			s.file = seg.file
			for s.end.offset() < limit {
				s.buf = buffer()
				c, err := s.next(limit)
				if err != nil {
					yield(chunk{}, broken(s.end, err))
					return
				}
				if !yield(c, nil) {
					return
				}
			}
			if seg.number == end.segment() {
				return
			}
			if err := v.cross(&s, end); err != nil {
				yield(chunk{}, err)
				return
			}
		}
	}
}

// sameBuffer gives one buffer again and again: a chunk is valid until the next.
func sameBuffer() func() []byte {
	buf := make([]byte, chunkSize)
	return func() []byte { return buf }
}

// cross moves a scanner from the end of a sealed segment to the next one, which
// must say that the sealed one ends there.
func (v *view) cross(s *scanner, end place) error {
	next, _, err := v.segment(s.end.segment()+1, end)
	if err != nil {
		return err
	}
	if s.anchored && (s.seq != next.seq || s.chain != next.chain) || s.end.offset() != next.prevEnd {
		return corrupt("segment %d does not end as segment %d says", next.number-1, next.number)
	}
	s.state, s.anchored = next.start(), true
	return nil
}

// cursor is how far a reader of the whole log has come.
type cursor struct {
	next  state
	known bool  // next.seq and next.chain are known
	skip  place // events up to here are not wanted
	reuse bool  // buffers are used again: what is yielded is valid until the next event
	names interned
	kinds interned
	warm  func() []byte // gives the buffer that chunks are copied out of
}

// interned saves most of the strings a reader would otherwise allocate: events
// of one stream often stand near one another, and types are few.
type interned struct {
	seed    maphash.Seed
	strings [1 << 10]string
}

func (c *interned) string(b []byte) string {
	s := &c.strings[maphash.Bytes(c.seed, b)%uint64(len(c.strings))]
	if *s != string(b) {
		*s = string(b)
	}
	return *s
}

// from places a cursor behind the event at a position.
func (v *view) from(after eventstore.Position, end place) (*cursor, error) {
	seed := maphash.MakeSeed()
	c := &cursor{names: interned{seed: seed}, kinds: interned{seed: seed}}
	if after.IsZero() {
		first, _, err := v.segment(1, end)
		if err != nil {
			return nil, err
		}
		c.next, c.known = first.start(), true
		return c, nil
	}
	f, err := v.frameAround(after, end)
	if err != nil {
		return nil, err
	}
	c.next.end = f.at
	c.skip, _ = placeOf(after)
	return c, nil
}

// frameAround reads the frame that holds the event at a position. A position
// at which no event of this log stands is ErrPositionBeyondHead.
func (v *view) frameAround(pos eventstore.Position, end place) (*frame, error) {
	beyond := fmt.Errorf("position %s: %w", pos, eventstore.ErrPositionBeyondHead)
	p, ok := placeOf(pos)
	if !ok || p >= end {
		return nil, beyond
	}
	seg, limit, err := v.segment(p.segment(), end)
	if errors.Is(err, errBeyond) || err == nil && p.offset()+recordSize > limit {
		return nil, beyond
	}
	if err != nil {
		return nil, err
	}
	var back [4]byte
	if _, err := seg.file.ReadAt(back[:], p.offset()); err != nil {
		return nil, broken(p, err)
	}
	start := p.offset() - int64(binary.LittleEndian.Uint32(back[:]))
	if start < blockSize || start >= p.offset() || start%frameAlign != 0 {
		return nil, beyond
	}
	f, err := v.readFrame(at(p.segment(), start), end)
	if err != nil {
		return nil, err
	}
	var rec record
	for walk := f.records(); ; {
		ok, err := walk.next(&rec)
		if err != nil || !ok {
			return nil, errors.Join(beyond, err)
		}
		if rec.at == p {
			return f, nil
		}
	}
}

// readTo yields events up to a committed end. It reports whether the reader
// wants more.
func (v *view) readTo(ctx context.Context, c *cursor, end place, yield func(eventstore.Recorded, error) bool) bool {
	if c.next.end >= end {
		return true
	}
	for chunk, err := range v.ahead(c, end) {
		if err != nil {
			yield(eventstore.Recorded{}, readError(err))
			return false
		}
		if !c.deliver(ctx, chunk, yield) {
			return false
		}
	}
	c.next, c.known = state{end: end}, false
	return true
}

// deliver yields the events of a chunk.
func (c *cursor) deliver(ctx context.Context, ch chunk, yield func(eventstore.Recorded, error) bool) bool {
	var r eventstore.Recorded
	var rec record
	for b := ch.buf; len(b) > 0; {
		if ctx.Err() != nil {
			yield(eventstore.Recorded{}, ctx.Err())
			return false
		}
		f := trustedFrame(b)
		b = b[f.length:]
		if ch.open && !f.sound() {
			yield(eventstore.Recorded{}, broken(f.at, errBody))
			return false
		}
		r.Stream = c.names.string(f.name)
		r.Revision = eventstore.Revision(f.revision)
		for walk := f.records(); ; r.Revision++ {
			ok, err := walk.next(&rec)
			if err != nil {
				yield(eventstore.Recorded{}, broken(f.at, err))
				return false
			}
			if !ok {
				break
			}
			if rec.at <= c.skip {
				continue
			}
			r.ID, r.Data, r.Metadata = rec.event.ID, rec.event.Data, rec.event.Metadata
			if r.Type != string(rec.kind) {
				r.Type = c.kinds.string(rec.kind)
			}
			r.Position = rec.at.position()
			if !yield(r, nil) {
				return false
			}
		}
	}
	return true
}

// readAll yields the events after a position up to end.
func (v *view) readAll(ctx context.Context, after eventstore.Position, end place, reuse bool) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		c, err := v.from(after, end)
		if err != nil {
			yield(eventstore.Recorded{}, readError(err))
			return
		}
		c.reuse = reuse
		v.readTo(ctx, c, end, yield)
	}
}

// subscribe yields the events after a position and then every new one; await
// returns when the log has grown beyond a place.
func (v *view) subscribe(ctx context.Context, after eventstore.Position, await func(context.Context, place) error) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		end := v.tail.get().end
		c, err := v.from(after, end)
		if err != nil {
			yield(eventstore.Recorded{}, readError(err))
			return
		}
		for v.readTo(ctx, c, end, yield) {
			if err := await(ctx, end); err != nil {
				yield(eventstore.Recorded{}, err)
				return
			}
			end = v.tail.get().end
		}
	}
}
