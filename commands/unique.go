package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

const idNumberSpace = "id-number"

func numberSpace(issuer string) string { return "number/" + issuer }

// reservation is a value that at most one person may carry.
type reservation struct {
	space string
	hash  [32]byte
	taken domain.Code // the refusal when another person carries it
}

// reservations lists what an enrolment must hold before it is recorded.
func (h *Handler) reservations(c domain.Command) (list []reservation) {
	e, ok := c.(*domain.EnrolPerson)
	if !ok {
		return nil
	}
	add := func(space, value string, taken domain.Code) {
		list = append(list, reservation{space, h.secrets.Mac(space, []byte(value)), taken})
	}
	if e.IDNumber != "" {
		add(idNumberSpace, strings.ToUpper(e.IDNumber), IDNumberTaken)
	}
	for _, n := range e.External {
		add(numberSpace(n.Issuer), n.Number, NumberTaken)
	}
	return list
}

// claim reserves what must be unique across streams before the event that
// states it is appended. A reservation whose person never came to exist is
// taken over.
func (h *Handler) claim(ctx context.Context, c domain.Command) error {
	for _, r := range h.reservations(c) {
		if err := h.reserve(ctx, r, vault.Subject(c.(*domain.EnrolPerson).Person.UUID)); err != nil {
			return err
		}
	}
	return nil
}

func (h *Handler) reserve(ctx context.Context, r reservation, self vault.Subject) error {
	owner, err := h.secrets.Reserve(ctx, r.space, r.hash, self)
	if err != nil || owner == self {
		return err
	}
	exists, err := h.exists(ctx, domain.PersonID{UUID: domain.UUID(owner)}.Stream())
	if err != nil {
		return err
	}
	if !exists {
		if owner, err = h.secrets.Replace(ctx, r.space, r.hash, owner, self); err != nil || owner == self {
			return err
		}
	}
	return refuse(r.taken, "")
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

// enrolments keeps two enrolments of one number apart from reservation to
// append: in between, the first one's person does not exist yet and its
// reservation would look abandoned.
type enrolments [256]sync.Mutex

// hold locks the stripes of what the requests reserve, always in rising order,
// and answers how to let go.
func (h *Handler) hold(reqs []Request) (release func()) {
	var stripes []byte
	for _, req := range reqs {
		for _, r := range h.reservations(req.Command) {
			stripes = append(stripes, r.hash[0])
		}
	}
	slices.Sort(stripes)
	stripes = slices.Compact(stripes)
	for _, s := range stripes {
		h.enrolments[s].Lock()
	}
	return func() {
		for _, s := range stripes {
			h.enrolments[s].Unlock()
		}
	}
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

// IDNumberHash is the claim under which an ID number is looked up.
func (h *Handler) IDNumberHash(number string) (space string, hash [32]byte) {
	return idNumberSpace, h.secrets.Mac(idNumberSpace, []byte(strings.ToUpper(number)))
}
