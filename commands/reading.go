package commands

import (
	"context"
	"encoding/binary"
	"fmt"

	"zhishu/domain"
)

// otherStreams bounds the folded streams kept for commands that are decided on
// another one: activities that many people check in to, above all.
const otherStreams = 2_000

// given adds to a command what it is judged on besides its own stream. It is
// called while the command's own stream is held, so it takes no turn in the
// cache of those: a sign-up reads a person, a check-in an activity, and two of
// them would wait for each other. Nothing holds while a slot of this cache is
// held.
func (h *Handler) given(ctx context.Context, c domain.Command, now domain.Instant) (domain.Command, error) {
	if change, ok := c.(*domain.ChangeContact); ok {
		return h.contactBeside(ctx, change)
	}
	reader, ok := c.(domain.Reader)
	if !ok {
		return c, nil
	}
	stream := reader.Reads()
	if stream == "" {
		return c, nil
	}
	slot := h.others.acquire(stream)
	defer h.others.release(slot)
	f, err := h.newest(ctx, stream, slot.folded)
	slot.folded = f
	if err != nil {
		return nil, err
	}
	found := domain.Found{Reading: domain.Reading{Stream: stream}, State: f.state, Now: now, Codes: h.checkInCode}
	if f.count > 0 {
		found.Revision = uint32(f.count - 1)
	}
	return reader.Given(found), nil
}

// newest brings a remembered state up to the end of its stream. After an error
// there is nothing to remember.
func (h *Handler) newest(ctx context.Context, stream string, f *folded) (*folded, error) {
	if f == nil {
		f, err := h.fold(ctx, stream)
		if err != nil {
			return nil, err
		}
		f.seen = nil // keys are of no use here
		return f, nil
	}
	if _, err := h.foldTail(ctx, stream, f); err != nil {
		return nil, err
	}
	return f, nil
}

// checkInCode is the six digits shown at a place at a time: a keyed hash that
// is never stored.
func (h *Handler) checkInCode(a domain.ActivityID, window uint32, step int64) string {
	var at [12]byte
	binary.BigEndian.PutUint32(at[:], window)
	binary.BigEndian.PutUint64(at[4:], uint64(step))
	mac := h.secrets.Mac("check-in-code", a.UUID[:], at[:])
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac[:8])%1_000_000)
}

// CheckInCode is what the screen at an activity shows.
type CheckInCode struct {
	Code  string
	Next  domain.Instant // when it changes
	Until domain.Instant // when the window closes
}

// CheckInCode is the code of an activity's open window; the error is a
// *domain.Refusal when there is none, or when it is not the account's to show.
func (h *Handler) CheckInCode(ctx context.Context, account domain.AccountID, id domain.ActivityID) (CheckInCode, error) {
	by, err := h.Actor(ctx, account)
	if err != nil {
		return CheckInCode{}, err
	}
	state, err := h.State(ctx, id.Stream())
	if err != nil {
		return CheckInCode{}, err
	}
	a, now := state.(*domain.Activity), h.opts.Clock()
	if err := a.Shows(by, now); err != nil {
		return CheckInCode{}, err
	}
	step, next := domain.CodeStep(now)
	return CheckInCode{h.checkInCode(id, a.Window.No, step), next, a.Window.Until}, nil
}
