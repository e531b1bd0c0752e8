package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
)

type findInput struct {
	AccountInput
	ReadInput
	Body NumberBody
}

// Found is the volunteer number behind a number that somebody else gave.
type Found struct {
	Person    string `json:"person" doc:"Volunteer number"`
	Into      string `json:"into,omitempty" doc:"Number that the person's facts count for since a merge"`
	Community string `json:"community,omitempty" doc:"Of which the person is a member"`
}

type findOutput struct{ Body Found }

// finding registers the look-up of a person by a number. The number is sealed,
// so it comes in a body and never in an address, which logs keep.
func finding(r *routes) {
	add(r, operation{
		id: "find-person", method: http.MethodPost, path: "/v1/persons/find", tag: "persons", permission: "person.identity",
		summary: "Find a person's volunteer number by a number that a community or platform gave",
		doc: "For accounts of the staff, of the people of their scope: of everybody else the answer is that there is nobody, as for a number that nobody carries. " +
			"Who asks for too many numbers that nobody carries waits.",
		codes: []string{CodeAccountMissing, CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode),
			string(domain.SubjectUnknown), string(domain.RoleForbids), string(domain.SubjectRestricted), CodeTooManyLookups, CodePositionTimeout, CodeViewHalted},
	}, func(ctx context.Context, in *findInput) (*findOutput, error) { return r.server.find(ctx, in) })
}

func (s *Server) find(ctx context.Context, in *findInput) (*findOutput, error) {
	account, now := s.accountOf(in.Account), s.cfg.Ledger.Commands.Now()
	by, err := s.cfg.Ledger.Commands.Actor(ctx, account)
	switch {
	case err != nil:
		return nil, err
	case !by.Staff():
		return nil, domain.Refuse(domain.RoleForbids, "account")
	case !s.misses.allow(account, now):
		return nil, NewProblem(CodeTooManyLookups, "").RetryAfter(lookupPatience)
	}
	person, err := s.carrier(ctx, in)
	if refusal, ok := errors.AsType[*domain.Refusal](err); ok && refusal.Code == domain.SubjectUnknown {
		s.misses.note(account, now)
	}
	if err != nil {
		return nil, err
	}
	out := &findOutput{Found{Person: person.Person.String()}}
	if !person.Into.IsZero() {
		out.Body.Into = person.Into.String()
	}
	if person.Community != 0 {
		out.Body.Community = person.Community.String()
	}
	return out, nil
}

// carrier is who carries the number, as far as the account may open the person.
// A number reserved for somebody who was never enrolled is nobody's.
func (s *Server) carrier(ctx context.Context, in *findInput) (projections.Person, error) {
	nobody := domain.Refuse(domain.SubjectUnknown, "number")
	id, err := s.cfg.Ledger.Commands.PersonByNumber(ctx, in.Body.Issuer, in.Body.Number)
	switch {
	case err != nil:
		return projections.Person{}, err
	case id.IsZero():
		return projections.Person{}, nobody
	}
	_, err = s.mayOpenPerson(ctx, in.Account, id)
	refusal, _ := errors.AsType[*domain.Refusal](err)
	switch {
	case errors.Is(err, projections.ErrUnknownPerson), refusal != nil && refusal.Code == imports.OutOfScope:
		return projections.Person{}, nobody // whether somebody elsewhere has it is not told
	case err != nil:
		return projections.Person{}, err
	}
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return projections.Person{}, err
	}
	return v.Person(id)
}

const (
	mostMisses     = 30 // look-ups in vain of one account within lookupPatience
	lookupPatience = time.Minute
)

// misses counts look-ups that found nobody, by account: numbers are short, and
// somebody could try them all. Each server counts for itself.
type misses struct {
	mu    sync.Mutex
	until domain.Instant
	of    map[domain.AccountID]int
}

func (m *misses) allow(account domain.AccountID, now domain.Instant) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now >= m.until || m.of[account] < mostMisses
}

func (m *misses) note(account domain.AccountID, now domain.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now >= m.until {
		m.until, m.of = now+domain.Instant(lookupPatience.Milliseconds()), map[domain.AccountID]int{}
	}
	m.of[account]++
}
