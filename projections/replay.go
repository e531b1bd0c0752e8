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
	View     *View       // of the replayed state, for whatever else is to be compared
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
	limits := Options{Batch: o.Batch, Workers: o.Workers}.withDefaults()
	b, c := newBooks(), newCache()
	b.partial = o.Partial
	until := never
	if o.To.kind == asOfSize {
		if o.To.size >= domain.Size(never) {
			return ReplayResult{}, ErrBeyondLedger
		}
		until = uint32(o.To.size)
	}
	started := time.Now()
	p := pipeline{limits.Batch, limits.Workers, func(in *batch) error {
		if h := b.applyBatch(in, until); h != nil {
			return h
		}
		if o.Progress != nil {
			o.Progress(domain.Size(b.size))
		}
		if b.size == until || o.To.kind == asOfDay && b.sizeOn(o.To.day) != never {
			return errEnough
		}
		return nil
	}}
	err := p.run(ctx, func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
		return log.ReadAll(ctx, eventstore.Position{})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return ReplayResult{}, err
	}
	out := ReplayResult{Duration: time.Since(started)}
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
