package commands

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// A number is reserved in the vault before the event that states it is
// appended to the log, and nothing binds the two together. So a reservation may
// be found whose person does not exist: its server is about to append, or it
// has failed and nobody will come back. From outside the two look alike, however
// long one waits: a server may stand still for a minute and then go on.
//
// What decides is the log. Who wants the number first ends the other person's
// stream, on the condition that it is still empty. If that succeeds, the other
// server's append, which expects an empty stream, can never succeed, and the
// reservation is free to be taken; if not, the other person exists by now and
// keeps the number. A reservation moves in no other way, so two persons never
// carry one number, whatever stands still or breaks off in between.

// givenUp is the type of the event that ends a stream before anybody was
// enrolled in it.
const givenUp = "person-erased"

// claim reserves what must be unique across streams before the event that
// states it is appended.
func (w *writer) claim(req *Request, given domain.Command, actor domain.Actor) error {
	switch c := given.(type) {
	case *domain.RegisterGroup:
		return w.claimGroupName(c.Group, c.Community, c.Name, c.Door)
	case *domain.RenameGroup:
		if g, ok := w.f.state.(*domain.Group); ok {
			return w.claimGroupName(c.Group, g.Community, c.Name, c.Door)
		}
	case *domain.ChangeContact:
		return w.claimContact(c.Person, or(c.Name, c.Held.Name), or(c.Phone, c.Held.Phone))
	}
	e, ok := req.Command.(*domain.EnrolPerson)
	if !ok {
		return nil
	}
	for _, r := range w.h.reservations(e) {
		if err := w.reserve(r, vault.Subject(e.Person.UUID), req, actor); err != nil {
			return err
		}
	}
	return w.claimContact(e.Person, e.Name, e.Phone)
}

func (w *writer) reserve(r reservation, self vault.Subject, req *Request, actor domain.Actor) error {
	for {
		owner, err := w.h.secrets.Reserve(w.ctx, r.space, r.hash, self)
		if err != nil || owner == self {
			return err
		}
		other := domain.PersonID{UUID: domain.UUID(owner)}
		switch stage, err := w.h.awaitEnrolment(w.ctx, other); {
		case err != nil:
			return err
		case stage == enrolled:
			return refuse(r.taken, "")
		case stage == awaited:
			err := w.giveUp(other, req, actor)
			var conflict *eventstore.Conflict
			if errors.As(err, &conflict) {
				continue // somebody else has ended it, or the person exists by now
			}
			if err != nil {
				return err
			}
		}
		if owner, err = w.h.secrets.Replace(w.ctx, r.space, r.hash, owner, self); err != nil || owner == self {
			return err
		}
	}
}

type stage uint8

const (
	awaited stage = iota // nothing is recorded yet
	enrolled
	abandoned // ended before anybody was enrolled
)

// patience is how long an enrolment elsewhere gets to finish before its person
// is given up. It is a courtesy: no length of time would make it safe.
const (
	patience = time.Second
	glance   = 20 * time.Millisecond
)

// awaitEnrolment looks how far an enrolment by somebody else has come.
func (h *Handler) awaitEnrolment(ctx context.Context, id domain.PersonID) (stage, error) {
	for deadline := time.Now().Add(patience); ; {
		s, err := h.stageOf(ctx, id.Stream())
		if err != nil || s != awaited || time.Now().After(deadline) {
			return s, err
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(glance):
		}
	}
}

// stageOf tells by a stream's first event whether its subject exists.
func (h *Handler) stageOf(ctx context.Context, stream string) (stage, error) {
	for r, err := range h.log.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		switch {
		case errors.Is(err, eventstore.ErrStreamNotFound):
			return awaited, nil
		case err != nil:
			return awaited, err
		case r.Type == givenUp:
			return abandoned, nil
		}
		return enrolled, nil
	}
	return awaited, nil
}

// giveUp ends the stream of a person who was never enrolled, if it is empty.
// Its event names who wanted the number.
func (w *writer) giveUp(id domain.PersonID, req *Request, actor domain.Actor) error {
	e := &domain.PersonErased{Person: id}
	data, err := wire.AppendData(nil, e)
	if err != nil {
		return err
	}
	metadata := wire.AppendMeta(nil, w.meta(req, actor, identity{})) // it answers no request
	batch := []eventstore.Event{{ID: eventstore.ID(uuid.New()), Type: givenUp, Data: data, Metadata: metadata}}
	_, err = w.h.append(w.ctx, id.Stream(), eventstore.NoStream(), batch)
	return err
}

// overtaken is the refusal of an enrolment whose person was given up, because
// somebody else wanted one of its numbers and it did not come to an end.
func (w *writer) overtaken(req *Request, err error) error {
	var r *domain.Refusal
	if p, ok := w.f.state.(*domain.Person); !ok || p.Exists || !errors.As(err, &r) || r.Code != domain.SubjectErased {
		return err
	}
	for _, r := range w.h.reservations(req.Command) {
		return refuse(r.taken, "")
	}
	return err
}
