package esdb

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Options tune a Store. The zero value is good for a store of its own.
type Options struct {
	// Prefix stands before the name of every stream in the store, so that a
	// ledger shares a cluster with other applications. Names given to and by this
	// package do not carry it, and events of streams without it are not seen. It
	// holds no "-", because the server takes what stands before the first one for
	// a category, and does not begin with "$".
	Prefix string
	// Logger gets what the client says: its complaints as warnings, the rest for
	// debugging. slog.Default() if nil.
	Logger *slog.Logger
	// Observe is told of connections and subscriptions that come and go. It may be
	// called from any goroutine and must return at once.
	Observe func(Change)
	// AppendTimeout bounds an append whose caller sets no earlier deadline; 10 s
	// if zero.
	AppendTimeout time.Duration
	// ReadTimeout is how long a read waits for the store without any progress
	// before it fails; 10 s if zero.
	ReadTimeout time.Duration
}

// Change is a connection or subscription that came or went.
type Change struct {
	Kind ChangeKind
	Err  error         // why, for what went or failed
	Took time.Duration // how long the connection was missing, for Connected
}

// ChangeKind tells changes apart.
type ChangeKind uint8

const (
	Connected     ChangeKind = iota // a node was found and answers
	Disconnected                    // a connection is not used any more
	ConnectFailed                   // no node was found; it is tried again
	Subscribed                      // the shared subscription is open
	Dropped                         // it ended; it is opened again
)

func (k ChangeKind) String() string {
	return [...]string{"connected", "disconnected", "connect-failed", "subscribed", "dropped"}[k]
}

const maxPrefix = 64 // bytes

var errPrefix = errors.New(`a stream prefix has at most 64 characters of printable ASCII, no "-" and no "$" at its beginning`)

func (o Options) withDefaults() (Options, error) {
	if len(o.Prefix) > maxPrefix || strings.HasPrefix(o.Prefix, "$") {
		return o, fmt.Errorf("%w: %.80q", errPrefix, o.Prefix)
	}
	for _, c := range []byte(o.Prefix) {
		if c <= ' ' || c > '~' || c == '-' {
			return o, fmt.Errorf("%w: %.80q", errPrefix, o.Prefix)
		}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Observe == nil {
		o.Observe = func(Change) {}
	}
	if o.AppendTimeout <= 0 {
		o.AppendTimeout = 10 * time.Second
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = 10 * time.Second
	}
	return o, nil
}
