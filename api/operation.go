package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhishu/api/humafiber"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Permission names what a caller must be allowed to do. A route without one
// keeps the server from starting, so that none is open by oversight.
type Permission string

// Public marks a route that shows nothing of the ledger and needs no right.
const Public Permission = "public"

// operation describes one route. The zero values of the optional fields are
// the strict ones.
type operation struct {
	id, method, path string
	tag              string
	summary, doc     string
	permission       Permission
	status           int           // of success; 0 is 200, or 204 without a body
	codes            []string      // what it refuses with, beside what every route may
	timeout          time.Duration // 0 is RequestTimeout
	vital            bool          // answers also when the server is busy: health only
	hidden           bool          // not in the OpenAPI document: the document itself
	optionalBody     bool          // the JSON body may be left out

	// For raw operations alone.
	body     bodyKind
	files    []string     // media types a fileBody may have
	produces string       // media type of the answer
	answer   reflect.Type // schema of a JSON answer
	params   []*huma.Param
	noHead   bool // GET without HEAD: a stream
}

// opKey is where huma carries our description through to perform.
const opKey = "zhishu"

func (op *operation) describe() huma.Operation {
	described := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path,
		Summary: op.summary, Description: op.doc, Tags: []string{op.tag},
		DefaultStatus: op.status, Hidden: op.hidden, Parameters: op.params,
		Errors:   op.statuses(),
		Metadata: map[string]any{opKey: op},
		// The body was bounded and read before: see headerReceived, checkBody.
		MaxBodyBytes: -1, BodyReadTimeout: -1,
		Extensions: map[string]any{"x-permission": string(op.permission)},
	}
	if text, ok := chinese[op.id]; ok {
		described.Extensions[chineseSummary] = text
	}
	if len(op.codes) > 0 {
		described.Extensions["x-codes"] = op.codes
	}
	return described
}

// statuses are the HTTP statuses the operation may refuse with, from the table.
func (op *operation) statuses() []int {
	statuses := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusServiceUnavailable, http.StatusInternalServerError}
	for _, code := range op.codes {
		status, _ := StatusOf(code)
		statuses = append(statuses, status)
	}
	slices.Sort(statuses)
	return slices.Compact(statuses)
}

func (op *operation) deadline() time.Duration {
	if op.timeout > 0 {
		return op.timeout
	}
	return RequestTimeout
}

// routes collects the operations of a server and every fault in them.
type routes struct {
	server *Server
	api    huma.API
	ids    map[string]bool
	faults []error
}

// check reports whether the operation may be registered.
func (r *routes) check(op *operation) bool {
	var faults []error
	fault := func(text string) { faults = append(faults, fmt.Errorf("route %s %s: %s", op.method, op.path, text)) }
	if op.permission == "" {
		fault("names no permission")
	}
	if op.id == "" || r.ids[op.id] {
		fault("needs an id of its own, not " + strconv.Quote(op.id))
	}
	if !strings.HasPrefix(op.path, "/") {
		fault("needs a path")
	}
	for _, code := range op.codes {
		if _, ok := StatusOf(code); !ok {
			fault("refuses with " + strconv.Quote(code) + ", which no table knows")
		}
	}
	r.ids[op.id] = true
	r.faults = append(r.faults, faults...)
	return len(faults) == 0
}

// add registers an operation with typed input and output. I has the fields
// huma reads (path, query, header, Body); a field named Body makes it take
// JSON. The error a handler returns becomes the answer through problemOf.
func add[I, O any](r *routes, op operation, handler func(context.Context, *I) (*O, error)) {
	if !r.check(&op) {
		return
	}
	if _, ok := reflect.TypeFor[I]().FieldByName("Body"); ok {
		op.body = jsonBody
	}
	huma.Register(r.api, op.describe(), func(ctx context.Context, in *I) (*O, error) {
		if reader, ok := any(in).(interface{ after() string }); ok {
			if err := r.server.await(ctx, reader.after()); err != nil {
				return nil, report(ctx, err)
			}
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, report(ctx, err)
		}
		return out, nil
	})
}

// report hands an error to perform, which returns it to the one writer. A 304
// is no error: huma sets the status and perform the tag.
func report(ctx context.Context, err error) error {
	r := requestIn(ctx)
	var unchanged notModified
	if errors.As(err, &unchanged) {
		r.unchanged = unchanged.tag
		return unchanged
	}
	r.problem = problemOf(err)
	return r.problem
}

// raw registers an operation that reads and writes through Fiber itself:
// uploads, streams, files, pages. The same checks and bounds apply.
func (r *routes) raw(op operation, handler func(context.Context, *fiber.Ctx) error) {
	if !r.check(&op) {
		return
	}
	described := op.describe()
	described.Responses = map[string]*huma.Response{
		"200": {Description: http.StatusText(http.StatusOK), Content: r.contentOf(&op)},
		"default": {Description: "Error", Content: map[string]*huma.MediaType{ProblemType: {
			Schema: r.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")}}},
	}
	if op.body == fileBody {
		described.RequestBody = &huma.RequestBody{Required: true, Content: content(op.files...)}
		r.server.uploads[op.path] = true
	}
	if !op.hidden {
		r.api.OpenAPI().AddOperation(&described)
	}
	run := func(c *fiber.Ctx) error {
		var err error
		if failed := r.server.perform(c, &op, op.params, func(ctx context.Context) {
			if err = r.server.await(ctx, c.Get(headerAfter)); err == nil { // files, too, are read after what was written
				err = handler(ctx, c)
			}
		}); failed != nil {
			return failed
		}
		return err
	}
	if op.method == http.MethodGet && !op.noHead {
		r.server.app.Get(humafiber.Pattern(op.path), run)
		return
	}
	r.server.app.Add(op.method, humafiber.Pattern(op.path), run)
}

// contentOf is the answer of a raw operation: text, a file, or JSON of a type.
func (r *routes) contentOf(op *operation) map[string]*huma.MediaType {
	answers := content(op.produces)
	if op.answer != nil {
		answers[op.produces].Schema = r.api.OpenAPI().Components.Schemas.Schema(op.answer, true, "")
	}
	return answers
}

func content(mediaTypes ...string) map[string]*huma.MediaType {
	types := make(map[string]*huma.MediaType, len(mediaTypes))
	for _, mediaType := range mediaTypes {
		types[mediaType] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return types
}

// perform runs one operation: its body is checked, a place among those running
// is taken, and its context made.
func (s *Server) perform(c *fiber.Ctx, op *operation, params []*huma.Param, next func(context.Context)) error {
	r := requestOf(c)
	r.route = op.path
	if err := checkNames(c, params); err != nil {
		return err
	}
	if err := checkBody(c, op); err != nil {
		return err
	}
	release, err := s.busy.enter(op.vital)
	if err != nil {
		return err
	}
	defer release()
	if s.cfg.Position != nil {
		// Taken before the handler reads: what it shows is at least as new.
		c.Response().Header.Set(headerPosition, s.cfg.Position())
	}
	ctx, cancel := s.contextFor(r, op.deadline())
	defer cancel()
	next(ctx)
	if r.unchanged != "" {
		setValidator(&c.Response().Header, r.unchanged)
	}
	if r.problem != nil {
		return r.problem
	}
	return nil
}

// around is perform for an operation that huma has described.
func (s *Server) around(c *fiber.Ctx, op *huma.Operation, next func(context.Context)) error {
	return s.perform(c, op.Metadata[opKey].(*operation), op.Parameters, next)
}
