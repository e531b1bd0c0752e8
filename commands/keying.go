package commands

import (
	"errors"

	"zhishu/domain"
	"zhishu/vault"
)

// keyFor sees to it that the stream's data subject has a key before a field is
// sealed under it. A subject that has sealed fields already must have its key
// still: a new one would hide that the old one was lost, and with it every
// field sealed before.
func (w *writer) keyFor(subjects []vault.Subject) error {
	if !w.f.sealed {
		return w.h.secrets.EnsureKeys(w.ctx, subjects)
	}
	for _, s := range subjects {
		if _, err := w.h.secrets.Key(w.ctx, s); errors.Is(err, vault.ErrNoKey) {
			return refuse(KeyMissing, "")
		} else if err != nil {
			return err
		}
	}
	return nil
}

// holdsSealed reports whether an event has personal fields under a key.
func holdsSealed(e domain.Event) (sealed bool) {
	if p, ok := e.(domain.Private); ok {
		p.Secrets(func(_ string, s *domain.Secret) { sealed = sealed || len(s.Cipher) > 0 })
	}
	return sealed
}
