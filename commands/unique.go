package commands

import (
	"context"
	"errors"
	"strings"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

const idNumberSpace = "id-number"

func numberSpace(issuer string) string { return "number/" + issuer }

// claim reserves what must be unique across streams before the event that
// states it is appended. A reservation whose person never came to exist is
// taken over.
func (h *Handler) claim(ctx context.Context, c domain.Command) error {
	e, ok := c.(*domain.EnrolPerson)
	if !ok {
		return nil
	}
	if e.IDNumber != "" {
		if err := h.claimOne(ctx, idNumberSpace, strings.ToUpper(e.IDNumber), e.Person, IDNumberTaken); err != nil {
			return err
		}
	}
	for _, n := range e.External {
		if err := h.claimOne(ctx, numberSpace(n.Issuer), n.Number, e.Person, NumberTaken); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) claimOne(ctx context.Context, space, value string, person domain.PersonID, taken domain.Code) error {
	hash := h.secrets.Mac(space, []byte(value))
	self := vault.Subject(person.UUID)
	owner, err := h.secrets.Reserve(ctx, space, hash, self)
	if err != nil || owner == self {
		return err
	}
	exists, err := h.exists(ctx, domain.PersonID{UUID: domain.UUID(owner)}.Stream())
	if err != nil {
		return err
	}
	if !exists {
		if owner, err = h.secrets.Replace(ctx, space, hash, owner, self); err != nil || owner == self {
			return err
		}
	}
	return refuse(taken, "")
}

func (h *Handler) exists(ctx context.Context, stream string) (bool, error) {
	for _, err := range h.log.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

// PersonByNumber finds who carries an issuer's number; zero when nobody does.
func (h *Handler) PersonByNumber(ctx context.Context, issuer, number string) (domain.PersonID, error) {
	return h.lookup(ctx, numberSpace(issuer), number)
}

// PersonByIDNumber finds who carries an ID number; zero when nobody does.
func (h *Handler) PersonByIDNumber(ctx context.Context, number string) (domain.PersonID, error) {
	return h.lookup(ctx, idNumberSpace, strings.ToUpper(number))
}

func (h *Handler) lookup(ctx context.Context, space, value string) (domain.PersonID, error) {
	owner, err := h.secrets.Lookup(ctx, space, h.secrets.Mac(space, []byte(value)))
	return domain.PersonID{UUID: domain.UUID(owner)}, err
}

// NumberHash is the claim under which an issuer's number is looked up, for
// bulk look-ups in the vault.
func (h *Handler) NumberHash(issuer, number string) (space string, hash [32]byte) {
	space = numberSpace(issuer)
	return space, h.secrets.Mac(space, []byte(number))
}
