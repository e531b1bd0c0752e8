package projections

import (
	"context"
	"errors"
	"fmt"

	"zhishu/eventstore"
)

// cut tells which events of a log belong to a view. Positions of some sizes are
// kept; between two of them it counts the log's own events, at most markEvery,
// and only when an event lies there.
type cut struct {
	v         *View
	low, high eventstore.Position // events up to low belong to it, events beyond high do not
	bounded   bool                // high is known
	exact     bool
}

func (v *View) cut() cut {
	c := cut{v: v}
	if f := v.b.frontier.Load(); f.size == v.size {
		c.low, c.exact = f.position, true
		return c
	}
	k := v.size / markEvery
	if k > 0 {
		c.low = v.b.markAt(k - 1)
	}
	if v.size%markEvery == 0 {
		c.exact = true
	} else if k < v.b.marks.seen() {
		c.high, c.bounded = v.b.markAt(k), true
	}
	return c
}

func (b *books) markAt(i uint32) eventstore.Position {
	m := b.marks.at(i)
	return eventstore.NewPosition(m.hi, m.lo)
}

// holds reports whether the ledger event at a position belongs to the view.
func (c *cut) holds(ctx context.Context, p eventstore.Position) (bool, error) {
	switch {
	case p.Compare(c.low) <= 0:
		return true, nil
	case c.exact, c.bounded && p.Compare(c.high) > 0:
		return false, nil
	}
	if err := c.resolve(ctx); err != nil {
		return false, err
	}
	return p.Compare(c.low) <= 0, nil
}

// resolve finds the position of the view's last event.
func (c *cut) resolve(ctx context.Context) error {
	if c.v.log == nil {
		return errors.New("projections: this view has no log")
	}
	left := c.v.size % markEvery
	for rec, err := range c.v.log.ReadAll(ctx, c.low) {
		if err != nil {
			return fmt.Errorf("find the position of ledger size %d: %w", c.v.size, err)
		}
		if !eventstore.IsLedger(rec.Stream) {
			continue
		}
		if left--; left == 0 {
			c.low, c.exact = rec.Position, true
			return nil
		}
	}
	return fmt.Errorf("find the position of ledger size %d: %w", c.v.size, eventstore.ErrPositionBeyondHead)
}
