package api

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"
)

const (
	headerPosition = "Zhishu-Position"
	headerAfter    = "Zhishu-After"
)

// ErrPosition is what Config.WaitFor answers for a token that is no position.
var ErrPosition = errors.New("not a position of this ledger")

// ReadInput is embedded in the input of every query that can wait for a
// position: an opaque token from the Zhishu-Position header of an earlier
// answer. The answer then shows at least what that answer's client knew.
type ReadInput struct {
	AfterQuery  string `query:"after" doc:"Wait until the view has applied this position (a Zhishu-Position header)"`
	AfterHeader string `header:"Zhishu-After" doc:"The same as the query parameter after, which goes first"`
}

func (in *ReadInput) after() string {
	if in.AfterQuery != "" {
		return in.AfterQuery
	}
	return in.AfterHeader
}

// Resolve implements huma.Resolver.
func (in *ReadInput) Resolve(huma.Context) []error {
	for _, token := range []string{in.AfterQuery, in.AfterHeader} {
		if !plausiblePosition(token) {
			return []error{NewProblem(CodePositionInvalid, "")}
		}
	}
	return nil
}

// plausiblePosition keeps what cannot be a token from being passed on. What a
// token means only the store knows.
func plausiblePosition(token string) bool {
	if len(token) > MaxPositionLen {
		return false
	}
	for _, c := range []byte(token) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' && c != ':' && c != '~' {
			return false
		}
	}
	return true
}

// await returns when the read models have applied the position.
func (s *Server) await(ctx context.Context, position string) error {
	if position == "" || s.cfg.WaitFor == nil {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, PositionTimeout)
	defer cancel()
	err := s.cfg.WaitFor(waiting, position)
	switch {
	case errors.Is(err, ErrPosition):
		return NewProblem(CodePositionInvalid, "").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return NewProblem(CodePositionTimeout, "").RetryAfter(BusyRetryAfter).Because(err)
	}
	return err
}
