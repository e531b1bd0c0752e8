package humafiber

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"mime/multipart"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// requestContext is huma's view of one request. It must not outlive the
// handler: Fiber reuses the context behind it. Strings taken from it stay
// valid, because the application is Immutable.
type requestContext struct {
	op     *huma.Operation
	fiber  *fiber.Ctx
	ctx    context.Context
	status *int // shared with the copies WithContext makes
}

var _ huma.Context = (*requestContext)(nil)

func (c *requestContext) Operation() *huma.Operation { return c.op }
func (c *requestContext) Context() context.Context   { return c.ctx }
func (c *requestContext) Method() string             { return c.fiber.Method() }
func (c *requestContext) Host() string               { return c.fiber.Hostname() }
func (c *requestContext) RemoteAddr() string         { return c.fiber.Context().RemoteAddr().String() }
func (c *requestContext) Query(name string) string   { return c.fiber.Query(name) }
func (c *requestContext) Header(name string) string  { return c.fiber.Get(name) }
func (c *requestContext) Status() int                { return *c.status }
func (c *requestContext) BodyWriter() io.Writer      { return c.fiber.Context() }

func (c *requestContext) TLS() *tls.ConnectionState {
	return c.fiber.Context().TLSConnectionState()
}

func (c *requestContext) Version() huma.ProtoVersion {
	if c.fiber.Request().Header.IsHTTP11() {
		return huma.ProtoVersion{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	}
	return huma.ProtoVersion{Proto: "HTTP/1.0", ProtoMajor: 1}
}

// URL is built from the parsed target, so it cannot fail on an odd one.
func (c *requestContext) URL() url.URL {
	uri := c.fiber.Request().URI()
	return url.URL{
		Scheme:   c.fiber.Protocol(),
		Host:     string(uri.Host()),
		Path:     string(uri.Path()),
		RawPath:  string(uri.PathOriginal()),
		RawQuery: string(uri.QueryString()),
	}
}

// Param decodes percent-encoding, which Fiber leaves in place.
func (c *requestContext) Param(name string) string {
	raw := c.fiber.Params(name)
	if value, err := url.PathUnescape(raw); err == nil {
		return value
	}
	return raw
}

func (c *requestContext) EachHeader(each func(name, value string)) {
	for name, value := range c.fiber.Request().Header.All() {
		each(string(name), string(value))
	}
}

// BodyReader reads the body as it came: never through Fiber's Body, which
// would inflate a Content-Encoding without a limit.
func (c *requestContext) BodyReader() io.Reader {
	return bytes.NewReader(c.fiber.Request().Body())
}

func (c *requestContext) GetMultipartForm() (*multipart.Form, error) {
	return c.fiber.MultipartForm()
}

// SetReadDeadline does nothing: the body was read, under the server's own
// deadline, before the handler was called.
func (c *requestContext) SetReadDeadline(time.Time) error { return nil }

func (c *requestContext) SetStatus(code int) {
	*c.status = code
	c.fiber.Status(code)
}

func (c *requestContext) SetHeader(name, value string) {
	c.fiber.Response().Header.Set(name, value)
}

func (c *requestContext) AppendHeader(name, value string) {
	c.fiber.Response().Header.Add(name, value)
}

// WithContext implements the optional interface behind huma.WithContext.
func (c *requestContext) WithContext(ctx context.Context) huma.Context {
	child := *c
	child.ctx = ctx
	return &child
}
