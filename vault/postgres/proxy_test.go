package postgres_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// proxy stands between a vault and its database and can be told to fail.
type proxy struct {
	url, target string
	listener    net.Listener
	mu          sync.Mutex
	wake        *sync.Cond
	mode        mode
	open        map[net.Conn]bool
}

type mode int

const (
	passing  mode = iota
	hanging       // accepts, and lets nothing through
	refusing      // closes every connection
)

func newProxy(t *testing.T, database string) *proxy {
	t.Helper()
	to, err := url.Parse(database)
	check(t, err)
	p := &proxy{target: to.Host, open: make(map[net.Conn]bool)}
	p.wake = sync.NewCond(&p.mu)
	p.listener, err = net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	to.Host = p.listener.Addr().String()
	p.url = to.String()
	var running sync.WaitGroup
	running.Go(func() { p.accept(&running) })
	t.Cleanup(func() {
		p.listener.Close()
		p.set(refusing)
		running.Wait()
	})
	return p
}

func (p *proxy) pass()   { p.set(passing) }
func (p *proxy) hang()   { p.set(hanging) }
func (p *proxy) refuse() { p.set(refusing) }

func (p *proxy) set(m mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	if m != hanging { // what hung is lost, as after a real outage
		for c := range p.open {
			c.Close()
		}
	}
	p.wake.Broadcast()
}

func (p *proxy) accept(running *sync.WaitGroup) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		running.Go(func() { p.serve(client) })
	}
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	if !p.admit(client) {
		return
	}
	database, err := net.Dial("tcp", p.target)
	if err != nil || !p.admit(database) {
		p.drop(client)
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.copy(database, client) })
	both.Go(func() { p.copy(client, database) })
	both.Wait()
	p.drop(client, database)
}

func (p *proxy) admit(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mode == refusing {
		c.Close()
		return false
	}
	p.open[c] = true
	return true
}

func (p *proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(p.open, c)
	}
}

func (p *proxy) copy(to, from net.Conn) {
	defer to.Close()
	room := make([]byte, 32<<10)
	for {
		n, err := from.Read(room)
		p.mu.Lock()
		for p.mode == hanging {
			p.wake.Wait()
		}
		p.mu.Unlock()
		if _, werr := to.Write(room[:n]); werr != nil || err != nil {
			return
		}
		if err == io.EOF {
			return
		}
	}
}
