package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// chunkSize is how much a scan reads at once; the largest frame fits.
const chunkSize = 1 << 20

// chunk is a run of whole, verified frames in a buffer of its own.
type chunk struct {
	at  place
	buf []byte
}

// scanner reads verified frames of one segment in order, each following the
// one before it. It does not decide what the end of the valid frames means.
type scanner struct {
	file *os.File
	state
	anchored bool // state.seq and chain are known, not taken from the first frame
}

// next reads up to limit (an offset of the segment) and returns the frames
// that are whole and sound. When frames were found the error is nil. io.EOF
// says that limit was reached; any other error why no frame stands at
// s.end.
func (s *scanner) next(limit int64) (chunk, error) {
	c := chunk{at: s.end}
	want := min(limit-s.end.offset(), chunkSize)
	if want <= 0 {
		return c, io.EOF
	}
	buf := make([]byte, want)
	n, err := s.file.ReadAt(buf, s.end.offset())
	if err != nil && err != io.EOF {
		return c, err
	}
	buf = buf[:n]
	whole := buf
	var f frame
	for len(buf) > 0 {
		next, err := s.step(buf)
		if err != nil && f.count == 0 {
			return c, err
		}
		if err != nil {
			break // said again by the next call, unless more bytes mend it
		}
		f, buf = next, buf[next.length:]
	}
	if f.count == 0 {
		return c, errShort
	}
	c.buf = whole[:s.end-c.at]
	s.last, err = f.lastRecord()
	return c, err
}

// step verifies one frame and moves past it, leaving s.last to the caller.
func (s *scanner) step(b []byte) (frame, error) {
	f, err := parseFrame(b, s.end)
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

// frames calls visit for every frame of a chunk, which the scanner has
// verified.
func (c chunk) frames(visit func(*frame) error) error {
	for b := c.buf; len(b) > 0; {
		h, name := trustedHead(b)
		f := frame{h, name, b[headSize+len(name) : h.length : h.length]}
		if err := visit(&f); err != nil {
			return err
		}
		b = b[h.length:]
	}
	return nil
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
