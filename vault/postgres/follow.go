package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

// feed is what this server knows of erasures by others.
type feed struct {
	forget vault.Forgetter
	last   int64                     // number of the newest erasure told
	asOf   atomic.Pointer[time.Time] // every erasure before it was told
}

const asksPerLag = 5

// begin takes the erasures made so far as known: no key is in memory yet.
func (s *store) begin(ctx context.Context) error {
	asked := time.Now()
	err := s.do(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, `SELECT coalesce(max(erasure_no), 0) FROM subjects`).Scan(&s.feed.last)
	})
	s.feed.asOf.Store(&asked)
	return err
}

// Follow: see vault.SharedStore.
func (s *store) Follow(forget vault.Forgetter) {
	s.feed.forget = forget
	s.workers.Go(func() {
		tick := time.NewTicker(s.conf.ErasureLag / asksPerLag)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.look(s.running)
			case <-s.running.Done():
				return
			}
		}
	})
}

// Current compares both clocks: the monotonic one stands still while a machine
// sleeps, and the wall clock may be set back.
func (s *store) Current() bool {
	asOf, now := *s.feed.asOf.Load(), time.Now()
	return now.Sub(asOf) < s.conf.ErasureLag && now.Round(0).Sub(asOf.Round(0)) < s.conf.ErasureLag
}

// Erasures are numbered under an exclusive lock, so that they are seen in the
// order of their numbers, without a gap that could be filled later.
const (
	newErasures = `SELECT id, erasure_no FROM subjects WHERE erasure_no > $1 ORDER BY erasure_no`
	vaultState  = `SELECT incarnation, scrub IS NOT NULL, (SELECT coalesce(max(erasure_no), 0) FROM subjects) FROM vault`
)

// look asks for new erasures. When it fails the server stays as current as it
// was, and after ErasureLag asks the database for every key.
func (s *store) look(ctx context.Context) {
	asked := time.Now()
	var incarnation [16]byte
	var scrub bool
	var highest int64
	var erased []vault.Subject
	b := &pgx.Batch{}
	b.Queue(vaultState).QueryRow(func(row pgx.Row) error { return row.Scan(&incarnation, &scrub, &highest) })
	b.Queue(newErasures, s.feed.last).Query(func(rows pgx.Rows) error {
		var id [16]byte
		_, err := pgx.ForEachRow(rows, []any{&id, &highest}, func() error {
			erased = append(erased, id)
			return nil
		})
		return err
	})
	if err := s.do(ctx, func(ctx context.Context) error { return s.pool.SendBatch(ctx, b).Close() }); err != nil {
		return
	}
	if incarnation != s.id.incarnation {
		s.replaced.Store(true)
		s.feed.forget.ForgetAll()
		return
	}
	if highest < s.feed.last { // a failover to a server that lacks what was acknowledged
		s.feed.forget.ForgetAll()
	} else if len(erased) > 0 {
		s.feed.forget.Forget(erased)
	}
	s.feed.last = highest
	s.feed.asOf.Store(&asked)
	if scrub {
		s.tidy(ctx)
	}
}

// tidy does what an erasure left undone, unless another server is at it.
func (s *store) tidy(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, s.conf.ErasureLag/2)
	defer cancel()
	// An error here costs nothing but time: the next look tries again.
	_ = s.alone(limited, func(ctx context.Context, conn *pgx.Conn) error {
		var mine bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, s.lock+1).Scan(&mine); err != nil || !mine {
			return err
		}
		return s.scrub(ctx, conn, 0) // the lock ends with the connection
	})
}
