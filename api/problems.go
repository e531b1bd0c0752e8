package api

import (
	"context"
	"net/http"
)

type problemInput struct {
	Code string `path:"code" doc:"Code of a problem" maxLength:"64" pattern:"^[a-z0-9-]+$"`
}

type problemOutput struct{ Body Kind }

type problemsOutput struct{ Body []Kind }

// problems registers the addresses that the type member of a problem names.
func problems(r *routes) {
	add(r, operation{
		id: "list-problems", method: http.MethodGet, path: "/problems", tag: "server", permission: Public,
		summary: "Every problem this server answers with",
	}, func(context.Context, *struct{}) (*problemsOutput, error) {
		return &problemsOutput{Body: Kinds()}, nil
	})
	add(r, operation{
		id: "get-problem", method: http.MethodGet, path: "/problems/{code}", tag: "server", permission: Public,
		summary: "One problem by its code", codes: []string{CodeNotFound},
	}, func(_ context.Context, in *problemInput) (*problemOutput, error) {
		kind, ok := kinds[in.Code]
		if !ok {
			return nil, NewProblem(CodeNotFound, "")
		}
		return &problemOutput{Body: kind}, nil
	})
}
