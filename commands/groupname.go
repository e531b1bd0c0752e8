package commands

import (
	"context"

	"zhishu/domain"
	"zhishu/vault"
)

// Sheets name households, buildings, organisations and teams; the ledger knows
// them by ids. The vault keeps, under a keyed hash, which group of a community
// was first registered under a name. Nothing here is unique: who registers
// another group under the same name is not refused, and the name finds the first.

// GroupNamed finds the group of a community that was registered, or renamed,
// under a name; zero when none was.
func (h *Handler) GroupNamed(ctx context.Context, kind domain.SubjectKind, c domain.CommunityCode, name string) (domain.GroupID, error) {
	space, hash := h.groupName(kind, c, name)
	owner, err := h.secrets.Lookup(ctx, space, hash)
	return domain.GroupID{UUID: domain.UUID(owner)}, err
}

func (h *Handler) groupName(kind domain.SubjectKind, c domain.CommunityCode, name string) (space string, hash [32]byte) {
	space = "group/" + string(kind) + "/" + c.String()
	return space, h.secrets.Mac(space, []byte(plainName(name)))
}

// claimGroupName lets a name find the group from now on, unless it finds another
// that exists. A household is found by its door, which is sealed elsewhere.
func (w *writer) claimGroupName(g domain.GroupRef, c domain.CommunityCode, name, door string) error {
	if g.Kind == domain.SubjectHousehold && door != "" {
		name = door
	}
	space, hash := w.h.groupName(g.Kind, c, name)
	self := vault.Subject(g.ID.UUID)
	owner, err := w.h.secrets.Reserve(w.ctx, space, hash, self)
	if err != nil || owner == self {
		return err
	}
	stage, err := w.h.stageOf(w.ctx, domain.GroupRef{Kind: g.Kind, ID: domain.GroupID{UUID: domain.UUID(owner)}}.Stream())
	if err != nil || stage == enrolled {
		return err
	}
	_, err = w.h.secrets.Replace(w.ctx, space, hash, owner, self)
	return err
}
