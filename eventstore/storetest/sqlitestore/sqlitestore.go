// Package sqlitestore is the event store on SQLite: small enough to be seen to
// be right, and independent of the embedded log, beside which tests run it as
// an oracle. It is for tests only.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"sync"

	_ "modernc.org/sqlite" // the driver

	"zhishu/eventstore"
)

// Store implements eventstore.Store in one SQLite file.
type Store struct {
	db     *sql.DB
	mu     sync.Mutex // SQLite takes one writer; this one waits its turn
	grown  chan struct{}
	closed chan struct{}
	once   sync.Once
}

var _ eventstore.Store = (*Store)(nil)

const schema = `
CREATE TABLE IF NOT EXISTS events (
	position INTEGER PRIMARY KEY AUTOINCREMENT,
	stream   TEXT NOT NULL COLLATE BINARY,
	revision INTEGER NOT NULL,
	id       BLOB NOT NULL,
	type     TEXT NOT NULL,
	data     BLOB NOT NULL,
	metadata BLOB NOT NULL,
	UNIQUE (stream, revision)
) STRICT`

// Sync says whether an append is durable before it returns.
type Sync string

const (
	Full Sync = "FULL" // it is
	Off  Sync = "OFF"  // it is not: for long random histories
)

// Open opens or creates the store in a file.
func Open(path string, sync Sync) (*Store, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: path, RawQuery: url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(" + string(sync) + ")", "busy_timeout(10000)"},
		"_txlock": {"immediate"},
	}.Encode()}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db, grown: make(chan struct{}), closed: make(chan struct{})}, nil
}

// Append implements eventstore.Appender.
func (s *Store) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	var done eventstore.Appended
	if err := eventstore.CheckAppend(stream, expected, events); err != nil {
		return done, err
	}
	if err := ctx.Err(); err != nil {
		return done, fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return done, eventstore.ErrClosed
	}
	// The transaction itself cannot be interrupted, so its outcome is known.
	tx, err := s.db.Begin()
	if err != nil {
		return done, err
	}
	done, err = appendIn(tx, stream, expected, events)
	if err != nil {
		return done, errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return done, fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	close(s.grown)
	s.grown = make(chan struct{})
	return done, nil
}

func appendIn(tx *sql.Tx, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	var done eventstore.Appended
	want, _ := expected.Count()
	var have uint64
	if err := tx.QueryRow(`SELECT count(*) FROM events WHERE stream = ?`, stream).Scan(&have); err != nil {
		return done, err
	}
	if want != have {
		again, same, err := repeated(tx, stream, want, events)
		if err != nil || same {
			return again, err
		}
		return done, &eventstore.Conflict{Stream: stream, Expected: expected, Actual: eventstore.After(have)}
	}
	for i, e := range events {
		r, err := tx.Exec(`INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)`,
			stream, have+uint64(i), e.ID[:], e.Type, notNull(e.Data), notNull(e.Metadata))
		if err != nil {
			return done, err
		}
		position, err := r.LastInsertId()
		if err != nil {
			return done, err
		}
		done = eventstore.Appended{Revision: eventstore.Revision(have) + eventstore.Revision(i), Position: positionOf(position)}
	}
	return done, nil
}

func positionOf(n int64) eventstore.Position { return eventstore.NewPosition(0, uint64(n)) }

func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// repeated reports whether the events from revision from on carry the very same
// ids.
func repeated(tx *sql.Tx, stream string, from uint64, events []eventstore.Event) (done eventstore.Appended, same bool, err error) {
	if from > 1<<62 {
		return done, false, nil
	}
	rows, err := tx.Query(`SELECT position, revision, id FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
		stream, from, len(events))
	if err != nil {
		return done, false, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var position int64
		var id []byte
		if err := rows.Scan(&position, &done.Revision, &id); err != nil {
			return done, false, err
		}
		if string(id) != string(events[n].ID[:]) {
			return done, false, nil
		}
		done.Position = positionOf(position)
		n++
	}
	return done, n == len(events), rows.Err()
}

// ReadStream implements eventstore.StreamReader.
func (s *Store) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		var count uint64
		err := s.open(ctx)
		if err == nil {
			err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM events WHERE stream = ?`, stream).Scan(&count)
		}
		if err == nil && count == 0 {
			err = eventstore.ErrStreamNotFound
		}
		if err != nil {
			yield(eventstore.Recorded{}, s.readError(ctx, err))
			return
		}
		from := int64(min(from, 1<<62))
		if dir == eventstore.Backwards {
			s.query(ctx, yield, `WHERE stream = ? AND revision <= ? ORDER BY revision DESC`, stream, from)
		} else {
			s.query(ctx, yield, `WHERE stream = ? AND revision >= ? AND revision < ? ORDER BY revision`, stream, from, count)
		}
	}
}

