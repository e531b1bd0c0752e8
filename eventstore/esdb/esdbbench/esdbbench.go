// Package esdbbench measures the EventStoreDB adapter beside the bare client
// that does the same calls against the same server, in turns: figures differ
// from machine to machine, their ratios hold.
package esdbbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb"
)

// Figure is a rate of the adapter, and the rate of the bare client.
type Figure struct {
	Figure, Limit float64 // events/s
	Detail        string
}

// turns is how often both do the same work; the sums are compared.
const turns = 3

// body and meta are about the size of the reference workload.
var body, meta = make([]byte, 300), make([]byte, 120)

// bench is both ways to one server.
type bench struct {
	ctx   context.Context
	store *esdb.Store
	bare  *client.Client
	name  string // begins the names of this run's streams
}

func open(ctx context.Context, url string) (*bench, error) {
	config, err := client.ParseConnectionString(url)
	if err != nil {
		return nil, err
	}
	config.Logger = client.NoopLogging()
	bare, err := client.NewClient(config)
	if err != nil {
		return nil, err
	}
	store, err := esdb.Open(ctx, url, esdb.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, errors.Join(err, bare.Close())
	}
	return &bench{ctx: ctx, store: store, bare: bare, name: "bench" + uuid.NewString()[:8]}, nil
}

func (b *bench) close() error { return errors.Join(b.store.Close(), b.bare.Close()) }

// inTurns does the same work both ways, again and again, and gives the rates.
func inTurns(events int, adapter, bare func(turn int) error) (figure, limit float64, err error) {
	var spent [2]time.Duration
	for turn := range turns {
		for way, work := range []func(int) error{adapter, bare} {
			runtime.GC()
			began := time.Now()
			if err := work(turn); err != nil {
				return 0, 0, err
			}
			spent[way] += time.Since(began)
		}
	}
	total := float64(turns * events)
	return total / spent[0].Seconds(), total / spent[1].Seconds(), nil
}

// Append measures single appends by workers that each write to a stream of
// their own.
func Append(ctx context.Context, url string, workers, events int) (f Figure, err error) {
	b, err := open(ctx, url)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	f.Figure, f.Limit, err = inTurns(events, func(turn int) error {
		return spread(workers, events, func(w, n int) error {
			_, err := b.store.Append(ctx, fmt.Sprintf("%sa%d-%d", b.name, turn, w), eventstore.After(uint64(n)),
				[]eventstore.Event{{ID: eventstore.ID(uuid.New()), Type: "claimed", Data: body, Metadata: meta}})
			return err
		})
	}, func(turn int) error {
		return spread(workers, events, func(w, n int) error {
			return b.appendBare(fmt.Sprintf("%sb%d-%d", b.name, turn, w), n, 1)
		})
	})
	return f, err
}

// appendBare appends to a stream that has n events.
func (b *bench) appendBare(stream string, n, count int) error {
	var expected client.ExpectedRevision = client.NoStream{}
	if n > 0 {
		expected = client.Revision(uint64(n - 1))
	}
	batch := make([]client.EventData, count)
	for i := range batch {
		batch[i] = client.EventData{EventID: uuid.New(), EventType: "claimed", ContentType: client.ContentTypeJson, Data: body, Metadata: meta}
	}
	_, err := b.bare.AppendToStream(b.ctx, stream, client.AppendToStreamOptions{ExpectedRevision: expected}, batch...)
	return err
}

// spread shares calls among workers; n counts a worker's own.
func spread(workers, calls int, call func(worker, n int) error) error {
	var wg sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for n := 0; errs[w] == nil && next.Add(1) <= int64(calls); n++ {
				errs[w] = call(w, n)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// CatchUp measures reading a log of at least so many events from its beginning.
func CatchUp(ctx context.Context, url string, events int) (f Figure, err error) {
	b, err := open(ctx, url)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.fill(events); err != nil {
		return f, err
	}
	all, peak := 0, uint64(0)
	f.Figure, f.Limit, err = inTurns(events, func(int) error {
		stop := watchMemory(&peak)
		defer stop()
		return b.read(events)
	}, func(int) error {
		all, err = b.readBare(events)
		return err
	})
	f.Detail = fmt.Sprintf("%d events of %d bytes; at most %.1f MiB of heap while the adapter reads", all, len(body)+len(meta), mib(peak))
	return f, err
}

const batch = 500

func (b *bench) fill(events int) error {
	return spread(4, (events+batch-1)/batch, func(w, n int) error {
		return b.appendBare(fmt.Sprintf("%sf-%d", b.name, w), n*batch, batch)
	})
}

// read reads the first so many events.
func (b *bench) read(events int) error {
	n := 0
	for _, err := range b.store.ReadAll(b.ctx, eventstore.Position{}) {
		if err != nil {
			return err
		}
		if n++; n == events {
			return nil
		}
	}
	return fmt.Errorf("the log ends after %d events", n)
}

// readBare leaves out system events, as the adapter does.
func (b *bench) readBare(events int) (n int, err error) {
	deadline := time.Hour
	all, err := b.bare.ReadAll(b.ctx, client.ReadAllOptions{From: client.Start{}, Deadline: &deadline}, math.MaxInt64)
	if err != nil {
		return 0, err
	}
	defer all.Close()
	for n < events {
		e, err := all.Recv()
		if errors.Is(err, io.EOF) {
			return n, fmt.Errorf("the log ends after %d events", n)
		}
		if err != nil {
			return n, err
		}
		if e.Event.StreamID[0] != '$' {
			n++
		}
	}
	return n, nil
}

// Memory measures the heap that a subscriber needs to catch up with a log of at
// least so many events, and what the bare client needs to read it. Figures are
// MiB above what was in use before.
func Memory(ctx context.Context, url string, events int) (f Figure, err error) {
	b, err := open(ctx, url)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.fill(events); err != nil {
		return f, err
	}
	var early, late uint64
	began := time.Now()
	f.Figure, err = held(func() error {
		stop := watchMemory(&early)
		defer func() { stop() }()
		return b.follow(events, func(n int) {
			if n == events/10 {
				stop()
				stop = watchMemory(&late)
			}
		})
	})
	if err != nil {
		return f, err
	}
	took := time.Since(began)
	f.Limit, err = held(func() error {
		_, err := b.readBare(events)
		return err
	})
	f.Detail = fmt.Sprintf("%d events in %.1f s; heap in use at most %.1f MiB in the first tenth, %.1f MiB after it; limit: the bare client",
		events, took.Seconds(), mib(early), mib(late))
	return f, err
}

// held is how many MiB more of heap were in use during the work than before.
func held(work func() error) (float64, error) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	var peak uint64
	stop := watchMemory(&peak)
	err := work()
	stop()
	return mib(peak - min(peak, m.HeapInuse)), err
}

func mib(bytes uint64) float64 { return float64(bytes) / (1 << 20) }

// follow subscribes from the beginning until so many events were seen.
func (b *bench) follow(events int, seen func(n int)) error {
	n := 0
	for _, err := range b.store.Subscribe(b.ctx, eventstore.Position{}) {
		if err != nil {
			return err
		}
		n++
		seen(n)
		if n == events {
			break
		}
	}
	return nil
}

// watchMemory looks at the heap in use until it is stopped.
func watchMemory(peak *uint64) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*peak = max(*peak, m.HeapInuse)
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}
