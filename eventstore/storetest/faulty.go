package storetest

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync/atomic"

	"zhishu/eventstore"
)

// Fault is what goes wrong with one append.
type Fault uint8

const (
	// NoFault: the call passes through.
	NoFault Fault = iota
	// Refuse: nothing is written, and the caller learns it (ErrUnavailable).
	Refuse
	// LoseRequest: nothing is written, and the caller cannot know (ErrUnknown).
	LoseRequest
	// LoseReply: the append happens, and the caller cannot know (ErrUnknown).
	LoseReply
)

// Plan says what goes wrong. Its functions get the number of the call, from 0,
// and may be called from any goroutine. A nil function means no faults.
type Plan struct {
	// Append is asked before every append.
	Append func(call int) Fault
	// Read is asked for every ReadStream, ReadAll and Subscribe: how many events
	// it yields before it breaks with ErrUnavailable; negative for a sound read.
	Read func(call int) int
}

// Faults plans one append after the other; further ones pass.
func Faults(faults ...Fault) Plan {
	return Plan{Append: func(call int) Fault {
		if call < len(faults) {
			return faults[call]
		}
		return NoFault
	}}
}

// BreakReads plans one read after the other, as Plan.Read says; further ones
// pass.
func BreakReads(after ...int) Plan {
	return Plan{Read: func(call int) int {
		if call < len(after) {
			return after[call]
		}
		return -1
	}}
}

// Random plans appends of which about one in every has one of the faults, and
// reads of which about one in every breaks within its first hundred events. The
// same seed gives the same plan.
func Random(seed uint64, every int) Plan {
	draw := func(call int, kind uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(call)<<1|kind)) }
	return Plan{
		Append: func(call int) Fault {
			r := draw(call, 0)
			if r.IntN(every) != 0 {
				return NoFault
			}
			return Refuse + Fault(r.IntN(int(LoseReply)))
		},
		Read: func(call int) int {
			r := draw(call, 1)
			if r.IntN(every) != 0 {
				return -1
			}
			return r.IntN(100)
		},
	}
}

// Faulty passes every call on to store, but for what the plan says.
func Faulty(store eventstore.Store, plan Plan) eventstore.Store {
	if plan.Append == nil {
		plan.Append = func(int) Fault { return NoFault }
	}
	if plan.Read == nil {
		plan.Read = func(int) int { return -1 }
	}
	return &faulty{Store: store, plan: plan}
}

type faulty struct {
	eventstore.Store
	plan           Plan
	appends, reads atomic.Int64
}

func (f *faulty) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	// What never reaches a store cannot be lost on the way.
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return eventstore.Appended{}, err
	}
	switch f.plan.Append(int(f.appends.Add(1) - 1)) {
	case Refuse:
		return eventstore.Appended{}, fmt.Errorf("%w: planned refusal", eventstore.ErrUnavailable)
	case LoseRequest:
		return eventstore.Appended{}, fmt.Errorf("%w: planned loss of the request", eventstore.ErrUnknown)
	case LoseReply:
		// Whatever the answer is, it is lost; a refusal as well.
		_, _ = f.Store.Append(ctx, stream, expected, events)
		return eventstore.Appended{}, fmt.Errorf("%w: planned loss of the reply", eventstore.ErrUnknown)
	default:
		return f.Store.Append(ctx, stream, expected, events)
	}
}

func (f *faulty) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return f.breaking(f.Store.ReadStream(ctx, stream, from, dir))
}

func (f *faulty) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return f.breaking(f.Store.ReadAll(ctx, after))
}

func (f *faulty) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return f.breaking(f.Store.Subscribe(ctx, after))
}

// breaking ends a read with an error after the planned number of events. A read
// that has fewer ends as it would.
func (f *faulty) breaking(seq iter.Seq2[eventstore.Recorded, error]) iter.Seq2[eventstore.Recorded, error] {
	left := f.plan.Read(int(f.reads.Add(1) - 1))
	if left < 0 {
		return seq
	}
	return func(yield func(eventstore.Recorded, error) bool) {
		left := left
		if left > 0 {
			for e, err := range seq {
				if !yield(e, err) || err != nil {
					return
				}
				if left--; left == 0 {
					break
				}
			}
		}
		if left == 0 {
			yield(eventstore.Recorded{}, fmt.Errorf("%w: planned break of the read", eventstore.ErrUnavailable))
		}
	}
}
