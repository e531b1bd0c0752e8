package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
)

// problemOf is the one place where an error becomes an answer. What it does
// not know becomes an internal error whose text stays inside.
func problemOf(err error) *Problem {
	var (
		problem *Problem
		routing *fiber.Error
	)
	if errors.As(err, &problem) {
		return problem
	}
	if problem = ledgerProblem(err); problem != nil {
		return problem
	}
	switch {
	case errors.As(err, &routing):
		return routingProblem(routing)
	case errors.Is(err, context.DeadlineExceeded):
		return NewProblem(CodeTimeout, "").Because(err)
	case errors.Is(err, context.Canceled):
		return NewProblem(CodeShuttingDown, "").RetryAfter(BusyRetryAfter).Because(err)
	default:
		return NewProblem(CodeInternal, "").Because(err)
	}
}

// routingProblem translates what Fiber itself refuses. Everything it reports
// comes from the request, so nothing of it is a fault of the server.
func routingProblem(err *fiber.Error) *Problem {
	switch err.Code {
	case http.StatusNotFound:
		return NewProblem(CodeNotFound, "")
	case http.StatusMethodNotAllowed:
		return NewProblem(CodeMethodNotAllowed, "")
	case http.StatusRequestTimeout:
		return NewProblem(CodeRequestTimeout, "")
	case http.StatusRequestEntityTooLarge:
		return NewProblem(CodeBodyTooLarge, "")
	case http.StatusRequestHeaderFieldsTooLarge:
		return NewProblem(CodeHeaderTooLarge, "")
	default:
		return NewProblem(CodeBadRequest, "")
	}
}

// writeProblem is the one writer of errors. It replaces whatever the operation
// has written so far.
func writeProblem(c *fiber.Ctx, r *request, err error) {
	problem := *problemOf(err)
	problem.Instance = "urn:uuid:" + r.id
	r.problem = &problem

	response := c.Response()
	response.ResetBody()
	response.Header.Del(fiber.HeaderETag)
	response.Header.Del(fiber.HeaderContentEncoding)
	response.Header.Set(fiber.HeaderCacheControl, "no-store")
	response.Header.SetContentType(ProblemType)
	if wait := problem.retryAfter; wait > 0 {
		seconds := (wait + time.Second - 1) / time.Second
		response.Header.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(seconds)))
	}
	response.SetStatusCode(problem.Status)
	if err := marshal(response.BodyWriter(), &problem); err != nil {
		// Strings and numbers only: it cannot fail, and an empty answer with
		// the right status says enough.
		response.ResetBody()
	}
}
