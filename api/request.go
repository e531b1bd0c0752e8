package api

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// request is what the server knows about one request from its first byte to
// its log line. One goroutine at a time uses it.
type request struct {
	id        string // UUIDv7: X-Request-Id, and the instance of a problem
	began     time.Time
	method    string
	route     string   // the pattern, "/v1/people/{id}", never the path
	problem   *Problem // what is answered instead of a result
	unchanged ETag     // of a 304
}

type requestKey struct{}

// unrouted stands for the pattern of a request no route has taken: its path is
// the client's text and belongs neither in a log nor in a metric.
const unrouted = "(none)"

func newRequest(c *fiber.Ctx) *request {
	r := &request{id: newRequestID(), began: time.Now(), method: c.Method(), route: unrouted}
	c.Locals(requestKey{}, r)
	return r
}

func newRequestID() string {
	id, err := uuid.NewV7()
	if err != nil { // no randomness: still a number to look for
		return uuid.Nil.String()
	}
	return id.String()
}

// requestOf finds the state that observe has put there.
func requestOf(c *fiber.Ctx) *request {
	if r, ok := c.Locals(requestKey{}).(*request); ok {
		return r
	}
	return newRequest(c)
}

// requestIn finds the same state from a handler's context.
func requestIn(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// contextFor derives the context an operation runs under. Fiber's own context
// is reused for the next request and has no deadline, so nothing that may
// outlive the handler ever sees it. The context ends with the deadline, with
// the call of cancel, and when a shutdown has waited long enough.
func (s *Server) contextFor(r *request, timeout time.Duration) (context.Context, context.CancelFunc) {
	ctx := context.WithValue(s.base, requestKey{}, r)
	return context.WithTimeout(ctx, timeout)
}
