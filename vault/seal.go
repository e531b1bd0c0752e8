package vault

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// Suite is the first byte of every sealed field and says how it was sealed.
type Suite byte

// SuiteAES256GCM is AES-256-GCM with a random nonce: suite (1) ‖ nonce (12) ‖
// ciphertext ‖ tag (16). Suite 2 is kept for SM4-GCM.
const SuiteAES256GCM Suite = 1

// SealOverhead is how many bytes longer than its plaintext a field is sealed
// with SuiteAES256GCM.
const SealOverhead = 1 + 12 + 16

// Seal: see Sealer.
func (v *Vault) Seal(subject Subject, stream string, eventID [16]byte, field string, plain []byte) ([]byte, error) {
	return v.AppendSealed(make([]byte, 0, len(plain)+SealOverhead), subject, stream, eventID, field, plain)
}

// AppendSealed: see Sealer.
func (v *Vault) AppendSealed(dst []byte, subject Subject, stream string, eventID [16]byte, field string, plain []byte) ([]byte, error) {
	k, err := v.keysOf(subject)
	if err != nil {
		return dst, err
	}
	place := newPlace(SuiteAES256GCM, subject, stream, eventID, field)
	defer place.free()
	dst = append(dst, byte(SuiteAES256GCM))
	return k.aead.Seal(dst, nil, plain, place.bytes), nil
}

// Open: see Opener.
func (v *Vault) Open(subject Subject, stream string, eventID [16]byte, field string, sealed []byte) ([]byte, error) {
	return v.AppendOpened(make([]byte, 0, max(0, len(sealed)-SealOverhead)), subject, stream, eventID, field, sealed)
}

// AppendOpened: see Opener.
func (v *Vault) AppendOpened(dst []byte, subject Subject, stream string, eventID [16]byte, field string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return dst, fmt.Errorf("%w: it is empty", ErrSealed)
	}
	if Suite(sealed[0]) != SuiteAES256GCM {
		return dst, fmt.Errorf("%w: %d", ErrSuite, sealed[0])
	}
	if len(sealed) < SealOverhead {
		return dst, fmt.Errorf("%w: it is cut short", ErrSealed)
	}
	k, err := v.keysOf(subject)
	if err != nil {
		return dst, err
	}
	place := newPlace(SuiteAES256GCM, subject, stream, eventID, field)
	defer place.free()
	opened, err := k.aead.Open(dst, nil, sealed[1:], place.bytes)
	if err != nil {
		return dst, ErrSealed
	}
	return opened, nil
}

// place is where a sealed field stands: the additional data of its sealing.
type place struct{ bytes []byte }

var places = sync.Pool{New: func() any { return &place{make([]byte, 0, 256)} }}

// newPlace is suite (1) ‖ stream ‖ event id ‖ field ‖ subject, each of the four
// after its length in four bytes, big-endian.
func newPlace(suite Suite, subject Subject, stream string, eventID [16]byte, field string) *place {
	p := places.Get().(*place)
	b := append(p.bytes[:0], byte(suite))
	b = appendPart(b, stream)
	b = appendPart(b, eventID[:])
	b = appendPart(b, field)
	p.bytes = appendPart(b, subject[:])
	return p
}

func (p *place) free() { places.Put(p) }

func appendPart[T string | []byte](dst []byte, part T) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(part)))
	return append(dst, part...)
}
