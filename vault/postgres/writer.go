package postgres

import (
	"context"
	"maps"

	"github.com/jackc/pgx/v5"

	"zhishu/vault"
)

// op is one caller's keys or changes. done gets the answer once.
type op struct {
	keys    []vault.StoredKey
	changes []vault.Change
	owners  []vault.Subject // set before a nil answer
	done    chan error
}

// writers is how many transactions of one server may be under way: while one
// waits for the disk, the next is prepared.
const writers = 2

// opsPerWrite and recordsPerWrite bound a transaction. A long list is one
// operation, already bounded by its caller.
const (
	opsPerWrite     = 512
	recordsPerWrite = 16 << 10
)

// submit hands an operation to a writer. When ctx ends first, whether it was
// written is unknown.
func (s *store) submit(ctx context.Context, o *op) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	mine := *o // the caller may be gone when the writer answers
	mine.done = make(chan error, 1)
	select {
	case s.ops <- &mine:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.running.Done():
		return vault.ErrClosed
	}
	select {
	case err := <-mine.done:
		o.owners = mine.owners
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write takes what callers bring; while it waits for the database they queue up,
// and its next transaction takes them all.
func (s *store) write() {
	for {
		select {
		case o := <-s.ops:
			s.commit(s.gather(o))
		case <-s.running.Done():
			return
		}
	}
}

func (s *store) gather(first *op) []*op {
	ops := []*op{first}
	for records := first.size(); len(ops) < opsPerWrite && records < recordsPerWrite; {
		select {
		case o := <-s.ops:
			ops = append(ops, o)
			records += o.size()
		default:
			return ops
		}
	}
	return ops
}

func (o *op) size() int { return len(o.keys) + len(o.changes) }

// commit answers every operation once its outcome is durable. A transaction that
// met others is decided anew from what they left.
func (s *store) commit(ops []*op) {
	answers := make([]error, len(ops))
	// Not s.running: what was taken is finished also while the vault closes.
	err := s.do(context.Background(), func(ctx context.Context) error {
		for first := true; ; first = false {
			known, err := s.read(ctx, ops, first)
			if err != nil {
				return err
			}
			err = s.pool.SendBatch(ctx, s.decide(ops, known, answers)).Close()
			if !raced(err) || ctx.Err() != nil {
				return err
			}
		}
	})
	for i, o := range ops {
		if answers[i] == nil {
			answers[i] = err
		}
		o.done <- answers[i]
	}
}

// knowledge is what a decision rests on. Its write holds only if it is still true.
type knowledge struct {
	erased map[vault.Subject]bool
	held   map[vault.Tag]vault.Subject
}

const erasedOf = `SELECT id FROM subjects WHERE id = ANY($1::uuid[]) AND erased_at IS NOT NULL`

// read asks the database. New keys alone are first tried without asking: nobody
// erased is among them nearly always, and the write would notice.
func (s *store) read(ctx context.Context, ops []*op, first bool) (knowledge, error) {
	k := knowledge{make(map[vault.Subject]bool), make(map[vault.Tag]vault.Subject)}
	subjects, tags := mentioned(ops)
	if first && len(tags) == 0 {
		return k, nil
	}
	b := &pgx.Batch{}
	b.Queue(erasedOf, subjects).Query(func(rows pgx.Rows) error {
		var id [16]byte
		_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
			k.erased[id] = true
			return nil
		})
		return err
	})
	b.Queue(ownersOf, tags).Query(func(rows pgx.Rows) error { return readOwners(rows, k.held) })
	return k, s.pool.SendBatch(ctx, b).Close()
}

// mentioned lists the subjects that must not be erased, and the tags.
func mentioned(ops []*op) (subjects, tags [][16]byte) {
	for _, o := range ops {
		for i := range o.keys {
			subjects = append(subjects, o.keys[i].Subject)
		}
		for i := range o.changes {
			tags = append(tags, o.changes[i].Tag)
			if o.changes[i].To != vault.None {
				subjects = append(subjects, o.changes[i].To)
			}
		}
	}
	return subjects, tags
}

const (
	// Shared among writers. An erasure waits for the writes under way, and later
	// writes wait for it: none can be decided before it and take effect after.
	lockShared = `SELECT pg_advisory_xact_lock_shared($1)`
	aliveGuard = `SELECT 1 / (NOT EXISTS (SELECT FROM unnest($1::uuid[]) AS n(id) JOIN subjects s USING (id)
		WHERE s.erased_at IS NOT NULL))::int`
	insertKeys = `INSERT INTO subjects (id, wrapped)
		SELECT id, wrapped FROM unnest($1::uuid[], $2::bytea[]) AS n(id, wrapped) ORDER BY id
		ON CONFLICT (id) DO NOTHING`
)

// decide answers what is refused and makes one transaction of the rest. It is
// sent as a whole: no lock is ever held across a round trip, and so none by a
// server that is gone.
func (s *store) decide(ops []*op, known knowledge, answers []error) *pgx.Batch {
	after := maps.Clone(known.held)
	var accepted []*op
	var subjects [][16]byte
	var wrapped [][]byte
	for i, o := range ops {
		if answers[i] = refuse(o, known.erased); answers[i] != nil {
			continue
		}
		accepted = append(accepted, o)
		o.owners = swap(after, o.changes)
		for j := range o.keys {
			subjects = append(subjects, o.keys[j].Subject)
			wrapped = append(wrapped, o.keys[j].Wrapped[:])
		}
	}
	alive, _ := mentioned(accepted)
	b := &pgx.Batch{}
	b.Queue(lockShared, s.lock)
	b.Queue(aliveGuard, alive)
	if len(subjects) > 0 {
		b.Queue(insertKeys, subjects, wrapped)
	}
	writes := difference(known.held, after)
	writes.queue(b)
	return b
}

func refuse(o *op, erased map[vault.Subject]bool) error {
	for i := range o.keys {
		if erased[o.keys[i].Subject] {
			return &vault.SubjectError{Subject: o.keys[i].Subject, Err: vault.ErrErased}
		}
	}
	for i := range o.changes {
		if erased[o.changes[i].To] {
			return &vault.SubjectError{Subject: o.changes[i].To, Err: vault.ErrErased}
		}
	}
	return nil
}
