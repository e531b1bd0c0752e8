package postgres

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"zhishu/vault"
)

// Config says how to use the database. Only MasterKey is required.
type Config struct {
	// MasterKey is the path of the master key file, mode 0600. Every server has
	// a copy. Create uses a file that is already there.
	MasterKey string
	// Schema holds the vault's tables and nothing else, so that several ledgers
	// may share a database; "" means DefaultSchema. Lower-case letters, digits
	// and "_".
	Schema string
	// Timeout bounds every single exchange with the database, connecting
	// included; 0 means DefaultTimeout.
	Timeout time.Duration
	// ErasureLag bounds how long after an erasure by another server this one may
	// still use a key it holds ready in memory; 0 means DefaultErasureLag. The
	// database is asked five times in it.
	ErasureLag time.Duration
	// Connections bounds how many are open at once; 0 means DefaultConnections.
	// A view, an erasure and a restore open one more each.
	Connections int
	vault.Options
}

const (
	DefaultSchema      = "zhishu_vault"
	DefaultTimeout     = 5 * time.Second
	DefaultErasureLag  = 10 * time.Second
	DefaultConnections = 8
)

// minVersion is the first version of PostgreSQL with all that is used here.
const minVersion = 130000

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

func (c Config) withDefaults() (Config, error) {
	if c.Schema == "" {
		c.Schema = DefaultSchema
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.ErasureLag == 0 {
		c.ErasureLag = DefaultErasureLag
	}
	if c.Connections == 0 {
		c.Connections = DefaultConnections
	}
	switch {
	case c.MasterKey == "":
		return c, fmt.Errorf("%w: no path of a master key file was given", vault.ErrMasterKey)
	case !schemaName.MatchString(c.Schema):
		return c, fmt.Errorf("%w: %q is no name for a schema of ours (lower-case letters, digits and _)", vault.ErrUnavailable, c.Schema)
	case c.Timeout < 0 || c.ErasureLag < 0 || c.Connections < 0:
		return c, fmt.Errorf("%w: a negative limit", vault.ErrUnavailable)
	}
	return c, nil
}

func (c Config) clock() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// poolConfig turns a connection string into settings that do not depend on what
// the server or the role has as defaults.
func (c Config) poolConfig(url string) (*pgxpool.Config, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", vault.ErrUnavailable, err) // its text hides the password
	}
	if err := refusePlaintext(conf.ConnConfig.Config); err != nil {
		return nil, err
	}
	conf.MaxConns = int32(c.Connections)
	conf.ConnConfig.ConnectTimeout = c.Timeout
	conf.PingTimeout = c.Timeout
	conf.AfterConnect = checkServer
	params := conf.ConnConfig.RuntimeParams
	setDefault(params, "application_name", "zhishu vault")
	setDefault(params, "synchronous_commit", "on")
	for name, value := range map[string]string{
		"search_path":                   quoted(c.Schema) + ",pg_temp", // named last, or it would be first
		"default_transaction_isolation": "read committed",
		// A connection that lost its client must not hold a lock for long.
		"statement_timeout":                   milliseconds(c.Timeout),
		"idle_in_transaction_session_timeout": milliseconds(c.Timeout),
		// Everything here finds rows by their primary key. A plan made while a
		// table was small must not read all of it when it is large.
		"enable_seqscan":   "off",
		"enable_hashjoin":  "off",
		"enable_mergejoin": "off",
		"jit":              "off",
	} {
		params[name] = value
	}
	return conf, nil
}

// quoted makes a schema's name safe also where it is a word of SQL.
func quoted(schema string) string { return pgx.Identifier{schema}.Sanitize() }

func setDefault(params map[string]string, name, value string) {
	if _, set := params[name]; !set {
		params[name] = value
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(1, d.Milliseconds()), 10) }

// refusePlaintext refuses to speak over a network without TLS. Unless told
// otherwise the driver would fall back to it.
func refusePlaintext(c pgconn.Config) error {
	ways := []*pgconn.FallbackConfig{{Host: c.Host, TLSConfig: c.TLSConfig}}
	for _, way := range append(ways, c.Fallbacks...) {
		if way.TLSConfig == nil && !onThisMachine(way.Host) {
			return fmt.Errorf("%w: the connection to %s may be without TLS; add sslmode=verify-full (or require) to the connection string", vault.ErrUnsafe, way.Host)
		}
	}
	return nil
}

func onThisMachine(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// advisoryKey names the lock between writers and erasures of one vault.
func advisoryKey(schema string) int64 {
	sum := sha256.Sum256([]byte("zhishu vault " + schema))
	return int64(binary.BigEndian.Uint64(sum[:]))
}
