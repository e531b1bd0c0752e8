package audit

import (
	"context"
	"errors"
	"fmt"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// ErrNotCovered: the event is recorded, and no signed checkpoint covers it yet.
var ErrNotCovered = errors.New("recorded, and not yet under a signed checkpoint")

// ErrNoEvent: the ledger has no such event.
var ErrNoEvent = errors.New("the ledger has no such event")

// none turns a stream or a revision that is not there into ErrNoEvent.
func none(err error) error {
	if errors.Is(err, eventstore.ErrStreamNotFound) {
		return ErrNoEvent
	}
	return err
}

// Receipt proves one event, under the first checkpoint that covered it: the
// path is short there, and the receipt is the same for ever. The checkpoint is
// signed anew with the keys in force.
func (l *Log) Receipt(ctx context.Context, stream string, revision uint64) (proof.Receipt, error) {
	if !eventstore.IsLedger(stream) {
		return proof.Receipt{}, ErrNoEvent
	}
	for r, err := range l.o.Store.ReadStream(ctx, stream, eventstore.Revision(revision), eventstore.Forwards) {
		if err != nil {
			return proof.Receipt{}, none(err)
		}
		index, err := l.indexOf(ctx, r.Position)
		if err != nil {
			return proof.Receipt{}, err
		}
		p := l.published.Load()
		if p == nil || p.Head.Checkpoint.Size <= index {
			return proof.Receipt{}, ErrNotCovered
		}
		id, err := l.o.Identify(ctx)
		if err != nil {
			return proof.Receipt{}, err
		}
		h, err := covering(ctx, l.o.Store, index, p.Head)
		if err != nil {
			return proof.Receipt{}, err
		}
		if h.Checkpoint.Origin != id.Origin {
			h = p.Head // keys speak for their own origin alone
		}
		return l.receipt(&r, index, h.Checkpoint, id.note(h.Checkpoint))
	}
	return proof.Receipt{}, ErrNoEvent
}

// Statement is the receipts of a whole stream under the newest checkpoint.
func (l *Log) Statement(ctx context.Context, stream string) (proof.Receipts, error) {
	s := proof.Receipts{Format: proof.StatementFormat, Stream: stream}
	p := l.published.Load()
	if !eventstore.IsLedger(stream) {
		return s, ErrNoEvent
	}
	if p == nil {
		return s, ErrNotCovered
	}
	for r, err := range l.o.Store.ReadStream(ctx, stream, 0, eventstore.Forwards) {
		if err != nil {
			return s, none(err)
		}
		index, err := l.indexOf(ctx, r.Position)
		if err != nil {
			return s, err
		}
		if index >= p.Head.Checkpoint.Size {
			return s, ErrNotCovered
		}
		receipt, err := l.receipt(&r, index, p.Head.Checkpoint, p.Note)
		if err != nil {
			return s, err
		}
		s.Receipts = append(s.Receipts, receipt)
	}
	return s, nil
}

// receipt makes it and checks it as whoever gets it will.
func (l *Log) receipt(r *eventstore.Recorded, index uint64, c proof.Checkpoint, note []byte) (proof.Receipt, error) {
	path, err := l.tiles.inclusion(index, c.Size, c.Root)
	if err != nil {
		return proof.Receipt{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	salt := proof.SaltOf(l.o.SaltKey, r.ID)
	entry := proof.Commit(salt, frameOf(r).Append(nil))
	if err := proof.VerifyInclusion(proof.LeafHash(entry[:]), index, c.Size, path, c.Root); err != nil {
		return proof.Receipt{}, fmt.Errorf("%w: %s revision %d is not the event that was signed for", ErrDamaged, r.Stream, r.Revision)
	}
	inclusion := proof.Inclusion{Extra: salt[:], Index: index, Path: path, Checkpoint: note}
	return proof.Receipt{Format: proof.ReceiptFormat, Event: proof.EventOf(frameOf(r)), Proof: string(inclusion.Text())}, nil
}

// indexOf finds the leaf of the event at a position: a tile's end is known, and
// at most one tile of events is counted from there.
func (l *Log) indexOf(ctx context.Context, p eventstore.Position) (uint64, error) {
	after, index := l.tiles.beforePosition(p)
	for r, err := range l.o.Store.ReadAll(ctx, after) {
		if err != nil {
			return 0, err
		}
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if r.Position == p {
			return index, nil
		}
		if index++; r.Position.Compare(p) > 0 {
			break
		}
	}
	return 0, fmt.Errorf("no event at position %s: %w", p, eventstore.ErrPositionBeyondHead)
}

// EventAt is the ledger event with that index: the one that made the ledger
// index+1 events long.
func (l *Log) EventAt(ctx context.Context, index uint64) (stream string, revision uint64, err error) {
	after, at := l.tiles.before(index)
	for r, err := range l.o.Store.ReadAll(ctx, after) {
		if err != nil {
			return "", 0, err
		}
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if at == index {
			return r.Stream, uint64(r.Revision), nil
		}
		at++
	}
	return "", 0, ErrNoEvent
}
