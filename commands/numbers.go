package commands

import (
	"context"
	"errors"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"

	"github.com/google/uuid"
)

// numbersOf lists the numbers a person goes by now, the one that stays first.
func (h *Handler) numbersOf(ctx context.Context, id domain.PersonID) ([]domain.PersonID, error) {
	return domain.NumbersOf(id, func(id domain.PersonID) (a domain.Alias, err error) {
		err = h.look(ctx, id, func(p *domain.Person) { a = p.Alias() })
		return a, err
	})
}

// look reads a person's stream for a command on another one. The state is the
// cache's: see keeps none of it.
func (h *Handler) look(ctx context.Context, id domain.PersonID, see func(*domain.Person)) error {
	slot := h.others.acquire(id.Stream())
	defer h.others.release(slot)
	f, err := h.newest(ctx, id.Stream(), slot.folded)
	slot.folded = f
	if err != nil {
		return err
	}
	if p, ok := f.state.(*domain.Person); ok {
		see(p)
	}
	return nil
}

// beside gives a command on a person the person's other numbers, where there
// are any. Whoever has never been merged costs no read.
func (h *Handler) beside(ctx context.Context, c domain.Command, s domain.State) (domain.Command, error) {
	p, ok := s.(*domain.Person)
	if !ok || p.MergedInto.IsZero() && len(p.Expects) == 0 {
		return c, nil
	}
	own := p.Enrolled.Person
	numbers, err := h.numbersOf(ctx, own)
	if err != nil {
		return nil, err
	}
	var others []domain.Number
	for _, id := range numbers {
		if id == own {
			continue
		}
		if err := h.look(ctx, id, func(p *domain.Person) { others = append(others, domain.SeeNumber(id, p)) }); err != nil {
			return nil, err
		}
	}
	if len(others) == 0 {
		return c, nil
	}
	return &domain.BesideNumbers{Command: c, Others: others}, nil
}

// judge lets the domain judge a command on a state, beside what else is known.
func (h *Handler) judge(ctx context.Context, s domain.State, c domain.Command, by domain.Actor, now domain.Instant) ([]domain.Event, error) {
	c, err := h.beside(ctx, c, s)
	if err != nil {
		return nil, err
	}
	return s.Decide(c, by, now)
}

// precede records what must stand in another stream before the events of a
// command do. A crash behind it leaves a note that nothing came of; giving the
// command again finds the note.
func (w *writer) precede(c domain.Command, req *Request, actor domain.Actor) error {
	p, ok := c.(domain.Preceded)
	if !ok {
		return nil
	}
	before := p.Before()
	if before == nil {
		return nil
	}
	for {
		f, err := w.h.fold(w.ctx, before.Target())
		if err != nil {
			return err
		}
		events, err := f.state.Decide(before, actor, w.now)
		if err != nil || len(events) == 0 {
			return err
		}
		metadata := wire.AppendMeta(nil, w.meta(req, actor, identity{})) // it answers no request
		var batch []eventstore.Event
		for _, e := range events {
			data, err := wire.AppendData(nil, e)
			if err != nil {
				return err
			}
			batch = append(batch, eventstore.Event{ID: eventstore.ID(uuid.New()), Type: e.Type(), Data: data, Metadata: metadata})
		}
		_, err = w.h.append(w.ctx, before.Target(), f.expected(), batch)
		if conflict := (*eventstore.Conflict)(nil); !errors.As(err, &conflict) {
			return err
		}
	}
}
