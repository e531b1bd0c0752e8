package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The two sides of each pair answer the same bytes over one kept-alive
// loopback connection. "server" is the whole way a product route goes; "bare"
// is a Fiber handler that decodes the same JSON, checks it by hand and stores
// nothing.

func BenchmarkCommand(b *testing.B) {
	body := `{"text":"swept the yard","count":3,"kind":"a","tags":["x","y"]}`
	head := "POST /v1/notes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
	raw := []byte(head + "Content-Length: 63\r\n\r\n" + body)
	b.Run("server", func(b *testing.B) { benchmark(b, serverUnderTest(b), raw) })
	b.Run("bare", func(b *testing.B) { benchmark(b, bareFiber(b), raw) })
}

func BenchmarkQuery(b *testing.B) {
	raw := []byte("GET /v1/note/a?limit=5 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	b.Run("server", func(b *testing.B) { benchmark(b, serverUnderTest(b), raw) })
	b.Run("bare", func(b *testing.B) { benchmark(b, bareFiber(b), raw) })
}

func serverUnderTest(b *testing.B) string {
	b.Helper()
	cfg := testConfig(io.Discard)
	cfg.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	s, err := newServer(cfg, defaultTuning, notes, func(r *routes) {
		add(r, operation{
			id: "get-note", method: http.MethodGet, path: "/v1/note/{id}", tag: "notes", permission: "note.read",
		}, func(_ context.Context, in *noteQuery) (*notesOutput, error) {
			return &notesOutput{Body: oneRow(in.ID, in.Rows())}, nil
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = s.Serve(ln) }()
	b.Cleanup(func() { _ = s.Shutdown(context.Background()) })
	return ln.Addr().String()
}

func bareFiber(b *testing.B) string {
	b.Helper()
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/v1/notes", func(c *fiber.Ctx) error {
		var in note
		if err := json.Unmarshal(c.Body(), &in); err != nil || in.Text == "" || len(in.Text) > 40 || in.Count < 0 || len(in.Tags) > 3 {
			return fiber.ErrUnprocessableEntity
		}
		return c.Status(http.StatusCreated).JSON(in)
	})
	app.Get("/v1/note/:id", func(c *fiber.Ctx) error {
		return c.JSON(oneRow(c.Params("id"), c.QueryInt("limit")))
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = app.Listener(ln) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return ln.Addr().String()
}

func benchmark(b *testing.B, addr string, raw []byte) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	answers := bufio.NewReader(conn)
	var body bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(raw); err != nil {
			b.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			b.Fatal(err)
		}
		body.Reset()
		if _, err := body.ReadFrom(resp.Body); err != nil || resp.StatusCode > 201 {
			b.Fatal(resp.StatusCode, err, body.String())
		}
	}
}

func oneRow(id string, limit int) Page[note] {
	return Page[note]{Rows: []note{{Text: id, Count: int64(limit)}}, Next: "AQAAAAAAAAAHa1LUBeule01RY5wNV2WpmTk", Size: 7}
}

// BenchmarkHandler leaves the socket away: what the program itself costs for
// one query, through huma, as a raw operation, and as a bare Fiber handler.
func BenchmarkHandler(b *testing.B) {
	s, err := newServer(testConfig(io.Discard), defaultTuning, func(r *routes) {
		add(r, operation{id: "huma", method: http.MethodGet, path: "/v1/huma/{id}", tag: "t", permission: Public},
			func(_ context.Context, in *noteQuery) (*notesOutput, error) {
				return &notesOutput{Body: oneRow(in.ID, in.Rows())}, nil
			})
		r.raw(operation{id: "raw", method: http.MethodGet, path: "/v1/raw/{id}", tag: "t", permission: Public, produces: jsonType,
			params: []*huma.Param{{Name: "limit", In: "query"}}},
			func(_ context.Context, c *fiber.Ctx) error {
				return c.JSON(oneRow(c.Params("id"), c.QueryInt("limit")))
			})
	})
	if err != nil {
		b.Fatal(err)
	}
	s.app.Handler()
	bare := fiber.New(fiber.Config{DisableStartupMessage: true})
	bare.Get("/v1/bare/:id", func(c *fiber.Ctx) error { return c.JSON(oneRow(c.Params("id"), c.QueryInt("limit"))) })
	b.Run("huma", func(b *testing.B) { handle(b, s.app.Server().Handler, "/v1/huma/a?limit=5") })
	b.Run("raw", func(b *testing.B) { handle(b, s.app.Server().Handler, "/v1/raw/a?limit=5") })
	b.Run("bare", func(b *testing.B) { handle(b, bare.Handler(), "/v1/bare/a?limit=5") })
}

func handle(b *testing.B, handler fasthttp.RequestHandler, target string) {
	raw := []byte("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	in := bytes.NewReader(raw)
	reader := bufio.NewReader(in)
	ctx := &fasthttp.RequestCtx{}
	b.ReportAllocs()
	for b.Loop() {
		in.Reset(raw)
		reader.Reset(in)
		if err := ctx.Request.Read(reader); err != nil {
			b.Fatal(err)
		}
		handler(ctx)
		if ctx.Response.StatusCode() != http.StatusOK {
			b.Fatal(ctx.Response.StatusCode(), string(ctx.Response.Body()))
		}
		ctx.Response.Reset()
		ctx.ResetUserValues()
	}
}
