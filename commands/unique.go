package commands

import (
	"context"
	"slices"
	"strings"
	"sync"

	"zhishu/domain"
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

// enrolments keeps two enrolments of one number in this process apart from
// reservation to append, so that they need not wait for each other by looking
// (takeover.go), as those of different servers do.
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
