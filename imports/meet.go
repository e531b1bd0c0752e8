package imports

import (
	"context"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/vault"
)

// mostMeetings bounds how often a person is recognised anew before the rows
// are refused: each time, somebody else has been faster.
const mostMeetings = 4

// metMeanwhile reports an enrolment that was refused because somebody else
// enrolled the person, or wanted one of the numbers, since this import looked.
func metMeanwhile(r *domain.Refusal) bool {
	switch r.Code {
	case domain.SubjectExists, domain.SubjectErased, commands.NumberTaken, commands.IDNumberTaken:
		return true
	}
	return false
}

// meet finds out again who somebody is that could not be enrolled: by now
// somebody known, or still nobody, under an id that can still be enrolled.
func (r *run) meet(ctx context.Context, q *person) error {
	if err := r.recognisePart(ctx, []*person{q}); err != nil {
		return err
	}
	switch {
	case q.code != "":
		return nil
	case !q.isNew:
		r.liken(q, r.likeness())
		if r.deeds() {
			return r.holdAgainst(ctx, q)
		}
		return nil
	}
	gone, err := r.givenUp(ctx, q.id)
	if err != nil {
		return err
	}
	if gone {
		if err := r.moveClaims(ctx, q); err != nil {
			return err
		}
	}
	return r.reservePart(ctx, []*person{q})
}

// givenUp reports an id whose stream was ended before anybody was enrolled: it
// can never be enrolled.
func (r *run) givenUp(ctx context.Context, id domain.PersonID) (bool, error) {
	if id.IsZero() {
		return false, nil
	}
	state, err := r.handler.State(ctx, id.Stream())
	p, ok := state.(*domain.Person)
	return ok && p.Erased && !p.Exists, err
}

// moveClaims gives the person a fresh id and moves to it what the old one, which
// was given up, still holds.
func (r *run) moveClaims(ctx context.Context, q *person) error {
	old := vault.Subject(q.id.UUID)
	fresh, err := randomUUID()
	if err != nil {
		return err
	}
	q.id.UUID = fresh
	for _, c := range r.claims(q) {
		if _, err := r.vault.Replace(ctx, c.Space, c.Hash, old, c.Subject); err != nil {
			return err
		}
	}
	return nil
}
