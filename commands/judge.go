package commands

import (
	"context"
	"errors"

	"zhishu/domain"
)

// State is a stream folded to its newest event, for a caller that must know a
// fact's present value before it decides what to ask for. It is the caller's
// own. What is then asked is decided on the newest state again.
func (h *Handler) State(ctx context.Context, stream string) (domain.State, error) {
	f, err := h.fold(ctx, stream)
	if err != nil {
		return nil, err
	}
	return f.state, nil
}

// Now is the clock that stamps what is recorded.
func (h *Handler) Now() domain.Instant { return h.opts.Clock() }

// Exists reports whether a stream's subject exists: whether it has an event,
// other than that it was given up before anybody was enrolled.
func (h *Handler) Exists(ctx context.Context, stream string) (bool, error) {
	s, err := h.stageOf(ctx, stream)
	return s == enrolled, err
}

// Would is a stream as it will be when others have been recorded first.
type Would struct {
	Stream string
	State  domain.State
}

// givenOr gives a command what another stream would hold, or else holds.
func (h *Handler) givenOr(ctx context.Context, c domain.Command, now domain.Instant, would []Would) (domain.Command, error) {
	if r, ok := c.(domain.Reader); ok {
		for _, w := range would {
			if w.Stream == r.Reads() {
				return r.Given(domain.Found{Reading: domain.Reading{Stream: w.Stream}, State: w.State, Now: now, Codes: h.checkInCode}), nil
			}
		}
	}
	return h.given(ctx, c, now)
}

// Judge tells what DoAll would answer, one request building on the other, and
// records nothing: no event, no key, no claim. It does not see idempotency
// keys, so what was recorded before is judged as the domain judges it.
func (h *Handler) Judge(ctx context.Context, reqs []Request) ([]Outcome, error) {
	return h.JudgeAfter(ctx, nil, reqs)
}

// JudgeAfter is Judge beside what other streams will hold by then.
func (h *Handler) JudgeAfter(ctx context.Context, would []Would, reqs []Request) ([]Outcome, error) {
	stream := reqs[0].Command.Target()
	f, err := h.fold(ctx, stream)
	if err != nil {
		return nil, err
	}
	outs := make([]Outcome, len(reqs))
	now := h.opts.Clock()
	for i := range reqs {
		outs[i].Stream = stream
		actor, err := h.actor(ctx, &reqs[i])
		var command domain.Command
		if err == nil {
			command, err = h.givenOr(ctx, reqs[i].Command, now, would)
		}
		var events []domain.Event
		if err == nil {
			events, err = h.judge(ctx, f.state, command, actor, now)
		}
		var refusal *domain.Refusal
		if err != nil && !errors.As(err, &refusal) {
			return nil, err
		}
		if refusal != nil {
			outs[i].Err = refusal
			continue
		}
		outs[i].Events = len(events)
		for _, e := range events {
			f.evolve(e, domain.Meta{RecordedAt: now, Account: actor.Account, Person: actor.Person, Role: actor.Role, Scope: actor.Scope})
		}
	}
	return outs, nil
}
