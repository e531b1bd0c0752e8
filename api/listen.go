package api

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// ErrNotLoopback is the refusal to serve where others than this machine could
// connect: there is no login yet.
var ErrNotLoopback = errors.New("only loopback addresses are served")

// Listen opens a TCP listener on a loopback address: "127.0.0.1:8080",
// "localhost:8080", "[::1]:8080"; port 0 picks a free one. Every other address
// is ErrNotLoopback, and ":8080" is every address there is.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen address %q: %w (want for example 127.0.0.1:8080)", addr, err)
	}
	if host == "localhost" {
		host = "127.0.0.1" // not what a resolver makes of the name
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("listen address %q: %w: put a proxy with a login before it, or use 127.0.0.1:%s", addr, ErrNotLoopback, port)
	}
	return net.Listen("tcp", net.JoinHostPort(host, port))
}

func onlyLoopback(addr net.Addr) error {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return nil
	}
	return fmt.Errorf("listener on %s: %w", addr, ErrNotLoopback)
}

// listener counts connections, refuses more than limit, and can cut them:
// fasthttp refuses in plain text, and waits for connections on which nothing
// was ever asked, but cannot close them.
type listener struct {
	net.Listener
	limit int
	open  prometheus.Gauge

	mu    sync.Mutex
	conns map[*conn]bool // false until the first byte arrived
}

func newListener(ln net.Listener, limit int, open prometheus.Gauge) *listener {
	return &listener{Listener: ln, limit: limit, open: open, conns: make(map[*conn]bool)}
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: accepted, listener: l}
		if l.add(c) {
			l.open.Inc()
			return c, nil
		}
		// Into the empty buffer of a new connection this does not block.
		_ = accepted.SetWriteDeadline(time.Now().Add(refusalTimeout))
		_, _ = accepted.Write(refusal)
		_ = accepted.Close()
	}
}

const refusalTimeout = 10 * time.Millisecond

// refusal is the whole answer to a connection there is no room for.
var refusal = func() []byte {
	var body bytes.Buffer
	_ = marshal(&body, NewProblem(CodeBusy, ""))
	return fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: %s\r\nContent-Length: %d\r\n"+
		"Retry-After: 1\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s", ProblemType, body.Len(), body.Bytes())
}()

func (l *listener) add(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.conns) >= l.limit {
		return false
	}
	l.conns[c] = false
	return true
}

func (l *listener) drop(which func(used bool) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c, used := range l.conns {
		if which(used) {
			_ = c.Conn.Close()
		}
	}
}

func (l *listener) dropIdle() { l.drop(func(used bool) bool { return !used }) }
func (l *listener) dropAll()  { l.drop(func(bool) bool { return true }) }

type conn struct {
	net.Conn
	listener *listener
	used     bool // of the one goroutine that reads
	closed   sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.used {
		c.used = true
		c.listener.mu.Lock()
		if _, open := c.listener.conns[c]; open {
			c.listener.conns[c] = true
		}
		c.listener.mu.Unlock()
	}
	return n, err
}

func (c *conn) Close() error {
	c.closed.Do(func() {
		c.listener.mu.Lock()
		delete(c.listener.conns, c)
		c.listener.mu.Unlock()
		c.listener.open.Dec()
	})
	return c.Conn.Close()
}
