// Package transfer moves a ledger from one event store to another: the same
// events, in the same order, byte for byte, so that everything derived from
// them, a tree root included, stays what it was.
//
// Events are appended strictly in ledger order, one append at a time. Runs of
// one stream go together, and a cut falls only between commands, so no command
// is ever half there. What the target already holds is compared with the
// source first: an interrupted transfer is finished by giving it again, and a
// target that holds anything else is refused.
package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"zhishu/eventstore"
)

// ErrDiffers: the target holds something that the source does not hold in that
// place. Another writer was at work, or it is another ledger.
var ErrDiffers = errors.New("the target is not a beginning of the source")

// Target is where a ledger goes.
type Target interface {
	eventstore.Appender
	eventstore.LogReader
}

// Options of a transfer.
type Options struct {
	// SameCommand reports whether two events of one stream that follow each
	// other were recorded by one command, and so must not be parted.
	SameCommand func(a, b eventstore.Recorded) bool
	// Progress, when set, is told the events compared or copied so far.
	Progress func(events uint64)
}

// Report says what a transfer did.
type Report struct {
	Found  uint64 // events the target already held
	Copied uint64
	Took   time.Duration
}

// Copy brings the target up to the source's head as it is at the call. Nobody
// else may write to either: a foreign event in the target is ErrDiffers, at the
// latest when the whole is compared at the end.
func Copy(ctx context.Context, from eventstore.LogReader, to Target, o Options) (Report, error) {
	began := time.Now()
	head, err := from.Head(ctx)
	if err != nil {
		return Report{}, err
	}
	c := copying{ctx: ctx, to: to, o: o, revisions: map[string]uint64{}}
	if c.o.Progress == nil {
		c.o.Progress = func(uint64) {}
	}
	source, stop := iter.Pull2(ledger(upTo(from.ReadAll(ctx, eventstore.Position{}), head.Position)))
	defer stop()
	if c.report.Found, err = c.compare(source); err != nil {
		return c.report, err
	}
	if err := c.copy(source); err != nil {
		return c.report, err
	}
	if err := verify(ctx, from, to, head.Position); err != nil {
		return c.report, err
	}
	c.report.Took = time.Since(began)
	return c.report, nil
}

type pull func() (eventstore.Recorded, error, bool)

type copying struct {
	ctx       context.Context
	to        Target
	o         Options
	revisions map[string]uint64 // events of each stream in the target
	report    Report
}

// compare walks through what the target holds beside the source.
func (c *copying) compare(source pull) (n uint64, err error) {
	for have, err := range ledger(c.to.ReadAll(c.ctx, eventstore.Position{})) {
		if err != nil {
			return n, err
		}
		want, err, ok := source()
		if err != nil {
			return n, err
		}
		if !ok || !same(have, want) {
			return n, fmt.Errorf("%w: event %d", ErrDiffers, n)
		}
		c.revisions[have.Stream] = uint64(have.Revision) + 1
		n++
		c.o.Progress(n)
	}
	return n, nil
}

// copy appends the rest of the source, run by run.
func (c *copying) copy(source pull) error {
	var run []eventstore.Recorded
	for {
		next, err, ok := source()
		if err != nil {
			return err
		}
		if len(run) > 0 && (!ok || next.Stream != run[0].Stream) {
			if err := c.write(run); err != nil {
				return err
			}
			run = run[:0]
		}
		if !ok {
			return nil
		}
		run = append(run, next)
	}
}

// write appends a run of one stream in as few appends as the limits allow.
func (c *copying) write(run []eventstore.Recorded) error {
	for len(run) > 0 {
		n := c.fits(run)
		if n == 0 {
			return fmt.Errorf("stream %s revision %d: %w: one command", run[0].Stream, run[0].Revision, eventstore.ErrBatchTooLarge)
		}
		if err := c.append(run[:n]); err != nil {
			return err
		}
		run = run[n:]
	}
	return nil
}

// fits is how many events of a run go into one append without parting a
// command.
func (c *copying) fits(run []eventstore.Recorded) int {
	size, last := 0, 0
	for i, r := range run {
		size += len(r.Type) + len(r.Data) + len(r.Metadata)
		if i == eventstore.MaxBatchEvents || size > eventstore.MaxBatchBytes {
			return last
		}
		if i+1 == len(run) || !c.o.SameCommand(r, run[i+1]) {
			last = i + 1
		}
	}
	return last
}

const (
	firstPause = 20 * time.Millisecond
	longPause  = 2 * time.Second
)

// append repeats an append of unknown outcome with the same ids and the same
// expected revision, as the port demands.
func (c *copying) append(run []eventstore.Recorded) error {
	stream := run[0].Stream
	if have := c.revisions[stream]; uint64(run[0].Revision) != have {
		return fmt.Errorf("%w: %s revision %d follows %d events", eventstore.ErrCorrupt, stream, run[0].Revision, have)
	}
	events := make([]eventstore.Event, len(run))
	for i, r := range run {
		events[i] = r.Event
	}
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		_, err := c.to.Append(c.ctx, stream, eventstore.After(c.revisions[stream]), events)
		if err == nil {
			break
		}
		var conflict *eventstore.Conflict
		if errors.As(err, &conflict) {
			return fmt.Errorf("%w: %w", ErrDiffers, err)
		}
		if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, eventstore.ErrUnavailable) {
			return err
		}
		select {
		case <-c.ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
	c.revisions[stream] += uint64(len(run))
	c.report.Copied += uint64(len(run))
	c.o.Progress(c.report.Found + c.report.Copied)
	return nil
}

// verify reads both logs to the end and compares them event for event.
func verify(ctx context.Context, from eventstore.LogReader, to Target, head eventstore.Position) error {
	source, stop := iter.Pull2(ledger(upTo(from.ReadAll(ctx, eventstore.Position{}), head)))
	defer stop()
	n := uint64(0)
	for have, err := range ledger(to.ReadAll(ctx, eventstore.Position{})) {
		if err != nil {
			return err
		}
		want, err, ok := source()
		if err != nil {
			return err
		}
		if !ok || !same(have, want) {
			return fmt.Errorf("%w: event %d", ErrDiffers, n)
		}
		n++
	}
	if _, err, ok := source(); ok || err != nil {
		return errors.Join(fmt.Errorf("%w: the target ends after %d events", ErrDiffers, n), err)
	}
	return nil
}

func same(a, b eventstore.Recorded) bool {
	return a.Stream == b.Stream && a.Revision == b.Revision && a.ID == b.ID && a.Type == b.Type &&
		bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Metadata, b.Metadata)
}

type events = iter.Seq2[eventstore.Recorded, error]

// ledger leaves out what is no ledger event: signed heads and the read trail
// belong to the log they were written to.
func ledger(all events) events {
	return func(yield func(eventstore.Recorded, error) bool) {
		for r, err := range all {
			if err == nil && !eventstore.IsLedger(r.Stream) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func upTo(all events, head eventstore.Position) events {
	return func(yield func(eventstore.Recorded, error) bool) {
		for r, err := range all {
			if err == nil && r.Position.Compare(head) > 0 || !yield(r, err) {
				return
			}
		}
	}
}
