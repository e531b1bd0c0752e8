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
		p := l.published.Load()
		if p == nil {
			return proof.Receipt{}, ErrNotCovered
		}
		leaf, err := l.leafOf(&r, p.Head.Checkpoint.Size)
		if err != nil {
			return proof.Receipt{}, err
		}
		id, err := l.o.Identify(ctx)
		if err != nil {
			return proof.Receipt{}, err
		}
		c, err := l.covering(id, leaf.index, p.Head)
		if err != nil {
			return proof.Receipt{}, err
		}
		return l.receipt(&r, leaf, c, id.note(c))
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
		leaf, err := l.leafOf(&r, p.Head.Checkpoint.Size)
		if err != nil {
			return s, err
		}
		receipt, err := l.receipt(&r, leaf, p.Head.Checkpoint, p.Note)
		if err != nil {
			return s, err
		}
		s.Receipts = append(s.Receipts, receipt)
	}
	return s, nil
}

// leaf is an event as the verifier hashes it, and where it stands.
type leaf struct {
	salt  proof.Salt
	hash  proof.Hash
	index uint64
}

// leafOf finds the leaf of an event in the tree of size leaves.
func (l *Log) leafOf(r *eventstore.Recorded, size uint64) (leaf, error) {
	salt := proof.SaltOf(l.o.SaltKey, r.ID)
	entry := proof.Commit(salt, frameOf(r).Append(nil))
	found := leaf{salt: salt, hash: proof.LeafHash(entry[:])}
	index, ok, err := l.tiles.find(found.hash, r.Position)
	switch {
	case err != nil:
		return found, fmt.Errorf("%w: %w", ErrDamaged, err)
	case index >= size:
		return found, ErrNotCovered
	case !ok:
		return found, fmt.Errorf("%w: %s revision %d is not the event that was signed for", ErrDamaged, r.Stream, r.Revision)
	}
	found.index = index
	return found, nil
}

// receipt makes it and checks it as whoever gets it will.
func (l *Log) receipt(r *eventstore.Recorded, at leaf, c proof.Checkpoint, note []byte) (proof.Receipt, error) {
	path, err := l.tiles.inclusion(at.hash, at.index, c)
	if err != nil {
		return proof.Receipt{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	inclusion := proof.Inclusion{Extra: at.salt[:], Index: at.index, Path: path, Checkpoint: note}
	return proof.Receipt{Format: proof.ReceiptFormat, Event: proof.EventOf(frameOf(r)), Proof: string(inclusion.Text())}, nil
}

// EventAt is the ledger event with that index: the one that made the ledger
// index+1 events long.
func (l *Log) EventAt(ctx context.Context, index uint64) (stream string, revision uint64, err error) {
	after, at, err := l.tiles.before(index)
	if err != nil {
		return "", 0, err
	}
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
