// Package eventstore is the port between the ledger and the ordered log it
// lives in. It moves bytes: it knows streams, revisions and positions, and
// nothing about volunteers.
//
// Every adapter promises the same, and eventstore/storetest holds it to that:
//
//   - Append is atomic to one stream and durable before it returns.
//   - Re-append: when the expected revision has already passed and the events
//     that follow it carry the very same ids in the same order, Append answers
//     as it did the first time and writes nothing. Ids are compared, bodies
//     never. So after an error of unknown outcome a caller retries with the
//     same ids and the same expected revision, and never refreshes the
//     revision first.
//   - The order of ReadAll is the one order of the ledger. It never changes,
//     and ReadAll, Subscribe and a restart show the same order.
//   - Data and metadata come back byte for byte.
//   - A read that breaks halfway yields an error: it is never mistaken for the
//     end of a stream.
package eventstore

import (
	"context"
	"iter"
)

// Limits of one append. Every adapter refuses a batch beyond them with
// ErrBatchTooLarge, because splitting it would break its atomicity.
const (
	MaxBatchBytes  = 900 << 10 // sum of type, data and metadata lengths
	MaxBatchEvents = 500
	MaxStreamName  = 255 // bytes of ASCII
)

// ID is an event's 128-bit identity, chosen by the caller.
type ID [16]byte

// Revision is the place of an event within its stream, dense from 0.
type Revision uint64

// Event is what a caller appends. The store does not look inside Data or
// Metadata; both are JSON by convention of the ledger.
type Event struct {
	ID       ID
	Type     string
	Data     []byte
	Metadata []byte
}

// Recorded is an event as the store gives it back. Its slices stay valid and
// must not be modified.
type Recorded struct {
	Event
	Stream   string
	Revision Revision
	Position Position
}

// Appended says where the last event of an append stands.
type Appended struct {
	Revision Revision
	Position Position
}

// Head is the newest event of the log; its zero value is an empty log.
type Head struct {
	Position Position
}

// Direction of a stream read.
type Direction uint8

const (
	Forwards Direction = iota
	Backwards
)

// Last is a revision for backwards reads: begin at the newest event.
const Last = Revision(1<<64 - 1)

// Appender writes. Append may be called from any number of goroutines.
//
// When ctx ends before the store has answered, the error wraps ErrUnknown: the
// events may or may not be recorded, and a retry with the same ids and the
// same expected revision is safe. A *Conflict says that nothing was written.
// The store copies what it keeps: when Append has returned, the memory of the
// events is the caller's again.
type Appender interface {
	Append(ctx context.Context, stream string, expected Expected, events []Event) (Appended, error)
}

// StreamReader reads one stream. ReadStream starts at revision from
// (inclusive) and goes in the given direction to the end the stream has at the
// time of the call; a stream that does not exist yields ErrStreamNotFound.
// After an error nothing more is yielded.
type StreamReader interface {
	ReadStream(ctx context.Context, stream string, from Revision, dir Direction) iter.Seq2[Recorded, error]
}

// LogReader reads the one ordered log.
//
// ReadAll yields every event after the position (exclusive; the zero Position
// is the beginning) up to the head at the time of the call and then ends.
// Subscribe does the same and then waits for new events until ctx ends, which
// it reports as the context's error. A position beyond the head is
// ErrPositionBeyondHead: the log was rolled back under the reader.
type LogReader interface {
	ReadAll(ctx context.Context, after Position) iter.Seq2[Recorded, error]
	Subscribe(ctx context.Context, after Position) iter.Seq2[Recorded, error]
	Head(ctx context.Context) (Head, error)
}

// Scanner is what a store may offer beside ReadAll for readers of the whole log
// that keep nothing: Scan yields the same events, but Data and Metadata are
// valid only until the next event is asked for. It is faster, because memory is
// used again.
type Scanner interface {
	Scan(ctx context.Context, after Position) iter.Seq2[Recorded, error]
}

// Store is what an adapter offers. A consumer takes the smaller interface it
// uses.
type Store interface {
	Appender
	StreamReader
	LogReader
	// Close ends the store. Calls in flight return ErrClosed or their result.
	Close() error
}
