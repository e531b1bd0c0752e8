package audit

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// DefaultEvery is how long a fact waits at most for a signed checkpoint.
const DefaultEvery = 5 * time.Second

// Store is what the tree needs of the event store.
type Store interface {
	eventstore.Appender
	eventstore.StreamReader
	eventstore.LogReader
}

// Options of a Log.
type Options struct {
	Store Store
	// Dir is where tiles are kept, made when missing; empty: in memory.
	Dir string
	// SaltKey is the ledger's secret that salts are made of. It never changes.
	SaltKey [sha256.Size]byte
	// Identify tells origin and keys.
	Identify Identify
	// Guard may be nil.
	Guard Guard
	// GuardName is where the guard's checkpoint lies, for messages.
	GuardName string
	// Every is the longest time between heads; default DefaultEvery.
	Every time.Duration
	// Witnesses are asked to cosign each checkpoint.
	Witnesses []WitnessAt
	// Now stamps heads; default time.Now.
	Now func() time.Time
	// Logger may be nil.
	Logger *slog.Logger
}

// Log is the tree over one ledger. Open makes it and brings it up to the log's
// head; Run follows from there.
type Log struct {
	o     Options
	tiles *tiles
	sizes *headSizes

	commit   *committer
	position eventstore.Position // everything up to here is in the tree
	growth   growth

	mu        sync.Mutex // one announces at a time
	heads     atomic.Pointer[Head]
	published atomic.Pointer[Published]
	fault     atomic.Pointer[error]

	asking     sync.Mutex // witnesses, one round at a time
	witnessing sync.WaitGroup
}

// Published is a signed checkpoint that everybody may have.
type Published struct {
	Head Head
	Note []byte
}

// Open builds the tree up to the log's head and compares it with what was
// signed before: the newest head in the log, and the guard's checkpoint. The
// error is a *Contradiction when they do not agree; nobody may write then.
func Open(ctx context.Context, o Options) (*Log, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Every == 0 {
		o.Every = DefaultEvery
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o755); err != nil {
			return nil, err
		}
	}
	tiles, err := openTiles(o.Dir)
	if err != nil {
		return nil, err
	}
	sizes, err := openHeads(o.Dir)
	if err != nil {
		return nil, errors.Join(err, tiles.close())
	}
	l := &Log{o: o, tiles: tiles, sizes: sizes, commit: newCommitter(o.SaltKey), growth: growth{asked: make(chan struct{}, 1)}}
	err = l.begin(ctx, false)
	if stale(err) {
		// Before the log is blamed: what was on disk may be another tree's.
		err = l.begin(ctx, true)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// begin builds the tree and compares it. The newest head is read first: every
// leaf it speaks of is then in what is read after it.
func (l *Log) begin(ctx context.Context, fresh bool) error {
	h, announced, err := newestHead(ctx, l.o.Store)
	if err != nil {
		return err
	}
	if err := l.build(ctx, fresh); err != nil {
		return err
	}
	if err := l.sizes.end(h, announced); err != nil {
		return err
	}
	id, err := l.o.Identify(ctx)
	if err != nil {
		return err
	}
	if err := l.compareGuard(id); err != nil || !announced {
		return err
	}
	if err := l.tiles.compare(id, h.Checkpoint, fmt.Sprintf("%s revision %d", eventstore.CheckpointStream, h.Revision)); err != nil {
		return err
	}
	l.heads.Store(&h)
	// Once more: whoever announced it may have died before it was published.
	return l.publish(id, h)
}

func stale(err error) bool {
	var c *Contradiction
	return errors.As(err, &c) || errors.Is(err, eventstore.ErrPositionBeyondHead)
}

// build reads the log from where the tiles on disk end.
func (l *Log) build(ctx context.Context, fresh bool) error {
	err := errors.Join(l.tiles.load(fresh), l.sizes.load(fresh))
	if err != nil {
		return err
	}
	if l.position, _, err = l.tiles.before(l.tiles.leaves()); err != nil {
		return err
	}
	read := l.o.Store.ReadAll
	if scanner, ok := l.o.Store.(eventstore.Scanner); ok {
		read = scanner.Scan // nothing of an event is kept
	}
	for r, err := range read(ctx, l.position) {
		if err != nil {
			return err
		}
		if _, err := l.take(ctx, &r); err != nil {
			return err
		}
	}
	return nil
}

// take folds one event of the log in. It returns the head the event announces,
// if it announces one.
func (l *Log) take(ctx context.Context, r *eventstore.Recorded) (*Head, error) {
	if eventstore.IsLedger(r.Stream) {
		entry, leaf := l.commit.commit(r)
		if err := l.tiles.append(entry, leaf, r.Position); err != nil {
			return nil, err
		}
	}
	l.position = r.Position
	if r.Stream != eventstore.CheckpointStream {
		return nil, nil
	}
	h, err := parseHead(*r)
	if err != nil {
		return nil, err
	}
	return &h, l.sizes.note(ctx, l.o.Store, h)
}

func (l *Log) compareGuard(id Identity) error {
	if l.o.Guard == nil {
		return nil
	}
	note, err := l.o.Guard.Last()
	if err != nil || note == nil {
		return err
	}
	c, err := openGuard(note)
	if err != nil {
		return fmt.Errorf("the checkpoint in %s: %w", l.o.GuardName, err)
	}
	return l.tiles.compare(id, c, l.o.GuardName)
}

// openGuard reads the kept checkpoint. Its signature is for people who take the
// file away; the file itself is ours, and keys rotate.
func openGuard(note []byte) (proof.Checkpoint, error) {
	n, err := proof.ParseNote(note)
	if err != nil {
		return proof.Checkpoint{}, err
	}
	return proof.ParseCheckpoint(n.Text)
}

// publish signs a head that stands in the log and makes it public. A crash
// before the guard keeps it leaves the guard one head behind, which is allowed;
// nothing is public that the guard does not know.
func (l *Log) publish(id Identity, h Head) error {
	if h.Checkpoint.Origin != id.Origin || len(id.Signers) == 0 {
		return nil // of an origin that has ended; the next head is of the new one
	}
	note := id.note(h.Checkpoint)
	if old := l.published.Load(); old != nil && old.Head.Revision >= h.Revision {
		return nil
	}
	if l.o.Guard != nil {
		if err := l.o.Guard.Keep(note); err != nil {
			return fmt.Errorf("keep the checkpoint in %s: %w", l.o.GuardName, err)
		}
	}
	p := &Published{h, note}
	l.published.Store(p)
	l.askWitnesses(p)
	if err := l.tiles.keepEdge(l.o.Dir); err != nil {
		l.o.Logger.Warn("the tree's edge is not on disk", "error", err)
	}
	return nil
}

// Size is how many leaves the tree has.
func (l *Log) Size() uint64 { return l.tiles.leaves() }

// Root is the tree's root at a size it has reached.
func (l *Log) Root(size uint64) (proof.Hash, error) { return l.tiles.root(size) }

// Heads is how many heads are known to stand in the checkpoint stream.
func (l *Log) Heads() uint64 {
	if h := l.heads.Load(); h != nil {
		return uint64(h.Revision) + 1
	}
	return 0
}

// Published is the newest signed checkpoint; nil before the first.
func (l *Log) Published() *Published { return l.published.Load() }

// Err is why nothing may be announced, and nothing written, any more.
func (l *Log) Err() error {
	if err := l.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Close lets go of the files. Run must have ended.
func (l *Log) Close() error {
	l.witnessing.Wait()
	return errors.Join(l.tiles.close(), l.sizes.sizes.close())
}
