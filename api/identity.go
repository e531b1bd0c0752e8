package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
)

type identityQuery struct {
	AccountInput
	PersonPath
}

// Identity is what names a person, opened for one reading. It is never part of
// a figure.
type Identity struct {
	Person    string   `json:"person"`
	Erased    bool     `json:"erased,omitempty" doc:"The fields read 已注销: the key is destroyed"`
	Name      string   `json:"name,omitempty"`
	IDNumber  string   `json:"idNumber,omitempty"`
	Phone     string   `json:"phone,omitempty"`
	BirthDate string   `json:"birthDate,omitempty"`
	Address   string   `json:"address,omitempty"`
	External  []string `json:"external" doc:"Numbers given by others, as first recorded"`
}

type identityOutput struct{ Body Identity }

// identities registers the one route that opens sealed fields.
func identities(r *routes) {
	add(r, operation{
		id: "get-identity", method: http.MethodGet, path: "/v1/persons/{id}/identity", tag: "persons", permission: "person.identity",
		summary: "Open the sealed fields that name a person",
		doc: "For an account of the staff whose scope holds the person's community; a resident's account opens its own person only. An inspector's opens " +
			"nobody: the keys of the persons drawn leave with the case's bundle, and the ledger says so.",
		codes: []string{CodeAccountMissing, CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode),
			string(domain.SubjectUnknown), string(imports.OutOfScope), string(domain.RoleForbids), string(domain.SubjectRestricted)},
	}, func(ctx context.Context, in *identityQuery) (*identityOutput, error) {
		return r.server.identity(ctx, in)
	})
}

func (s *Server) identity(ctx context.Context, in *identityQuery) (*identityOutput, error) {
	state, err := s.mayOpenPerson(ctx, in.Account, in.person())
	if err != nil {
		return nil, err
	}
	out := &identityOutput{Body: Identity{Person: in.Person, Erased: state.Erased, External: []string{}}}
	err = s.cfg.Ledger.Commands.Disclose(ctx, in.person().Stream(), func(_ commands.Revision, field, plain string) {
		out.Body.take(field, plain)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mayOpenPerson says whether an account may read a person's sealed fields today: a
// resident's account its own person's, the staff's those of the people of their
// scope, and an inspector's nobody's: what it opens are the keys of the persons
// drawn, which are recorded before they leave. It answers with the person's state.
func (s *Server) mayOpenPerson(ctx context.Context, account string, person domain.PersonID) (projections.PersonState, error) {
	var state projections.PersonState
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account))
	if err != nil {
		return state, err
	}
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return state, err
	}
	p, err := v.Person(person)
	if err != nil {
		return state, err
	}
	home := p.Community
	if home == 0 {
		home = p.EnrolledBy
	}
	own := by.Is(person)
	switch {
	case by.Role == domain.RoleInspector: // its way is the sample, which is recorded
		return state, domain.Refuse(domain.RoleForbids, "account")
	case by.Role == domain.RoleResident && !own, by.Role != domain.RoleResident && !by.Scope.Contains(home):
		return state, domain.Refuse(imports.OutOfScope, "account")
	case p.State.Restricted && !own:
		return state, domain.Refuse(domain.SubjectRestricted, "person")
	}
	return p.State, nil
}

// take keeps the fields of the enrolment and leaves reasons and remarks about
// single entries where they are.
func (i *Identity) take(field, plain string) {
	switch field {
	case "name":
		i.Name = plain
	case "idNumber":
		i.IDNumber = plain
	case "phone":
		i.Phone = plain
	case "birthDate":
		i.BirthDate = plain
	case "address":
		i.Address = plain
	default:
		if n, ok := strings.CutPrefix(field, "external."); ok && n == strconv.Itoa(len(i.External)) {
			i.External = append(i.External, plain)
		}
	}
}
