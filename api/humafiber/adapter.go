// Package humafiber lets huma operations run on a Fiber v2 application.
//
// huma ships an adapter of its own, but that package also links Fiber v3. This
// one implements huma's two interfaces and nothing else, and keeps the strict
// rules of the server in one hook: see Around.
package humafiber

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Around runs one operation. It calls next exactly once, with the context the
// handler shall see, or returns an error without calling it. What it returns
// goes to Fiber: an error replaces whatever the operation has written.
type Around func(c *fiber.Ctx, op *huma.Operation, next func(context.Context)) error

// Adapter registers huma operations on a Fiber router. Register everything
// before the application serves; the Adapter itself holds no other state.
type Adapter struct {
	app    *fiber.App
	around Around
}

// New returns an adapter whose operations run inside around.
func New(app *fiber.App, around Around) *Adapter {
	return &Adapter{app: app, around: around}
}

// Handle implements huma.Adapter. A GET operation answers HEAD too.
func (a *Adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	run := func(c *fiber.Ctx) error {
		return a.around(c, op, func(ctx context.Context) {
			handler(&requestContext{op: op, fiber: c, ctx: ctx, status: new(int)})
		})
	}
	path := Pattern(op.Path)
	if op.Method == http.MethodGet {
		a.app.Get(path, run)
		return
	}
	a.app.Add(op.Method, path, run)
}

// ServeHTTP implements huma.Adapter for callers that hold a net/http request,
// such as huma's test tools. The server itself never passes through it.
func (a *Adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := a.app.Test(r, -1)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusBadGateway), http.StatusBadGateway)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	for name, values := range resp.Header {
		for _, value := range values {
			w.Header().Add(name, value)
		}
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// Pattern turns an OpenAPI path ("/people/{id}") into a Fiber one
// ("/people/:id").
func Pattern(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
