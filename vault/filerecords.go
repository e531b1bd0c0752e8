package vault

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"go.etcd.io/bbolt"
)

// The header is version (1) ‖ ledger id (16) ‖ created (8) ‖ check (16) ‖
// wrapped secret (60).
const (
	headerVersion = 1
	headerSize    = 1 + 16 + 8 + 16 + wrappedSize
)

func (h Header) encode() []byte {
	b := append(make([]byte, 0, headerSize), headerVersion)
	b = append(b, h.LedgerID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Created))
	b = append(b, h.Check[:]...)
	return append(b, h.Secret[:]...)
}

func decodeHeader(b []byte) (h Header, err error) {
	if len(b) != headerSize || b[0] != headerVersion {
		return Header{}, fmt.Errorf("%w: its header is not one of this version", ErrDamaged)
	}
	copy(h.LedgerID[:], b[1:])
	h.Created = int64(binary.BigEndian.Uint64(b[17:]))
	copy(h.Check[:], b[25:])
	copy(h.Secret[:], b[41:])
	return h, nil
}

// checksum is CRC32C over an entry's key and value. It is stored behind the
// value, four bytes, big-endian.
func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

func putChecked(b *bbolt.Bucket, key, value []byte) error {
	return b.Put(key, binary.BigEndian.AppendUint32(value, checksum(key, value)))
}

// checked returns the value of an entry of n bytes, ErrDamaged when it is not
// what was written.
func checked(key, stored []byte, n int, what string) ([]byte, error) {
	if len(stored) != n+4 || checksum(key, stored[:n]) != binary.BigEndian.Uint32(stored[n:]) {
		return nil, fmt.Errorf("%w: %s does not fit its checksum", ErrDamaged, what)
	}
	return stored[:n], nil
}

// An erasure is its time in Unix nanoseconds (8) under the subject.
func putErasure(tx *bbolt.Tx, e Erasure) error {
	at := binary.BigEndian.AppendUint64(nil, uint64(e.At.UnixNano()))
	return putChecked(tx.Bucket(erasuresBucket), e.Subject[:], at)
}

func loadErasures(tx *bbolt.Tx) (map[Subject]time.Time, error) {
	erased := make(map[Subject]time.Time)
	err := tx.Bucket(erasuresBucket).ForEach(func(k, v []byte) error {
		at, err := checked(k, v, 8, "an erasure")
		if err != nil {
			return err
		}
		if len(k) != len(Subject{}) {
			return fmt.Errorf("%w: an erasure of no subject", ErrDamaged)
		}
		erased[Subject(k)] = time.Unix(0, int64(binary.BigEndian.Uint64(at))).UTC()
		return nil
	})
	return erased, err
}

// A named secret is wrapped (60) under its name.
func putSecret(tx *bbolt.Tx, name string, wrapped WrappedKey) error {
	return putChecked(tx.Bucket(secretsBucket), []byte(name), wrapped[:])
}

func decodeSecret(name, stored []byte) (w WrappedKey, err error) {
	v, err := checked(name, stored, wrappedSize, "a named secret")
	copy(w[:], v)
	return w, err
}
