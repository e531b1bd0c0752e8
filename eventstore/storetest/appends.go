package storetest

import (
	"context"
	"strings"
	"time"

	"zhishu/eventstore"
)

func checkAppend(t T, f Factory) {
	s := start(t, f)
	if got := readAll(t, s, eventstore.Position{}); len(got) != 0 {
		t.Fatalf("a fresh store holds %d events", len(got))
	}
	one := mustAppend(t, s, "person-1", 0, event(0))
	two := mustAppend(t, s, "person-1", 1, events(1, 4)...)
	other := mustAppend(t, s, "activity-1", 0, events(4, 6)...)
	if one.Position.Compare(two.Position) >= 0 || two.Position.Compare(other.Position) >= 0 || one.Position.IsZero() {
		t.Errorf("positions do not rise from above zero: %s, %s, %s", one.Position, two.Position, other.Position)
	}
	got := wantStream(t, s, "person-1", events(0, 4))
	wantStream(t, s, "activity-1", events(4, 6))
	if got[0].Position != one.Position || got[3].Position != two.Position {
		t.Errorf("Append said %s and %s, the stream says %s and %s", one.Position, two.Position, got[0].Position, got[3].Position)
	}
	head, err := s.Head(t.Context())
	if err != nil || head.Position.Compare(other.Position) < 0 {
		t.Errorf("Head = %s, %v, want at least %s", head.Position, err, other.Position)
	}
}

// checkBytes stores what is not text and not JSON, and changes the caller's
// slices afterwards.
func checkBytes(t T, f Factory) {
	s := start(t, f)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	bodies := [][2]string{
		{"", ""}, {"{}", ""}, {"", "{}"}, {string(every), string(every[128:])}, {"\x00", "\x00\x00"},
		{`{"b":1, "a":2.50}`, "{\n}"}, {"\xff\xfe\xed\xa0\x80", "志\u200b"}, {strings.Repeat("x", 100<<10), strings.Repeat("y", 70<<10)},
	}
	var want, given []eventstore.Event
	for i, b := range bodies {
		e := event(i)
		e.Data, e.Metadata = []byte(b[0]), []byte(b[1])
		want = append(want, e)
		e.Data, e.Metadata = []byte(b[0]), []byte(b[1])
		given = append(given, e)
	}
	mustAppend(t, s, "person-1", 0, given...)
	for i := range given {
		clear(given[i].Data)
		clear(given[i].Metadata)
	}
	wantStream(t, s, "person-1", want)
	for i, e := range readAll(t, s, eventstore.Position{}) {
		wantEvent(t, e, "person-1", i, want[i])
	}
}

func checkLimits(t T, f Factory) {
	s := start(t, f)
	sized := func(n, total int) []eventstore.Event {
		es := events(0, n)
		for i := range es {
			total -= len(es[i].Type) + len(es[i].Data) + len(es[i].Metadata)
		}
		es[n/2].Data = append(es[n/2].Data, strings.Repeat(" ", total)...)
		return es
	}
	for _, c := range []struct {
		stream string
		events []eventstore.Event
	}{
		{"import-bytes", sized(3, eventstore.MaxBatchBytes)},
		{"import-one", sized(1, eventstore.MaxBatchBytes)},
		{"import-events", events(0, eventstore.MaxBatchEvents)},
	} {
		mustAppend(t, s, c.stream, 0, c.events...)
		wantStream(t, s, c.stream, c.events)
	}
	for _, es := range [][]eventstore.Event{
		sized(3, eventstore.MaxBatchBytes+1), sized(1, eventstore.MaxBatchBytes+1), events(0, eventstore.MaxBatchEvents+1),
	} {
		_, err := s.Append(t.Context(), "import-over", eventstore.NoStream(), es)
		wantError(t, "Append over a limit", err, eventstore.ErrBatchTooLarge)
	}
	_, err := firstError(s.ReadStream(t.Context(), "import-over", 0, eventstore.Forwards))
	wantError(t, "ReadStream after a refused append", err, eventstore.ErrStreamNotFound)
}

func checkExpected(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, events(0, 2)...)
	for _, wrong := range []eventstore.Expected{
		eventstore.NoStream(), eventstore.Exactly(0), eventstore.Exactly(2), eventstore.Exactly(1 << 40), eventstore.Exactly(eventstore.Last),
	} {
		_, err := s.Append(t.Context(), "person-1", wrong, events(7, 8))
		wantConflict(t, "Append expecting "+wrong.String(), err,
			eventstore.Conflict{Stream: "person-1", Expected: wrong, Actual: eventstore.Exactly(1)})
	}
	wantStream(t, s, "person-1", events(0, 2))
	mustAppend(t, s, "person-1", 2, event(2))
	wantStream(t, s, "person-1", events(0, 3))
}

func checkConflict(t T, f Factory) {
	s := start(t, f)
	for _, wrong := range []eventstore.Expected{eventstore.Exactly(0), eventstore.Exactly(3), eventstore.Exactly(eventstore.Last)} {
		_, err := s.Append(t.Context(), "person-1", wrong, events(0, 1))
		wantConflict(t, "Append to a missing stream expecting "+wrong.String(), err,
			eventstore.Conflict{Stream: "person-1", Expected: wrong, Actual: eventstore.NoStream()})
	}
	if got := readAll(t, s, eventstore.Position{}); len(got) != 0 {
		t.Fatalf("refused appends left %d events", len(got))
	}
}

