package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestListenTakesOnlyTheLoopbackInterface(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "203.0.113.7:80", "example.com:80", "localhost.example.com:80", "10.0.0.1:0"} {
		ln, err := Listen(addr)
		if !errors.Is(err, ErrNotLoopback) {
			t.Errorf("Listen(%q): %v", addr, err)
		}
		if ln != nil {
			_ = ln.Close()
		}
	}
	for _, addr := range []string{"", "8080", "127.0.0.1"} {
		if _, err := Listen(addr); err == nil || !strings.Contains(err.Error(), "127.0.0.1:8080") {
			t.Errorf("Listen(%q): %v, want a hint", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "127.9.9.9:0"} {
		ln, err := Listen(addr)
		if err != nil {
			t.Errorf("Listen(%q): %v", addr, err)
			continue
		}
		_ = ln.Close()
	}
}

func TestServeRefusesAListenerOthersCanReach(t *testing.T) {
	s, err := New(testConfig(&logLines{}))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if err := s.Serve(ln); !errors.Is(err, ErrNotLoopback) {
		t.Fatalf("Serve: %v", err)
	}
}

func TestAServerIsServedOnce(t *testing.T) {
	r := start(t, nil)
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if err := r.Serve(ln); err == nil {
		t.Fatal("served twice")
	}
}

func TestShutdownLetsARunningOperationFinish(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	r := start(t, nil, blocking(entered, leave))
	idle, err := net.Dial("tcp", r.addr) // asks nothing, and must not be waited for
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	done := make(chan answer)
	go func() { done <- r.get("/block") }()
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	stopped := make(chan error)
	go func() { stopped <- r.Shutdown(ctx) }()
	for !r.stopping.Load() {
		select {
		case err := <-stopped:
			t.Fatalf("Shutdown did not wait: %v", err)
		default:
		}
	}
	close(leave)
	if a := <-done; a.status != http.StatusOK {
		t.Errorf("the running operation answers %d", a.status)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func TestShutdownCancelsWhatDoesNotFinish(t *testing.T) {
	entered := make(chan struct{})
	r := start(t, nil, blocking(entered, nil))
	go func() {
		resp, err := http.Get("http://" + r.addr + "/block")
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := r.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Shutdown: %v", err)
	}
	if r.base.Err() == nil {
		t.Fatal("the running operation was not cancelled")
	}
	if err := <-r.done; err != nil {
		t.Fatalf("Serve: %v", err)
	}
	r.done <- nil // for the end of the test
}

func TestNewNamesEveryFault(t *testing.T) {
	_, err := New(Config{Hosts: []string{"http://x/", ""}, WaitFor: func(context.Context, string) error { return nil }})
	if err == nil {
		t.Fatal("an empty configuration was accepted")
	}
	for _, fault := range []string{"version", "log", "metrics", "ready", "cursors", "Position", `"http://x/"`, `""`} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("%q is not named in: %v", fault, err)
		}
	}
}

func TestARouteWithoutPermissionKeepsTheServerDown(t *testing.T) {
	open := func(r *routes) {
		add(r, operation{id: "open", method: http.MethodGet, path: "/open", tag: "t"},
			func(context.Context, *struct{}) (*statusOutput, error) { return nil, nil })
		add(r, operation{id: "live", method: http.MethodGet, path: "/twice", tag: "t", permission: Public, codes: []string{"no-such-code"}},
			func(context.Context, *struct{}) (*statusOutput, error) { return nil, nil })
	}
	_, err := newServer(testConfig(&logLines{}), defaultTuning, product, open)
	if err == nil {
		t.Fatal("the server starts")
	}
	for _, fault := range []string{"/open: names no permission", `id of its own, not "live"`, `"no-such-code"`} {
		if !strings.Contains(err.Error(), fault) {
			t.Errorf("%q is not named in: %v", fault, err)
		}
	}
}

func TestReadinessNamesItsReasons(t *testing.T) {
	var reasons []string
	r := start(t, func(cfg *Config, _ *tuning) { cfg.Ready = func() []string { return reasons } })
	if a := r.get("/readyz"); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	reasons = []string{"read model stars stands at event 12"}
	a := r.get("/readyz")
	if p := a.problem(t); a.status != http.StatusServiceUnavailable || len(p.Errors) != 1 || p.Errors[0].Message != reasons[0] {
		t.Fatalf("%d %+v", a.status, p)
	}
	if a := r.get("/livez"); a.status != http.StatusOK {
		t.Fatalf("livez answers %d", a.status)
	}
	r.stopping.Store(true)
	if a := r.get("/readyz"); !strings.Contains(a.body, "stopping") {
		t.Fatalf("a stopping server answers %s", a.body)
	}
}

func TestConfiguredHosts(t *testing.T) {
	r := start(t, func(cfg *Config, _ *tuning) { cfg.Hosts = []string{"Ledger.example.cn", "other.example.cn:8443"} }, notes)
	for name, want := range map[string]int{
		"localhost": 200, "LOCALHOST:99": 200, "127.0.0.1:1": 200, "[::1]": 200, "[::1]:8080": 200,
		"ledger.example.cn": 200, "ledger.example.cn:444": 200, "other.example.cn:8443": 200,
		"other.example.cn": 421, "other.example.cn:8444": 421, "x.ledger.example.cn": 421, "ledger.example.cn.": 421,
	} {
		if a := r.get("/livez", "Host", name); a.status != want {
			t.Errorf("Host %s: %d, want %d", name, a.status, want)
		}
	}
	for origin, want := range map[string]int{
		"https://ledger.example.cn": 201, "http://ledger.example.cn": 201, "https://evil.example": 403,
	} {
		a := r.post("/v1/notes", good, append(key, "Host", "ledger.example.cn", "Origin", origin)...)
		if a.status != want {
			t.Errorf("Origin %s: %d, want %d", origin, a.status, want)
		}
	}
	for _, site := range []string{"same-origin", "none"} {
		if a := r.post("/v1/notes", good, append(key, "Sec-Fetch-Site", site)...); a.status != 201 {
			t.Errorf("Sec-Fetch-Site %s: %d", site, a.status)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	r := start(t, func(_ *Config, tune *tuning) { tune.connections = 3 })
	r.waitForConnections(0) // that of start
	var held []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		held = append(held, c)
	}
	r.waitForConnections(3)
	a := r.send("")
	if p := a.problem(t); a.status != http.StatusServiceUnavailable || p.Code != CodeBusy || a.header.Get("Retry-After") != "1" {
		t.Fatalf("%d %+v", a.status, p)
	}
	_ = held[0].Close()
	r.waitForConnections(2)
	if a := r.get("/livez"); a.status != http.StatusOK {
		t.Fatalf("with room again: %d", a.status)
	}
}

func (r *running) waitForConnections(want int) {
	for {
		r.listener.mu.Lock()
		open := len(r.listener.conns)
		r.listener.mu.Unlock()
		if open == want {
			return
		}
		runtime.Gosched()
	}
}