// query yields the events of a selection. It reports the position of the last
// and whether the reader wants more.
func (s *Store) query(ctx context.Context, yield func(eventstore.Recorded, error) bool, where string, args ...any) (last int64, more bool) {
	rows, err := s.db.QueryContext(ctx, `SELECT position, stream, revision, id, type, data, metadata FROM events `+where, args...)
	if err != nil {
		yield(eventstore.Recorded{}, s.readError(ctx, err))
		return 0, false
	}
	defer rows.Close()
	for rows.Next() {
		var r eventstore.Recorded
		var id []byte
		err := rows.Scan(&last, &r.Stream, &r.Revision, &id, &r.Type, &r.Data, &r.Metadata)
		if err = errors.Join(err, s.open(ctx)); err != nil {
			yield(eventstore.Recorded{}, s.readError(ctx, err))
			return last, false
		}
		copy(r.ID[:], id)
		r.Position = positionOf(last)
		if !yield(r, nil) {
			return last, false
		}
	}
	if err := errors.Join(rows.Err(), s.open(ctx)); err != nil {
		yield(eventstore.Recorded{}, s.readError(ctx, err))
		return last, false
	}
	return last, true
}

func (s *Store) open(ctx context.Context) error {
	if s.isClosed() {
		return eventstore.ErrClosed
	}
	return ctx.Err()
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// readError prefers the cause that the caller knows to the driver's words.
func (s *Store) readError(ctx context.Context, err error) error {
	if known := s.open(ctx); known != nil {
		return known
	}
	return err
}

// after checks a position and returns the newest one.
func (s *Store) after(ctx context.Context, after eventstore.Position) (from, head int64, err error) {
	hi, lo := after.Parts()
	if err := s.open(ctx); err != nil {
		return 0, 0, err
	}
	err = s.db.QueryRowContext(ctx, `SELECT coalesce(max(position), 0) FROM events`).Scan(&head)
	if err == nil && (hi > 0 || lo > uint64(head)) {
		err = eventstore.ErrPositionBeyondHead
	}
	return int64(lo), head, err
}

// ReadAll implements eventstore.LogReader.
func (s *Store) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	from, head, err := s.after(ctx, after)
	return func(yield func(eventstore.Recorded, error) bool) {
		if err != nil {
			yield(eventstore.Recorded{}, s.readError(ctx, err))
			return
		}
		s.query(ctx, yield, `WHERE position > ? AND position <= ? ORDER BY position`, from, head)
	}
}

// Subscribe implements eventstore.LogReader.
func (s *Store) Subscribe(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		from, _, err := s.after(ctx, after)
		if err != nil {
			yield(eventstore.Recorded{}, s.readError(ctx, err))
			return
		}
		for {
			s.mu.Lock()
			grown := s.grown
			s.mu.Unlock()
			last, more := s.query(ctx, yield, `WHERE position > ? ORDER BY position`, from)
			if !more {
				return
			}
			from = max(from, last)
			select {
			case <-grown:
			case <-s.closed:
			case <-ctx.Done():
			}
		}
	}
}

// Head implements eventstore.LogReader.
func (s *Store) Head(ctx context.Context) (eventstore.Head, error) {
	_, head, err := s.after(ctx, eventstore.Position{})
	if err != nil {
		return eventstore.Head{}, s.readError(ctx, err)
	}
	return eventstore.Head{Position: positionOf(head)}, nil
}

// Close implements eventstore.Store.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closed)
		s.mu.Lock() // until an append in flight has its answer
		defer s.mu.Unlock()
		err = s.db.Close()
	})
	return err
}
