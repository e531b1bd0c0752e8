package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// A wrapped key is nonce (12) ‖ ciphertext (32) ‖ tag (16), AES-256-GCM.
const wrappedSize = 12 + 32 + 16

// WrappedKey is a key encrypted under the master key.
type WrappedKey [wrappedSize]byte

// wrapper encrypts keys under the master key. What a key is for, the ledger and
// the subject are bound in, so that one stored key cannot be put in another's
// place. Random nonces allow 2^32 wraps under one master key.
type wrapper struct {
	aead   cipher.AEAD
	ledger [16]byte
}

func newWrapper(master Key, ledger [16]byte) (wrapper, error) {
	k := subkey(master, labelWrap)
	defer clear(k[:])
	aead, err := newGCM(k)
	return wrapper{aead, ledger}, err
}

// place is the additional data of a wrap.
func (w wrapper) place(dst []byte, label string, name []byte) []byte {
	dst = append(dst, label...)
	dst = append(dst, 0)
	dst = append(dst, w.ledger[:]...)
	return append(dst, name...)
}

func (w wrapper) wrap(label string, name []byte, k Key) (out WrappedKey) {
	var room [96]byte
	w.aead.Seal(out[:0], nil, k[:], w.place(room[:0], label, name))
	return out
}

func (w wrapper) unwrap(label string, name []byte, in WrappedKey) (k Key, err error) {
	var room [96]byte
	if _, err = w.aead.Open(k[:0], nil, in[:], w.place(room[:0], label, name)); err != nil {
		return Key{}, fmt.Errorf("%w: a stored %s does not unwrap", ErrDamaged, label)
	}
	return k, nil
}

// Labels separate the uses of one key. They are part of the format.
const (
	labelWrap       = "zhishu/vault/wrap/1"
	labelCheck      = "zhishu/vault/check/1"
	labelBackup     = "zhishu/vault/backup/1"
	labelSubjectMac = "zhishu/subject/mac/1"

	wrapSubjectKey   = "subject key"
	wrapLedgerSecret = "ledger secret"
	wrapNamedSecret  = "named secret"
)

// subkey derives a key for one use: HMAC-SHA256(k, label).
func subkey(k Key, label string) (out Key) {
	h := hmac.New(sha256.New, k[:])
	h.Write([]byte(label))
	h.Sum(out[:0])
	return out
}

func newGCM(k Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// checkOf tells the right master key of a header from a wrong one, without
// revealing it.
func checkOf(master Key, header Header) (out [16]byte) {
	k := subkey(master, labelCheck)
	h := hmac.New(sha256.New, k[:])
	h.Write(header.LedgerID[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(header.Created)))
	copy(out[:], h.Sum(nil))
	return out
}

// newKey never fails: since Go 1.24 a system without randomness ends the
// program instead of returning weak bytes.
func newKey() (k Key) {
	rand.Read(k[:])
	return k
}
