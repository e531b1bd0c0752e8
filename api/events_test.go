package api

import (
	"bufio"
	"context"
	"errors"
	"iter"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// source is an event source the tests feed: what it holds first, then what
// comes through more, until the stream ends.
type source struct {
	events []StreamEvent
	more   chan StreamEvent
	fault  error
	blow   bool
	ended  chan struct{} // told when a stream has stopped reading, if not nil
}

func (s *source) Events(ctx context.Context, after uint64) iter.Seq2[StreamEvent, error] {
	return func(yield func(StreamEvent, error) bool) {
		defer func() {
			if s.ended != nil {
				s.ended <- struct{}{}
			}
		}()
		for _, event := range s.events {
			if event.Size > after && !yield(event, nil) {
				return
			}
		}
		if s.blow {
			panic("13800138000")
		}
		if s.fault != nil {
			yield(StreamEvent{}, s.fault)
			return
		}
		for {
			select {
			case event := <-s.more:
				if !yield(event, nil) {
					return
				}
			case <-ctx.Done():
				yield(StreamEvent{}, ctx.Err())
				return
			}
		}
	}
}

func withEvents(cfg *Config, _ *tuning) { cfg.Events = &source{} }

// listener of a stream: a connection of its own, read line by line.
type client struct {
	t    *testing.T
	conn net.Conn
	resp *http.Response
	body *bufio.Reader
}

func (r *running) listen(header ...string) *client {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write([]byte(bare("GET /v1/events HTTP/1.1", append([]string{host}, header...)...))); err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return &client{r.t, conn, resp, bufio.NewReader(resp.Body)}
}

// until reads lines up to one with this beginning, and returns them all.
func (c *client) until(prefix string) string {
	c.t.Helper()
	var read strings.Builder
	for {
		line, err := c.body.ReadString('\n')
		read.WriteString(line)
		if err != nil {
			c.t.Fatalf("%v after %q, waiting for %q", err, read.String(), prefix)
		}
		if strings.HasPrefix(line, prefix) {
			return read.String()
		}
	}
}

// rest reads to the end of the stream, which the server must make.
func (c *client) rest() string {
	c.t.Helper()
	var read strings.Builder
	if _, err := c.body.WriteTo(&read); err != nil {
		c.t.Fatalf("the stream broke: %v", err)
	}
	return read.String()
}

func event(size uint64) StreamEvent {
	return StreamEvent{Size: size, Type: "service-claimed", Data: []byte(`{"minutes":30}`)}
}

func TestEventStream(t *testing.T) {
	src := &source{events: []StreamEvent{event(1), event(2), event(3)}, more: make(chan StreamEvent)}
	r := start(t, func(cfg *Config, _ *tuning) { cfg.Events = src })

	c := r.listen()
	for field, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store",
		"X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff", "Etag": "",
	} {
		if got := c.resp.Header.Get(field); got != want {
			t.Errorf("%s is %q", field, got)
		}
	}
	want := "retry: 3000\n\n" +
		"id: 1\nevent: service-claimed\ndata: {\"minutes\":30}\n\n" +
		"id: 2\nevent: service-claimed\ndata: {\"minutes\":30}\n\n" +
		"id: 3\nevent: service-claimed\ndata: {\"minutes\":30}\n"
	if got := c.until("id: 3") + c.until("data:"); got != want {
		t.Errorf("the stream is %q", got)
	}
	src.more <- StreamEvent{Size: 4, Type: "two-lines", Data: []byte("{\n}")}
	if got := c.until("data: }"); got != "\nid: 4\nevent: two-lines\ndata: {\ndata: }\n" {
		t.Errorf("a live event is %q", got)
	}

	resumed := r.listen("Last-Event-ID: 2")
	if got := resumed.until("id: 3"); strings.Contains(got, "id: 2") {
		t.Errorf("a resumed stream begins with %q", got)
	}
}

func TestHeartbeatKeepsAStreamOpenBeyondTheWriteTimeout(t *testing.T) {
	src := &source{more: make(chan StreamEvent)}
	r := start(t, func(cfg *Config, tune *tuning) {
		cfg.Events, tune.heartbeat, tune.write = src, 20*time.Millisecond, 100*time.Millisecond
	})
	c := r.listen()
	for range 10 { // twice the write timeout
		c.until(":")
	}
	src.more <- event(1)
	c.until("id: 1")
}

func TestShutdownEndsStreams(t *testing.T) {
	src := &source{events: []StreamEvent{event(1)}, ended: make(chan struct{}, 2)}
	r := start(t, func(cfg *Config, _ *tuning) { cfg.Events = src })
	first, second := r.listen(), r.listen()
	first.until("data:")
	second.until("data:")

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.Shutdown(ctx); err != nil {
		t.Fatalf("Shutdown with open streams: %v", err)
	}
	for _, c := range []*client{first, second} {
		if rest := c.rest(); strings.Contains(rest, "problem") {
			t.Errorf("a stopping server calls it a problem: %q", rest)
		}
		<-src.ended
	}
	if strings.Contains(r.log.String(), "event stream") {
		t.Errorf("a stopping server calls it a fault: %s", r.log.String())
	}
}

func TestStreamsAreBounded(t *testing.T) {
	src := &source{events: []StreamEvent{event(1)}, ended: make(chan struct{}, 9)}
	r := start(t, func(cfg *Config, tune *tuning) {
		cfg.Events, tune.streams, tune.heartbeat = src, 2, 10*time.Millisecond
	})
	first, second := r.listen(), r.listen()
	first.until("data:")
	second.until("data:")
	refused := r.get("/v1/events")
	if p := refused.problem(t); p.Code != CodeTooManyStreams || refused.header.Get("Retry-After") != "3" {
		t.Fatalf("%+v", p)
	}
	// A client that leaves is noticed by the next heartbeat, and its place is free.
	_ = first.conn.Close()
	<-src.ended
	for {
		a := r.listen()
		if a.resp.StatusCode == http.StatusOK {
			a.until("data:")
			return
		}
	}
}

func TestAFaultInTheSourceEndsTheStreamWithItsCode(t *testing.T) {
	r := start(t, func(cfg *Config, _ *tuning) {
		cfg.Events = &source{events: []StreamEvent{event(1)}, fault: errors.New("segment 张三 broken")}
	})
	rest := r.listen().rest()
	if !strings.Contains(rest, "event: problem\ndata: {") || !strings.Contains(rest, `"code":"internal"`) {
		t.Errorf("the stream is %q", rest)
	}
	if strings.Contains(rest, "张三") || strings.Contains(r.log.String(), "张三") {
		t.Error("the cause has left the server")
	}
}

func TestAPanicInTheSourceEndsOnlyItsStream(t *testing.T) {
	r := start(t, func(cfg *Config, _ *tuning) {
		cfg.Events = &source{events: []StreamEvent{event(1)}, blow: true}
	})
	if rest := r.listen().rest(); !strings.Contains(rest, "id: 1") || strings.Contains(rest, "13800138000") {
		t.Errorf("the stream is %q", rest)
	}
	if a := r.get("/livez"); a.status != http.StatusOK {
		t.Errorf("afterwards the server answers %d", a.status)
	}
	if line := r.log.String(); !strings.Contains(line, "panic: string") || strings.Contains(line, "13800138000") {
		t.Errorf("the log is %s", line)
	}
}

func TestHEADOpensNoStream(t *testing.T) {
	r := start(t, withEvents)
	if a := r.do(http.MethodHead, "/v1/events", ""); a.status != http.StatusMethodNotAllowed {
		t.Fatalf("%d", a.status)
	}
}
