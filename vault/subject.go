package vault

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Subject is the UUID of whoever a key belongs to: a person, a donor, an
// import, an account. The zero value is no subject.
type Subject [16]byte

// None is what Lookup answers for a claim nobody holds.
var None Subject

// Key is a 256-bit secret. It prints as "[secret]" everywhere, so that it
// cannot slip into a log line or an answer. Wipe a copy with clear(k[:]) when
// done.
type Key [32]byte

const redacted = "[secret]"

// Format hides the key from every verb of package fmt.
func (Key) Format(s fmt.State, _ rune) { io.WriteString(s, redacted) }

// MarshalText hides the key from encoders.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the key from package slog.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// Erasure says that a subject's key was destroyed, and when.
type Erasure struct {
	Subject Subject
	At      time.Time // UTC
}

// Claim asks that a keyed hash, such as that of an ID number, belongs to one
// subject within a space, such as "id-number" or "issuer/<id>".
type Claim struct {
	Space   string
	Hash    [32]byte
	Subject Subject
}
