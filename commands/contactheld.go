package commands

import (
	"context"
	"errors"
	"iter"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// The types of the events that say a person's name and phone.
const (
	personEnrolled = "person-enrolled"
	contactChanged = "contact-changed"
)

// ContactHeld opens the name and the phone a person has by now: those of the
// enrolment, or what was changed since. They are empty where nobody is enrolled,
// and read ErasedName after erasure.
func (h *Handler) ContactHeld(ctx context.Context, id domain.PersonID) (held domain.Contact, err error) {
	for held, err = range h.ContactsHeld(ctx, id) {
		if err != nil {
			return held, err
		}
	}
	return held, nil
}

// ContactsHeld opens the names and phones a person has had, the earliest first.
// Who finds in the first what they look for reads no further.
func (h *Handler) ContactsHeld(ctx context.Context, id domain.PersonID) iter.Seq2[domain.Contact, error] {
	return func(yield func(domain.Contact, error) bool) {
		stream := id.Stream()
		ref, _ := domain.ParseStream(stream)
		var held domain.Contact
		take := func(_ eventstore.Revision, field, plain string) {
			switch field {
			case "name":
				held.Name = plain
			case "phone":
				held.Phone = plain
			}
		}
		for r, err := range h.log.ReadStream(ctx, stream, 0, eventstore.Forwards) {
			switch {
			case errors.Is(err, eventstore.ErrStreamNotFound):
				return
			case err != nil:
				yield(held, err)
				return
			case r.Type != personEnrolled && r.Type != contactChanged:
				continue
			}
			if err = h.discloseEvent(ref, r, take); errors.Is(err, vault.ErrNoKey) {
				err = refuse(KeyMissing, "")
			}
			if !yield(held, err) || err != nil {
				return
			}
		}
	}
}

// contactBeside gives a change what it is to change. Who asks learns no more of it than
// whether something changes.
func (h *Handler) contactBeside(ctx context.Context, c *domain.ChangeContact) (domain.Command, error) {
	held, err := h.ContactHeld(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	given := *c
	given.Held = held
	return &given, nil
}

func or(stated, held string) string {
	if stated != "" {
		return stated
	}
	return held
}
