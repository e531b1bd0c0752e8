package proof

import "crypto/sha256"

const (
	// EntryVersion is the first byte of an entry.
	EntryVersion = 1
	// EntrySize is the length of every entry of version 1.
	EntrySize = 1 + sha256.Size
)

// Salt hides a frame in its entry: without it nobody can try out which fact an
// entry stands for. Every event has its own, so one that is shown opens only
// that one entry.
type Salt [sha256.Size]byte

// Entry is what everybody may see of a fact: a version byte and
// HMAC-SHA256(salt, frame).
type Entry [EntrySize]byte

// SaltOf is the salt of an event under the log's salt key:
// HMAC-SHA256(salt key, event id).
func SaltOf(saltKey [sha256.Size]byte, id [16]byte) Salt { return authenticate(saltKey, id[:]) }

// Commit makes the entry of an encoded frame.
func Commit(salt Salt, frame []byte) Entry {
	entry := Entry{EntryVersion}
	sum := authenticate(salt, frame)
	copy(entry[1:], sum[:])
	return entry
}

// Committer makes entries one after the other in memory that it keeps.
type Committer struct{ inner []byte }

// Commit makes the entry of a frame, as [Commit] does of an encoded one.
func (c *Committer) Commit(salt Salt, f *Frame) Entry {
	if c.inner == nil {
		c.inner = make([]byte, sha256.BlockSize, 4096)
	}
	c.inner = f.Append(c.inner[:sha256.BlockSize])
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		c.inner[i], outer[i] = innerPad, outerPad
	}
	for i, b := range salt {
		c.inner[i] ^= b
		outer[i] ^= b
	}
	sum := sha256.Sum256(c.inner)
	copy(outer[sha256.BlockSize:], sum[:])
	sum = sha256.Sum256(outer[:])
	entry := Entry{EntryVersion}
	copy(entry[1:], sum[:])
	return entry
}

// The bytes that HMAC's two hashes begin with, under the key.
const innerPad, outerPad = 0x36, 0x5c

// authenticate is HMAC-SHA256 (RFC 2104) under a key of 32 bytes. Whoever checks
// a ledger does it once for every event; crypto/hmac, which the tests hold it
// against, makes six objects of each.
func authenticate(key [sha256.Size]byte, message []byte) (sum [sha256.Size]byte) {
	var block [sha256.BlockSize]byte
	copy(block[:], key[:])
	for i := range block {
		block[i] ^= innerPad
	}
	h := sha256.New()
	h.Write(block[:])
	h.Write(message)
	h.Sum(sum[:0])
	for i := range block {
		block[i] ^= innerPad ^ outerPad
	}
	h.Reset()
	h.Write(block[:])
	h.Write(sum[:])
	h.Sum(sum[:0])
	return sum
}
