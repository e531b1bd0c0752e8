package embedded

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"zhishu/eventstore"
)

// scratch holds the buffers of reads of single frames, whose length is not
// known before.
var scratch = sync.Pool{New: func() any { return new([4096]byte) }}

// readFrame reads and verifies the frame at a place within the log up to end.
// What it returns is the caller's own.
func (v *view) readFrame(p place, end place) (*frame, error) {
	seg, limit, err := v.segment(p.segment(), end)
	if err != nil {
		return nil, err
	}
	first := scratch.Get().(*[4096]byte)
	defer scratch.Put(first)
	n, err := seg.file.ReadAt(first[:min(limit-p.offset(), int64(len(first)))], p.offset())
	if err != nil && err != io.EOF {
		return nil, broken(p, err)
	}
	h, _, err := parseHead(first[:n], p)
	if err != nil {
		return nil, broken(p, err)
	}
	b := make([]byte, h.length)
	if got := copy(b, first[:n]); got < len(b) {
		if _, err := seg.file.ReadAt(b[got:], p.offset()+int64(got)); err != nil {
			return nil, broken(p, err)
		}
	}
	f, err := parseFrame(b, p)
	if err != nil {
		return nil, broken(p, err)
	}
	return &f, nil
}

// streamFrame reads a frame and checks that it is the one a stream's newer
// frame, or the table, points to: that its events end at revision before-1.
func (v *view) streamFrame(stream string, p place, before uint32, end place) (*frame, error) {
	f, err := v.readFrame(p, end)
	if err != nil {
		return nil, err
	}
	if string(f.name) != stream || f.revision+uint32(f.count) != before {
		return nil, corrupt("%s: revisions %d to %d of stream %q, where %q up to %d must stand",
			p, f.revision, f.revision+uint32(f.count)-1, f.name, stream, before-1)
	}
	return f, nil
}

// readStream yields one stream as it stands now.
func (v *view) readStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		if ctx.Err() != nil {
			yield(eventstore.Recorded{}, ctx.Err())
			return
		}
		if !eventstore.ValidStream(stream) {
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
			return
		}
		head, count := v.table.get(keyOf(v.id, stream))
		if count == 0 {
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
			return
		}
		r := streamRead{v: v, ctx: ctx, stream: stream, head: head, count: count, yield: yield}
		if dir == eventstore.Backwards {
			r.backwards(from)
		} else if from < eventstore.Revision(count) {
			r.forwards(uint32(from))
		}
	}
}

// streamRead is one read of one stream, whose newest frame stands at head.
type streamRead struct {
	v      *view
	ctx    context.Context
	stream string
	head   place
	count  uint32
	yield  func(eventstore.Recorded, error) bool
}

// errStop ends a walk whose reader wants no more.
var errStop = errors.New("the reader wants no more")

// walk visits the stream's frames from the newest back to the one that holds
// revision from.
func (r *streamRead) walk(from uint32, visit func(*frame) error) error {
	// The head was committed before the table named it.
	end := at(r.head.segment(), r.v.size)
	for p, before := r.head, r.count; ; {
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		f, err := r.v.streamFrame(r.stream, p, before, end)
		if err != nil {
			return err
		}
		if err := visit(f); err != nil {
			return err
		}
		if f.revision <= from {
			return nil
		}
		p, before = f.prev, f.revision
	}
}

func (r *streamRead) backwards(from eventstore.Revision) {
	start := uint32(min(from, eventstore.Revision(r.count-1)))
	err := r.walk(0, func(f *frame) error {
		if f.revision > start {
			return nil
		}
		events, err := f.events(r.stream)
		if err != nil {
			return err
		}
		for i := len(events) - 1; i >= 0; i-- {
			if events[i].Revision <= eventstore.Revision(start) && !r.yield(events[i], nil) {
				return errStop
			}
		}
		return nil
	})
	r.finish(err)
}

// keepBytes bounds what a forwards read of a long stream holds in memory:
// frames beyond it are read a second time.
const keepBytes = 4 << 20

// forwards walks back to the first frame wanted and yields on the way forth.
func (r *streamRead) forwards(from uint32) {
	type seen struct {
		at     place
		before uint32
		frame  *frame // nil: read again
	}
	var stack []seen
	kept := 0
	err := r.walk(from, func(f *frame) error {
		s := seen{at: f.at, before: f.revision + uint32(f.count)}
		if kept += f.length; kept <= keepBytes {
			s.frame = f
		}
		stack = append(stack, s)
		return nil
	})
	for i := len(stack) - 1; i >= 0 && err == nil; i-- {
		s := stack[i]
		if s.frame == nil {
			s.frame, err = r.v.streamFrame(r.stream, s.at, s.before, at(r.head.segment(), r.v.size))
		}
		if err == nil {
			err = r.deliver(s.frame, from)
		}
		stack[i].frame = nil
	}
	r.finish(err)
}

func (r *streamRead) deliver(f *frame, from uint32) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	events, err := f.events(r.stream)
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Revision >= eventstore.Revision(from) && !r.yield(e, nil) {
			return errStop
		}
	}
	return nil
}

func (r *streamRead) finish(err error) {
	if err != nil && err != errStop {
		r.yield(eventstore.Recorded{}, readError(err))
	}
}

// events decodes a frame whose stream is known.
func (f *frame) events(stream string) ([]eventstore.Recorded, error) {
	events := make([]eventstore.Recorded, 0, f.count)
	var rec record
	for walk := f.records(); ; {
		ok, err := walk.next(&rec)
		if err != nil {
			return nil, broken(f.at, err)
		}
		if !ok {
			return events, nil
		}
		e := eventstore.Recorded{Event: rec.event, Stream: stream, Position: rec.at.position(),
			Revision: eventstore.Revision(f.revision) + eventstore.Revision(len(events))}
		e.Type = string(rec.kind)
		events = append(events, e)
	}
}
