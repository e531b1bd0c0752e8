package projections

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"zhishu/domain"
	"zhishu/eventstore"
)

// ReplayOptions of Replay.
type ReplayOptions struct {
	// To is the point to fold to: by default the head at the time of the call.
	To AsOf
	// At are further ledger sizes whose digests are wanted on the way, such as
	// those of snapshots. Sizes beyond To are ignored.
	At []domain.Size
	// Snapshots are compared with what the fold would write at their sizes.
	Snapshots []SnapshotInfo
	// NoDigests leaves the digests at To out, where nobody compares them.
	NoDigests bool
	Batch     int // as in Options
	Workers   int
	// Partial: facts may be Withheld. Figures are then what the others determine,
	// and what they name and is withheld is passed over.
	Partial bool
	// Progress, when set, is told the ledger size now and then.
	Progress func(domain.Size)
}

// ReplayResult is what a fold from the first event came to.
type ReplayResult struct {
	Size     domain.Size // ledger events folded
	Day      domain.Day
	Duration time.Duration // of the fold, without the digests
	Digests  []Digest
	At       []DigestsAt // in rising order

	Snapshots []SnapshotChecked // from the lowest size
	View      *View             // of the replayed state, for whatever else is to be compared
}

// DigestsAt are the digests at one size.
type DigestsAt struct {
	Size    domain.Size
	Digests []Digest
}

// errEnough ends a fold at the size asked for.
var errEnough = errors.New("enough")

// Replay folds every read model from the first event, beside whatever an
// Engine holds, and reports digests that must equal the engine's at the same
// point. To as a date is resolved in the log itself.
func Replay(ctx context.Context, log eventstore.LogReader, o ReplayOptions) (ReplayResult, error) {
	b, c := newBooks(), newCache()
	b.partial = o.Partial
	until := never
	if o.To.kind == asOfSize {
		if o.To.size >= domain.Size(never) {
			return ReplayResult{}, ErrBeyondLedger
		}
		until = uint32(o.To.size)
	}
	r := &replaying{b: b, log: log, o: o}
	checked, err := r.run(ctx, until)
	if err != nil {
		return ReplayResult{}, err
	}
	out := ReplayResult{Duration: r.took, Snapshots: checked}
	if until != never && b.size < until {
		return out, fmt.Errorf("%w: it holds %d events", ErrBeyondLedger, b.size)
	}
	if out.View, err = b.at(o.To, c); err != nil {
		return out, err
	}
	out.View.log = log
	if out.Size, out.Day = out.View.Size(), out.View.day; !o.NoDigests {
		out.Digests = out.View.Digests()
	}
	at := slices.Clone(o.At)
	slices.Sort(at)
	for _, size := range at {
		if size <= out.Size {
			v, err := b.at(AtSize(size), newCache())
			if err != nil {
				return out, err
			}
			out.At = append(out.At, DigestsAt{size, v.Digests()})
		}
	}
	return out, nil
}

// replaying is a fold from the first event under way.
type replaying struct {
	b    *books
	log  eventstore.LogReader
	o    ReplayOptions
	took time.Duration // without what is compared on the way
}

// run folds up to a size or to the day asked for, and compares snapshots where it
// comes by.
func (r *replaying) run(ctx context.Context, until uint32) ([]SnapshotChecked, error) {
	held := holdSnapshots(r.o.Snapshots)
	defer func() {
		for _, s := range held {
			s.close()
		}
	}()
	for _, s := range held {
		if s.err != nil || s.Size > domain.Size(until) {
			continue
		}
		if err := r.fold(ctx, uint32(s.Size)); err != nil {
			return nil, err
		}
		if domain.Size(r.b.size) == s.Size {
			if err := s.compare(ctx, r.log, r.b); err != nil {
				return nil, err
			}
		}
	}
	err := r.fold(ctx, until)
	return checked(held, domain.Size(r.b.size)), err
}

// fold goes on up to a size, unless the day asked for is over.
func (r *replaying) fold(ctx context.Context, until uint32) error {
	reached := func() bool { return r.b.size >= until || r.o.To.kind == asOfDay && r.b.sizeOn(r.o.To.day) != never }
	if reached() {
		return nil
	}
	started := time.Now()
	defer func() { r.took += time.Since(started) }()
	limits := Options{Batch: r.o.Batch, Workers: r.o.Workers}.withDefaults()
	p := pipeline{limits.Batch, limits.Workers, func(in *batch) error {
		if h := r.b.applyBatch(in, until); h != nil {
			return h
		}
		if r.o.Progress != nil {
			r.o.Progress(domain.Size(r.b.size))
		}
		if reached() {
			return errEnough
		}
		return nil
	}}
	after := r.b.frontier.Load().position
	err := p.run(ctx, func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] { return r.log.ReadAll(ctx, after) })
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
