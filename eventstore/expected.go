package eventstore

import "fmt"

// Expected is the revision a stream must have for an append to be accepted.
// There is no "any": the zero value is refused with ErrNoExpectation.
type Expected struct {
	kind expectation
	rev  Revision
}

type expectation uint8

const (
	unset expectation = iota
	noStream
	exactly
)

// NoStream expects that the stream does not exist yet.
func NoStream() Expected { return Expected{kind: noStream} }

// Exactly expects the stream's newest event to have revision rev.
func Exactly(rev Revision) Expected { return Expected{kind: exactly, rev: rev} }

// After expects a stream of n events: NoStream for 0, else Exactly(n-1).
func After(n uint64) Expected {
	if n == 0 {
		return NoStream()
	}
	return Exactly(Revision(n - 1))
}

// Count is the number of events the stream is expected to hold, and whether an
// expectation was stated at all.
func (e Expected) Count() (n uint64, ok bool) {
	switch e.kind {
	case noStream:
		return 0, true
	case exactly:
		if e.rev == Last { // no stream is that long: never met, and never taken for 0
			return uint64(Last), true
		}
		return uint64(e.rev) + 1, true
	default:
		return 0, false
	}
}

func (e Expected) String() string {
	switch e.kind {
	case noStream:
		return "no stream"
	case exactly:
		return fmt.Sprintf("revision %d", e.rev)
	default:
		return "unset"
	}
}
