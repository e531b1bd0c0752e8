package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/domain"
)

// statements registers a person's own account of everything recorded.
func statements(r *routes) {
	figure(r, operation{
		id: "get-statement", path: "/v1/persons/{id}/statement", tag: "persons", codes: []string{string(domain.SubjectUnknown)},
		summary: "Everything recorded of a person, and why each entry counts or not (个人清单)",
	}, func(ctx context.Context, s *Server, in *personQuery) (figures.Statement, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Statement{}, err
		}
		statement, err := s.cfg.Ledger.Statement(ctx, v, in.person())
		return figures.StatementOf(statement), err
	})
}
