package proof

import (
	"crypto/hmac"
	"crypto/sha256"
)

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
func SaltOf(saltKey [sha256.Size]byte, id [16]byte) Salt {
	mac := hmac.New(sha256.New, saltKey[:])
	mac.Write(id[:])
	return Salt(mac.Sum(nil))
}

// Commit makes the entry of an encoded frame.
func Commit(salt Salt, frame []byte) Entry {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write(frame)
	entry := Entry{EntryVersion}
	mac.Sum(entry[:1])
	return entry
}
