package projections

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
)

var (
	errSnapshotDamaged = errors.New("the snapshot is damaged")
	// ErrSnapshotVersion is a snapshot that nothing is wrong with: it is not used.
	ErrSnapshotVersion = errors.New("the snapshot was written by another version")
)

// readBooks reads what capture.write wrote, from a file of so many bytes. Any
// fault is an error; nothing of the snapshot is used then. Whoever holds the file
// may have written anything there, checksums and all: what is made room for is
// what the file is large enough for, and every reference is held against what
// there is. What was not thought of is caught as the panic that it becomes.
func readBooks(r io.Reader, length int64) (b *books, s *smallState, err error) {
	defer func() {
		if wrong := recover(); wrong != nil {
			b, s, err = nil, nil, fmt.Errorf("%w: %v", errSnapshotDamaged, wrong)
		}
	}()
	f, err := readHead(r, length)
	if err != nil {
		return nil, nil, err
	}
	s = &smallState{}
	if err := json.Unmarshal(f.rows, s); err != nil || f.table != len(tables) {
		return nil, nil, errors.Join(errSnapshotDamaged, err)
	}
	if len(s.Scheduled) != len(s.Labels) {
		return nil, nil, fmt.Errorf("%w: labels and lengths differ in number", errSnapshotDamaged)
	}
	b = newBooks()
	b.restoreWords(s)
	k := s.counts(b)
	if !s.fits(length) || !s.sound(k) {
		return nil, nil, fmt.Errorf("%w: its head is none of such a file", errSnapshotDamaged)
	}
	for _, t := range tables {
		t.plan(b, s.Rows[t.name])
	}
	if err := b.readTables(r, s, k); err != nil {
		return nil, nil, err
	}
	return b, s, b.restore(s)
}

// readHead reads the frame in front. That it is of another version is known before
// anything else is looked at: neither the tables nor what the head says of them
// need be the same there.
func readHead(r io.Reader, length int64) (frame, error) {
	magic := make([]byte, len(snapshotMagic))
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != snapshotMagic {
		return frame{}, errSnapshotDamaged
	}
	f, err := readHeader(r)
	if err != nil || int64(f.length) > length {
		return f, errSnapshotDamaged
	}
	var rows bytes.Buffer
	if _, err := io.CopyN(&rows, r, int64(f.length)); err != nil {
		return f, fmt.Errorf("%w: %w", errSnapshotDamaged, err)
	}
	if f.rows = rows.Bytes(); !f.sound() {
		return f, errSnapshotDamaged
	}
	version, ok := versionOf(f.rows)
	switch {
	case !ok:
		return f, errSnapshotDamaged
	case version != snapshotVersion:
		return f, fmt.Errorf("%w (%d, not %d)", ErrSnapshotVersion, version, snapshotVersion)
	}
	return f, nil
}

// versionOf reads the first field of the head, and no more of it.
func versionOf(head []byte) (version int, ok bool) {
	d := json.NewDecoder(bytes.NewReader(head))
	for _, expected := range [...]json.Token{json.Delim('{'), "Version"} {
		if t, err := d.Token(); err != nil || t != expected {
			return 0, false
		}
	}
	return version, d.Decode(&version) == nil
}

type frame struct {
	header [frameHeader]byte
	table  int
	first  uint32
	n      uint32
	length uint32
	rows   []byte
}

// readHeader reads what stands before the rows. io.EOF is the end.
func readHeader(r io.Reader) (f frame, err error) {
	if _, err := io.ReadFull(r, f.header[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return f, io.EOF
		}
		return f, fmt.Errorf("%w: %w", errSnapshotDamaged, err)
	}
	f.table = int(binary.LittleEndian.Uint32(f.header[0:]))
	f.first = binary.LittleEndian.Uint32(f.header[4:])
	f.n = binary.LittleEndian.Uint32(f.header[8:])
	f.length = binary.LittleEndian.Uint32(f.header[12:])
	return f, nil
}

// readFrame reads rows into buf where it is large enough. io.EOF is the end.
func readFrame(r io.Reader, buf []byte) (frame, error) {
	f, err := readHeader(r)
	if err != nil {
		return f, err
	}
	if f.table >= len(tables) || f.n == 0 || f.n > frameRows || int(f.length) != int(f.n)*tables[f.table].width {
		return f, errSnapshotDamaged
	}
	f.rows = slices.Grow(buf[:0], int(f.length))[:f.length]
	if _, err := io.ReadFull(r, f.rows); err != nil {
		return f, fmt.Errorf("%w: %w", errSnapshotDamaged, err)
	}
	return f, nil
}

func (f *frame) sound() bool {
	return frameSum(f.header[:16], f.rows) == binary.LittleEndian.Uint32(f.header[16:])
}

// take decodes a frame's rows into their places.
func (b *books) take(f *frame, k *counts) (sound bool) {
	defer func() {
		if recover() != nil {
			sound = false
		}
	}()
	return f.sound() && tables[f.table].get(b, k, f.rows, f.first, f.n)
}

// readTables reads frames in order and decodes them on every processor.
func (b *books) readTables(r io.Reader, s *smallState, k *counts) error {
	workers := runtime.GOMAXPROCS(0)
	work, free := make(chan frame, workers), make(chan []byte, 4*workers)
	var bad atomic.Bool
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for f := range work {
				if !b.take(&f, k) {
					bad.Store(true)
				}
				select {
				case free <- f.rows:
				default:
				}
			}
		})
	}
	err := b.feed(r, s, &bad, work, free)
	close(work)
	group.Wait()
	if bad.Load() {
		return errSnapshotDamaged
	}
	return err
}

