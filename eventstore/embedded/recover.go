package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// torn is what follows the last valid frame of the newest segment when a crash
// interrupted a write: bytes that were never acknowledged.
type torn struct {
	at    place
	bytes int64 // up to the last that is not zero; 0: nothing to cut
	why   error
}

// scanNewest finds the end of the valid frames in the newest segment, filling
// the table, and judges what follows. Only bytes that can be the remains of a
// group that was never acknowledged are a torn tail; anything else is
// eventstore.ErrCorrupt. It changes nothing.
func (v *view) scanNewest() (state, torn, error) {
	seg := v.newest()
	info, err := seg.file.Stat()
	if err != nil {
		return state{}, torn{}, err
	}
	if info.Size() > capacity(seg.number, seg.size) {
		return state{}, torn{}, corrupt("%s holds %d bytes, more than a segment", segmentName(seg.number), info.Size())
	}
	s := scanner{file: seg.file, state: seg.start(), anchored: true}
	for {
		c, err := s.next(info.Size())
		if err != nil {
			rest, judged := v.judgeRest(seg.file, s.end, info.Size(), err)
			return s.state, rest, judged
		}
		c.frames(func(f *frame) { v.table.put(f.slot(v.id)) })
	}
}

// judgeRest decides what the bytes from p on are, where no valid frame stands
// for the reason why.
func (v *view) judgeRest(f *os.File, p place, size int64, why error) (torn, error) {
	if errors.Is(why, io.EOF) {
		return torn{at: p}, nil
	}
	var failed *os.PathError
	if errors.As(why, &failed) {
		return torn{}, why
	}
	rest := make([]byte, size-p.offset())
	if _, err := f.ReadAt(rest, p.offset()); err != nil {
		return torn{}, err
	}
	rest = bytes.TrimRight(rest, "\x00")
	if h, ok := laterFrame(rest, p); ok {
		return torn{}, corrupt("%s: %v, but a valid frame that was written after it stands at %s", p, why, h.at)
	}
	return torn{at: p, bytes: int64(len(rest)), why: why}, nil
}

// laterFrame looks behind an invalid frame at p for a valid one of a later
// group. A group is written only after the one before it was synced, so such a
// frame proves that the frame at p had been acknowledged. Valid frames of the
// same group prove nothing: a crash may keep any part of a group.
func laterFrame(rest []byte, p place) (head, bool) {
	var magic [4]byte
	binary.LittleEndian.PutUint32(magic[:], frameMagic)
	for i := frameAlign; i+headSize <= len(rest); i += frameAlign {
		if [4]byte(rest[i+atMagic:]) != magic {
			continue
		}
		// Heads suffice: a head's own checksum says where it belongs, even when
		// its body did not arrive.
		h, _, err := parseHead(rest[i:], p+place(i))
		if err == nil && h.group > p.offset() {
			return h, true
		}
	}
	return head{}, false
}

// checkCommitted refuses a log that ends before what was once acknowledged.
func (v *view) checkCommitted(end state) error {
	said, ok, err := readCommitted(v.path(committedName), v.id)
	if err != nil || !ok {
		return err
	}
	if said.end > end.end || said.end == end.end && said != end {
		return corrupt("the log ends at %s after %d events, but had acknowledged %d events up to %s",
			end.end, end.seq, said.seq, said.end)
	}
	return nil
}
