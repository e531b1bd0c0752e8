package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"zhishu/vault"
)

// store is the vault.Store in one schema of a database.
type store struct {
	conf Config
	pool *pgxpool.Pool
	id   identity
	lock int64 // the advisory lock: shared by writers, exclusive for an erasure

	ops     chan *op
	stop    context.CancelFunc
	running context.Context // until Close
	workers sync.WaitGroup

	feed     feed
	replaced atomic.Bool // the schema holds another vault now
}

var _ vault.SharedStore = (*store)(nil)

// listPart bounds the lists of one statement.
const listPart = 16 << 10

func openStore(ctx context.Context, conf Config, url string) (*store, error) {
	poolConf, err := conf.poolConfig(url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, poolConf)
	if err != nil {
		return nil, fault(ctx, err)
	}
	s := &store{conf: conf, pool: pool, lock: advisoryKey(conf.Schema), ops: make(chan *op)}
	s.running, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	err = s.do(ctx, func(ctx context.Context) error {
		s.id, err = readIdentity(ctx, pool, conf.Schema)
		return err
	})
	if err == nil {
		err = s.begin(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	for range writers {
		s.workers.Go(s.write)
	}
	return s, nil
}

// do runs one exchange with the database within the limit of time.
func (s *store) do(ctx context.Context, f func(context.Context) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.outcome(ctx, within(ctx, s.conf.Timeout, f))
}

func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f(limited)
}

func (s *store) usable(ctx context.Context) error {
	switch {
	case s.running.Err() != nil:
		return vault.ErrClosed
	case s.replaced.Load():
		return fmt.Errorf("%w: schema %s holds another vault now; start this server anew", vault.ErrUnavailable, s.conf.Schema)
	}
	return ctx.Err()
}

// outcome is fault, and ErrClosed for what Close cut off.
func (s *store) outcome(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil && s.running.Err() != nil {
		return vault.ErrClosed
	}
	return fault(ctx, err)
}

// alone runs f on a connection of its own, for work that takes longer than an
// exchange may. Close ends it.
func (s *store) alone(ctx context.Context, f func(context.Context, *pgx.Conn) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	conf := s.pool.Config().ConnConfig
	stoppable, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.running, cancel)()
	return s.outcome(ctx, withConn(stoppable, conf, func(conn *pgx.Conn) error { return f(stoppable, conn) }))
}

// withConn connects for work without the limits of ordinary statements.
func withConn(ctx context.Context, conf *pgx.ConnConfig, f func(*pgx.Conn) error) error {
	conf = conf.Copy()
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout", "enable_seqscan", "enable_hashjoin", "enable_mergejoin"} {
		delete(conf.RuntimeParams, name)
	}
	conf.RuntimeParams["statement_timeout"] = milliseconds(longStatement)
	conn, err := pgx.ConnectConfig(ctx, conf) // bounded by ConnectTimeout
	if err != nil {
		return err
	}
	defer within(context.WithoutCancel(ctx), time.Second, conn.Close) // what mattered was committed
	err = within(ctx, conf.ConnectTimeout, func(ctx context.Context) error { return checkServer(ctx, conn) })
	if err != nil {
		return err
	}
	return f(conn)
}

// longStatement bounds one statement of a view or a restore, and an erasure as a
// whole.
const longStatement = 2 * time.Minute

func (s *store) Header(context.Context) (vault.Header, error) { return s.id.header, nil }

func (s *store) Stats(ctx context.Context) (stats vault.Stats, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, `SELECT
			(SELECT count(*) FROM subjects WHERE erased_at IS NULL),
			(SELECT count(*) FROM claims WHERE owner <> $1),
			(SELECT count(*) FROM subjects WHERE erasure_no IS NOT NULL)`, [16]byte{}).
			Scan(&stats.Subjects, &stats.Claims, &stats.Erased)
	})
	return stats, err
}

// Close waits for exchanges under way, at most Config.Timeout, and ends views and
// erasures with ErrClosed.
func (s *store) Close() error {
	s.stop()
	s.workers.Wait()
	s.pool.Close()
	return nil
}

// noRow reports that a query for one row found none.
func noRow(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
