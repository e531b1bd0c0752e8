package api

import (
	"context"

	"zhishu/domain"
)

type openAccountInput struct {
	WriteInput
	Body struct {
		Handle string `json:"handle" minLength:"2" maxLength:"32" pattern:"^[a-z0-9-]+$" doc:"A short code, never a name" example:"clerk-2"`
		Role   string `json:"role" enum:"operator,recorder,confirmer,resident,inspector"`
		Scope  string `json:"scope,omitempty" pattern:"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$" patternDescription:"a division code of 2, 4, 6, 9 or 12 digits" doc:"Division the account works for; absent: everywhere"`
		Holder string `json:"holder,omitempty" maxLength:"200" doc:"Whose account it is; sealed"`
	}
}

// HandlePath is embedded where the path names an account.
type HandlePath struct {
	Handle string `path:"handle" minLength:"2" maxLength:"32" pattern:"^[a-z0-9-]+$" doc:"Handle of the account"`
}

type linkInput struct {
	WriteInput
	HandlePath
	Body struct {
		Person string `json:"person" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters"`
	}
}

type closeAccountInput struct {
	WriteInput
	HandlePath
}

// accounts registers who may act. Nobody decides on a record of their own, so
// an account may be linked to the person behind it.
func accounts(r *routes) {
	write(r, operation{
		id: "open-account", path: "/v1/accounts", tag: "accounts", permission: "account.open",
		summary: "Open an account", doc: "By an operator, or for a resident by the staff; nobody hands out more than they have.",
	}, []domain.Code{domain.SubjectExists}, func(ctx context.Context, s *Server, in *openAccountInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.OpenAccount{
			Account: s.accountOf(in.Body.Handle), Handle: in.Body.Handle, Role: domain.Role(in.Body.Role),
			Scope: read.division(in.Body.Scope, "scope"), Holder: in.Body.Holder,
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.onAccount(ctx, &in.WriteInput, c.Account, c)
	})
	write(r, operation{
		id: "link-person", path: "/v1/accounts/{handle}/person", tag: "accounts", permission: "account.link",
		summary: "Say which person stands behind an account",
	}, []domain.Code{domain.SubjectUnknown, domain.SubjectExists}, func(ctx context.Context, s *Server, in *linkInput) (*recordedOutput, error) {
		person := domain.PersonID{UUID: uuidOf(in.Body.Person)}
		exists, err := s.cfg.Ledger.Commands.Exists(ctx, person.Stream())
		if err != nil {
			return nil, err
		}
		if !exists {
			return nil, domain.Refuse(domain.SubjectUnknown, "person")
		}
		id := s.accountOf(in.Handle)
		return s.onAccount(ctx, &in.WriteInput, id, &domain.LinkPerson{Account: id, Person: person})
	})
	write(r, operation{
		id: "close-account", path: "/v1/accounts/{handle}/close", tag: "accounts", permission: "account.close",
		summary: "Close an account for good",
	}, []domain.Code{domain.SubjectUnknown}, func(ctx context.Context, s *Server, in *closeAccountInput) (*recordedOutput, error) {
		id := s.accountOf(in.Handle)
		return s.onAccount(ctx, &in.WriteInput, id, &domain.CloseAccount{Account: id})
	})
}

func (s *Server) accountOf(handle string) domain.AccountID {
	return s.cfg.Ledger.Commands.AccountOf(handle)
}

func (s *Server) onAccount(ctx context.Context, in *WriteInput, id domain.AccountID, c domain.Command) (*recordedOutput, error) {
	out, err := s.do(ctx, in, c)
	if err == nil {
		out.Body.Account = id.String()
	}
	return out, err
}
