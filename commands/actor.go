package commands

import (
	"context"
	"sync"
	"time"

	"zhishu/domain"
)

// actorCache spares reading an account's stream for every command. What this
// handler does to an account counts at once; an account closed, or a person
// merged, by another server is noticed within actorFreshness.
type actorCache struct {
	mu      sync.Mutex
	known   map[domain.AccountID]knownActor
	changes uint64 // accounts changed here; a read that began before is not kept
}

// forget drops everything known after a change of an account or a merge.
func (c *actorCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
	c.changes++
}

type knownActor struct {
	actor domain.Actor
	err   error
	read  time.Time
}

// changesActors reports whether what was just recorded in a stream may change
// who an account is: an account's own, or a person's that was merged away or is
// by itself again.
func changesActors(s domain.State) bool {
	p, person := s.(*domain.Person)
	_, account := s.(*domain.Account)
	return account || person && (!p.MergedInto.IsZero() || p.Parted)
}

// actor reads who the caller is from the account's own stream. Opening the
// first account of a ledger needs no account.
func (h *Handler) actor(ctx context.Context, req *Request) (domain.Actor, error) {
	id := req.Caller.Account
	if open, ok := req.Command.(*domain.OpenAccount); ok && open.Account == id && req.Caller.Founding {
		return domain.Actor{Account: id, Role: domain.RoleOperator}, nil
	}
	return h.Actor(ctx, id)
}

// Actor is the account as commands see it; the error is a *domain.Refusal when
// it does not exist or is closed.
func (h *Handler) Actor(ctx context.Context, id domain.AccountID) (domain.Actor, error) {
	h.actors.mu.Lock()
	known, ok := h.actors.known[id]
	changes := h.actors.changes
	h.actors.mu.Unlock()
	if ok && time.Since(known.read) < actorFreshness {
		return known.actor, known.err
	}
	f, err := h.fold(ctx, id.Stream())
	if err != nil {
		return domain.Actor{}, err
	}
	actor, err := f.state.(*domain.Account).Actor()
	if err != nil {
		return actor, err
	}
	if !actor.Person.IsZero() {
		// An account stays linked to the number it was linked to, and two numbers
		// of one person are no two persons.
		numbers, err := h.numbersOf(ctx, actor.Person)
		if err != nil {
			return domain.Actor{}, err
		}
		actor.Person, actor.Also = numbers[0], numbers[1:]
	}
	h.actors.mu.Lock()
	defer h.actors.mu.Unlock()
	if h.actors.changes != changes {
		return actor, nil
	}
	if h.actors.known == nil || len(h.actors.known) > 10_000 {
		h.actors.known = map[domain.AccountID]knownActor{}
	}
	h.actors.known[id] = knownActor{actor: actor, read: time.Now()}
	return actor, nil
}

// AccountOf is the account a handle names. Handles are unique because the
// account's id, and so its stream, follows from the handle.
func (h *Handler) AccountOf(handle string) domain.AccountID {
	return domain.AccountID{UUID: h.DerivedID("account", []byte(handle))}
}

// DerivedID is a UUIDv8 that follows from its parts under the ledger's secret:
// whoever gives the same parts in this ledger gets the same id, and nobody
// else can guess the parts from it.
func (h *Handler) DerivedID(purpose string, parts ...[]byte) (id domain.UUID) {
	mac := h.secrets.Mac("id/"+purpose, parts...)
	copy(id[:], mac[:])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Mac is a keyed hash for fingerprints of rows and documents.
func (h *Handler) Mac(purpose string, parts ...[]byte) [32]byte {
	return h.secrets.Mac(purpose, parts...)
}
