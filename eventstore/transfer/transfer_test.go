package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/eventstore/transfer"
)

// fill writes commands of one to four events each over a few streams, also
// runs of one stream longer than an append may be.
func fill(t *testing.T, s eventstore.Store, commands int) {
	t.Helper()
	lengths := map[string]uint64{}
	id := byte(0)
	for i := range commands {
		stream := fmt.Sprintf("person-%d", i%7)
		if i > commands/2 {
			stream = "person-long" // a run of several thousand events
		}
		var batch []eventstore.Event
		for j := range 1 + i%4 {
			id++
			e := eventstore.Event{Type: "claimed", Data: fmt.Appendf(nil, `{"n":%d}`, j), Metadata: fmt.Appendf(nil, `{"command":%d}`, i)}
			copy(e.ID[:], fmt.Sprintf("%08d%08d", i, j))
			batch = append(batch, e)
		}
		if _, err := s.Append(t.Context(), stream, eventstore.After(lengths[stream]), batch); err != nil {
			t.Fatal(err)
		}
		lengths[stream] += uint64(len(batch))
	}
}

func sameCommand(a, b eventstore.Recorded) bool { return string(a.Metadata) == string(b.Metadata) }

// recorder notes every append, to see where runs were cut.
type recorder struct {
	*storetest.Memory
	batches [][]eventstore.Event
}

func (r *recorder) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	at, err := r.Memory.Append(ctx, stream, expected, events)
	if err == nil {
		r.batches = append(r.batches, events)
	}
	return at, err
}

func TestCopyKeepsOrderBytesAndCommands(t *testing.T) {
	from, to := storetest.NewMemory(), &recorder{Memory: storetest.NewMemory()}
	fill(t, from, 3000)
	report, err := transfer.Copy(t.Context(), from, to, transfer.Options{SameCommand: sameCommand})
	if err != nil || report.Copied != 7500 {
		t.Fatal(report, err)
	}
	for i, b := range to.batches {
		if i+1 < len(to.batches) && string(b[len(b)-1].Metadata) == string(to.batches[i+1][0].Metadata) {
			t.Fatalf("append %d parts a command", i)
		}
	}
	again, err := transfer.Copy(t.Context(), from, to, transfer.Options{SameCommand: sameCommand})
	if err != nil || again.Found != 7500 || again.Copied != 0 {
		t.Fatal(again, err)
	}
}

func TestAnInterruptedCopyIsFinishedByGivingItAgain(t *testing.T) {
	from, memory := storetest.NewMemory(), storetest.NewMemory()
	fill(t, from, 400)
	for run := 0; ; run++ {
		ctx, stop := context.WithCancel(t.Context())
		calls := 0
		to := storetest.Faulty(memory, storetest.Plan{Append: func(int) storetest.Fault {
			if calls++; calls == 40 {
				stop() // the caller goes away and the reply is lost
				return storetest.LoseReply
			}
			if calls%9 == 0 {
				return storetest.LoseRequest
			}
			return storetest.NoFault
		}})
		report, err := transfer.Copy(ctx, from, to, transfer.Options{SameCommand: sameCommand})
		stop()
		if err == nil {
			if run < 2 || report.Found+report.Copied != 1000 {
				t.Fatalf("finished in run %d: %+v", run, report)
			}
			return
		}
		if run > 50 {
			t.Fatal(err)
		}
	}
}

func TestATargetThatHoldsSomethingElseIsRefused(t *testing.T) {
	from, to := storetest.NewMemory(), storetest.NewMemory()
	fill(t, from, 20)
	e := eventstore.Event{ID: eventstore.ID{1}, Type: "other", Data: []byte("{}"), Metadata: []byte("{}")}
	if _, err := to.Append(t.Context(), "person-0", eventstore.NoStream(), []eventstore.Event{e}); err != nil {
		t.Fatal(err)
	}
	_, err := transfer.Copy(t.Context(), from, to, transfer.Options{SameCommand: sameCommand})
	if !errors.Is(err, transfer.ErrDiffers) {
		t.Fatal(err)
	}
	// A longer target is no copy either.
	longer := storetest.NewMemory()
	fill(t, longer, 30)
	if _, err := transfer.Copy(t.Context(), from, longer, transfer.Options{SameCommand: sameCommand}); !errors.Is(err, transfer.ErrDiffers) {
		t.Fatal(err)
	}
}
