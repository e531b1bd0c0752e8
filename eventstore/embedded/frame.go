package embedded

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"zhishu/eventstore"
)

// A frame is one append: head, stream name, one record per event, zeros up to
// a multiple of 8. All numbers are little endian. docs/log-format.md is the
// full description; change both or neither.
const (
	headSize   = 56 // then the stream name
	recordSize = 32 // then type, data, metadata
	frameAlign = 8
	frameMagic = 0x3146485a // "ZHF1"

	// maxFrame bounds a frame by the limits of the port, before any of its
	// lengths is believed.
	maxFrame = (headSize + eventstore.MaxStreamName + recordSize*eventstore.MaxBatchEvents +
		eventstore.MaxBatchBytes + frameAlign - 1) &^ (frameAlign - 1)
)

// Offsets of the head's fields.
const (
	atCheck    = 0  // CRC32C of the head from atBody on and the name
	atBody     = 4  // CRC32C of all that follows the name
	atMagic    = 8  //
	atLength   = 12 // of the whole frame
	atSegment  = 16 // where the frame stands
	atOffset   = 20 //
	atGroup    = 24 // offset of the first frame that was written and synced with this one
	atChain    = 28 // check of the frame before this one in the log, 0 for the first
	atCount    = 32 // events
	atNameLen  = 34
	atFlags    = 35 // 0
	atSeq      = 36 // events in the log before this frame
	atRevision = 44 // of the first event: a stream holds fewer than 2^32 events
	atPrev     = 48 // place of the stream's frame before this one, 0 for its first
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// head is the fixed part of a frame.
type head struct {
	check, body uint32
	length      int
	at          place
	group       int64
	chain       uint32
	count       int
	seq         uint64
	revision    uint32
	prev        place
}

// frame is a verified frame. name and body point into the buffer it was
// parsed from.
type frame struct {
	head
	name []byte
	body []byte // records and padding
}

// Reasons for which bytes are no frame.
var (
	errShort    = errors.New("the bytes end within a frame")
	errMagic    = errors.New("no frame begins here")
	errHead     = errors.New("the head's checksum does not match")
	errBody     = errors.New("the body's checksum does not match")
	errField    = errors.New("a field is out of its range")
	errMoved    = errors.New("the frame belongs to another place")
	errRecord   = errors.New("the records do not fill the frame")
	errSequence = errors.New("the frame does not follow the one before it")
)

// parseHead reads the head and name of the frame that should stand at p.
// errShort means that more bytes are needed to tell.
func parseHead(b []byte, p place) (head, []byte, error) {
	var h head
	if len(b) < headSize {
		return h, nil, errShort
	}
	le := binary.LittleEndian
	if le.Uint32(b[atMagic:]) != frameMagic {
		return h, nil, errMagic
	}
	n := headSize + int(b[atNameLen])
	if len(b) < n {
		return h, nil, errShort
	}
	if crc32.Checksum(b[atBody:n], castagnoli) != le.Uint32(b[atCheck:]) {
		return h, nil, errHead
	}
	h.readFields(b)
	switch {
	case h.at != p:
		return h, nil, errMoved
	case h.count == 0, h.count > eventstore.MaxBatchEvents, b[atFlags] != 0, b[atNameLen] == 0,
		h.length < n+h.count*recordSize, h.length > maxFrame, h.length%frameAlign != 0,
		h.prev >= p, (h.prev == 0) != (h.revision == 0), h.group > p.offset():
		return h, nil, errField
	}
	return h, b[headSize:n:n], nil
}

func (h *head) readFields(b []byte) {
	le := binary.LittleEndian
	h.check = le.Uint32(b[atCheck:])
	h.body = le.Uint32(b[atBody:])
	h.length = int(le.Uint32(b[atLength:]))
	h.at = at(le.Uint32(b[atSegment:]), int64(le.Uint32(b[atOffset:])))
	h.group = int64(le.Uint32(b[atGroup:]))
	h.chain = le.Uint32(b[atChain:])
	h.count = int(le.Uint16(b[atCount:]))
	h.seq = le.Uint64(b[atSeq:])
	h.revision = le.Uint32(b[atRevision:])
	h.prev = place(le.Uint64(b[atPrev:]))
}

// parseFrame reads and verifies the whole frame that should stand at p and
// begins b. errShort means that b holds only a part of it.
func parseFrame(b []byte, p place) (frame, error) {
	f, err := parseOpen(b, p)
	if err == nil && !f.sound() {
		return frame{}, errBody
	}
	return f, err
}

// parseOpen is parseFrame for who verifies the body later.
func parseOpen(b []byte, p place) (frame, error) {
	h, name, err := parseHead(b, p)
	if err != nil {
		return frame{}, err
	}
	if len(b) < h.length {
		return frame{head: h, name: name}, errShort
	}
	return frame{h, name, b[headSize+len(name) : h.length : h.length]}, nil
}

// sound reports whether the body is as it was written.
func (f *frame) sound() bool { return crc32.Checksum(f.body, castagnoli) == f.head.body }

// record is one event within a frame.
type record struct {
	at    place
	event eventstore.Event // Type unset
	kind  []byte           // the type's bytes
}

// records walks the events of a frame. It is a value and points at bytes only,
// so that a walk allocates nothing.
type records struct {
	at   place // of the frame
	back int   // from the next record to at
	left int
	rest []byte // of the body
}

func (f *frame) records() records {
	return records{at: f.at, back: headSize + len(f.name), left: f.count, rest: f.body}
}

// next returns false after the last record. A record that does not fit its
// frame is errRecord: the checksum held, so it was written so.
func (r *records) next(rec *record) (bool, error) {
	b := r.rest
	if r.left == 0 {
		if len(b) >= frameAlign {
			return false, errRecord
		}
		return false, nil
	}
	if len(b) < recordSize {
		return false, errRecord
	}
	le := binary.LittleEndian
	back := int(le.Uint32(b))
	kind, data, meta := uint64(le.Uint32(b[4:])), uint64(le.Uint32(b[8:])), uint64(le.Uint32(b[12:]))
	if back != r.back || recordSize+kind+data+meta > uint64(len(b)) {
		return false, errRecord
	}
	rec.at = r.at + place(back)
	copy(rec.event.ID[:], b[16:recordSize])
	k, d, m := recordSize+int(kind), recordSize+int(kind+data), recordSize+int(kind+data+meta)
	rec.kind = b[recordSize:k:k]
	rec.event.Data = b[k:d:d]
	rec.event.Metadata = b[d:m:m]
	r.back += m
	r.rest = b[m:]
	r.left--
	return true, nil
}

// encode writes the frame of an append into buf, all but what only the writer
// knows: see seal. It also returns where in the frame the last record begins.
// The batch has been validated.
func encode(buf []byte, stream string, events []eventstore.Event) (frame []byte, last int) {
	size := headSize + len(stream)
	for i := range events {
		size += recordSize + len(events[i].Type) + len(events[i].Data) + len(events[i].Metadata)
	}
	length := (size + frameAlign - 1) &^ (frameAlign - 1)
	if cap(buf) < length {
		buf = make([]byte, 0, length)
	}
	buf = buf[:length]
	clear(buf[:headSize])
	clear(buf[size:])
	le := binary.LittleEndian
	le.PutUint32(buf[atMagic:], frameMagic)
	le.PutUint32(buf[atLength:], uint32(length))
	le.PutUint16(buf[atCount:], uint16(len(events)))
	buf[atNameLen] = byte(len(stream))
	pos := headSize + copy(buf[headSize:], stream)
	body := pos
	for i := range events {
		last = pos
		pos = encodeRecord(buf, pos, &events[i])
	}
	le.PutUint32(buf[atBody:], crc32.Checksum(buf[body:], castagnoli))
	return buf, last
}

func encodeRecord(buf []byte, pos int, e *eventstore.Event) int {
	le := binary.LittleEndian
	le.PutUint32(buf[pos:], uint32(pos))
	le.PutUint32(buf[pos+4:], uint32(len(e.Type)))
	le.PutUint32(buf[pos+8:], uint32(len(e.Data)))
	le.PutUint32(buf[pos+12:], uint32(len(e.Metadata)))
	copy(buf[pos+16:], e.ID[:])
	pos += recordSize
	pos += copy(buf[pos:], e.Type)
	pos += copy(buf[pos:], e.Data)
	return pos + copy(buf[pos:], e.Metadata)
}

// seal completes an encoded frame with its place in the log and returns its
// check, which the next frame carries as its chain.
func seal(buf []byte, p place, group int64, chain uint32, seq uint64, revision uint32, prev place) uint32 {
	le := binary.LittleEndian
	le.PutUint32(buf[atSegment:], p.segment())
	le.PutUint32(buf[atOffset:], uint32(p.offset()))
	le.PutUint32(buf[atGroup:], uint32(group))
	le.PutUint32(buf[atChain:], chain)
	le.PutUint64(buf[atSeq:], seq)
	le.PutUint32(buf[atRevision:], revision)
	le.PutUint64(buf[atPrev:], uint64(prev))
	check := crc32.Checksum(buf[atBody:headSize+int(buf[atNameLen])], castagnoli)
	le.PutUint32(buf[atCheck:], check)
	return check
}
