package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// Mac is HMAC-SHA256 under the ledger's secret over the purpose and the parts,
// each after its length in eight bytes, big-endian. See the interface Mac.
func (v *Vault) Mac(purpose string, parts ...[]byte) [32]byte {
	m := v.mac.pool.Get().(*macState)
	defer v.mac.pool.Put(m)
	return m.sum(purpose, parts)
}

// SubjectMac is like Mac, under a key derived from the subject's. See the
// interface SubjectMac.
func (v *Vault) SubjectMac(subject Subject, purpose string, parts ...[]byte) ([32]byte, error) {
	k, err := v.macKeyOf(subject)
	if err != nil {
		return [32]byte{}, err
	}
	m := macState{h: hmac.New(sha256.New, k[:])}
	return m.sum(purpose, parts), nil
}

func (v *Vault) macKeyOf(subject Subject) (*Key, error) {
	keys, err := v.keysOf(subject)
	if err != nil {
		return nil, err
	}
	if k := keys.mac.Load(); k != nil {
		return k, nil
	}
	raw, err := v.Key(context.Background(), subject)
	if err != nil {
		return nil, err
	}
	defer clear(raw[:])
	k := subkey(raw, labelSubjectMac)
	keys.mac.Store(&k)
	return &k, nil
}

// macPool lends out hashes that have already taken the key in: that saves half
// of the work of a short message.
type macPool struct{ pool sync.Pool }

func newMacPool(secret Key) *macPool {
	p := &macPool{}
	p.pool.New = func() any { return &macState{h: hmac.New(sha256.New, secret[:])} }
	return p
}

// macState hashes one message at a time. It takes the message in through a
// buffer of its own, so that the parts need not leave the caller's stack.
type macState struct {
	h    hash.Hash
	n    int
	room [512]byte
	out  [32]byte
}

func (m *macState) sum(purpose string, parts [][]byte) [32]byte {
	m.h.Reset()
	writePart(m, purpose)
	for _, part := range parts {
		writePart(m, part)
	}
	m.h.Write(m.room[:m.n])
	m.h.Sum(m.out[:0])
	m.n = 0
	clear(m.room[:]) // it may hold personal data
	return m.out
}

func writePart[T string | []byte](m *macState, part T) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(part)))
	writeBytes(m, length[:])
	writeBytes(m, part)
}

func writeBytes[T string | []byte](m *macState, b T) {
	for len(b) > 0 {
		n := copy(m.room[m.n:], b)
		m.n += n
		b = b[n:]
		if m.n == len(m.room) {
			m.h.Write(m.room[:])
			m.n = 0
		}
	}
}
