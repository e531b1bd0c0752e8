package commands

import (
	"context"
	"errors"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/vault"
)

// ErasedName is shown in place of the name of a person whose key is gone.
const ErasedName = "已注销"

// Disclose opens the personal fields of a stream's events for somebody who may
// see them and calls visit for each: event revision, field name, plain text.
// After erasure the fields read ErasedName.
func (h *Handler) Disclose(ctx context.Context, stream string, visit func(rev eventstore.Revision, field, plain string)) error {
	ref, ok := domain.ParseStream(stream)
	if !ok {
		return domain.Refuse(domain.SubjectUnknown, "")
	}
	for r, err := range h.log.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return domain.Refuse(domain.SubjectUnknown, "")
		}
		if err != nil {
			return err
		}
		if err := h.discloseEvent(ref, r, visit); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) discloseEvent(ref domain.StreamRef, r eventstore.Recorded, visit func(eventstore.Revision, string, string)) error {
	_, version, err := wire.DecodeMeta(r.Metadata)
	if err != nil {
		return err
	}
	e, err := wire.Decode(ref, r.Type, version, r.Data)
	if err != nil {
		return err
	}
	p, ok := e.(domain.Private)
	if !ok {
		return nil
	}
	p.Secrets(func(field string, s *domain.Secret) {
		if len(s.Cipher) == 0 || err != nil {
			return
		}
		var plain []byte
		plain, err = h.secrets.Open(vault.Subject(p.Subject()), r.Stream, r.ID, field, s.Cipher)
		if errors.Is(err, vault.ErrErased) {
			plain, err = []byte(ErasedName), nil
		}
		if err == nil {
			visit(r.Revision, field, string(plain))
		}
	})
	return err
}

// PersonName is the name the person has by now, ErasedName after erasure, and
// empty when no name was given.
func (h *Handler) PersonName(ctx context.Context, id domain.PersonID) (name string, err error) {
	held, err := h.ContactHeld(ctx, id)
	return held.Name, err
}
