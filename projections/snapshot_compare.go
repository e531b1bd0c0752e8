package projections

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/internal/durable"
)

// ErrSnapshotDiffers is a snapshot that is sound in itself and not what the events
// give.
var ErrSnapshotDiffers = errors.New("the snapshot is not what the events give")

// SnapshotChecked says of a snapshot what a fold from the first event found. Err is
// nil when the file is, byte for byte, what that fold would have written at the
// same size; only the position stands where it may.
type SnapshotChecked struct {
	SnapshotInfo
	Err error
}

// heldSnapshot is a snapshot that is to be compared. It is open from the beginning,
// because a server beside us may replace it meanwhile.
type heldSnapshot struct {
	SnapshotInfo
	file *os.File
	head frame
	err  error
}

// holdSnapshots opens snapshots and reads their heads, from the lowest size.
func holdSnapshots(list []SnapshotInfo) (held []*heldSnapshot) {
	for _, info := range list {
		s := &heldSnapshot{SnapshotInfo: info}
		s.err = s.begin()
		held = append(held, s)
	}
	slices.SortStableFunc(held, func(a, b *heldSnapshot) int { return int(int64(a.Size) - int64(b.Size)) })
	return held
}

func (s *heldSnapshot) begin() error {
	f, info, err := durable.Open(s.Path)
	if err != nil {
		return err
	}
	s.file = f
	if s.head, err = readHead(f, info.Size()); err != nil {
		return err
	}
	var inside struct{ Size uint32 }
	if err := json.Unmarshal(s.head.rows, &inside); err != nil {
		return fmt.Errorf("%w: %w", errSnapshotDamaged, err)
	}
	return s.named(inside.Size)
}

// compare holds the file against what b, folded from the first event up to its
// size, would write. Figures alone would not do: what shows only once the ledger
// has grown is in none of today's. The error is the log's.
func (s *heldSnapshot) compare(ctx context.Context, log eventstore.LogReader, b *books) error {
	var inside struct{ Position string }
	if err := json.Unmarshal(s.head.rows, &inside); err != nil {
		s.err = fmt.Errorf("%w: %w", errSnapshotDamaged, err)
		return nil
	}
	position, err := eventstore.ParsePosition(inside.Position)
	if err != nil {
		s.err = fmt.Errorf("%w: %w", errSnapshotDamaged, err)
		return nil
	}
	c := b.capture()
	err = belongs(ctx, log, b, frontier{size: b.size, position: position, last: c.frontier.last})
	if errors.Is(err, errOtherLog) || errors.Is(err, eventstore.ErrPositionBeyondHead) {
		s.err = fmt.Errorf("%w: it goes on from another place of the log", ErrSnapshotDiffers)
		return nil
	}
	if err != nil {
		return err
	}
	c.small.Position = position.String()
	in := bufio.NewReaderSize(s.file, 1<<20)
	digests := b.view(b.size, b.dayOf(b.size), newCache()).Digests()
	s.err = c.frames(b.small, digests, func(t int, first, n uint32, rows []byte) error { return s.same(in, t, first, n, rows) })
	if s.err != nil {
		return nil
	}
	if _, err := in.ReadByte(); err != io.EOF {
		s.err = fmt.Errorf("%w: something follows its last row", errSnapshotDamaged)
	}
	return nil
}

// same compares the next frame, and tells where it differs.
func (s *heldSnapshot) same(in io.Reader, t int, first, n uint32, rows []byte) error {
	if t == len(tables) {
		if s.head.table == t && s.head.n == n && bytes.Equal(s.head.rows, rows) {
			return nil
		}
		return fmt.Errorf("%w: its head is another", ErrSnapshotDiffers)
	}
	f, err := readFrame(in, nil)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends early", errSnapshotDamaged)
	}
	if err != nil {
		return err
	}
	if !f.sound() {
		return errSnapshotDamaged
	}
	if f.table != t || f.first != first || f.n != n {
		return fmt.Errorf("%w: other rows stand where %s should", ErrSnapshotDiffers, tables[t].name)
	}
	for at := range rows {
		if rows[at] != f.rows[at] {
			return fmt.Errorf("%w: row %d of its %s is another", ErrSnapshotDiffers, int(first)+at/tables[t].width, tables[t].name)
		}
	}
	return nil
}

func (s *heldSnapshot) close() {
	if s.file != nil {
		s.file.Close()
	}
}

// ErrSnapshotAhead is a snapshot of more events than were folded.
var ErrSnapshotAhead = errors.New("the snapshot is of more events than there are")

// checked lists what was found, from the lowest size.
func checked(held []*heldSnapshot, size domain.Size) (out []SnapshotChecked) {
	for _, s := range held {
		if s.err == nil && s.Size > size {
			s.err = ErrSnapshotAhead
		}
		out = append(out, SnapshotChecked{s.SnapshotInfo, s.err})
	}
	return out
}
