// Package logbench measures the embedded log beside the limit of the disk and
// the processor it runs on, in the same run: figures differ from machine to
// machine, their ratios hold.
package logbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/internal/durable"
)

// Figure is a rate, and the rate that was the limit for the same work.
type Figure struct {
	Name   string
	Unit   string
	Figure float64
	Limit  float64
	// Detail explains what the figure depends on, such as the mean group.
	Detail string
}

// Ratio is the share of the limit that was reached.
func (f Figure) Ratio() float64 { return f.Figure / f.Limit }

func (f Figure) String() string {
	return fmt.Sprintf("%-28s %12.0f %-9s limit %12.0f  ratio %.2f  %s", f.Name, f.Figure, f.Unit, f.Limit, f.Ratio(), f.Detail)
}

// Sizes of the reference workload's events, in bytes.
const (
	DataBytes     = 300
	MetadataBytes = 120
)

// Event makes the n-th event of the reference workload.
func Event(n uint64) eventstore.Event {
	e := eventstore.Event{Type: "service-confirmed", Data: make([]byte, DataBytes), Metadata: make([]byte, MetadataBytes)}
	e.ID[0] = 1 // no id is zero
	for i := range 8 {
		e.ID[8+i] = byte(n >> (8 * i))
	}
	fill(e.Data, n)
	fill(e.Metadata, ^n)
	return e
}

// fill writes letters that differ from event to event.
func fill(b []byte, n uint64) {
	for i := range b {
		n = n*6364136223846793005 + 1442695040888963407
		b[i] = 'a' + byte(n>>59)%26
	}
}

// Append measures durable appends through the port: calls of batch events each
// from so many writers, until total events are recorded. The limit is one write
// and one sync of the very groups the log made of them, into a file filled with
// zeros before. dir must not exist; it is removed.
func Append(ctx context.Context, dir string, writers, batch, total int) (f Figure, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var groups []int
	log, err := open(filepath.Join(dir, "log"), embedded.Options{Observe: func(g embedded.Group) { groups = append(groups, g.Bytes) }})
	if err != nil {
		return f, err
	}
	spent, err := appendAll(ctx, log, writers, batch, total)
	if err := errors.Join(err, log.Close()); err != nil {
		return f, err
	}
	limit, err := rawAppend(filepath.Join(dir, "raw"), groups)
	if err != nil {
		return f, err
	}
	events := float64(total / (writers * batch) * writers * batch)
	return Figure{
		Name:   fmt.Sprintf("append %d × %d", writers, batch),
		Unit:   "events/s",
		Figure: events / spent.Seconds(),
		Limit:  events / limit.Seconds(),
		Detail: fmt.Sprintf("%.1f events a group", events/float64(len(groups))),
	}, nil
}

func open(dir string, opt embedded.Options) (*embedded.Log, error) {
	if err := embedded.Create(dir, 0); err != nil {
		return nil, err
	}
	return embedded.Open(dir, opt)
}

// appendAll lets every writer append its share, to streams of up to 40 events.
func appendAll(ctx context.Context, log eventstore.Appender, writers, batch, total int) (time.Duration, error) {
	calls := total / (writers * batch)
	errs := make(chan error, writers)
	var ready, running sync.WaitGroup
	begin := make(chan struct{})
	for w := range writers {
		ready.Add(1)
		running.Go(func() {
			events := make([]eventstore.Event, batch)
			for i := range events {
				events[i] = Event(uint64(w)<<32 | uint64(i))
			}
			ready.Done()
			<-begin
			errs <- appendShare(ctx, log, w, calls, events)
		})
	}
	ready.Wait()
	t := time.Now()
	close(begin)
	running.Wait()
	spent := time.Since(t)
	close(errs)
	for err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return spent, nil
}

func appendShare(ctx context.Context, log eventstore.Appender, w, calls int, events []eventstore.Event) error {
	perStream := max(1, 40/len(events))
	for i := range calls {
		stream := fmt.Sprintf("person-%08x-%04x-4000-8000-%012x", w, i/perStream&0xffff, i/perStream)
		for k := range events {
			id := uint64(w)<<40 | uint64(i*len(events)+k)
			for b := range 8 {
				events[k].ID[8+b] = byte(id >> (8 * b))
			}
		}
		at := uint64(i % perStream * len(events))
		if _, err := log.Append(ctx, stream, eventstore.After(at), events); err != nil {
			return err
		}
	}
	return nil
}

// rawAppend writes and syncs the same groups without anything around it.
func rawAppend(path string, groups []int) (time.Duration, error) {
	total, largest := 0, 0
	for _, n := range groups {
		total += n
		largest = max(largest, n)
	}
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close() // removed by the caller
	// By the usual way, so that the pages are in memory and no write has to read
	// one first.
	if err := durable.Zero(f, 0, int64(total)); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	buf := bytes.Repeat([]byte("zhishu"), largest/6+1)
	t := time.Now()
	at := int64(0)
	for _, n := range groups {
		if _, err := f.WriteAt(buf[:n], at); err != nil {
			return 0, err
		}
		if err := durable.Datasync(f); err != nil {
			return 0, err
		}
		at += int64(n)
	}
	return time.Since(t), nil
}

// Scan measures the ordered read of a log of total events. The limit is reading
// the same files and their CRC32C, without looking at anything. dir must not
// exist; it is removed.
func Scan(ctx context.Context, dir string, total int) (f Figure, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	logDir := filepath.Join(dir, "log")
	log, err := open(logDir, embedded.Options{})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	const writers, batch = 8, 5
	if _, err := appendAll(ctx, log, writers, batch, total); err != nil {
		return f, err
	}
	var scan, raw time.Duration
	for range 2 { // the first pass fills the page cache for both
		if raw, err = rawScan(logDir, log.Stats()); err != nil {
			return f, err
		}
		if scan, err = scanOnce(ctx, log, total/(writers*batch)*writers*batch); err != nil {
			return f, err
		}
	}
	return Figure{
		Name: "ordered scan", Unit: "events/s",
		Figure: float64(total) / scan.Seconds(), Limit: float64(total) / raw.Seconds(),
		Detail: fmt.Sprintf("%.2f GB/s", float64(log.Stats().Bytes)/1e9/scan.Seconds()),
	}, nil
}

func scanOnce(ctx context.Context, log eventstore.Scanner, want int) (time.Duration, error) {
	t := time.Now()
	n := 0
	for _, err := range log.Scan(ctx, eventstore.Position{}) {
		if err != nil {
			return 0, err
		}
		n++
	}
	if n != want {
		return 0, fmt.Errorf("the scan found %d events of %d", n, want)
	}
	return time.Since(t), nil
}

func rawScan(dir string, s embedded.Stats) (time.Duration, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		return 0, err
	}
	table := crc32.MakeTable(crc32.Castagnoli)
	buf := make([]byte, 1<<20)
	left := int64(s.Bytes)
	t := time.Now()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		for left > 0 {
			n, err := f.Read(buf[:min(int64(len(buf)), left)])
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return 0, errors.Join(err, f.Close())
			}
			crc32.Checksum(buf[:n], table)
			left -= int64(n)
		}
		if err := f.Close(); err != nil {
			return 0, err
		}
	}
	return time.Since(t), nil
}
