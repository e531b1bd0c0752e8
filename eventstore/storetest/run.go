package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"zhishu/eventstore"
)

// T is what a check needs of *testing.T. Fatalf does not return.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	TempDir() string
	Cleanup(func())
	Context() context.Context
}

// Factory makes a fresh, empty store and returns how to open it. The suite opens
// it, closes it, and opens it again for a restart.
type Factory func(t T) (open func() (eventstore.Store, error))

// Case is one part of the contract.
type Case struct {
	Name  string
	Check func(t T, f Factory)
}

// Run holds an adapter to the whole contract.
func Run(t *testing.T, f Factory) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Check(t, f)
		})
	}
}

// Cases lists the contract.
func Cases() []Case {
	return []Case{
		{"append and read", checkAppend},
		{"bytes come back", checkBytes},
		{"names", checkNames},
		{"names refused", checkNamesRefused},
		{"names close to each other", checkNamesApart},
		{"size limits", checkLimits},
		{"expected revision", checkExpected},
		{"conflict", checkConflict},
		{"zero expectation", checkZeroExpected},
		{"empty batch", checkEmptyBatch},
		{"re-append", checkReappend},
		{"re-append with other bodies", checkReappendBodies},
		{"re-append of a part", checkReappendPart},
		{"re-append with the current revision", checkReappendCurrent},
		{"deadline", checkDeadline},
		{"callers that leave", checkAbandoned},
		{"read a stream", checkReadStream},
		{"missing stream", checkMissingStream},
		{"order", checkOrder},
		{"resume", checkResume},
		{"position beyond the head", checkBeyond},
		{"subscription", checkSubscription},
		{"from catch-up to live", checkSwitch},
		{"many subscribers", checkManySubscribers},
		{"slow subscriber", checkSlowSubscriber},
		{"head", checkHead},
		{"cancellation", checkCancellation},
		{"writers of one stream", checkOneStream},
		{"writers of many streams", checkManyStreams},
		{"interrupted read", checkInterrupted},
		{"restart", checkRestart},
		{"close", checkClose},
	}
}

// patience is how long a check waits for what must happen at once. A T may have
// less of it, when it expects to wait in vain.
func patience(t T) time.Duration {
	if p, ok := t.(interface{ patience() time.Duration }); ok {
		return p.patience()
	}
	return 20 * time.Second
}

// start opens a fresh store that the check's end closes.
func start(t T, f Factory) eventstore.Store {
	t.Helper()
	return reopen(t, f(t))
}

func reopen(t T, open func() (eventstore.Store, error)) eventstore.Store {
	t.Helper()
	s, err := open()
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return s
}

// event makes an event whose id and content follow from its number.
func event(n int) eventstore.Event {
	return eventstore.Event{
		ID:       eventstore.ID{0xee, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 0x40, 0x01, 0x02, 0x80, 15: byte(n)},
		Type:     fmt.Sprintf("kind-%d", n%3),
		Data:     fmt.Appendf(nil, `{"n":%d}`, n),
		Metadata: fmt.Appendf(nil, `{"$correlationId":"c-%d"}`, n),
	}
}

func events(from, to int) []eventstore.Event {
	var es []eventstore.Event
	for n := from; n < to; n++ {
		es = append(es, event(n))
	}
	return es
}

func mustAppend(t T, s eventstore.Appender, stream string, count uint64, es ...eventstore.Event) eventstore.Appended {
	t.Helper()
	done, err := s.Append(t.Context(), stream, eventstore.After(count), es)
	if err != nil {
		t.Fatalf("Append to %.40q after %d: %v", stream, count, err)
	}
	if want := eventstore.Revision(count + uint64(len(es)) - 1); done.Revision != want {
		t.Fatalf("Append to %.40q after %d: revision %d, want %d", stream, count, done.Revision, want)
	}
	return done
}

func readAll(t T, s eventstore.LogReader, after eventstore.Position) []eventstore.Recorded {
	t.Helper()
	var got []eventstore.Recorded
	for e, err := range s.ReadAll(t.Context(), after) {
		if err != nil {
			t.Fatalf("ReadAll after %s: %v", after, err)
		}
		got = append(got, e)
	}
	return got
}

func readStream(t T, s eventstore.StreamReader, stream string, from eventstore.Revision, dir eventstore.Direction) []eventstore.Recorded {
	t.Helper()
	var got []eventstore.Recorded
	for e, err := range s.ReadStream(t.Context(), stream, from, dir) {
		if err != nil {
			t.Fatalf("ReadStream %.40q from %d: %v", stream, from, err)
		}
		got = append(got, e)
	}
	return got
}

// wantStream checks a whole stream: events, revisions, order.
func wantStream(t T, s eventstore.StreamReader, stream string, want []eventstore.Event) []eventstore.Recorded {
	t.Helper()
	got := readStream(t, s, stream, 0, eventstore.Forwards)
	if len(got) != len(want) {
		t.Fatalf("stream %.40q has %d events, want %d", stream, len(got), len(want))
	}
	for i, e := range got {
		wantEvent(t, e, stream, i, want[i])
	}
	return got
}

func wantEvent(t T, got eventstore.Recorded, stream string, revision int, want eventstore.Event) {
	t.Helper()
	if err := compare(got, stream, revision, want); err != nil {
		t.Fatalf("%v", err)
	}
}

func compare(got eventstore.Recorded, stream string, revision int, want eventstore.Event) error {
	if got.Stream != stream || got.Revision != eventstore.Revision(revision) {
		return fmt.Errorf("event of %.40q revision %d, want %.40q revision %d", got.Stream, got.Revision, stream, revision)
	}
	if got.ID != want.ID || got.Type != want.Type || string(got.Data) != string(want.Data) || string(got.Metadata) != string(want.Metadata) {
		return fmt.Errorf("%.40q revision %d is not what was appended:\n got %s\nwant %s", stream, revision, brief(got.Event), brief(want))
	}
	return nil
}

func brief(e eventstore.Event) string {
	return fmt.Sprintf("%x %.40q data %d bytes %.80q metadata %d bytes %.80q", e.ID, e.Type, len(e.Data), e.Data, len(e.Metadata), e.Metadata)
}

// wantSame checks that two reads agree.
func wantSame(t T, what string, got, want []eventstore.Recorded) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d events, want %d", what, len(got), len(want))
	}
	for i := range got {
		wantEvent(t, got[i], want[i].Stream, int(want[i].Revision), want[i].Event)
		if got[i].Position != want[i].Position {
			t.Fatalf("%s: event %d at %s, want %s", what, i, got[i].Position, want[i].Position)
		}
	}
}

func wantError(t T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s = %v, want %v", what, err, want)
	}
}

func wantConflict(t T, what string, err error, want eventstore.Conflict) {
	t.Helper()
	var c *eventstore.Conflict
	if !errors.As(err, &c) {
		t.Fatalf("%s = %v, want a conflict", what, err)
	}
	if *c != want {
		t.Fatalf("%s: %v, want %v", what, c, &want)
	}
}

// firstError drains a read and returns its error and how many events came
// before.
func firstError(seq func(func(eventstore.Recorded, error) bool)) (int, error) {
	n := 0
	for _, err := range seq {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// within runs what might hang.
func within(t T, what string, run func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- run() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	case <-time.After(patience(t)):
		t.Fatalf("%s: nothing happened for %v", what, patience(t))
	}
}