func checkZeroExpected(t T, f Factory) {
	s := start(t, f)
	var zero eventstore.Expected
	_, err := s.Append(t.Context(), "person-1", zero, events(0, 1))
	wantError(t, "Append without an expectation", err, eventstore.ErrNoExpectation)
	mustAppend(t, s, "person-1", 0, event(0))
	_, err = s.Append(t.Context(), "person-1", zero, events(1, 2))
	wantError(t, "Append without an expectation", err, eventstore.ErrNoExpectation)
	wantStream(t, s, "person-1", events(0, 1))
}

func checkEmptyBatch(t T, f Factory) {
	s := start(t, f)
	_, err := s.Append(t.Context(), "person-1", eventstore.NoStream(), nil)
	wantError(t, "Append of nothing", err, eventstore.ErrEmptyBatch)
	_, err = firstError(s.ReadStream(t.Context(), "person-1", 0, eventstore.Forwards))
	wantError(t, "ReadStream", err, eventstore.ErrStreamNotFound)
}

func checkReappend(t T, f Factory) {
	s := start(t, f)
	first := mustAppend(t, s, "person-1", 0, events(0, 3)...)
	again := func() {
		t.Helper()
		if got := mustAppend(t, s, "person-1", 0, events(0, 3)...); got != first {
			t.Fatalf("re-append = %v, want as the first time %v", got, first)
		}
	}
	again()
	mustAppend(t, s, "other-1", 0, event(100))
	second := mustAppend(t, s, "person-1", 3, events(3, 5)...)
	again()
	for n := 5; n < 300; n++ {
		mustAppend(t, s, "person-1", uint64(n), event(n))
	}
	again()
	if got := mustAppend(t, s, "person-1", 3, events(3, 5)...); got != second {
		t.Fatalf("re-append of the second batch = %v, want %v", got, second)
	}
	wantStream(t, s, "person-1", events(0, 300))
	// The same ids in another stream are other events.
	mustAppend(t, s, "person-2", 0, events(0, 3)...)
	wantStream(t, s, "person-2", events(0, 3))
}

func checkReappendBodies(t T, f Factory) {
	s := start(t, f)
	first := mustAppend(t, s, "person-1", 0, events(0, 2)...)
	other := events(0, 2)
	other[0].Data, other[1].Type, other[1].Metadata = []byte(`{"other":true}`), "other-kind", nil
	if got := mustAppend(t, s, "person-1", 0, other...); got != first {
		t.Fatalf("re-append with other bodies = %v, want as the first time %v", got, first)
	}
	wantStream(t, s, "person-1", events(0, 2))
}

// checkReappendPart: what was written only in part, or differs in a later id,
// is no repetition.
func checkReappendPart(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, events(0, 2)...)
	conflict := eventstore.Conflict{Stream: "person-1", Expected: eventstore.NoStream(), Actual: eventstore.Exactly(1)}
	for what, es := range map[string][]eventstore.Event{
		"one more":         events(0, 3),
		"another second":   {event(0), event(9)},
		"another first":    {event(9), event(1)},
		"the other order":  {event(1), event(0)},
		"the second alone": {event(1)},
	} {
		_, err := s.Append(t.Context(), "person-1", eventstore.NoStream(), es)
		wantConflict(t, "re-append with "+what, err, conflict)
	}
	_, err := s.Append(t.Context(), "person-1", eventstore.Exactly(0), events(1, 3))
	wantConflict(t, "re-append from within a batch with one more", err,
		eventstore.Conflict{Stream: "person-1", Expected: eventstore.Exactly(0), Actual: eventstore.Exactly(1)})
	mustAppend(t, s, "person-1", 1, event(1)) // from within a batch to its end
	mustAppend(t, s, "person-1", 0, event(0)) // the beginning of a batch
	wantStream(t, s, "person-1", events(0, 2))
}

// checkReappendCurrent: same ids with the current revision are new events. So a
// caller must never refresh the revision before a retry.
func checkReappendCurrent(t T, f Factory) {
	s := start(t, f)
	mustAppend(t, s, "person-1", 0, event(0))
	mustAppend(t, s, "person-1", 1, event(0))
	wantStream(t, s, "person-1", []eventstore.Event{event(0), event(0)})
}

func checkDeadline(t T, f Factory) {
	s := start(t, f)
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	_, err := s.Append(ctx, "person-1", eventstore.NoStream(), events(0, 2))
	wantError(t, "Append past its deadline", err, eventstore.ErrUnknown)
	wantError(t, "Append past its deadline", err, context.DeadlineExceeded)
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	_, err = s.Append(cancelled, "person-1", eventstore.NoStream(), events(0, 2))
	wantError(t, "Append by a caller that left", err, eventstore.ErrUnknown)
	mustAppend(t, s, "person-1", 0, events(0, 2)...)
	wantStream(t, s, "person-1", events(0, 2))
}
