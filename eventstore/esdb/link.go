package esdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// errCondemned: the link was given up before the call entered it; nothing was
// sent.
var errCondemned = errors.New("the connection was given up")

// link is one client, connected to one node, and the calls it serves. It is
// condemned at the first sign of trouble and closed by its last call, because a
// client that is closed under a call panics.
type link struct {
	client *esdb.Client
	// door holds one token. A call keeps it while the client looks up its
	// connection, so that at most one call ever waits there.
	door chan struct{}
	lost func(*link, error) // told once when the link is condemned

	mu        sync.Mutex
	calls     int
	condemned bool
	gone      chan struct{} // closed when the link is condemned
	closed    chan struct{} // closed when the client is
}

func newLink(c esdb.Configuration, o *Options, lost func(*link, error)) (*link, error) {
	l := &link{door: make(chan struct{}, 1), lost: lost, gone: make(chan struct{}), closed: make(chan struct{})}
	l.door <- struct{}{}
	// An error is logged before the client acts on it. Nobody may ask this client
	// for a connection after that: it would search for a node (see doc.go).
	c.Logger = logging(o.Logger, func(err error) {
		if suspicious(err) {
			l.condemn(err)
			l.awaitDoor()
		}
	})
	var err error
	l.client, err = esdb.NewClient(&c)
	return l, err
}

// enter registers a call and takes the token of the door.
func (l *link) enter(ctx context.Context) error {
	select {
	case <-l.door:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.condemned {
		l.door <- struct{}{}
		return errCondemned
	}
	l.calls++
	return nil
}

// leave ends a call, and closes the client when it was the last.
func (l *link) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls--
	l.closeWhenIdle()
}

func (l *link) closeWhenIdle() {
	if l.condemned && l.calls == 0 {
		_ = l.client.Close() // it never fails
		close(l.closed)
	}
}

// condemn lets no further call enter.
func (l *link) condemn(cause error) {
	l.mu.Lock()
	before := l.condemned
	l.condemned = true
	if !before {
		close(l.gone)
		l.closeWhenIdle()
	}
	l.mu.Unlock()
	if !before {
		l.lost(l, cause)
	}
}

// doorPatience is far more than a client takes to look up a connection it has.
const doorPatience = 3 * time.Second

// awaitDoor returns when the call at the door has its connection.
func (l *link) awaitDoor() {
	select {
	case <-l.door:
		l.door <- struct{}{}
	case <-time.After(doorPatience):
	}
}

// doorway is the context a call gives to the client. The client asks a context
// for its deadline as soon as it has a connection, and not before: then the next
// call may have the door.
type doorway struct {
	context.Context
	link *link
	once sync.Once
}

func (d *doorway) Deadline() (time.Time, bool) {
	d.pass()
	return d.Context.Deadline()
}

func (d *doorway) pass() { d.once.Do(func() { d.link.door <- struct{}{} }) }

// call runs f, which calls the client of l, in a goroutine of its own, and
// returns when f has or ctx ends. sent tells whether f may have begun.
func call[T any](ctx context.Context, l *link, f func(context.Context) (T, error)) (value T, sent bool, err error) {
	if err := l.enter(ctx); err != nil {
		return value, false, err
	}
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		defer l.leave()
		d := &doorway{Context: ctx, link: l}
		defer d.pass()
		var a answer
		a.err = guard(func() (err error) {
			a.value, err = f(d)
			return err
		})
		done <- a
	}()
	select {
	case a := <-done:
		return a.value, true, a.err
	case <-ctx.Done():
		return value, true, ctx.Err()
	}
}

// guard makes an error of a panic: the client panics on messages it does not
// know.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the EventStoreDB client panicked: %v", r)
		}
	}()
	return f()
}
