package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"zhishu/audit"
	"zhishu/eventstore"
)

// receipts measures what one costs: a thousand of events anywhere in the log.
func (r *run) receipts(tree *audit.Log, at func(index uint64) (stream string, revision uint64), detail string) error {
	sizes, took := make([]float64, evidenceTaken), make([]float64, evidenceTaken)
	rnd := rand.New(rand.NewPCG(11, 11))
	for i := range evidenceTaken {
		stream, revision := at(rnd.Uint64N(tree.Size()))
		began := time.Now()
		receipt, err := tree.Receipt(r.ctx, stream, revision)
		if err != nil {
			return err
		}
		took[i], sizes[i] = float64(time.Since(began).Nanoseconds())/1e6, float64(len(receipt.Proof))
	}
	r.report(Row{ID: "P11", Work: fmt.Sprintf("receipt at %d events, made", tree.Size()), Figure: median(took), Unit: "ms", Target: "≤ 1", Met: median(took) <= 1,
		Detail: fmt.Sprintf("slowest of %d: %.2f ms%s", evidenceTaken, slices.Max(took), detail)})
	slices.Sort(sizes)
	within, _ := slices.BinarySearch(sizes, receiptBytes+1)
	r.report(Row{ID: "P11", Work: fmt.Sprintf("receipt at %d events, without cosignatures", tree.Size()), Figure: median(sizes), Unit: "bytes", Target: "≤ 1,228",
		Met: median(sizes) <= receiptBytes, Detail: fmt.Sprintf("median; the largest %.0f; %d of %d within the target; %d checkpoints", sizes[len(sizes)-1], within, len(sizes), tree.Heads())})
	return nil
}

const receiptBytes = 1228

// largeTree measures receipts and the start where a log would take too long to
// write: the tree, its files and the guard are real, the events are made up as
// they are read.
func (r *run) largeTree() error {
	dir := r.dir("large-tree")
	defer os.RemoveAll(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	log := &imagined{}
	tree, err := audit.Open(r.ctx, audit.Options{Store: log, Dir: dir + "/audit", Identify: benchIdentity})
	if err != nil {
		return err
	}
	for log.size = betweenHeads; log.size <= uint64(r.Large); log.size += betweenHeads {
		if err := tree.Settle(r.ctx); err != nil {
			return err
		}
	}
	log.size = tree.Size()
	if err := tree.Close(); err != nil {
		return err
	}
	var took []float64
	for range evidenceRuns {
		began := time.Now()
		if tree, err = openTree(r.ctx, log, dir); err != nil {
			return err
		}
		took = append(took, float64(time.Since(began).Nanoseconds())/1e6)
		if err := tree.Close(); err != nil {
			return err
		}
	}
	r.report(Row{ID: "P11", Work: fmt.Sprintf("tree of %d events opened and compared with the guard", log.size), Figure: median(took), Unit: "ms", Target: "≤ 2 s",
		Met: median(took) <= 2000, Detail: fmt.Sprintf("median of %d", evidenceRuns)})
	if tree, err = openTree(r.ctx, log, dir); err != nil {
		return err
	}
	defer tree.Close()
	return r.receipts(tree, log.place, "; reading the event itself is left out")
}

// imagined is a log of made-up events of the reference size, of which only the
// checkpoints are kept: one behind every so many events.
type imagined struct {
	size  uint64 // ledger events
	heads []eventstore.Recorded
	data  [420]byte
}

const (
	imaginedStream = 64   // events of one stream
	betweenHeads   = 2000 // 400 events a second, and a checkpoint every five
)

func (g *imagined) place(index uint64) (stream string, revision uint64) {
	return benchStream(0, int(index/imaginedStream)), index % imaginedStream
}

func (g *imagined) at(index uint64) eventstore.Recorded {
	r := eventstore.Recorded{
		Event:    eventstore.Event{Type: "service-claimed", Data: g.data[:300], Metadata: g.data[300:]},
		Position: eventstore.NewPosition(0, index+index/betweenHeads+1),
	}
	binary.BigEndian.PutUint64(r.ID[:], index)
	stream, revision := g.place(index)
	r.Stream, r.Revision = stream, eventstore.Revision(revision)
	return r
}

// Scan implements eventstore.Scanner.
func (g *imagined) Scan(_ context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for _, p := after.Parts(); p < g.size+uint64(len(g.heads)); p++ {
			run, n := p/(betweenHeads+1), p%(betweenHeads+1)
			r := g.at(run*betweenHeads + n)
			if n == betweenHeads {
				r = g.heads[run]
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// ReadAll implements eventstore.LogReader.
func (g *imagined) ReadAll(ctx context.Context, after eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return g.Scan(ctx, after)
}

// Subscribe implements eventstore.LogReader; nobody follows.
func (g *imagined) Subscribe(context.Context, eventstore.Position) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) { yield(eventstore.Recorded{}, errors.ErrUnsupported) }
}

// Head implements eventstore.LogReader.
func (g *imagined) Head(context.Context) (eventstore.Head, error) {
	return eventstore.Head{Position: eventstore.NewPosition(0, g.size+uint64(len(g.heads)))}, nil
}

// ReadStream implements eventstore.StreamReader: the newest checkpoint, or one
// event of another stream.
func (g *imagined) ReadStream(_ context.Context, stream string, from eventstore.Revision, _ eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		var number uint64
		switch {
		case stream != eventstore.CheckpointStream:
			_, err := fmt.Sscanf(stream[len(stream)-12:], "%d", &number)
			yield(g.at(number*imaginedStream+uint64(from)), err)
		case len(g.heads) == 0:
			yield(eventstore.Recorded{}, eventstore.ErrStreamNotFound)
		default:
			yield(g.heads[len(g.heads)-1], nil)
		}
	}
}

// Append implements eventstore.Appender, of checkpoints.
func (g *imagined) Append(_ context.Context, stream string, _ eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	head := eventstore.Recorded{Event: events[0], Stream: stream, Revision: eventstore.Revision(len(g.heads)),
		Position: eventstore.NewPosition(0, g.size+uint64(len(g.heads))+1)}
	g.heads = append(g.heads, head)
	return eventstore.Appended{Revision: head.Revision, Position: head.Position}, nil
}
