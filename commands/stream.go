package commands

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

// folded is a stream folded up to its newest event, with the idempotency keys
// it has answered.
type folded struct {
	ref      domain.StreamRef
	state    domain.State
	count    uint64
	position eventstore.Position
	seen     map[[16]byte]answer
	sealed   bool // some event holds a field under the subject's key
	ahead    bool // what was folded last is not known to be stored
}

// answer is what a command was answered the first time.
type answer struct {
	request     [16]byte
	first, last eventstore.Revision
	position    eventstore.Position
}

func (f *folded) expected() eventstore.Expected { return eventstore.After(f.count) }

func (f *folded) evolve(e domain.Event, m domain.Meta) {
	f.state.Evolve(e, m)
	f.count++
	f.sealed = f.sealed || holdsSealed(e)
}

// fold reads a stream from its beginning.
func (h *Handler) fold(ctx context.Context, stream string) (*folded, error) {
	ref, ok := domain.ParseStream(stream)
	if !ok {
		return nil, fmt.Errorf("%w: %s", eventstore.ErrStreamName, stream)
	}
	f := &folded{ref: ref, state: domain.NewState(ref.Category), seen: map[[16]byte]answer{}}
	if _, err := h.foldTail(ctx, stream, f); err != nil {
		return nil, err
	}
	return f, nil
}

// foldTail reads a stream from where it was folded to, and reports whether it
// has grown since.
func (h *Handler) foldTail(ctx context.Context, stream string, f *folded) (grown bool, err error) {
	for r, err := range h.log.ReadStream(ctx, stream, eventstore.Revision(f.count), eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return false, nil
		}
		if err != nil {
			return grown, err
		}
		if err := f.apply(r); err != nil {
			return grown, err
		}
		grown = true
	}
	return grown, nil
}

// apply folds one recorded event in. What it does not understand stops the
// command: deciding on half a history would be worse.
func (f *folded) apply(r eventstore.Recorded) error {
	meta, version, err := wire.DecodeMeta(r.Metadata)
	if err != nil {
		return fmt.Errorf("%s revision %d: %w", r.Stream, r.Revision, err)
	}
	e, err := wire.Decode(f.ref, r.Type, version, r.Data)
	if err != nil {
		return fmt.Errorf("%s revision %d: %w", r.Stream, r.Revision, err)
	}
	if uint64(r.Revision) != f.count {
		return fmt.Errorf("%w: %s has revision %d where %d belongs", eventstore.ErrCorrupt, r.Stream, r.Revision, f.count)
	}
	f.evolve(e, meta)
	f.position = r.Position
	if meta.KeyHash != ([16]byte{}) && f.seen != nil {
		a, again := f.seen[meta.KeyHash]
		if !again {
			a = answer{request: meta.RequestHash, first: r.Revision}
		}
		a.last, a.position = r.Revision, r.Position
		f.seen[meta.KeyHash] = a
	}
	return nil
}

// cache keeps folded streams, the least recently used one going first. It only
// saves work: a slot that is dropped is folded again.
type cache struct {
	mu    sync.Mutex
	limit int
	slots map[string]*slot
	idle  list.List // of *slot, the longest unused in front
}

// slot is one stream's place in the cache; whoever acquired it has it alone.
type slot struct {
	stream string
	turn   sync.Mutex
	users  int
	idle   *list.Element
	folded *folded
}

func newCache(limit int) *cache {
	return &cache{limit: limit, slots: map[string]*slot{}}
}

// acquire waits for the caller's turn on a stream.
func (c *cache) acquire(stream string) *slot {
	c.mu.Lock()
	s := c.slots[stream]
	if s == nil {
		s = &slot{stream: stream}
		c.slots[stream] = s
	}
	if s.idle != nil {
		c.idle.Remove(s.idle)
		s.idle = nil
	}
	s.users++
	c.mu.Unlock()
	s.turn.Lock()
	return s
}

// release gives the turn back and drops what the limit does not allow.
func (c *cache) release(s *slot) {
	s.turn.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.users--; s.users == 0 {
		s.idle = c.idle.PushBack(s)
	}
	for len(c.slots) > c.limit && c.idle.Len() > 0 {
		oldest := c.idle.Remove(c.idle.Front()).(*slot)
		delete(c.slots, oldest.stream)
	}
}
