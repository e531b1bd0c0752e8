package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"zhishu/api/figures"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/projections"
)

type storyQuery struct {
	AccountInput
	PersonPath
	ReadInput
	AsOf string `query:"asOf" maxLength:"32" doc:"The ledger as it was: at a size or at the end of a day"`
}

type storyOutput struct{ Body figures.Statement }

// statements registers a person's own account of everything recorded.
func statements(r *routes) {
	figure(r, operation{
		id: "get-statement", path: "/v1/persons/{id}/statement", tag: "persons", codes: []string{string(domain.SubjectUnknown)},
		summary: "Everything recorded of a person, and why each entry counts or not (个人清单)",
		doc:     "The story of every entry is told in plain sentences. Reasons and findings are personal, and so is what the person gave: get-story tells them, too.",
	}, func(ctx context.Context, s *Server, in *personQuery) (figures.Statement, error) {
		statement, err := s.statement(ctx, in.AsOf, in.person())
		return figures.StatementOf(statement), err
	})
	add(r, operation{
		id: "get-story", method: http.MethodGet, path: "/v1/persons/{id}/story", tag: "persons", permission: "person.identity",
		summary: "The statement with the reason of every step opened, and with the person's gifts",
		doc: "For an account of the staff whose scope holds the person's community; a resident's account opens its own person's story only, and an inspector's none. " +
			"The person's own account is told of every gift, the staff of those received within their scope.",
		codes: slices.Concat(storyCodes, []string{CodeAsOfInvalid, CodeBeyondLedger}),
	}, func(ctx context.Context, in *storyQuery) (*storyOutput, error) {
		if _, err := r.server.mayOpenPerson(ctx, in.Account, in.person()); err != nil {
			return nil, err
		}
		v, err := r.server.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return nil, err
		}
		statement, err := r.server.cfg.Ledger.Statement(ctx, v, in.person())
		if err != nil {
			return nil, err
		}
		reasons, err := r.server.reasons(ctx, in.Account, &statement)
		if err != nil {
			return nil, err
		}
		out := &storyOutput{figures.StoryOf(statement, reasons)}
		out.Body.Giving, err = r.server.giving(ctx, in.Account, v, in.person())
		return out, err
	})
	giving(r)
}

func (s *Server) statement(ctx context.Context, asOf string, id domain.PersonID) (projections.Statement, error) {
	v, err := s.viewAt(asOf, Cursor{})
	if err != nil {
		return projections.Statement{}, err
	}
	return s.cfg.Ledger.Statement(ctx, v, id)
}

// reasons opens the free words of every number whose entries a statement lists, as
// far as the account may open them today: at the point of view a number may have
// been merged that is another person's by now.
func (s *Server) reasons(ctx context.Context, account string, statement *projections.Statement) (figures.Reasons, error) {
	type event struct {
		person   domain.PersonID
		revision uint64
	}
	opened := map[event]string{}
	read := map[domain.PersonID]bool{}
	open := func(id domain.PersonID) error {
		if read[id] {
			return nil
		}
		read[id] = true
		if _, err := s.mayOpenPerson(ctx, account, id); err != nil {
			if _, refused := errors.AsType[*domain.Refusal](err); refused {
				return nil
			}
			return err
		}
		return s.cfg.Ledger.Commands.Disclose(ctx, id.Stream(), func(rev commands.Revision, field, plain string) {
			switch field {
			case "reason", "finding", "remark":
				opened[event{id, uint64(rev)}] = plain
			}
		})
	}
	for i := range statement.Entries {
		if err := open(statement.Entries[i].Person); err != nil {
			return nil, err
		}
	}
	for i := range statement.Reports {
		if err := open(statement.Reports[i].Person); err != nil {
			return nil, err
		}
	}
	for i := range statement.Changes {
		if err := open(statement.Changes[i].Person); err != nil {
			return nil, err
		}
	}
	return func(person domain.PersonID, revision uint64) (string, bool) {
		text, ok := opened[event{person, revision}]
		return text, ok
	}, nil
}
