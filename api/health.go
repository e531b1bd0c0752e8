package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/common/expfmt"
)

// Status is the answer of the health routes.
type Status struct {
	Status string `json:"status" enum:"live,ready" doc:"What the server is"`
}

type statusOutput struct{ Body Status }

// health registers what an operator's tools ask.
func health(r *routes) {
	add(r, operation{
		id: "live", method: http.MethodGet, path: "/livez", tag: "server", permission: Public, vital: true,
		summary: "Does the process answer?",
	}, func(context.Context, *struct{}) (*statusOutput, error) {
		return &statusOutput{Body: Status{Status: "live"}}, nil
	})
	add(r, operation{
		id: "ready", method: http.MethodGet, path: "/readyz", tag: "server", permission: Public, vital: true,
		summary: "May it get traffic?", codes: []string{CodeNotReady},
	}, func(context.Context, *struct{}) (*statusOutput, error) {
		return r.server.ready()
	})
	r.raw(operation{
		id: "metrics", method: http.MethodGet, path: "/metrics", tag: "server", permission: Public, vital: true,
		summary: "Metrics in the Prometheus text format", produces: "text/plain",
	}, func(_ context.Context, c *fiber.Ctx) error {
		return r.server.metrics.write(c)
	})
}

func (s *Server) ready() (*statusOutput, error) {
	reasons := s.cfg.Ready()
	if s.stopping.Load() {
		reasons = append(reasons, "the server is stopping")
	}
	if len(reasons) == 0 {
		return &statusOutput{Body: Status{Status: "ready"}}, nil
	}
	problem := NewProblem(CodeNotReady, "").RetryAfter(BusyRetryAfter)
	for _, reason := range reasons {
		problem.WithErrors(FieldError{Message: reason})
	}
	return nil, problem
}

// write gathers every metric in the text format.
func (m *Metrics) write(c *fiber.Ctx) error {
	families, err := m.registry.Gather()
	if err != nil {
		return err
	}
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	var body bytes.Buffer
	encoder := expfmt.NewEncoder(&body, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return err
		}
	}
	c.Set(fiber.HeaderContentType, string(format))
	c.Response().SetBodyRaw(body.Bytes())
	return nil
}
