package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

var key = []string{"Idempotency-Key", "k"}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	r := start(t, func(cfg *Config, _ *tuning) {
		cfg.Position = func() string { return "p-9" }
		cfg.WaitFor = func(context.Context, string) error { return nil }
	}, notes)
	answers := map[string]answer{
		"result":     r.get("/v1/notes/a"),
		"created":    r.post("/v1/notes", good, key...),
		"validation": r.post("/v1/notes", `{}`, key...),
		"panic":      r.post("/v1/notes", `{"text":"panic"}`, key...),
		"nowhere":    r.get("/nowhere"),
		"unread":     r.send("GET / JUNK\r\n\r\n"),
		"method":     r.send("BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	}
	for name, a := range answers {
		for field, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "no-referrer", "Content-Security-Policy": dataPolicy,
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := a.header.Get(field); got != want {
				t.Errorf("%s: %s is %q", name, field, got)
			}
		}
		for _, field := range []string{"Server", "Access-Control-Allow-Origin", "Set-Cookie"} {
			if got := a.header.Values(field); len(got) > 0 {
				t.Errorf("%s: %s is %q", name, field, got)
			}
		}
		if cache := a.header.Get("Cache-Control"); name != "result" && cache != "no-store" {
			t.Errorf("%s: Cache-Control is %q", name, cache)
		}
	}
	if got := answers["result"].header.Get(headerPosition); got != "p-9" {
		t.Errorf("a query answers position %q", got)
	}
	if got := answers["created"].header.Get(headerPosition); got != "p-1" {
		t.Errorf("a command answers position %q", got)
	}
}

func TestInternalTextStaysInside(t *testing.T) {
	r := start(t, nil, notes)
	for _, text := range []string{"panic", "fail"} {
		a := r.post("/v1/notes", `{"text":"`+text+`"}`, key...)
		p := a.problem(t)
		if a.status != http.StatusInternalServerError || p.Code != CodeInternal || p.Detail != "" {
			t.Errorf("%s: %d %+v", text, a.status, p)
		}
		incident := strings.TrimPrefix(p.Instance, "urn:uuid:")
		if incident != a.header.Get(headerRequestID) || !strings.Contains(r.log.String(), incident) {
			t.Errorf("%s: incident %q is not in the log", text, incident)
		}
		for _, secret := range []string{"张三", "13800138000", "11010519491231002X", "store"} {
			if strings.Contains(a.body, secret) {
				t.Errorf("%s: %q is in the answer %s", text, secret, a.body)
			}
		}
	}
	line := r.log.String()
	for _, secret := range []string{"张三", "13800138000", "11010519491231002X"} {
		if strings.Contains(line, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for _, kept := range []string{"cannot store", "panic: string", "zhishu/api.notes"} {
		if !strings.Contains(line, kept) {
			t.Errorf("%q is not in the log:\n%s", kept, line)
		}
	}
}

func TestABodyIsNeverEchoed(t *testing.T) {
	r := start(t, nil, notes)
	const secret = "13800138000"
	for _, body := range []string{
		`{"text":"` + strings.Repeat(secret, 9) + `"}`,
		`{"text":"a","kind":"` + secret + `"}`,
		`{"text":"a","` + secret + `":1}`,
		`{"text":"a","count":"` + secret + `"}`,
		`{"text":"a","count":` + secret + secret + `}`,
		`{"text":"` + secret, secret, `["` + secret + `"]`,
	} {
		a := r.post("/v1/notes", body, key...)
		if a.status < 400 || a.status > 499 {
			t.Errorf("%s: %d", body, a.status)
		}
		if strings.Contains(a.body, secret) {
			t.Errorf("%s is echoed: %s", body, a.body)
		}
	}
	a := r.get("/v1/notes/a?limit=" + secret + secret)
	if a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, secret) {
		t.Errorf("query: %d %s", a.status, a.body)
	}
	if strings.Contains(r.log.String(), secret) {
		t.Error("the log holds it")
	}
}

func TestTheLogNamesPatternsNotPaths(t *testing.T) {
	r := start(t, nil, notes)
	r.get("/v1/notes/zhang-san?limit=9")
	r.get("/nowhere/zhang-san")
	line := r.log.String()
	if strings.Contains(line, "zhang-san") || strings.Contains(line, "limit") {
		t.Fatalf("a path or query is in the log:\n%s", line)
	}
	for _, kept := range []string{`"route":"/v1/notes/{id}"`, `"route":"(none)"`, `"status":200`, `"code":"not-found"`} {
		if !strings.Contains(line, kept) {
			t.Errorf("%s is not in the log:\n%s", kept, line)
		}
	}
}

// Fiber hands out strings that change under their holder unless Immutable is
// set: this keeps what one request gave until later ones have overwritten its
// buffers.
func TestStringsOutliveTheirRequest(t *testing.T) {
	var mu sync.Mutex
	var kept []string
	r := start(t, nil, func(r *routes) {
		r.raw(operation{
			id: "keep", method: http.MethodGet, path: "/keep/{word}", tag: "t", permission: Public, produces: "text/plain",
			params: []*huma.Param{{Name: "q", In: "query"}},
		}, func(_ context.Context, c *fiber.Ctx) error {
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, c.Params("word"), c.Query("q"), c.Get("X-Word"), c.Path(), c.Method(), c.OriginalURL(), c.Hostname())
			return c.SendString("ok")
		})
	})
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	answers := bufio.NewReader(conn)
	var want []string
	for i := range 20 {
		word := strings.Repeat(string(rune('a'+i)), 12)
		_, _ = fmt.Fprintf(conn, "GET /keep/%s?q=%s HTTP/1.1\r\nHost: localhost\r\nX-Word: %s\r\n\r\n", word, word, word)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		want = append(want, word, word, word, "/keep/"+word, "GET", "/keep/"+word+"?q="+word, "localhost")
	}
	mu.Lock()
	defer mu.Unlock()
	for i := range want {
		if kept[i] != want[i] {
			t.Errorf("string %d was %q and has become %q", i, want[i], kept[i])
		}
	}
}

