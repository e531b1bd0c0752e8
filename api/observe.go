package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const headerRequestID = "X-Request-Id"

// methods are those the routes may use. All others are refused before routing,
// and none but these becomes the label of a metric.
var methods = []string{
	fiber.MethodGet, fiber.MethodHead, fiber.MethodPost, fiber.MethodPut,
	fiber.MethodPatch, fiber.MethodDelete, fiber.MethodOptions,
}

var knownMethod = func() map[string]bool {
	known := make(map[string]bool, len(methods))
	for _, method := range methods {
		known[method] = true
	}
	return known
}()

// outermost stands around Fiber itself. A panic anywhere below, also in the
// code that reports panics, must not end the process: fasthttp would let it.
func (s *Server) outermost(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		defer func() {
			if v := recover(); v != nil {
				ctx.Response.Reset()
				ctx.SetStatusCode(http.StatusInternalServerError)
				ctx.SetContentType(ProblemType)
				ctx.SetBodyString(`{"type":"/problems/internal","title":"The server failed","status":500,"code":"internal"}`)
				fault := newPanicked(v)
				s.log.Error("panic outside a request", slog.Any("error", fault), fault.trace())
			}
		}()
		if !knownMethod[string(ctx.Method())] {
			s.refuseMethod(ctx)
			return
		}
		next(ctx)
	}
}

// refuseMethod answers a method Fiber would refuse in plain text.
func (s *Server) refuseMethod(ctx *fasthttp.RequestCtx) {
	c := s.app.AcquireCtx(ctx)
	defer s.app.ReleaseCtx(c)
	c.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
	s.refuseUnrouted(c, NewProblem(CodeMethodNotAllowed, ""))
}

// refuseUnread is Fiber's ErrorHandler. Only a request that could not be read
// arrives here: every other error is written by observe.
func (s *Server) refuseUnread(c *fiber.Ctx, err error) error {
	s.refuseUnrouted(c, err)
	return nil
}

func (s *Server) refuseUnrouted(c *fiber.Ctx, err error) {
	r := newRequest(c)
	setHeaders(c, r)
	writeProblem(c, r, err)
	s.finish(c, r)
}

// observe is the first middleware: it recovers, writes the error that comes
// back, counts and logs. What it returns to Fiber is always nil.
func (s *Server) observe(c *fiber.Ctx) error {
	r := newRequest(c)
	setHeaders(c, r)
	s.metrics.inFlight.Inc()
	defer s.metrics.inFlight.Dec()
	if err := s.run(c); err != nil {
		writeProblem(c, r, err)
	}
	s.finish(c, r)
	return nil
}

// run guards and routes the request and turns a panic into an error.
func (s *Server) run(c *fiber.Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicked(v)
		}
	}()
	if err := s.guard(c); err != nil {
		return err
	}
	return c.Next()
}

// finish counts the request and writes its log line: the pattern of the route,
// never the path or the query, which may name a person.
func (s *Server) finish(c *fiber.Ctx, r *request) {
	status := c.Response().StatusCode()
	took := time.Since(r.began)
	s.metrics.observeRequest(r, status, took)
	if r.problem != nil {
		s.metrics.CountRefusal(r.problem.Code)
	}
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	ctx := context.Background()
	if !s.log.Enabled(ctx, level) {
		return
	}
	attrs := append(make([]slog.Attr, 0, 9),
		slog.String("request", r.id),
		slog.String("method", methodLabel(r.method)),
		slog.String("route", r.route),
		slog.Int("status", status),
		slog.Int64("micros", took.Microseconds()),
		slog.Int("bytes", bodySize(c.Response())))
	if r.problem != nil {
		attrs = append(attrs, slog.String("code", r.problem.Code))
		attrs = append(attrs, causeOf(r.problem)...)
	}
	s.log.LogAttrs(ctx, level, "request", attrs...)
}

// causeOf names what lies behind a fault of the server. What the client did
// wrong needs no cause in the log.
func causeOf(problem *Problem) []slog.Attr {
	if problem.Status < http.StatusInternalServerError || problem.cause == nil {
		return nil
	}
	attrs := []slog.Attr{slog.Any("error", problem.cause)}
	if fault, ok := problem.cause.(*panicked); ok {
		attrs = append(attrs, fault.trace())
	}
	return attrs
}

// bodySize is -1 for a stream: asking for its length would read it.
func bodySize(resp *fasthttp.Response) int {
	if resp.IsBodyStream() {
		return -1
	}
	return len(resp.Body())
}

func methodLabel(method string) string {
	if knownMethod[method] {
		return method
	}
	return "OTHER"
}

func statusClass(status int) string { return strconv.Itoa(status/100) + "xx" }
