package embedded

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// maxGroup bounds what one write and sync carry, and so how long they take.
const maxGroup = 8 << 20

// writer is the state of the one goroutine that appends to the log.
type writer struct {
	log       *Log
	file      *os.File // of the newest segment
	committed *os.File // tells other processes how far the log is durable
	said      [committedSize]byte

	start   state              // what is durable
	next    state              // start and the frames in buf
	buf     []byte             // the frames of the group
	group   []*request         // the appends in buf
	refused []*request         // answered with the group: they were judged on its strength
	pending map[streamKey]slot // streams as the group leaves them
}

// begin opens the log for writing behind a recovered state.
func (w *writer) begin(l *Log, end state) error {
	f, err := os.OpenFile(l.path(committedName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	seg := l.newest()
	info, err := seg.file.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	*w = writer{log: l, file: seg.file, committed: f, start: end, next: end, pending: make(map[streamKey]slot)}
	l.space = newSpace(l.dir, l.size, &l.failure, l.disk)
	spare, err := leftSpare(l.path(spareName), capacity(seg.number+1, l.size))
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.space.use(seg.number, info.Size(), end.end.offset(), spare)
	// Once, with a sync: from here on the file exists under its name.
	if err := errors.Join(w.publish(), f.Truncate(committedSize), f.Sync(), durable.SyncDir(l.dir)); err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// end leaves a committed file that a power cut cannot take back any more.
func (w *writer) end() error {
	return errors.Join(w.committed.Sync(), w.committed.Close())
}

func (w *writer) run() {
	var batch []*request
	for {
		var more bool
		if batch, more = w.log.queue.take(batch[:0]); !more {
			return
		}
		for i, r := range batch {
			w.add(r)
			batch[i] = nil
		}
		w.flush()
	}
}

// add puts an append into the group, or answers it.
func (w *writer) add(r *request) {
	if err := w.log.failure.get(); err != nil {
		r.answer(stopped(err))
		return
	}
	if err := w.room(len(r.frame)); err != nil {
		r.answer(err)
		return
	}
	// The stream is looked at only now: room may have flushed the group.
	prev, count := w.stream(r.key)
	if uint64(count) != r.expected {
		r.err = errRevision
		w.refused = append(w.refused, r)
		return
	}
	if uint64(count)+uint64(r.events) > math.MaxUint32 {
		r.answer(fmt.Errorf("%w: the stream is full", eventstore.ErrUnavailable))
		return
	}
	p := w.next.end
	w.next.chain = seal(r.frame, p, w.start.end.offset(), w.next.chain, w.next.seq, count, prev)
	w.next.end += place(len(r.frame))
	w.next.seq += uint64(r.events)
	w.next.last = p + place(r.lastRecord)
	r.last = w.next.last
	w.buf = append(w.buf, r.frame...)
	w.group = append(w.group, r)
	w.pending[r.key] = makeSlot(r.key, p, count+uint32(r.events))
}

func stopped(err error) error {
	return fmt.Errorf("%w: writing has stopped: %w", eventstore.ErrUnavailable, err)
}

// stream is a stream's newest frame and length, the group included.
func (w *writer) stream(key streamKey) (place, uint32) {
	if e, ok := w.pending[key]; ok {
		return e.head(), e.count
	}
	return w.log.table.get(key)
}

// room makes sure that a frame of n bytes fits behind the group, in this
// segment and, if need be, in the next.
func (w *writer) room(n int) error {
	if w.fits(n) {
		if len(w.buf) > 0 && len(w.buf)+n > maxGroup {
			w.flush()
		}
		return nil
	}
	// A group stands in one segment, so that its start can be told by an
	// offset. It is durable before the next segment's head says where it ends.
	w.flush()
	if err := w.log.failure.get(); err != nil {
		return stopped(err)
	}
	if w.fits(n) {
		return nil // the flush failed for want of room and took its frames back
	}
	return w.nextSegment()
}

func (w *writer) fits(n int) bool {
	return w.next.end.offset()+int64(n) <= capacity(w.next.end.segment(), w.log.size)
}

// nextSegment goes on in a fresh segment, whose head seals the present one.
func (w *writer) nextSegment() error {
	l := w.log
	h := segmentHead{
		id: l.id, size: l.size, number: w.start.end.segment() + 1,
		prevEnd: w.start.end.offset(), seq: w.start.seq, chain: w.start.chain, last: w.start.last,
	}
	f, err := l.space.next(h)
	if err != nil {
		return refusal(err)
	}
	l.add(&segment{segmentHead: h, file: f})
	w.file, w.start, w.next = f, h.start(), h.start()
	select {
	case l.index <- struct{}{}:
	default:
	}
	return nil
}

// refusal says that nothing was written, and why.
func refusal(err error) error {
	if durable.Full(err) {
		return fmt.Errorf("%w: %w", eventstore.ErrFull, err)
	}
	return fmt.Errorf("%w: %w", eventstore.ErrUnavailable, err)
}

// flush makes the group durable and answers all that wait for it.
func (w *writer) flush() {
	if len(w.group) > 0 {
		err := w.commit()
		if err != nil {
			w.next = w.start // the frames were taken back, or nothing follows
		}
		for i, r := range w.group {
			r.answer(err)
			w.group[i] = nil
		}
		w.buf, w.group = w.buf[:0], w.group[:0]
		clear(w.pending)
	}
	for i, r := range w.refused {
		r.answer(r.err)
		w.refused[i] = nil
	}
	w.refused = w.refused[:0]
}

// commit writes and syncs the group, then shows it to readers.
func (w *writer) commit() error {
	l := w.log
	if err := l.failure.get(); err != nil { // of the space, meanwhile
		return stopped(err)
	}
	from, to := w.start.end.offset(), w.next.end.offset()
	// A crash before the write loses appends that nobody was told of.
	filled, err := l.space.ensure(to)
	if err != nil {
		return refusal(err)
	}
	w.pad(from, to, filled)
	t0 := time.Now()
	if _, err := l.disk.write(w.file, w.buf, from); err != nil {
		return w.takeBack(from, to, err)
	}
	t1 := time.Now()
	// A crash here leaves any part of the group: the next Open keeps the frames
	// up to the first that is not whole. Their callers were told nothing, and
	// retry with the same ids.
	if err := l.disk.sync(w.file); err != nil {
		l.failure.set(err)
		return unknown(err)
	}
	t2 := time.Now()
	// From here on the group is durable; a crash makes its callers' answers get
	// lost, never their events.
	w.start = w.next
	for _, e := range w.pending {
		l.table.put(e)
	}
	l.tail.set(w.start)
	if err := w.publish(); err != nil {
		l.failure.set(err)
	}
	g := Group{Appends: len(w.group), Events: w.events(), Bytes: int(to - from), Write: t1.Sub(t0), Sync: t2.Sub(t1)}
	l.counters.add(g)
	if l.observe != nil {
		l.observe(g)
	}
	return nil
}

// page is what the system reads before a part of it is written, unless it has it
// in memory.
const page = 4096

var zeroPage [page]byte

// pad adds zeros up to the end of the last page, where the group is the first to
// write into it: they stand there anyway, and the page need not be read.
func (w *writer) pad(from, to, filled int64) {
	if (from-1)/page != (to-1)/page {
		end := min((to+page-1)/page*page, filled)
		w.buf = append(w.buf, zeroPage[:end-to]...)
	}
}

func (w *writer) events() (n int) {
	for _, r := range w.group {
		n += r.events
	}
	return n
}

// takeBack undoes a write that failed for want of room. A crash before the
// zeros are written may keep frames of the group, so until they are its outcome
// is unknown.
func (w *writer) takeBack(from, to int64, err error) error {
	if durable.Full(err) {
		if durable.Zero(w.file, from, to) == nil {
			return refusal(err)
		}
	}
	w.log.failure.set(err)
	return unknown(err)
}

// publish tells other processes how far the log is durable.
func (w *writer) publish() error {
	encodeCommitted(&w.said, w.log.id, w.start)
	_, err := w.committed.WriteAt(w.said[:], 0)
	return err
}

func (r *request) answer(err error) {
	r.err = err
	r.done <- struct{}{}
}