// feed hands frames to the workers, makes room for them, and makes sure that every
// row comes once. It stops when one was bad.
func (b *books) feed(r io.Reader, s *smallState, bad *atomic.Bool, work chan<- frame, free <-chan []byte) error {
	next := make([]uint32, len(tables))
	for !bad.Load() {
		var buf []byte
		select {
		case buf = <-free:
		default:
		}
		f, err := readFrame(r, buf)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t := &tables[f.table]
		if f.first != next[f.table] || uint64(f.first)+uint64(f.n) > uint64(s.Rows[t.name]) {
			return errSnapshotDamaged
		}
		next[f.table] += f.n
		t.grow(b, f.first, f.n)
		work <- f
	}
	for i, t := range tables {
		if next[i] != s.Rows[t.name] {
			return fmt.Errorf("%w: it ends early", errSnapshotDamaged)
		}
	}
	return nil
}

// restoreWords numbers the words as folding did.
func (b *books) restoreWords(s *smallState) {
	for i, l := range s.Labels {
		b.labels.add(labels{l[0], l[1], domain.Minutes(s.Scheduled[i])})
	}
	for _, l := range s.Layers {
		b.layers.add(l)
	}
	for _, g := range s.Givings {
		b.givings.add(giving{domain.GiftKind(g[0]), domain.DonorKind(g[1]), domain.Publication(g[2]), domain.SupportKind(g[3])})
	}
	for _, x := range s.Things {
		b.things.add(thing{x[0], x[1]})
	}
	for _, n := range s.Notes {
		b.notes.add(n)
	}
	for _, p := range s.Plans {
		b.plans.add(planWordsOf(p))
	}
	for _, h := range s.Handles {
		b.handles.add(h)
	}
}

// restore makes of tables and small state what folding would have made.
func (b *books) restore(s *smallState) error {
	b.groups.index()
	for i := range b.communities.n {
		b.placeCommunity(i)
	}
	for _, m := range s.Merges {
		row := mergeRow{m[0], m[1], m[2], m[3]}
		if b.mergeOf(row.from, row.at+1) != nil || b.canonical(row.into, row.at+1) == row.from {
			return fmt.Errorf("%w: persons are merged in a circle", errSnapshotDamaged)
		}
		b.addMerge(row)
	}
	for _, c := range s.Changes {
		i := uint32(c[0])
		b.group.layers[i] = append(b.group.layers[i], layerRow{uint32(c[1]), domain.Day(c[2]), uint32(c[3])})
	}
	for i, id := range s.Imports {
		row := b.imports[b.importNumber(domain.ImportID{UUID: id})]
		row.prints, row.reached = s.Prints[i], s.Reached[i]
	}
	for _, r := range s.Reviews {
		b.size = r.At
		b.noteReview(r.Flag, domain.FlagOutcome(r.Outcome), domain.AccountID{UUID: r.By})
	}
	for _, a := range s.Acts {
		if b.acts == nil {
			b.acts = map[uint32][]actRow{}
		}
		b.acts[a[0]] = append(b.acts[a[0]], actRow{a[1], a[2], a[3], a[4], actKind(a[5])})
	}
	for _, g := range s.Guardians {
		b.addGuardian(g.Child, guardianRow{g.At, g.Guardian})
	}
	for _, d := range s.Days {
		b.days = append(b.days, dayMark{domain.Day(d[0]), uint32(d[1])})
	}
	if err := b.foldStored(s.Events); err != nil {
		return err
	}
	b.revisions = s.Revisions
	b.index()
	b.indexActivities()
	b.indexWaits()
	b.indexGuards()
	for i := range b.memberships.n {
		m := b.memberships.at(i)
		if m.kind != communityMembership {
			b.belong(b.groupRefOf(m), i)
		} else {
			b.persons.at(m.person).settle(m.subject)
		}
	}
	position, err := eventstore.ParsePosition(s.Position)
	if err != nil {
		return fmt.Errorf("%w: %w", errSnapshotDamaged, err)
	}
	b.size, b.time = s.Size, domain.Instant(s.Time)
	b.touchAll()
	b.publish(position, s.Last)
	return nil
}

// foldStored folds the events of the small streams again.
func (b *books) foldStored(events []storedEvent) error {
	d := wire.Decoder{SkipSealed: true}
	for _, e := range events {
		ref, ok := domain.ParseStream(e.Stream)
		if !ok {
			return errSnapshotDamaged
		}
		event, err := d.Decode(ref, e.Type, wire.Version, e.Data)
		if err != nil {
			return fmt.Errorf("%w: %w", errSnapshotDamaged, err)
		}
		by, err := domain.ParseUUID(e.By)
		if err != nil {
			return fmt.Errorf("%w: %w", errSnapshotDamaged, err)
		}
		b.size = e.At
		if err := b.foldSmall(e.Stream, event, e.No, domain.AccountID{UUID: by}); err != nil {
			return err
		}
	}
	return nil
}

// index finds subjects by identity again.
func (b *books) index() {
	b.personOf.reserve(int(b.persons.n))
	for i := range b.persons.n {
		b.personOf.insert(i, hashUUID(b.persons.at(i).id.UUID))
	}
	b.donationOf.reserve(int(b.donations.n))
	for i := range b.donations.n {
		b.donationOf.insert(i, hashUUID(b.donations.at(i).id.UUID))
	}
	b.donorOf.reserve(int(b.donors.n))
	for i := range b.donors.n {
		b.donorOf.insert(i, hashUUID(b.donors.at(i).id.UUID))
	}
	b.giverOf.reserve(int(b.givers.n))
	for i := range b.givers.n {
		b.giverOf.insert(i, hashUUID(b.givers.at(i).id.UUID))
	}
	b.accountOf.reserve(int(b.accounts.n))
	for i := range b.accounts.n {
		b.accountOf.insert(i, hashUUID(b.accounts.at(i).id))
	}
}
