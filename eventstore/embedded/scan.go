package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// chunkSize is how much a scan reads at once: little enough that what was read is
// still in the processor's cache when its checksums are computed, and enough that
// handing a chunk to another goroutine costs little beside it. A larger frame is
// read whole.
const chunkSize = 512 << 10

// chunk is a run of whole, verified frames, or of frames whose bodies are yet to
// be verified.
type chunk struct {
	at   place
	buf  []byte
	open bool
}

// scanner reads verified frames of one segment in order, each following the
// one before it. It does not decide what the end of the valid frames means.
type scanner struct {
	file *os.File
	state
	anchored bool   // state.seq and chain are known, not taken from the first frame
	open     bool   // verify heads only, which say where frames end; state.last is not kept
	buf      []byte // for the next chunk
}

// next reads up to limit (an offset of the segment) and returns the frames
// that are whole and sound, in s.buf. When frames were found the error is nil.
// io.EOF says that limit was reached; any other error why no frame stands at
// s.end.
func (s *scanner) next(limit int64) (chunk, error) {
	left := limit - s.end.offset()
	if left <= 0 {
		return chunk{}, io.EOF
	}
	c, short, err := s.read(min(left, chunkSize))
	if err == errShort && int64(short) <= left {
		c, _, err = s.read(int64(short))
	}
	return c, err
}

// read looks for frames in the next n bytes. When they end within the first
// one, short is that frame's length.
func (s *scanner) read(n int64) (c chunk, short int, err error) {
	if int64(len(s.buf)) < n {
		s.buf = make([]byte, n)
	}
	got, err := s.file.ReadAt(s.buf[:n], s.end.offset())
	if err != nil && err != io.EOF {
		return c, 0, err
	}
	c.at = s.end
	var f frame
	for b := s.buf[:got]; len(b) > 0; b = b[f.length:] {
		next, err := s.step(b)
		if err != nil && f.count == 0 {
			return c, next.length, err
		}
		if err != nil {
			break // said again by the next call, unless more bytes mend it
		}
		f = next
	}
	if f.count == 0 {
		return c, 0, errShort
	}
	c.buf, c.open = s.buf[:s.end-c.at], s.open
	if !s.open {
		s.last, err = f.lastRecord()
	}
	return c, 0, err
}

// step verifies one frame and moves past it, leaving s.last to the caller.
func (s *scanner) step(b []byte) (frame, error) {
	parse := parseFrame
	if s.open {
		parse = parseOpen
	}
	f, err := parse(b, s.end)
	if err != nil {
		return f, err
	}
	if s.anchored && (f.seq != s.seq || f.chain != s.chain) {
		return f, errSequence
	}
	s.anchored = true
	s.end += place(f.length)
	s.seq = f.seq + uint64(f.count)
	s.chain = f.check
	return f, nil
}

// lastRecord is the place of the frame's last event.
func (f *frame) lastRecord() (place, error) {
	var rec record
	for walk := f.records(); ; {
		ok, err := walk.next(&rec)
		if err != nil || !ok {
			return rec.at, err
		}
	}
}

// frames calls visit for every frame of a chunk, whose heads the scanner has
// verified.
func (c chunk) frames(visit func(*frame)) {
	for b := c.buf; len(b) > 0; {
		f := trustedFrame(b)
		visit(&f)
		b = b[f.length:]
	}
}

// trustedFrame is the frame that begins b, of which the head was verified.
func trustedFrame(b []byte) frame {
	h, name := trustedHead(b)
	return frame{h, name, b[headSize+len(name) : h.length : h.length]}
}

// verify verifies the bodies of an open chunk. When one is not sound the chunk
// stays open: who takes it apart says where.
func (c *chunk) verify() {
	for b := c.buf; len(b) > 0 && c.open; {
		f := trustedFrame(b)
		if !f.sound() {
			return
		}
		b = b[f.length:]
	}
	c.open = false
}

// trustedHead reads a head that was verified before.
func trustedHead(b []byte) (head, []byte) {
	var h head
	h.readFields(b)
	n := headSize + int(b[atNameLen])
	return h, b[headSize:n:n]
}

// broken turns the reason why no frame stands at p, where one must stand, into
// an error for callers.
func broken(p place, err error) error {
	if errors.Is(err, os.ErrClosed) {
		return err
	}
	var io *os.PathError
	if errors.As(err, &io) {
		return fmt.Errorf("read %s: %w", p, err)
	}
	return corrupt("%s: %v", p, err)
}
