package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"zhishu/internal/durable"
)

// Examined is what a log that may be damaged holds.
type Examined struct {
	Events uint64 // in front of the damage
	// Damage is why nothing behind them can be read; nil: there is none.
	Damage error
	// Meta is why what log.json says cannot be believed; nil: it can. The heads of
	// the segments say the same, so records are read all the same, and the log
	// does not open until it is put right.
	Meta error
	// Blemishes are bytes that hold no record and are not as they were written.
	// They change nothing that is read.
	Blemishes []Blemish
	Torn      int64 // bytes behind the end that a crash may have left
}

// Blemish is a change in a place that holds no record.
type Blemish struct {
	File   string
	Offset int64 // of the first changed byte; -1: somewhere
	What   string
}

// Examine opens a log that nobody writes to up to the first damage, and tells
// a change in a record from one in space that holds none. It changes no file.
func Examine(dir string) (*Reader, Examined, error) {
	var x Examined
	id, size, err := x.meta(dir)
	if err != nil {
		return nil, x, err
	}
	r := &Reader{view: view{dir: dir, id: id, size: size}, closed: make(chan struct{}), frozen: true}
	err = durable.WhileUnlocked(r.path(lockName), func() error { return r.examine(&x) })
	if err != nil {
		return nil, x, errors.Join(err, r.closeFiles())
	}
	return r, x, nil
}

// meta is what log.json says, or the head of a segment in its place when that
// file is damaged or gone. Without either there is no log.
func (x *Examined) meta(dir string) (logID, int64, error) {
	id, size, wrong := readMeta(dir)
	numbers, err := listSegments(dir)
	if err != nil || len(numbers) == 0 {
		return id, size, wrong
	}
	for _, number := range numbers {
		h, err := readSegmentHead(dir, number)
		if err != nil {
			continue // judged with the segment
		}
		switch {
		case errors.Is(wrong, ErrNoLog):
			x.Meta = corrupt("%s is missing", metaName)
		case wrong != nil:
			x.Meta = wrong
		case h.id != id || h.size != size:
			x.Meta = corrupt("%s is of another log than %s", metaName, segmentName(number))
		default:
			return id, size, x.metaText(dir, id, size)
		}
		return h.id, h.size, nil
	}
	return id, size, wrong
}

// metaText notes a log.json that says what it should in other letters.
func (x *Examined) metaText(dir string, id logID, size int64) error {
	have, err := durable.ReadFile(filepath.Join(dir, metaName), maxMeta)
	if err != nil {
		return err
	}
	if want, _ := metaText(id, size); !bytes.Equal(have, want) {
		x.Blemishes = append(x.Blemishes, Blemish{metaName, -1, "it says what it should, and is not as it was written"})
	}
	return nil
}

func (r *Reader) examine(x *Examined) error {
	numbers, err := listSegments(r.dir)
	if err != nil {
		return err
	}
	for i, number := range numbers {
		if number != uint32(i+1) {
			x.Damage = corrupt("%s is missing", segmentName(uint32(i+1)))
			break
		}
		s, err := openSegment(r.dir, r.id, r.size, number, false)
		if err != nil {
			x.Damage = err
			break
		}
		r.segs = append(r.segs, s)
	}
	if len(r.segs) == 0 {
		return errors.Join(x.Damage, corrupt("no segment can be read"))
	}
	end := r.segs[0].start()
	for i, s := range r.segs {
		if i > 0 && (s.prevEnd != end.end.offset() || s.seq != end.seq || s.chain != end.chain) {
			x.Damage = corrupt("segment %d does not end as segment %d says", i, i+1)
			break
		}
		more, stopped, err := r.examineSegment(s, end, x)
		if err != nil {
			return err
		}
		if end = more; stopped {
			break
		}
	}
	x.Events = end.seq
	if x.Damage == nil {
		x.Damage = r.checkCommitted(end)
	}
	r.tail.set(end)
	return r.examineRest(x)
}

// examineSegment scans a segment and looks at the space that holds no frame.
// stopped: a frame is damaged, and what follows cannot be read.
func (r *Reader) examineSegment(seg *segment, from state, x *Examined) (end state, stopped bool, err error) {
	info, err := seg.file.Stat()
	if err != nil {
		return from, false, err
	}
	if err := x.zeros(seg, segmentHeadSize, blockSize); err != nil {
		return from, false, err
	}
	limit, sealed := info.Size(), int(seg.number) < len(r.segs)
	if sealed {
		limit = r.segs[seg.number].prevEnd
	}
	s := scanner{file: seg.file, state: seg.start(), anchored: true}
	s.last = from.last
	for {
		c, err := s.next(limit)
		switch {
		case err == nil:
			c.frames(func(f *frame) { r.table.put(f.slot(r.id)) })
			continue
		case !sealed:
			rest, judged := r.judgeRest(seg.file, s.end, info.Size(), err)
			if x.Torn = rest.bytes; judged != nil && x.Damage == nil {
				x.Damage = judged
			}
		case errors.Is(err, io.EOF):
			return s.state, false, x.zeros(seg, limit, info.Size())
		default:
			x.Damage, stopped = broken(s.end, err), true
		}
		return s.state, stopped, nil
	}
}

// zeros notes the first byte in a range of a segment that is not zero.
func (x *Examined) zeros(seg *segment, from, to int64) error {
	b := make([]byte, 64<<10)
	for at := from; at < to; at += int64(len(b)) {
		n, err := seg.file.ReadAt(b[:min(int64(len(b)), to-at)], at)
		if err != nil && err != io.EOF {
			return err
		}
		if i := bytes.IndexFunc(b[:n], func(c rune) bool { return c != 0 }); i >= 0 {
			x.Blemishes = append(x.Blemishes, Blemish{segmentName(seg.number), at + int64(i), "space that holds no record"})
			return nil
		}
		if n == 0 {
			return nil
		}
	}
	return nil
}

// examineRest looks at the files that can be made again.
func (r *Reader) examineRest(x *Examined) error {
	_, ok, err := readCommitted(r.path(committedName), r.id)
	if err != nil {
		return err
	}
	if _, missing := os.Stat(r.path(committedName)); !ok && missing == nil {
		x.Blemishes = append(x.Blemishes, Blemish{committedName, -1, "how far the log was durable; it says so no more"})
	}
	runs, err := listIndexes(r.dir)
	if err != nil {
		return err
	}
	for _, run := range runs {
		index, err := openIndex(r.dir, r.id, run)
		if err == nil {
			if int(run.to) < len(r.segs) && !index.endsWith(r.segs[run.to].segmentHead) {
				err = fmt.Errorf("it is of other segments")
			}
			err = errors.Join(err, index.close())
		}
		if err != nil {
			x.Blemishes = append(x.Blemishes, Blemish{run.name(), -1, "an index, which is made again: " + err.Error()})
		}
	}
	return nil
}
