package domain

// Secret is a personal field of an event: a name, a number, a reason in free
// words. Decide puts the plain text in; the command handler seals it under the
// data subject's key before anything is stored; from then on only Cipher is
// there. Evolve and the read models never look at either.
type Secret struct {
	Plain  string // set only between Decide and sealing
	Cipher []byte // suite id, nonce, ciphertext
}

// IsZero reports a field that was not given.
func (s Secret) IsZero() bool { return s.Plain == "" && len(s.Cipher) == 0 }

// Private is an event that carries personal fields. Subject names whose key
// seals them; Secrets calls visit for each field with its stable name, which
// is part of what the seal authenticates.
type Private interface {
	Event
	Subject() UUID
	Secrets(visit func(field string, s *Secret))
}
