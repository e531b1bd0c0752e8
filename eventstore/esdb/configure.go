package esdb

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// settings are those of a connection string that the client knows. It warns of
// others on the console and goes on; a misspelt tls=false must not pass.
var settings = []string{"nodepreference", "keepaliveinterval", "keepalivetimeout", "tls", "tlscafile", "tlsverifycert",
	"usercertfile", "userkeyfile", "gossiptimeout", "discoveryinterval", "maxdiscoverattempts", "defaultdeadline"}

var (
	// ErrPlainCredentials: the connection string names a user and turns TLS off.
	// The client would drop the credentials without a word.
	ErrPlainCredentials = errors.New("the connection string has credentials but tls=false: they would not be sent; remove tls=false or the credentials")
	// ErrConnectionString: see the text.
	ErrConnectionString = errors.New("not a connection string of the form esdb://[user:password@]host:port[,host:port…][?setting=value&…]")
)

// discoverAttempts is how often a new client looks for a node before it gives
// up and another one is made. One would do; a few more make it unlikely that a
// client fails whose leader went away while it was being followed.
const discoverAttempts = 3

// configure reads a connection string. What it says about discovery is
// replaced: see the package's description.
func configure(connection string) (esdb.Configuration, error) {
	given, err := given(connection)
	if err != nil {
		return esdb.Configuration{}, err
	}
	c, err := esdb.ParseConnectionString(connection)
	if err != nil {
		return esdb.Configuration{}, fmt.Errorf("%w: %w", ErrConnectionString, withoutSecrets(err))
	}
	if c.DisableTLS && (c.Username != "" || c.UserCertFile != "") {
		return esdb.Configuration{}, ErrPlainCredentials
	}
	c.MaxDiscoverAttempts = discoverAttempts
	c.DiscoveryInterval = 100 // milliseconds
	if !given["gossiptimeout"] {
		c.GossipTimeout = 2 // seconds
	}
	if !given["keepalivetimeout"] {
		c.KeepAliveTimeout = 5 * time.Second
	}
	if err := c.Validate(); err != nil {
		return esdb.Configuration{}, fmt.Errorf("%w: %w", ErrConnectionString, err)
	}
	return *c, nil
}

// withoutSecrets keeps the password out of an error about a URL, which quotes it.
func withoutSecrets(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// given lists the settings of a connection string and refuses what the client
// would only warn of.
func given(connection string) (map[string]bool, error) {
	names := make(map[string]bool)
	_, query, _ := strings.Cut(connection, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("%w: its settings cannot be read", ErrConnectionString)
	}
	for name, value := range values {
		lower := strings.ToLower(name)
		if !slices.Contains(settings, lower) {
			return nil, fmt.Errorf("%w: unknown setting %.40q", ErrConnectionString, name)
		}
		if len(value) > 1 || names[lower] {
			return nil, fmt.Errorf("%w: %s is set twice", ErrConnectionString, lower)
		}
		if lower == "keepaliveinterval" {
			if ms, err := strconv.Atoi(value[0]); err == nil && ms >= 0 && ms < 10_000 {
				return nil, fmt.Errorf("%w: keepAliveInterval is in milliseconds and at least 10000", ErrConnectionString)
			}
		}
		names[lower] = true
	}
	return names, nil
}

// logging passes on what a client says, and hands the error of a call to troubled
// before the client acts on it. The client's own goroutine logs errors too, with
// more arguments; it must not be held up.
func logging(to *slog.Logger, troubled func(error)) esdb.LoggingFunc {
	return func(level esdb.LogLevel, format string, args ...any) {
		if level == esdb.LogError && len(args) == 1 {
			if err, ok := args[0].(error); ok {
				troubled(err)
			}
		}
		switch level {
		case esdb.LogError, esdb.LogWarn:
			to.Warn("eventstoredb client", "says", fmt.Sprintf(format, args...))
		default:
			to.Debug("eventstoredb client", "says", fmt.Sprintf(format, args...))
		}
	}
}
