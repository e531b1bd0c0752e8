package wire

import (
	"fmt"

	"zhishu/domain"
)

// Encoder writes many events for one goroutine: the bytes of AppendData and
// AppendMeta with less work. Who records a sheet says the same of itself in
// every event, so what surrounds the two hashes is remembered. The zero value
// works.
type Encoder struct {
	w     writer
	visit func(field string, s *domain.Secret)
	metas [2]writtenMeta // a recorder and a confirmer take turns
	turn  int
}

// writtenMeta is metadata as it was written before and behind its hashes.
type writtenMeta struct {
	meta       domain.Meta // without them
	head, tail []byte
}

// AppendData is like the function AppendData.
func (c *Encoder) AppendData(dst []byte, e domain.Event) ([]byte, error) {
	if e == nil {
		return dst, ErrUnknownType
	}
	codec, ok := codecs[e.Type()]
	if !ok {
		return dst, fmt.Errorf("%w %q", ErrUnknownType, e.Type())
	}
	w := &c.w
	*w = writer{b: dst}
	defer func() { *w = writer{} }() // dst is the caller's
	w.begin()
	codec.write(w, e)
	if p, ok := e.(domain.Private); ok {
		c.sealed(p)
	}
	w.end()
	if w.err != nil {
		return dst, fmt.Errorf("%s: %w", e.Type(), w.err)
	}
	return w.b, nil
}

// sealed writes the ciphertexts of the personal fields that were given.
func (c *Encoder) sealed(e domain.Private) {
	if c.visit == nil {
		c.visit = c.w.cipher
	}
	e.Secrets(c.visit)
	if c.w.sealing {
		c.w.end()
	}
}

// AppendMeta is like the function AppendMeta.
func (c *Encoder) AppendMeta(dst []byte, m domain.Meta) []byte {
	said := c.remembered(&m)
	w := &c.w
	*w = writer{b: append(dst, said.head...), sep: ','}
	defer func() { *w = writer{} }()
	writeHashes(w, &m)
	return append(w.b, said.tail...)
}

// remembered is what stands around the hashes of metadata.
func (c *Encoder) remembered(m *domain.Meta) *writtenMeta {
	bare := *m
	bare.KeyHash, bare.RequestHash = [16]byte{}, [16]byte{}
	for i := range c.metas {
		if c.metas[i].head != nil && c.metas[i].meta == bare {
			return &c.metas[i]
		}
	}
	said := &c.metas[c.turn]
	c.turn = (c.turn + 1) % len(c.metas)
	w := &c.w
	*w = writer{b: said.head[:0]}
	w.begin()
	writeMetaHead(w, m)
	said.head, said.meta = w.b, bare
	w.b = said.tail[:0]
	writeMetaTail(w, m)
	w.end()
	said.tail = w.b
	return said
}
