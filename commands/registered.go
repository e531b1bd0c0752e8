package commands

import (
	"context"

	"zhishu/domain"
)

// Registered answers with the name a community is registered under; the error
// is a *domain.Refusal where nobody has registered it. It is for the doors
// through which people come in: a membership cannot be undone, and Decide, which
// sees the person's stream alone, takes any code that a community may have.
func (h *Handler) Registered(ctx context.Context, code domain.CommunityCode) (name string, err error) {
	stream := code.Stream()
	slot := h.others.acquire(stream)
	defer h.others.release(slot)
	f, err := h.newest(ctx, stream, slot.folded)
	slot.folded = f
	if err != nil {
		return "", err
	}
	if c := f.state.(*domain.Community); c.Exists {
		return c.Name, nil
	}
	return "", refuse(CommunityUnregistered, "community")
}
