package commands

import (
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// sealing goes through the personal fields of one event after the other. What
// is called for each field is made once.
type sealing struct {
	look, close func(field string, s *domain.Secret)

	plain   bool
	w       *writer
	subject vault.Subject
	id      eventstore.ID
	err     error
}

// has reports whether an event has a personal field that is yet to be sealed.
func (x *sealing) has(p domain.Private) bool {
	if x.look == nil {
		x.look = func(_ string, s *domain.Secret) { x.plain = x.plain || s.Plain != "" }
	}
	x.plain = false
	p.Secrets(x.look)
	return x.plain
}

// seal replaces every plain personal field of an event by its ciphertext.
func (x *sealing) seal(w *writer, e domain.Event, id eventstore.ID) error {
	p, ok := e.(domain.Private)
	if !ok || !x.has(p) {
		return nil
	}
	if x.close == nil {
		x.close = x.field
	}
	x.w, x.subject, x.id, x.err = w, vault.Subject(p.Subject()), id, nil
	p.Secrets(x.close)
	x.w = nil
	return x.err
}

func (x *sealing) field(field string, s *domain.Secret) {
	if s.Plain == "" || x.err != nil {
		return
	}
	s.Cipher, x.err = x.w.h.secrets.Seal(x.subject, x.w.stream, x.id, field, []byte(s.Plain))
	s.Plain = ""
}
