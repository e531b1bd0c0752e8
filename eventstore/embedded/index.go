package embedded

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhishu/internal/durable"
)

// An index file says, for a run of sealed segments, which streams have frames
// there, and where the newest of those stands. It holds nothing that the
// segments do not hold: a missing or damaged one is made again.
const (
	indexHeadSize  = 56
	indexEntrySize = 28
	indexSuffix    = ".idx"
)

var indexMagic = [8]byte{'z', 'h', 'i', 's', 'h', 'u', 'X', '1'}

// run is a range of segments, both ends included.
type run struct{ from, to uint32 }

func (r run) name() string { return fmt.Sprintf("%010d-%010d%s", r.from, r.to, indexSuffix) }

func parseIndexName(name string) (run, bool) {
	var r run
	if _, err := fmt.Sscanf(name, "%010d-%010d"+indexSuffix, &r.from, &r.to); err != nil {
		return r, false
	}
	return r, r.name() == name && r.from > 0 && r.from <= r.to
}

// indexHead names what an index covers, and the state of the log behind it,
// which must be the one the next segment begins with.
type indexHead struct {
	id      logID
	run     run
	end     int64 // offset at which segment run.to ends
	seq     uint64
	chain   uint32
	entries uint64
}

func (h indexHead) encode() []byte {
	b := make([]byte, indexHeadSize)
	le := binary.LittleEndian
	copy(b, indexMagic[:])
	copy(b[8:], h.id[:])
	le.PutUint32(b[24:], h.run.from)
	le.PutUint32(b[28:], h.run.to)
	le.PutUint32(b[32:], uint32(h.end))
	le.PutUint32(b[36:], h.chain)
	le.PutUint64(b[40:], h.seq)
	le.PutUint64(b[48:], h.entries)
	return b
}

// endsWith reports whether the index ends as the segment after it says.
func (h indexHead) endsWith(next segmentHead) bool {
	return h.run.to+1 == next.number && h.end == next.prevEnd && h.seq == next.seq && h.chain == next.chain
}

// writeIndex stores an index; entries come in the order of their keys.
func writeIndex(dir string, h indexHead, entries func(yield func(slot) error) error) error {
	return durable.Write(filepath.Join(dir, h.run.name()), 0o644, func(w io.Writer) error {
		sum := crc32.New(castagnoli)
		buf := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<18)
		if _, err := buf.Write(h.encode()); err != nil {
			return err
		}
		if err := entries(func(e slot) error { return writeEntry(buf, e) }); err != nil {
			return err
		}
		if err := buf.Flush(); err != nil {
			return err
		}
		return binary.Write(w, binary.LittleEndian, sum.Sum32())
	})
}

func writeEntry(w *bufio.Writer, e slot) error {
	b := w.AvailableBuffer()
	for _, k := range e.key {
		b = binary.BigEndian.AppendUint32(b, k)
	}
	le := binary.LittleEndian
	b = le.AppendUint32(b, e.off)
	b = le.AppendUint32(b, e.seg)
	b = le.AppendUint32(b, e.count)
	_, err := w.Write(b)
	return err
}

func readEntry(b []byte) slot {
	be, le := binary.BigEndian, binary.LittleEndian
	return slot{
		key:   streamKey{be.Uint32(b), be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:])},
		off:   le.Uint32(b[16:]),
		seg:   le.Uint32(b[20:]),
		count: le.Uint32(b[24:]),
	}
}

// indexReader reads the entries of an index whose checksum has been verified.
type indexReader struct {
	indexHead
	file *os.File
	buf  *bufio.Reader
	left uint64
}

// openIndex opens an index and verifies all of it. The error is ErrCorrupt
// when the file is not what writeIndex wrote for this run of this log.
func openIndex(dir string, id logID, r run) (*indexReader, error) {
	f, err := os.Open(filepath.Join(dir, r.name()))
	if err != nil {
		return nil, err
	}
	x := &indexReader{file: f, buf: bufio.NewReaderSize(f, 1<<18)}
	if err := x.verify(id, r); err != nil {
		return nil, errors.Join(fmt.Errorf("index %s: %w", r.name(), err), f.Close())
	}
	return x, nil
}

