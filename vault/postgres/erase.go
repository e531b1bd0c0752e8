package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

// PostgreSQL never writes over a row: an update puts a new version beside the
// old, and VACUUM then closes the gap that the old one leaves by moving up the
// rows that stand below it in the page. What it moved them from it does not
// clear. So a row that is simply deleted may stay readable in its page's free
// room for as long as nothing is written there. Instead an erased key gets a new
// version of zeros, at least as long, which stands below the old one and is
// moved over it; a claim gets one of random bytes, deleted once it has done this.
const (
	lockExclusive = `SELECT pg_advisory_xact_lock($1)`
	eraseSubjects = `INSERT INTO subjects (id, wrapped, erased_at, erasure_no)
		SELECT n.id, $3, n.at, n.ord + (SELECT coalesce(max(erasure_no), 0) FROM subjects)
		FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS n(id, at, ord) ORDER BY n.id
		ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped, erased_at = excluded.erased_at, erasure_no = excluded.erasure_no
		WHERE subjects.erased_at IS NULL`
	eraseClaims  = `UPDATE claims SET tag = gen_random_uuid(), owner = $2 WHERE owner = ANY($1::uuid[])`
	askForScrub  = `UPDATE vault SET scrub = pg_current_xact_id()`
	removeCovers = `DELETE FROM claims WHERE owner = $1`
)

// Erase ends the subjects in one transaction. When it returns nil, no server
// gives their keys out of the database any more, and old copies were removed
// from the pages of the tables as far as other transactions let it; what they
// held back, the next look for erasures removes.
func (s *store) Erase(ctx context.Context, erasures []vault.Erasure) error {
	subjects, times := unique(erasures)
	return s.alone(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		ctx, cancel := context.WithTimeout(ctx, longStatement)
		defer cancel()
		b := &pgx.Batch{}
		b.Queue(lockExclusive, s.lock)
		b.Queue(eraseSubjects, subjects, times, make([]byte, len(vault.WrappedKey{})))
		b.Queue(eraseClaims, subjects, [16]byte(vault.None))
		b.Queue(askForScrub)
		if err := conn.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return s.scrub(ctx, conn, min(scrubPatience, s.conf.ErasureLag))
	})
}

// unique keeps the first of several erasures of one subject.
func unique(erasures []vault.Erasure) (subjects [][16]byte, times []int64) {
	seen := make(map[vault.Subject]bool, len(erasures))
	for _, e := range erasures {
		if seen[e.Subject] {
			continue
		}
		seen[e.Subject] = true
		subjects = append(subjects, e.Subject)
		times = append(times, e.At.UnixNano())
	}
	return subjects, times
}

// scrubPatience is how long an erasure waits for transactions that still might
// look at the old copies; scrubRetry is how often it looks.
const (
	scrubPatience = 2 * time.Second
	scrubRetry    = 10 * time.Millisecond
)

// unseen reports that no transaction can see what the last erasure replaced.
// Transactions of other roles that only read are not shown to us.
const unseen = `SELECT scrub::text, pg_snapshot_xmin(pg_current_snapshot()) > scrub AND NOT EXISTS (
		SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND age(backend_xmin) >= age(scrub::xid)
		AND (datname = current_database() OR datname IS NULL))
	FROM vault WHERE scrub IS NOT NULL`

// scrub removes old copies from the pages of the tables. It does not hold up
// anybody who reads or writes.
func (s *store) scrub(ctx context.Context, conn *pgx.Conn, patience time.Duration) error {
	var upTo string
	var free bool
	for until := time.Now().Add(patience); ; {
		err := conn.QueryRow(ctx, unseen).Scan(&upTo, &free)
		if noRow(err) {
			return nil // another server did it
		}
		if err != nil {
			return err
		}
		if free || time.Now().After(until) {
			break
		}
		select {
		case <-time.After(scrubRetry):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !free && patience == 0 {
		return nil
	}
	// Also when it is not free: what others do not hold back goes now.
	for _, table := range []string{"subjects", "claims"} {
		if _, err := conn.Exec(ctx, `VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) `+table); err != nil {
			return err
		}
	}
	if !free {
		return nil
	}
	b := &pgx.Batch{}
	b.Queue(removeCovers, [16]byte(vault.None))
	b.Queue(`UPDATE vault SET scrub = NULL WHERE scrub = $1::text::xid8`, upTo)
	return conn.SendBatch(ctx, b).Close()
}

const erasureList = `SELECT id, erased_at FROM subjects WHERE erasure_no IS NOT NULL ORDER BY erased_at, id`

func (s *store) Erasures(ctx context.Context) (list []vault.Erasure, err error) {
	err = s.do(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, erasureList)
		if err != nil {
			return err
		}
		list, err = readErasures(rows)
		return err
	})
	return list, err
}

func readErasures(rows pgx.Rows) (list []vault.Erasure, err error) {
	var id [16]byte
	var at int64
	_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error {
		list = append(list, vault.Erasure{Subject: id, At: time.Unix(0, at).UTC()})
		return nil
	})
	return list, err
}
