package imports

import (
	"context"
	"sync"
)

// gate lets persons through in the order of the sheet, as far as ids and keys
// are reserved: while the vault makes them durable for those who come next, the
// rows of those before are written.
type gate struct {
	mu      sync.Mutex
	moved   sync.Cond
	through int
	err     error
}

func newGate() *gate {
	g := &gate{}
	g.moved.L = &g.mu
	return g
}

func (g *gate) open(upTo int) { g.change(upTo, nil) }

func (g *gate) change(upTo int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.through, g.err = max(g.through, upTo), err
	g.moved.Broadcast()
}

// pass returns when person i may be written, or never will be.
func (g *gate) pass(i int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i >= g.through && g.err == nil {
		g.moved.Wait()
	}
	if i < g.through {
		return nil
	}
	return g.err
}

// writeReserved writes person by person and reserves ahead of that.
func (r *run) writeReserved(ctx context.Context, rows func(int) int, report func(int)) error {
	if err := r.addNumbers(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	g := newGate()
	var reserving sync.WaitGroup
	reserving.Go(func() {
		if err := r.reserve(ctx, g.open); err != nil {
			g.change(0, err)
		}
	})
	defer reserving.Wait()
	defer stop()
	return r.pool.each(ctx, len(r.sheet.people.list), rows, report, func(ctx context.Context, i int, w *written) error {
		if err := g.pass(i); err != nil {
			return err
		}
		err := r.writePerson(ctx, i, w)
		if err != nil {
			g.change(0, err) // who waits there waits no longer
			stop()
		}
		return err
	})
}
