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
// end, across segments. With anchored unset only from.end is known, and the
// first frame is taken as the one that follows.
func (v *view) chunks(from state, anchored bool, end place) iter.Seq2[chunk, error] {
	return func(yield func(chunk, error) bool) {
		s := scanner{state: from, anchored: anchored}
		for {
			seg, limit, err := v.segment(s.end.segment(), end)
			if err != nil {
				yield(chunk{}, err)
				return
			}
			s.file = seg.file
			for s.end.offset() < limit {
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

// ahead runs seq in a goroutine of its own, two chunks ahead of its consumer.
func ahead(seq iter.Seq2[chunk, error]) iter.Seq2[chunk, error] {
	type item struct {
		c   chunk
		err error
	}
	return func(yield func(chunk, error) bool) {
		items, stop := make(chan item, 2), make(chan struct{})
		go func() {
			defer close(items)
			for c, err := range seq {
				select {
				case items <- item{c, err}:
				case <-stop:
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range items { // until the goroutine has ended
			}
		}()
		for i := range items {
			if !yield(i.c, i.err) {
				return
			}
		}
	}
}

// cursor is how far a reader of the whole log has come.
type cursor struct {
	next  state
	known bool  // next.seq and next.chain are known
	skip  place // events up to here are not wanted
	names [1 << 10]string
	seed  maphash.Seed
	kinds map[string]string
}

// from places a cursor behind the event at a position.
func (v *view) from(after eventstore.Position, end place) (*cursor, error) {
	c := &cursor{seed: maphash.MakeSeed(), kinds: make(map[string]string)}
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
	seq := v.chunks(c.next, c.known, end)
	if uint64(end-c.next.end) > chunkSize {
		seq = ahead(seq)
	}
	for chunk, err := range seq {
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
		h, name := trustedHead(b)
		f := frame{h, name, b[headSize+len(name) : h.length : h.length]}
		b = b[h.length:]
		r.Stream = c.name(name)
		r.Revision = eventstore.Revision(h.revision)
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
			r.Event = rec.event
			r.Type = c.kind(rec.kind)
			r.Position = rec.at.position()
			if !yield(r, nil) {
				return false
			}
		}
	}
	return true
}

// name and kind save most of the strings a reader would otherwise allocate:
// events of one stream often stand near one another, and types are few.
func (c *cursor) name(b []byte) string {
	s := &c.names[maphash.Bytes(c.seed, b)%uint64(len(c.names))]
	if *s != string(b) {
		*s = string(b)
	}
	return *s
}

// maxKinds bounds the memory of a log with invented types.
const maxKinds = 4096

func (c *cursor) kind(b []byte) string {
	if s, ok := c.kinds[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(c.kinds) < maxKinds {
		c.kinds[s] = s
	}
	return s
}

// readAll yields the events after a position up to end.
func (v *view) readAll(ctx context.Context, after eventstore.Position, end place) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		c, err := v.from(after, end)
		if err != nil {
			yield(eventstore.Recorded{}, readError(err))
			return
		}
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
