package projections

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"zhishu/domain"
	"zhishu/eventstore"
)

// sizer finds the ledger size at which an event came in: positions of some sizes
// are kept, and between two of them it counts the log's own events.
type sizer struct {
	v    *View
	at   eventstore.Position // of the event it counted to last
	size uint32              // with it
}

// sizeOf is the smallest ledger size that holds the event at a position.
func (z *sizer) sizeOf(ctx context.Context, p eventstore.Position) (domain.Size, error) {
	marks := int(min(z.v.b.marks.seen(), z.v.size/markEvery))
	k := uint32(sort.Search(marks, func(i int) bool { return z.v.b.markAt(uint32(i)).Compare(p) > 0 }))
	if z.size < k*markEvery || z.at.Compare(p) > 0 {
		z.at, z.size = eventstore.Position{}, k*markEvery
		if k > 0 {
			z.at = z.v.b.markAt(k - 1)
		}
	}
	if z.size > 0 && z.at.Compare(p) == 0 {
		return domain.Size(z.size), nil
	}
	if z.v.log == nil {
		return 0, errors.New("projections: this view has no log")
	}
	for rec, err := range z.v.log.ReadAll(ctx, z.at) {
		if err != nil {
			return 0, fmt.Errorf("find the ledger size of an event: %w", err)
		}
		if !eventstore.IsLedger(rec.Stream) {
			continue
		}
		if z.at, z.size = rec.Position, z.size+1; rec.Position.Compare(p) >= 0 {
			return domain.Size(z.size), nil
		}
	}
	return 0, fmt.Errorf("find the ledger size of an event: %w", eventstore.ErrPositionBeyondHead)
}

// recordedSince lists the events of a stream that an earlier view does not hold
// and this one does, by revision, with the ledger size of each.
func (v *View) recordedSince(ctx context.Context, streams eventstore.StreamReader, stream string, before *View) (map[uint64]domain.Size, error) {
	out := map[uint64]domain.Size{}
	z, upTo, now := sizer{v: v}, before.cut(), v.cut()
	for rec, err := range streams.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", stream, err)
		}
		known, err := upTo.holds(ctx, rec.Position)
		if err != nil {
			return nil, err
		}
		if known {
			continue
		}
		if inside, err := now.holds(ctx, rec.Position); err != nil || !inside {
			return out, err
		}
		if out[uint64(rec.Revision)], err = z.sizeOf(ctx, rec.Position); err != nil {
			return nil, err
		}
	}
	return out, nil
}
