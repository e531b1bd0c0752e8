package imports

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/eventstore"
)

// workers write at the same time, so that the log can put many appends under
// one sync of the disk.
const workers = 64

// verdict is a row that the ledger did not take as it was asked.
type verdict struct {
	line  int32
	code  domain.Code
	field string
	stays bool // the row was recorded; only its confirmation was refused
}

// waiting is a row whose correction nobody has decided yet: the value that
// stands, in fen or minutes, is the old one.
type waiting struct {
	line  int32
	value int64
}

// written counts what one worker, and then the run, has written.
type written struct {
	added, offered, taken, confirmed, enrolled, updated int

	verdicts []verdict
	waiting  []waiting
	position eventstore.Position

	asked asked // the worker's room for requests
}

func (w *written) reached(p eventstore.Position) {
	if p.Compare(w.position) > 0 {
		w.position = p
	}
}

func (w *written) refused(line int32, r *domain.Refusal) {
	w.verdicts = append(w.verdicts, verdict{line: line, code: r.Code, field: r.Field})
}

// pool gathers what all workers wrote.
type pool struct{ written }

// each runs tasks 0 to n-1 on the workers and stops at the first error or when
// ctx ends. Report is told, by one goroutine at a time, how much is done;
// weight is what a task counts for.
func (p *pool) each(ctx context.Context, n int, weight func(int) int, report func(done int), task func(ctx context.Context, i int, w *written) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		next  atomic.Int64
		tasks sync.WaitGroup
		mu    sync.Mutex
		done  int
	)
	for range min(workers, n) {
		tasks.Go(func() {
			var own written
			pending := 0
			settle := func() {
				mu.Lock()
				defer mu.Unlock()
				done += pending
				pending = 0
				report(done)
			}
			for ctx.Err() == nil {
				i := int(next.Add(1) - 1)
				if i >= n {
					break
				}
				if err := task(ctx, i, &own); err != nil {
					stop(err)
					break
				}
				if pending += weight(i); pending >= reportEvery {
					settle()
				}
			}
			settle()
			mu.Lock()
			defer mu.Unlock()
			p.add(&own)
		})
	}
	tasks.Wait()
	return context.Cause(ctx)
}

const reportEvery = 256 // rows between two reports of one worker

func (p *pool) add(w *written) {
	p.added += w.added
	p.offered += w.offered
	p.taken += w.taken
	p.confirmed += w.confirmed
	p.enrolled += w.enrolled
	p.updated += w.updated
	p.verdicts = append(p.verdicts, w.verdicts...)
	p.waiting = append(p.waiting, w.waiting...)
	p.reached(w.position)
}

// inOrder gives the verdicts in the order of the sheet.
func (p *pool) inOrder() []verdict {
	slices.SortStableFunc(p.verdicts, func(a, b verdict) int { return cmp.Compare(a.line, b.line) })
	return p.verdicts
}

// randomUUID makes a UUIDv4: of a person's number nothing may follow, not even
// when it was given.
func randomUUID() (id domain.UUID, err error) {
	_, err = rand.Read(id[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id, err
}
