package esdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"zhishu/eventstore"
)

// maxRequestBytes is what a server takes in one append by default: data,
// metadata and twice the type's length. Beyond it the client often reports no
// more than "EOF".
const maxRequestBytes = 1 << 20

// ErrNoType: the server refuses events without a type.
var ErrNoType = errors.New("an event needs a type")

// Append implements eventstore.Appender.
//
// An append that surely was not sent, because no node could be reached in time,
// is eventstore.ErrUnavailable; one that may have been is ErrUnknown.
func (s *Store) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	var none eventstore.Appended
	proposed, err := proposals(stream, expected, events)
	if err != nil {
		return none, err
	}
	s.appends.begin()
	defer s.appends.end()
	if s.closing.Load() {
		return none, eventstore.ErrClosed
	}
	if ctx.Err() != nil {
		return none, unknown(ctx.Err())
	}
	ctx, stop := s.bound(ctx)
	defer stop(nil)
	ctx, cancel := context.WithTimeout(ctx, s.opt.AppendTimeout)
	defer cancel()
	for {
		done, err := s.appendOnce(ctx, stream, expected, proposed)
		if !errors.Is(err, errTryAgain) {
			return done, err
		}
		if !sleep(ctx, jitter(firstPause)) {
			return none, unavailable(fmt.Errorf("%w (%w)", err, context.Cause(ctx)))
		}
	}
}

// errTryAgain: nothing was written, and another attempt may succeed.
var errTryAgain = errors.New("nothing was written")

func (s *Store) appendOnce(ctx context.Context, stream string, expected eventstore.Expected, proposed []esdb.EventData) (eventstore.Appended, error) {
	var none eventstore.Appended
	n, _ := expected.Count()
	if n > math.MaxInt64 { // no stream is that long, and the server's numbers end before
		return none, s.conflict(ctx, stream, expected)
	}
	l, err := s.links.get(ctx)
	if err != nil {
		return none, unavailable(err)
	}
	result, sent, err := call(ctx, l, func(ctx context.Context) (*esdb.WriteResult, error) {
		deadline := s.opt.AppendTimeout
		return l.client.AppendToStream(ctx, s.physical(stream), esdb.AppendToStreamOptions{
			ExpectedRevision: expectedOf(n),
			Deadline:         &deadline,
			RequiresLeader:   s.leader,
		}, proposed...)
	})
	if err == nil {
		return s.appended(result, n+uint64(len(proposed))-1)
	}
	switch v := s.settle(ctx, l, err); {
	case v == notLeader, errors.Is(err, errCondemned):
		return none, fmt.Errorf("%w: %w", errTryAgain, err)
	case v == wrongVersion:
		return none, s.conflict(ctx, stream, expected)
	case v == denied:
		return none, unavailable(err)
	case v == deleted:
		return none, fmt.Errorf("%w: stream %s was deleted in EventStoreDB: %w", eventstore.ErrCorrupt, stream, err)
	case !sent:
		return none, unavailable(s.why(ctx, err))
	}
	if reason := s.why(ctx, err); reason != err {
		err = fmt.Errorf("%w (%w)", reason, err)
	} else if d, ok := ctx.Deadline(); ok && time.Until(d) < clockSlack && verdictOf(err) == slow {
		err = fmt.Errorf("%w (%w)", context.DeadlineExceeded, err)
	}
	return none, unknown(err)
}

// clockSlack: the server counts a call's deadline too, and may be a little
// quicker than the caller's timer.
const clockSlack = 50 * time.Millisecond

// appended checks an answer: the client invents one when it does not understand
// the server.
func (s *Store) appended(r *esdb.WriteResult, revision uint64) (eventstore.Appended, error) {
	done := eventstore.Appended{
		Revision: eventstore.Revision(r.NextExpectedVersion),
		Position: eventstore.NewPosition(r.CommitPosition, r.PreparePosition),
	}
	if r.NextExpectedVersion != revision || done.Position.IsZero() {
		return eventstore.Appended{}, fmt.Errorf("%w: the store answered with revision %d at %s, want revision %d", eventstore.ErrUnknown, r.NextExpectedVersion, done.Position, revision)
	}
	s.newest.raise(done.Position)
	return done, nil
}

// conflict finds out what the stream really has; the client tells it in words
// only.
func (s *Store) conflict(ctx context.Context, stream string, expected eventstore.Expected) error {
	actual := eventstore.NoStream()
	for e, err := range s.readStream(ctx, stream, eventstore.Last, eventstore.Backwards, 1) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w, and it could not be read which revision it has: %w", errConflict, unavailable(err))
		}
		actual = eventstore.Exactly(e.Revision)
	}
	if actual == expected { // another writer was quicker than this read
		return fmt.Errorf("%w: %w", errTryAgain, errConflict)
	}
	return &eventstore.Conflict{Stream: stream, Expected: expected, Actual: actual}
}

var errConflict = errors.New("the stream has another revision than expected")

func expectedOf(n uint64) esdb.ExpectedRevision {
	if n == 0 {
		return esdb.NoStream{}
	}
	return esdb.Revision(n - 1)
}

// proposals checks a batch and converts it.
func proposals(stream string, expected eventstore.Expected, events []eventstore.Event) ([]esdb.EventData, error) {
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return nil, err
	}
	size := 0
	proposed := make([]esdb.EventData, len(events))
	for i := range events {
		e := &events[i]
		if e.Type == "" {
			return nil, fmt.Errorf("%w: event %d of the batch", ErrNoType, i)
		}
		size += len(e.Data) + len(e.Metadata) + 2*len(e.Type)
		proposed[i] = esdb.EventData{
			EventID: uuid.UUID(e.ID), EventType: e.Type, ContentType: esdb.ContentTypeJson, Data: e.Data, Metadata: e.Metadata,
		}
	}
	if size > maxRequestBytes {
		return nil, fmt.Errorf("%w: %d bytes as EventStoreDB counts, at most %d", eventstore.ErrBatchTooLarge, size, maxRequestBytes)
	}
	return proposed, nil
}

// farAway is the deadline of calls that are bounded otherwise: the client takes
// none for one of 10 s, or of centuries.
const farAway = 24 * time.Hour
