package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
)

// body is about the size of the reference workload.
var body, meta = make([]byte, 300), make([]byte, 120)

// Each pair does the same calls through the store and through the bare client;
// the ratio is what the store costs (P12). Server and client share the process.

func benchServer(b *testing.B) *esdbtest.Cluster {
	c, err := esdbtest.Start(esdbtest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(c.Close)
	return c
}

func bareClient(b *testing.B, url string) *esdb.Client {
	config, err := esdb.ParseConnectionString(url)
	if err != nil {
		b.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	return client
}

const workers = 32

// spread runs b.N calls on 32 workers.
func spread(b *testing.B, run func(worker, n int) error) {
	var wg sync.WaitGroup
	var next atomic.Int64
	b.ResetTimer()
	for w := range workers {
		wg.Go(func() {
			for n := 0; next.Add(1) <= int64(b.N); n++ {
				if err := run(w, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkAppend32Store(b *testing.B) {
	s, err := Open(b.Context(), benchServer(b).URL(), quiet(""))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	spread(b, func(w, n int) error {
		_, err := s.Append(b.Context(), streamName(w), eventstore.After(uint64(n)),
			[]eventstore.Event{{ID: eventstore.ID(uuid.New()), Type: "claimed", Data: body, Metadata: meta}})
		return err
	})
}

func BenchmarkAppend32Bare(b *testing.B) {
	client := bareClient(b, benchServer(b).URL())
	spread(b, func(w, n int) error {
		_, err := client.AppendToStream(b.Context(), streamName(w), esdb.AppendToStreamOptions{ExpectedRevision: expectedOf(uint64(n))},
			esdb.EventData{EventID: uuid.New(), EventType: "claimed", ContentType: esdb.ContentTypeJson, Data: body, Metadata: meta})
		return err
	})
}

// fill makes a log of n events.
func fill(b *testing.B, c *esdbtest.Cluster, n int) {
	for i := range n {
		c.Write(fmt.Sprintf("person-%d", i%1000), "claimed", body)
	}
	b.ResetTimer()
}

func BenchmarkCatchUpStore(b *testing.B) {
	c := benchServer(b)
	s, err := Open(b.Context(), c.URL(), quiet(""))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	fill(b, c, b.N)
	n := 0
	for _, err := range s.ReadAll(b.Context(), eventstore.Position{}) {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != b.N {
		b.Fatalf("%d events, want %d", n, b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkCatchUpBare(b *testing.B) {
	c := benchServer(b)
	client := bareClient(b, c.URL())
	fill(b, c, b.N)
	read, err := client.ReadAll(context.Background(), esdb.ReadAllOptions{From: esdb.Start{}}, everything)
	if err != nil {
		b.Fatal(err)
	}
	defer read.Close()
	for {
		if _, err := read.Recv(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
