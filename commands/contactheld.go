package commands

import (
	"context"
	"errors"

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
	stream := id.Stream()
	ref, _ := domain.ParseStream(stream)
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
			return held, nil
		case err != nil:
			return held, err
		case r.Type != personEnrolled && r.Type != contactChanged:
			continue
		}
		err := h.discloseEvent(ref, r, take)
		switch {
		case errors.Is(err, vault.ErrNoKey):
			return held, refuse(KeyMissing, "")
		case err != nil:
			return held, err
		}
	}
	return held, nil
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
