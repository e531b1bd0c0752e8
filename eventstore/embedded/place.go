package embedded

import (
	"fmt"

	"zhishu/eventstore"
)

// place is where something stands in the log: the segment's number in the
// upper half, the byte offset in that segment's file in the lower. Places grow
// along the log. Segments count from 1, so the zero place is nowhere.
type place uint64

func at(segment uint32, offset int64) place {
	return place(uint64(segment)<<32 | uint64(offset))
}

func (p place) segment() uint32 { return uint32(p >> 32) }
func (p place) offset() int64   { return int64(uint32(p)) }

func (p place) String() string {
	return fmt.Sprintf("segment %d offset %d", p.segment(), p.offset())
}

// position is the token of an event whose record stands here.
func (p place) position() eventstore.Position {
	return eventstore.NewPosition(uint64(p>>32), uint64(uint32(p)))
}

// placeOf is the reverse of position; false for a token no log of ours gave.
func placeOf(p eventstore.Position) (place, bool) {
	hi, lo := p.Parts()
	if hi == 0 || hi > 1<<32-1 || lo > 1<<32-1 {
		return 0, false
	}
	return place(hi<<32 | lo), true
}
