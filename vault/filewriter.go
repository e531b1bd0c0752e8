package vault

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// op is one caller's write. apply refuses with a *SubjectError before it stages
// anything; any other error ends the whole batch.
type op struct {
	apply func(*batch) error
	scrub bool // old copies must be gone before it is answered
	done  chan error
}

// batch is one transaction shared by the operations of many callers.
type batch struct {
	tx      *bbolt.Tx
	keys    *edit
	claims  *edit
	erasing map[Subject]time.Time // staged erasures
}

// opsPerCommit bounds a batch. A long list is one operation, already bounded by
// its caller.
const opsPerCommit = 512

// do hands an operation to the writer. Before the writer takes it, ctx may end
// the wait; afterwards the answer comes with the next commit.
func (s *fileStore) do(ctx context.Context, scrub bool, apply func(*batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{apply, scrub, make(chan error, 1)}
	select {
	case s.ops <- o:
		return <-o.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stop:
		return ErrClosed
	}
}

// write is the only goroutine that writes to the file. While it syncs, callers
// queue up, and the next transaction takes them all: one sync for many.
func (s *fileStore) write() {
	defer close(s.stopped)
	for {
		select {
		case o := <-s.ops:
			s.commit(s.gather(o))
		case <-s.stop:
			return
		}
	}
}

func (s *fileStore) gather(first *op) []*op {
	ops := []*op{first}
	for len(ops) < opsPerCommit {
		select {
		case o := <-s.ops:
			ops = append(ops, o)
		default:
			return ops
		}
	}
	return ops
}

// commit answers each operation once its outcome is durable, and an erasure
// once no old copy is left.
func (s *fileStore) commit(ops []*op) {
	answers := make([]error, len(ops))
	err := s.broken
	if err == nil {
		err = s.transact(ops, answers)
	}
	for i, o := range ops {
		if answers[i] == nil {
			answers[i] = err
		}
		if !o.scrub {
			o.done <- answers[i]
		}
	}
	for i, o := range ops {
		if !o.scrub {
			continue
		}
		if answers[i] == nil && s.dirty {
			answers[i] = s.compact()
		}
		o.done <- answers[i]
	}
}

func (s *fileStore) transact(ops []*op, answers []error) (err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer rollback(tx, &err)
	b := &batch{tx, s.keys.edit(tx), s.claims.edit(tx), make(map[Subject]time.Time)}
	for i, o := range ops {
		answers[i] = o.apply(b)
		var refusal *SubjectError
		if answers[i] != nil && !errors.As(answers[i], &refusal) {
			return answers[i] // it may have staged a part: nobody's changes are kept
		}
	}
	if err := errors.Join(b.keys.flush(), b.claims.flush()); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return s.failed(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b.keys.publish()
	b.claims.publish()
	for subject, at := range b.erasing {
		s.erased[subject] = at
	}
	return nil
}

// rollback ends a transaction that was not committed, and turns a page that
// bbolt cannot read into an error: it panics where a page makes no sense.
func rollback(tx *bbolt.Tx, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v\n%s", ErrDamaged, r, debug.Stack())
	}
	if rbErr := tx.Rollback(); rbErr != nil && !errors.Is(rbErr, bolterrors.ErrTxClosed) {
		*err = errors.Join(*err, rbErr)
	}
}

// failed judges a commit that did not succeed. A full disk is found when
// writing, before anything is synced, and bbolt takes the transaction back.
// After any other error what reached the disk is unknown, and a later sync may
// report success for pages the system has dropped: writing stops.
func (s *fileStore) failed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	s.broken = fmt.Errorf("%w: a write failed: %w", ErrUnavailable, err)
	return s.broken
}
