package wire

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"zhishu/domain"
)

// cipher writes the ciphertext of a personal field, if it was given.
func (w *writer) cipher(field string, s *domain.Secret) {
	if s.Plain != "" {
		w.err = fmt.Errorf("%w: %s", ErrUnsealed, field)
	}
	if len(s.Cipher) == 0 {
		return
	}
	if !w.sealing {
		w.key("sealed")
		w.begin()
		w.sealing = true
	}
	w.key(field)
	w.b = append(w.b, '"')
	w.b = ciphers.AppendEncode(w.b, s.Cipher)
	w.b = append(w.b, '"')
}

// sealed reads the ciphertexts into the event's personal fields.
func (r *reader) sealed(e domain.Private) {
	r.begin()
	given := false
	e.Secrets(func(field string, s *domain.Secret) {
		if r.at(field) {
			s.Cipher = r.cipher()
			given = true
		}
	})
	r.end()
	if !given {
		r.fail("no personal field is given")
	}
}

// skipSealed moves past the object without looking into it: base64 holds no
// brace.
func (r *reader) skipSealed() {
	r.begin()
	if r.err != nil {
		return
	}
	n := bytes.IndexByte(r.data[r.pos:], '}')
	if n < 0 {
		r.fail("the object does not end")
		return
	}
	r.pos, r.sep = r.pos+n+1, ','
}

func (r *reader) cipher() []byte {
	if r.pos >= len(r.data) || r.data[r.pos] != '"' {
		r.fail("text is expected")
		return nil
	}
	rest := r.data[r.pos+1:]
	n := bytes.IndexByte(rest, '"')
	if n <= 0 {
		r.fail("ciphertext is expected")
		return nil
	}
	cipher := make([]byte, ciphers.DecodedLen(n))
	got, err := ciphers.Decode(cipher, rest[:n])
	// The length tells line breaks, which the decoder would pass over.
	if err != nil || base64.StdEncoding.EncodedLen(got) != n {
		r.fail("base64 is expected")
		return nil
	}
	r.pos += n + 2
	return cipher[:got]
}
