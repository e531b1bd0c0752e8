package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(everyCode{m},
		// fasthttp keeps these for the life of the process.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
	)
}

// logLines collects what the server logs.
type logLines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// running is a server of test operations on a socket of its own.
type running struct {
	*Server
	t    *testing.T
	addr string
	log  *logLines
	done chan error
}

func testConfig(log io.Writer) Config {
	return Config{
		Version: "test", Log: slog.New(slog.NewJSONHandler(log, nil)), Metrics: NewMetrics(),
		Ready:     func() []string { return nil },
		CursorKey: bytes.Repeat([]byte{7}, 32),
	}
}

// start serves the product's routes and the groups until the test ends.
func start(t *testing.T, change func(*Config, *tuning), groups ...func(*routes)) *running {
	t.Helper()
	lines := &logLines{}
	cfg, tune := testConfig(lines), defaultTuning
	if change != nil {
		change(&cfg, &tune)
	}
	s, err := newServer(cfg, tune, append(groups, product)...)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Server: s, t: t, addr: ln.Addr().String(), log: lines, done: make(chan error, 1)}
	go func() { r.done <- s.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.Shutdown(ctx)
		if err := <-r.done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	r.get("/livez") // serving has begun
	return r
}

// answer is a response read whole.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t *testing.T) Problem {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != ProblemType {
		t.Fatalf("status %d, content type %q, body %q", a.status, got, a.body)
	}
	var p Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("%v in %q", err, a.body)
	}
	return p
}

func (r *running) do(method, path, body string, header ...string) answer {
	r.t.Helper()
	req, err := http.NewRequest(method, "http://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return read(r.t, resp)
}

func (r *running) get(path string, header ...string) answer {
	r.t.Helper()
	return r.do(http.MethodGet, path, "", header...)
}

func (r *running) post(path, body string, header ...string) answer {
	r.t.Helper()
	return r.do(http.MethodPost, path, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// send writes bytes to a connection of their own and reads one answer.
func (r *running) send(raw string) answer {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, raw); err != nil && !errors.Is(err, net.ErrClosed) {
		r.t.Logf("write: %v", err) // the server may refuse before it has read all
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		r.t.Fatalf("no answer: %v", err)
	}
	return read(r.t, resp)
}

func read(t *testing.T, resp *http.Response) answer {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Logf("body: %v", err)
	}
	a := answer{resp.StatusCode, resp.Header, string(body)}
	noteProblem(a)
	return a
}

// note is the small thing the test operations deal in.
type note struct {
	Text  string   `json:"text" minLength:"1" maxLength:"40"`
	Count int64    `json:"count,omitempty" minimum:"0"`
	Kind  string   `json:"kind,omitempty" enum:"a,b"`
	Tags  []string `json:"tags,omitempty" maxItems:"3"`
}

type noteCommand struct {
	CommandInput
	Body note
}

type noteOutput struct {
	Position string `header:"Zhishu-Position"`
	Body     note
}

type noteQuery struct {
	ReadInput
	PageInput
	ConditionalInput
	ID string `path:"id" pattern:"^[a-z0-9-]{1,36}$" maxLength:"36"`
}

type notesOutput struct {
	Tagged
	Body Page[note]
}

// notes are the operations the tests ask.
func notes(r *routes) {
	add(r, operation{
		id: "write-note", method: http.MethodPost, path: "/v1/notes", tag: "notes", permission: "note.write",
		summary: "Write a note", status: http.StatusCreated,
		codes: []string{CodeKeyMissing, CodeKeyInvalid, CodeKeyReused},
	}, func(_ context.Context, in *noteCommand) (*noteOutput, error) {
		switch in.Body.Text {
		case "panic":
			panic("11010519491231002X")
		case "fail":
			return nil, errors.New("cannot store 张三 13800138000")
		case "slow":
			return nil, context.DeadlineExceeded
		}
		return &noteOutput{Position: "p-1", Body: in.Body}, nil
	})
	add(r, operation{
		id: "list-notes", method: http.MethodGet, path: "/v1/notes/{id}", tag: "notes", permission: "note.read",
		summary: "Notes of one id",
	}, func(_ context.Context, in *noteQuery) (*notesOutput, error) {
		tag := TagOfSize(1, 7)
		if err := in.Unchanged(tag); err != nil {
			return nil, err
		}
		cursor, err := NewCursors(r.server.cfg.CursorKey).Open("list-notes/"+in.ID, in.Cursor)
		if err != nil {
			return nil, err
		}
		next := NewCursors(r.server.cfg.CursorKey).Seal("list-notes/"+in.ID, Cursor{Size: 7, Key: []byte("k")})
		row := note{Text: in.ID + string(cursor.Key), Count: int64(in.Rows())}
		return &notesOutput{tagged(tag), Page[note]{Rows: []note{row}, Next: next, Size: 7}}, nil
	})
}
