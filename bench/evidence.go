package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"zhishu/audit"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
)

const (
	evidenceRuns    = 5 // pairs: with the tree, and without
	evidenceWriters = 64
	evidencePerRun  = 100_032 // of each writer the same
	evidenceTaken   = 1000    // receipts
)

// evidence measures P11: what the tree adds to an append, how fast it is built
// again, and what a receipt costs. Verification with recomputation is a
// bundle's.
func (r *run) evidence() error {
	with, without := make([]float64, evidenceRuns), make([]float64, evidenceRuns)
	for i := range evidenceRuns {
		for _, tree := range []bool{i%2 == 0, i%2 == 1} { // paired, in changing order
			settle()
			cpu, err := r.appendUnderTree(tree)
			if err != nil {
				return err
			}
			if tree {
				with[i] = cpu
			} else {
				without[i] = cpu
			}
		}
	}
	a, b := median(with), median(without)
	r.report(Row{ID: "P11", Work: fmt.Sprintf("processor time of a durable append, %d writers, with the tree", evidenceWriters), Figure: a, Limit: b, Unit: "µs",
		Target: "≤ 1.10", Met: a/b <= 1.10, Detail: fmt.Sprintf("medians of %d pairs; limit: without the tree", evidenceRuns)})
	if err := r.rebuildTree(); err != nil {
		return err
	}
	if r.Large > 0 {
		if err := r.largeTree(); err != nil {
			return err
		}
	}
	return r.bundle()
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// appendUnderTree appends one event a call and returns the processor time of
// each, in microseconds.
func (r *run) appendUnderTree(tree bool) (float64, error) {
	dir := r.dir("evidence")
	defer os.RemoveAll(dir)
	log, err := freshLog(dir)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	var follow sync.WaitGroup
	ctx, stop := context.WithCancel(r.ctx)
	defer follow.Wait()
	defer stop()
	var t *audit.Log
	if tree {
		if t, err = openTree(ctx, log, dir); err != nil {
			return 0, err
		}
		defer t.Close()
		follow.Go(func() { _ = t.Run(ctx) })
	}
	began := processorTime()
	if err := appendMany(r.ctx, log, evidenceWriters, 1, evidencePerRun, false); err != nil {
		return 0, err
	}
	if tree {
		if err := t.WaitFor(r.ctx, evidencePerRun); err != nil {
			return 0, err
		}
	}
	took := processorTime() - began
	stop()
	follow.Wait()
	return float64(took.Nanoseconds()) / 1000 / evidencePerRun, nil
}

func freshLog(dir string) (*embedded.Log, error) {
	if err := errors.Join(os.MkdirAll(dir, 0o755), embedded.Create(LogDir(dir), 0)); err != nil {
		return nil, err
	}
	return embedded.Open(LogDir(dir), embedded.Options{})
}

func openTree(ctx context.Context, log audit.Store, dir string) (*audit.Log, error) {
	return audit.Open(ctx, audit.Options{
		Store: log, Dir: dir + "/audit", Identify: benchIdentity, Guard: audit.GuardFile(dir + "/guard"),
	})
}

func benchIdentity(context.Context) (audit.Identity, error) {
	signer, err := audit.NewSigner("zhishu.example/bench", [32]byte{1})
	return audit.Identity{Origin: "zhishu.example/bench", Signers: []audit.Signer{signer}}, err
}

func benchStream(w, n int) string { return fmt.Sprintf("person-%08d-0000-4000-8000-%012d", w, n) }

// appendMany appends events of the reference size: every writer on a stream of
// its own, or every batch.
func appendMany(ctx context.Context, log *embedded.Log, writers, batch, events int, apart bool) error {
	data, metadata := make([]byte, 300), make([]byte, 120)
	for i := range data {
		data[i] = byte('a' + i%26)
	}
	copy(metadata, data)
	errs := make([]error, writers)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := 0; n < events/writers; n += batch {
				list := make([]eventstore.Event, batch)
				for k := range list {
					list[k] = eventstore.Event{Type: "service-claimed", Data: data, Metadata: metadata}
					binary.BigEndian.PutUint64(list[k].ID[:], uint64(w+1)<<40|uint64(n+k))
				}
				stream, after := benchStream(w, 0), eventstore.After(uint64(n))
				if apart {
					stream, after = benchStream(w, n), eventstore.NoStream()
				}
				if _, errs[w] = log.Append(ctx, stream, after, list); errs[w] != nil {
					return
				}
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// rebuildTree measures a tree made from the first event, then its receipts.
func (r *run) rebuildTree() error {
	dir := r.dir("rebuild")
	defer os.RemoveAll(dir)
	log, err := freshLog(dir)
	if err != nil {
		return err
	}
	defer log.Close()
	const batch, writers = 50, 64
	events := r.Events / (batch * writers) * batch * writers
	if err := appendMany(r.ctx, log, writers, batch, events, true); err != nil {
		return err
	}
	settle()
	began := time.Now()
	tree, err := openTree(r.ctx, log, dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	speed := float64(events) / time.Since(began).Seconds()
	r.report(Row{ID: "P11", Work: fmt.Sprintf("tree over %d events made again", events), Figure: speed, Unit: "leaves/s", Target: "≥ 500,000", Met: speed >= 500_000})
	if err := tree.Announce(r.ctx); err != nil {
		return err
	}
	return r.receipts(tree, func(index uint64) (string, uint64) {
		w, n := int(index)%writers, int(index)/writers
		return benchStream(w, n/batch*batch), uint64(n % batch)
	}, "")
}
