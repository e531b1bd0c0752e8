package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"zhishu/api/redact"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// huma keeps these settings in package variables. They are set once, before
// any API is made, and every error it makes becomes a Problem.
func init() {
	huma.ValidateStrictCasing = true  // "Start" is not "start": both would be read
	huma.DefaultArrayNullable = false // an absent list is [], never null
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return fromHuma(status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		problem := fromHuma(status, errs)
		if r := requestIn(ctx.Context()); r != nil {
			r.problem = problem
		}
		return problem
	}
}

// fromHuma keeps of a validation error where it is and what was expected, and
// drops the value, which is the client's.
func fromHuma(status int, errs []error) *Problem {
	var faults []FieldError
	for _, err := range errs {
		var problem *Problem
		if errors.As(err, &problem) {
			return problem
		}
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			faults = append(faults, FieldError{Location: safeLocation(detail.Location), Message: safeMessage(detail.Message)})
		}
	}
	switch {
	case len(faults) > 0, status == http.StatusUnprocessableEntity:
		return NewProblem(CodeValidation, "").WithErrors(faults...)
	case status == http.StatusRequestEntityTooLarge:
		return NewProblem(CodeBodyTooLarge, "")
	case status == http.StatusUnsupportedMediaType:
		return NewProblem(CodeMediaType, "")
	case status >= http.StatusBadRequest && status < http.StatusInternalServerError:
		return NewProblem(CodeBadRequest, "")
	default:
		return NewProblem(CodeInternal, "").Because(errors.Join(errs...))
	}
}

var ownName = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]{1,128}$`)

// safeLocation drops a member name that cannot be one of ours: an unknown
// member is named by the client and may be anything.
func safeLocation(location string) string {
	if ownName.MatchString(location) && redact.Text(location) == location {
		return location
	}
	part, _, _ := strings.Cut(location, ".")
	if ownName.MatchString(part) {
		return part
	}
	return "request"
}

// safeMessage cuts what follows a colon: there a message quotes the value. What
// a time looks like is not in the name of a standard.
func safeMessage(message string) string {
	message, _, _ = strings.Cut(message, ": ")
	return redact.Text(message) + timeExamples[message]
}

var timeExamples = map[string]string{
	validation.MsgExpectedRFC3339DateTime: ", such as 2026-03-05T09:00:00+08:00",
	validation.MsgExpectedRFC3339Date:     ", such as 2026-03-05",
}

// formats is the one format of requests and answers.
func formats() map[string]huma.Format {
	format := huma.Format{Marshal: marshal, Unmarshal: unmarshal}
	return map[string]huma.Format{jsonType: format, "json": format}
}

func marshal(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// unmarshal runs behind strictjson.Check and huma's validation. What is left
// to go wrong is a number that does not fit its field, and encoding/json's own
// text for that names Go types.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return errors.New("a value does not fit its field")
	default:
		return errors.New("the body cannot be read")
	}
}
