package api

import (
	"net/http"
	"time"
)

// ProblemType is the media type of every error (RFC 9457).
const ProblemType = "application/problem+json"

// Problem is the body of every error this server answers with. It says nothing
// about the inside of the server and repeats nothing of the request but the
// names of its own fields.
type Problem struct {
	Type     string       `json:"type" format:"uri-reference" doc:"Where the problem is described" example:"/problems/validation"`
	Title    string       `json:"title" doc:"What the code means, the same on every occurrence"`
	Status   int          `json:"status" doc:"HTTP status" example:"422"`
	Detail   string       `json:"detail,omitempty" doc:"What is particular to this occurrence"`
	Instance string       `json:"instance,omitempty" format:"uri" doc:"Names this occurrence; the log line carries the same number" example:"urn:uuid:0199a8b4-7a10-7cc3-98c4-dc0c0c07398f"`
	Code     string       `json:"code" doc:"Stable name of the problem" example:"validation"`
	Hint     string       `json:"hint,omitempty" doc:"What to do about it"`
	Errors   []FieldError `json:"errors,omitempty" doc:"The single faults, at most 100"`

	retryAfter time.Duration
	cause      error // for the log alone
}

// FieldError is one fault: of a field, or of a row of a list command.
type FieldError struct {
	Row      int    `json:"row,omitempty" doc:"Row of a list, from 1"`
	Code     string `json:"code,omitempty" doc:"Stable name of the fault, where it has one of its own"`
	Location string `json:"location,omitempty" doc:"Field, for example body.start or query.limit"`
	Message  string `json:"message" doc:"What is wrong there"`
}

// NewProblem is the answer for a code of the table. An unknown code is a fault
// of this program and becomes an internal error.
func NewProblem(code, detail string) *Problem {
	kind, ok := kinds[code]
	if !ok {
		kind, detail = kinds[CodeInternal], ""
	}
	return &Problem{
		Type:   "/problems/" + kind.Code,
		Title:  kind.Title,
		Status: kind.Status,
		Detail: detail,
		Code:   kind.Code,
		Hint:   kind.Hint,
	}
}

// Because keeps the cause for the log. It is never shown.
func (p *Problem) Because(cause error) *Problem {
	p.cause = cause
	return p
}

// WithErrors names single faults, the first MaxErrorsPerProblem of them.
func (p *Problem) WithErrors(faults ...FieldError) *Problem {
	p.Errors = append(p.Errors, faults...)
	p.Errors = p.Errors[:min(len(p.Errors), MaxErrorsPerProblem)]
	return p
}

// RetryAfter tells the client how long to wait, in whole seconds rounded up.
func (p *Problem) RetryAfter(wait time.Duration) *Problem {
	p.retryAfter = wait
	return p
}

// Error implements error.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Code
	}
	return p.Code + ": " + p.Detail
}

// Unwrap gives the cause to errors.Is and errors.As.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (*Problem) ContentType(string) string { return ProblemType }

// notModified is huma's way to answer 304: an error that is none.
type notModified struct{ tag ETag }

func (notModified) Error() string  { return http.StatusText(http.StatusNotModified) }
func (notModified) GetStatus() int { return http.StatusNotModified }
