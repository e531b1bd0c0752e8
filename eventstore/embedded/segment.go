package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"zhishu/internal/durable"
)

// A segment file is one block that holds its head, then frames, then zeros. A
// new segment's head also seals the one before: it says where that one ends.
const (
	blockSize       = 4096 // of the head, so that it is never rewritten with data
	segmentHeadSize = 72
	segmentSuffix   = ".seg"
	// firstFill is how much of a new segment is filled with zeros before it may
	// be used, and all of the first one.
	firstFill = 2 << 20
)

// capacity is how large a segment's file may become: each of the first ones
// twice the one before, so that a small ledger takes little disk, up to the full
// size.
func capacity(number uint32, size int64) int64 {
	if number > 32 {
		return size
	}
	return min(size, firstFill<<(number-1))
}

var segmentMagic = [8]byte{'z', 'h', 'i', 's', 'h', 'u', 'S', '1'}

// segmentHead is what a segment says of itself and of all before it.
type segmentHead struct {
	id      logID
	size    int64 // bytes the file may grow to
	number  uint32
	prevEnd int64  // offset at which the segment before ends
	seq     uint64 // events in all segments before
	chain   uint32 // check of the last frame before
	last    place  // of the last event before
}

// start is the state of the log where the segment's first frame goes.
func (h segmentHead) start() state {
	return state{end: at(h.number, blockSize), seq: h.seq, chain: h.chain, last: h.last}
}

// state is a point between two frames of the log.
type state struct {
	end   place  // where the next frame goes
	seq   uint64 // events so far
	chain uint32 // check of the last frame
	last  place  // record of the last event, 0 before the first
}

func (h segmentHead) encode() []byte {
	b := make([]byte, segmentHeadSize)
	le := binary.LittleEndian
	copy(b, segmentMagic[:])
	copy(b[8:], h.id[:])
	le.PutUint64(b[24:], uint64(h.size))
	le.PutUint32(b[32:], h.number)
	le.PutUint32(b[36:], h.chain)
	le.PutUint64(b[40:], uint64(h.prevEnd))
	le.PutUint64(b[48:], h.seq)
	le.PutUint64(b[56:], uint64(h.last))
	le.PutUint32(b[68:], crc32.Checksum(b[:68], castagnoli))
	return b
}

func parseSegmentHead(b []byte) (segmentHead, error) {
	var h segmentHead
	if len(b) < segmentHeadSize {
		return h, errShort
	}
	le := binary.LittleEndian
	if [8]byte(b) != segmentMagic {
		return h, errors.New("not a segment of this format")
	}
	if crc32.Checksum(b[:68], castagnoli) != le.Uint32(b[68:]) {
		return h, errHead
	}
	h.id = logID(b[8:24])
	h.size = int64(le.Uint64(b[24:]))
	h.number = le.Uint32(b[32:])
	h.chain = le.Uint32(b[36:])
	h.prevEnd = int64(le.Uint64(b[40:]))
	h.seq = le.Uint64(b[48:])
	h.last = place(le.Uint64(b[56:]))
	return h, nil
}

// segment is an open segment file.
type segment struct {
	segmentHead
	file *os.File
}

func segmentName(number uint32) string { return fmt.Sprintf("%010d%s", number, segmentSuffix) }

// parseSegmentName reports the number of a segment file's name.
func parseSegmentName(name string) (uint32, bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || name != segmentName(uint32(n)) {
		return 0, false
	}
	return uint32(n), true
}

// createSegment writes a fresh segment durably.
func createSegment(dir string, h segmentHead) error {
	if err := fillSpare(dir, min(firstFill, capacity(h.number, h.size))); err != nil {
		return err
	}
	f, err := useSpare(dir, h)
	if err != nil {
		return err
	}
	return f.Close()
}

// fillSpare begins the file that the next segment will be, with zeros.
func fillSpare(dir string, size int64) error {
	f, err := os.OpenFile(filepath.Join(dir, spareName), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if err := durable.Grow(f, 0, size); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// useSpare turns the spare into the segment of this head. A crash before the
// rename leaves a spare, which Open discards; after it, an empty segment.
func useSpare(dir string, h segmentHead) (*os.File, error) {
	spare, name := filepath.Join(dir, spareName), filepath.Join(dir, segmentName(h.number))
	f, err := os.OpenFile(spare, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(h.encode(), 0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := durable.Datasync(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := durable.Rename(spare, name); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", durable.ErrSync, err), f.Close())
	}
	return f, nil
}

// openSegment opens a segment file and checks that it is the one its name and
// log say.
func openSegment(dir string, id logID, size int64, number uint32, write bool) (*segment, error) {
	flag := os.O_RDONLY
	if write {
		flag = os.O_RDWR
	}
	name := segmentName(number)
	f, err := os.OpenFile(filepath.Join(dir, name), flag, 0)
	if err != nil {
		return nil, err
	}
	h, err := headOf(f)
	if err == nil && (h.id != id || h.size != size || h.number != number) {
		err = errMoved
	}
	if err != nil {
		return nil, errors.Join(corrupt("head of %s: %v", name, err), f.Close())
	}
	return &segment{segmentHead: h, file: f}, nil
}

func headOf(f *os.File) (segmentHead, error) {
	var b [segmentHeadSize]byte
	if _, err := f.ReadAt(b[:], 0); err != nil && err != io.EOF {
		return segmentHead{}, err
	}
	return parseSegmentHead(b[:])
}

// readSegmentHead reads what a segment says of itself, whatever log it is of.
func readSegmentHead(dir string, number uint32) (segmentHead, error) {
	f, err := os.Open(filepath.Join(dir, segmentName(number)))
	if err != nil {
		return segmentHead{}, err
	}
	defer f.Close() // read only: nothing to lose
	return headOf(f)
}