func (x *indexReader) verify(id logID, r run) error {
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	size := info.Size() - 4
	if size < indexHeadSize {
		return corrupt("it is too short")
	}
	sum := crc32.New(castagnoli)
	if _, err := io.Copy(sum, io.LimitReader(x.file, size)); err != nil {
		return err
	}
	var b [indexHeadSize]byte
	if _, err := x.file.ReadAt(b[:4], size); err != nil {
		return err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(b[:]) {
		return corrupt("its checksum does not match")
	}
	if _, err := x.file.ReadAt(b[:], 0); err != nil {
		return err
	}
	x.indexHead = parseIndexHead(&b)
	if [8]byte(b[:]) != indexMagic || x.id != id || x.run != r || uint64(size-indexHeadSize) != x.entries*indexEntrySize {
		return corrupt("it belongs to another place")
	}
	return x.rewind()
}

// rewind goes back to the first entry.
func (x *indexReader) rewind() error {
	_, err := x.file.Seek(indexHeadSize, io.SeekStart)
	x.buf.Reset(x.file)
	x.left = x.entries
	return err
}

func parseIndexHead(b *[indexHeadSize]byte) indexHead {
	le := binary.LittleEndian
	return indexHead{
		id:      logID(b[8:24]),
		run:     run{le.Uint32(b[24:]), le.Uint32(b[28:])},
		end:     int64(le.Uint32(b[32:])),
		chain:   le.Uint32(b[36:]),
		seq:     le.Uint64(b[40:]),
		entries: le.Uint64(b[48:]),
	}
}

// next returns the entries in the order of their keys, then false.
func (x *indexReader) next() (slot, bool, error) {
	if x.left == 0 {
		return slot{}, false, nil
	}
	x.left--
	b, err := x.buf.Peek(indexEntrySize)
	if err != nil {
		return slot{}, false, err
	}
	e := readEntry(b)
	_, err = x.buf.Discard(indexEntrySize)
	return e, true, err
}

func (x *indexReader) close() error { return x.file.Close() }

// indexSegment makes the index of one sealed segment by scanning it, which
// verifies every frame and that the segment ends as the next one says.
func indexSegment(s *segment, next segmentHead) (indexHead, []slot, error) {
	newest := make(map[streamKey]slot)
	scan := scanner{file: s.file, state: s.start(), anchored: true}
	for {
		c, err := scan.next(next.prevEnd)
		if err == io.EOF {
			break
		}
		if err != nil {
			return indexHead{}, nil, broken(scan.end, err)
		}
		c.frames(func(f *frame) {
			e := f.slot(s.id)
			newest[e.key] = e
		})
	}
	h := indexHead{
		id: s.id, run: run{s.number, s.number},
		end: scan.end.offset(), seq: scan.seq, chain: scan.chain, entries: uint64(len(newest)),
	}
	if !h.endsWith(next) {
		return h, nil, corrupt("segment %d does not end as segment %d says", s.number, next.number)
	}
	entries := make([]slot, 0, len(newest))
	for _, e := range newest {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b slot) int { return a.key.compare(b.key) })
	return h, entries, nil
}

// slot is the table's entry for a stream whose newest frame this is.
func (f *frame) slot(id logID) slot {
	return makeSlot(keyOf(id, f.name), f.at, f.revision+uint32(f.count))
}

// listIndexes returns the runs that index files in dir claim to cover.
func listIndexes(dir string) ([]run, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var runs []run
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), indexSuffix) {
			continue
		}
		if r, ok := parseIndexName(f.Name()); ok {
			runs = append(runs, r)
		}
	}
	return runs, nil
}