func TestSlowClientsAreCutOff(t *testing.T) {
	r := start(t, func(_ *Config, tune *tuning) { tune.header, tune.body = 50*time.Millisecond, 60*time.Millisecond }, notes)
	for name, raw := range map[string]string{
		"nothing":       "",
		"half a line":   "GET /live",
		"half a header": "GET /livez HTTP/1.1\r\nHost: loc",
		"half a body":   noteWith(good, "Content-Length: 99"),
		"half a chunk":  chunked("c\r\n{"),
	} {
		t.Run(name, func(t *testing.T) {
			r := &running{Server: r.Server, t: t, addr: r.addr, log: r.log}
			if p := r.send(raw).problem(t); p.Code != CodeRequestTimeout {
				t.Fatalf("%+v", p)
			}
		})
	}
}

func TestTheBusyServerSaysSo(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	r := start(t, func(_ *Config, tune *tuning) { tune.places, tune.busyWait = 1, time.Millisecond },
		notes, blocking(entered, leave))
	done := make(chan answer)
	go func() { done <- r.get("/block") }()
	<-entered
	a := r.get("/v1/notes/a")
	if p := a.problem(t); p.Code != CodeBusy || a.header.Get("Retry-After") != "1" {
		t.Errorf("%+v, Retry-After %q", p, a.header.Get("Retry-After"))
	}
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		if a := r.get(path); a.status != http.StatusOK {
			t.Errorf("%s answers %d when the server is busy", path, a.status)
		}
	}
	close(leave)
	if a := <-done; a.status != http.StatusOK {
		t.Errorf("the running operation answers %d", a.status)
	}
	if a := r.get("/v1/notes/a"); a.status != http.StatusOK {
		t.Errorf("afterwards: %d", a.status)
	}
}

// blocking is an operation that runs until leave is closed or its context ends.
func blocking(entered chan<- struct{}, leave <-chan struct{}) func(*routes) {
	return func(r *routes) {
		add(r, operation{
			id: "block", method: http.MethodGet, path: "/block", tag: "t", permission: Public,
		}, func(ctx context.Context, _ *struct{}) (*statusOutput, error) {
			entered <- struct{}{}
			select {
			case <-leave:
				return &statusOutput{Body: Status{Status: "live"}}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		})
	}
}

func TestAnOperationHasADeadline(t *testing.T) {
	entered := make(chan struct{}, 1)
	r := start(t, nil, func(r *routes) {
		add(r, operation{
			id: "late", method: http.MethodGet, path: "/late", tag: "t", permission: Public, timeout: time.Millisecond,
		}, func(ctx context.Context, _ *struct{}) (*statusOutput, error) {
			entered <- struct{}{}
			<-ctx.Done()
			return nil, fmt.Errorf("reading: %w", ctx.Err())
		})
	})
	if p := r.get("/late").problem(t); p.Code != CodeTimeout {
		t.Fatalf("%+v", p)
	}
}

func TestMetricsCountByPattern(t *testing.T) {
	r := start(t, withEvents, notes)
	r.get("/v1/notes/zhang-san")
	r.get("/v1/notes/li-si")
	r.get("/nowhere")
	r.post("/v1/notes", `{}`, key...)
	r.send("BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	r.metrics.ObserveAppend(3, time.Millisecond)
	r.metrics.CountImportRows("accepted", 4)
	r.metrics.CountRefusal("made-up-by-a-client")
	if err := r.metrics.WatchLogHead(func() uint64 { return 42 }); err != nil {
		t.Fatal(err)
	}
	if err := r.metrics.WatchReadModel("stars", func() uint64 { return 5 }, func() time.Duration { return time.Minute }); err != nil {
		t.Fatal(err)
	}
	if err := r.metrics.WatchReadModel("stars", func() uint64 { return 5 }, func() time.Duration { return 0 }); err == nil {
		t.Error("a read model was registered twice")
	}
	a := r.get("/metrics")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Errorf("Content-Type %q", a.header.Get("Content-Type"))
	}
	for _, line := range []string{
		`zhishu_http_requests_total{method="GET",route="/v1/notes/{id}",status_class="2xx"} 2`,
		`zhishu_http_requests_total{method="GET",route="(none)",status_class="4xx"} 1`,
		`zhishu_http_requests_total{method="OTHER",route="(none)",status_class="4xx"} 1`,
		`zhishu_http_request_duration_seconds_count{method="POST",route="/v1/notes"} 1`,
		`zhishu_refusals_total{code="validation"} 1`,
		`zhishu_refusals_total{code="internal"} 1`,
		`zhishu_append_batch_events_sum 3`,
		`zhishu_import_rows_total{outcome="accepted"} 4`,
		`zhishu_log_head_events 42`,
		`zhishu_read_model_lag_events{model="stars"} 5`,
		`zhishu_snapshot_age_seconds{model="stars"} 60`,
		`zhishu_http_requests_in_flight 1`,
		`zhishu_http_connections `,
		`zhishu_http_event_streams 0`,
		`go_goroutines`,
	} {
		if !strings.Contains(a.body, "\n"+line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(a.body, "zhang-san") || strings.Contains(a.body, "made-up") || strings.Contains(a.body, "BREW") {
		t.Error("a label holds the client's text")
	}
}
