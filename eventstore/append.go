package eventstore

import "fmt"

// CheckAppend refuses what every adapter refuses before it writes: an invalid
// stream name, an unset expectation, an empty batch, one over the limits.
func CheckAppend(stream string, expected Expected, events []Event) error {
	if !ValidStream(stream) {
		return fmt.Errorf("%w: %.64q", ErrStreamName, stream)
	}
	if _, ok := expected.Count(); !ok {
		return ErrNoExpectation
	}
	if len(events) == 0 {
		return ErrEmptyBatch
	}
	if len(events) > MaxBatchEvents {
		return fmt.Errorf("%w: %d events, at most %d", ErrBatchTooLarge, len(events), MaxBatchEvents)
	}
	size := 0
	for i := range events {
		if events[i].ID == (ID{}) {
			return fmt.Errorf("%w: event %d of the batch", ErrNoID, i)
		}
		size += len(events[i].Type) + len(events[i].Data) + len(events[i].Metadata)
	}
	if size > MaxBatchBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrBatchTooLarge, size, MaxBatchBytes)
	}
	return nil
}
