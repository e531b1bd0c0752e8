package eventstore

import (
	"errors"
	"fmt"
)

var (
	// ErrUnknown: the outcome of an append is not known. Retry with the same
	// ids and the same expected revision.
	ErrUnknown = errors.New("outcome unknown: retry with the same key")
	// ErrNoExpectation: the zero Expected was passed.
	ErrNoExpectation = errors.New("an append must state the expected revision")
	// ErrBatchTooLarge: see MaxBatchBytes and MaxBatchEvents.
	ErrBatchTooLarge = errors.New("the batch is larger than one append may be")
	// ErrEmptyBatch: an append without events.
	ErrEmptyBatch = errors.New("an append needs at least one event")
	// ErrNoID: an event's id is zero. Nothing could tell a retry from a new
	// event, and the EventStoreDB client would put a random id in its place.
	ErrNoID = errors.New("an event needs an id")
	// ErrStreamName: see ValidStream.
	ErrStreamName = errors.New("not a stream name")
	// ErrStreamNotFound: the stream has no event.
	ErrStreamNotFound = errors.New("no such stream")
	// ErrPositionBeyondHead: a reader has seen more than the log holds.
	ErrPositionBeyondHead = errors.New("the position lies beyond the head of the log: the log was rolled back, or it is another log")
	// ErrUnavailable: the store cannot be reached or cannot serve now; nothing
	// was written by this call.
	ErrUnavailable = errors.New("the event store is not available")
	// ErrCorrupt: what is stored is not what was written. Writing stops.
	ErrCorrupt = errors.New("the log is damaged")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("the event store is closed")
	// ErrFull: the disk has no room; nothing was written by this call.
	ErrFull = errors.New("no space left for the log")
)

// Conflict is the answer to an append whose expected revision does not hold.
// Nothing was written.
type Conflict struct {
	Stream   string
	Expected Expected
	Actual   Expected // what would have been accepted
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("stream %s: expected %s, found %s", c.Stream, c.Expected, c.Actual)
}
