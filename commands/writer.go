package commands

import (
	"context"
	"errors"
	"slices"
	"sync"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// writer gathers the events of one append.
type writer struct {
	h        *Handler
	ctx      context.Context
	stream   string
	f        *folded
	expected eventstore.Expected
	now      domain.Instant
	bytes    int
	last     taken
	*desk
}

// desk is what a writer works on; the next one takes it over.
type desk struct {
	batch   []eventstore.Event
	keys    [][16]byte // idempotency keys answered by this append
	room    []byte     // for the scope of a key
	parts   [1][]byte  // of what is hashed
	arena   []byte     // holds data and metadata of the batch, one after the other
	fresh   []eventstore.Event
	encoder wire.Encoder
	sealing sealing
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// mostKept bounds what a desk holds on to: one large append must not pin its
// memory.
const mostKept = 64 << 10

// leave gives the desk to the next writer. The log has copied what it keeps.
func (w *writer) leave() {
	d := w.desk
	w.desk = nil
	if cap(d.arena) > mostKept || cap(d.room) > mostKept {
		return
	}
	clear(d.batch)
	clear(d.fresh)
	clear(d.room[:cap(d.room)]) // a key of one's own may be personal
	d.batch, d.keys, d.arena, d.fresh, d.parts[0] = d.batch[:0], d.keys[:0], d.arena[:0], d.fresh[:0], nil
	desks.Put(d)
}

// taken is the request that was taken into the append last. It is folded in
// when another one builds on it, or when it is stored: a conflict then leaves
// the state of a single command as it was, and only the stream's tail is read.
type taken struct {
	events []domain.Event
	meta   domain.Meta
	id     identity
	first  eventstore.Revision
}

// Bytes that data and metadata of most events take.
const (
	roomForOne  = 768
	roomForMany = 400
)

// newWriter makes room for what most requests turn into at once.
func (h *Handler) newWriter(ctx context.Context, stream string, f *folded, requests int) *writer {
	n := min(requests, eventstore.MaxBatchEvents)
	if len(f.seen) == 0 {
		f.seen = make(map[[16]byte]answer, n)
	}
	d := desks.Get().(*desk)
	d.batch, d.keys = slices.Grow(d.batch, n), slices.Grow(d.keys, n)
	d.arena = slices.Grow(d.arena, roomForOne+(n-1)*roomForMany)
	return &writer{h: h, ctx: ctx, stream: stream, f: f, expected: f.expected(), now: h.opts.Clock(), desk: d}
}

// decide lets the domain judge one request on the state reached so far and
// adds its events to the batch. It answers false when they do not fit any more;
// then nothing has changed and the request belongs to the next append.
func (w *writer) decide(req *Request, out *Outcome) (fits bool, err error) {
	*out = Outcome{Stream: w.stream}
	w.f.ahead = w.f.ahead || len(w.last.events) > 0
	w.fold()
	actor, err := w.h.actor(w.ctx, req)
	if err != nil {
		return w.refused(out, err)
	}
	if owner, ok := keyedBy(req.Command, w.f); ok && req.Digest == nil {
		if err := w.keyFor([]vault.Subject{owner}); err != nil {
			return w.refused(out, err)
		}
	}
	id, err := w.identify(req)
	if err != nil {
		return w.refused(out, err)
	}
	if first, ok := w.f.seen[id.key]; ok {
		if first.request != id.request {
			return w.refused(out, refuse(IdempotencyKeyReused, "key"))
		}
		out.First, out.Last, out.Position = first.first, first.last, first.position
		out.Events, out.Repeated = int(first.last-first.first)+1, true
		return true, nil
	}
	command, err := w.h.given(w.ctx, req.Command, w.now)
	if err != nil {
		return w.refused(out, err)
	}
	if err := w.h.guesses.allow(command, actor, w.now); err != nil {
		return w.refused(out, err)
	}
	events, err := w.h.judge(w.ctx, w.f.state, command, actor, w.now)
	if err != nil {
		w.h.guesses.note(command, actor, w.now, err)
		return w.refused(out, w.overtaken(req, err))
	}
	if len(events) == 0 {
		out.Position = w.f.position
		return true, nil
	}
	if err := w.precede(command, req, actor); err != nil {
		return w.refused(out, err)
	}
	if err := w.claim(req, command, actor); err != nil {
		return w.refused(out, err)
	}
	meta := w.meta(req, actor, id)
	batch, size, err := w.encode(events, meta, id)
	if err != nil {
		return w.refused(out, err)
	}
	if len(w.batch) > 0 && (w.bytes+size > eventstore.MaxBatchBytes || len(w.batch)+len(batch) > eventstore.MaxBatchEvents) {
		return false, nil
	}
	w.take(events, meta, batch, size, id, out)
	return true, nil
}

// take makes the request's events part of the append.
func (w *writer) take(events []domain.Event, meta domain.Meta, batch []eventstore.Event, size int, id identity, out *Outcome) {
	out.First = eventstore.Revision(w.f.count)
	out.Last = out.First + eventstore.Revision(len(events)-1)
	out.Events = len(events)
	w.last = taken{events, meta, id, out.First}
	w.keys = append(w.keys, id.key)
	w.batch = append(w.batch, batch...)
	w.bytes += size
}

// fold makes the request that was taken last part of the state.
func (w *writer) fold() {
	if len(w.last.events) == 0 {
		return
	}
	for _, e := range w.last.events {
		w.f.evolve(e, w.last.meta)
	}
	w.f.seen[w.last.id.key] = answer{request: w.last.id.request, first: w.last.first, last: eventstore.Revision(w.f.count - 1)}
	w.last = taken{}
}

// refused puts a refusal into the outcome; every other error stops the call.
func (w *writer) refused(out *Outcome, err error) (bool, error) {
	if errors.Is(err, vault.ErrErased) {
		err = domain.Refuse(domain.SubjectErased, "")
	}
	var r *domain.Refusal
	if !errors.As(err, &r) {
		return false, err
	}
	out.Err = r
	return true, nil
}

func (w *writer) meta(req *Request, actor domain.Actor, id identity) domain.Meta {
	c := req.Caller
	return domain.Meta{
		RecordedAt: w.now, Account: actor.Account, Person: actor.Person, Role: actor.Role, Scope: actor.Scope,
		Authentication: c.Authentication, OnBehalfOf: c.OnBehalfOf, Source: c.Source,
		KeyHash: id.key, RequestHash: id.request, Correlation: c.Correlation, Causation: c.Causation,
	}
}

// encode seals the personal fields of events and turns them into bytes. The
// slice of events is used again by the next call; their bytes stay.
func (w *writer) encode(events []domain.Event, meta domain.Meta, id identity) ([]eventstore.Event, int, error) {
	if err := w.ensureKeys(events); err != nil {
		return nil, 0, err
	}
	metadata := w.hold(w.encoder.AppendMeta(w.arena, meta))
	w.fresh = w.fresh[:0]
	size := 0
	for i, e := range events {
		eventID := id.event(i)
		if err := w.sealing.seal(w, e, eventID); err != nil {
			return nil, 0, err
		}
		grown, err := w.encoder.AppendData(w.arena, e)
		if err != nil {
			return nil, 0, err
		}
		data := w.hold(grown)
		w.fresh = append(w.fresh, eventstore.Event{ID: eventID, Type: e.Type(), Data: data, Metadata: metadata})
		size += len(e.Type()) + len(data) + len(metadata)
	}
	return w.fresh, size, nil
}

// hold keeps the grown arena and gives what was appended to it. Slices given
// before stay valid when it had to move.
func (w *writer) hold(grown []byte) []byte {
	added := grown[len(w.arena):len(grown):len(grown)]
	w.arena = grown
	return added
}

// ensureKeys makes the keys durable before the first event that uses them.
func (w *writer) ensureKeys(events []domain.Event) error {
	var subjects []vault.Subject
	for _, e := range events {
		if p, ok := e.(domain.Private); ok && w.sealing.has(p) {
			subjects = append(subjects, vault.Subject(p.Subject()))
		}
	}
	if len(subjects) == 0 {
		return nil
	}
	return w.keyFor(subjects)
}
