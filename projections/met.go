package projections

import "math/bits"

// met is a set of numbers of which it remembers 16 bits each: some that it never
// met seem met, none the other way round.
type met struct {
	slots []uint16
	shift int
	room  int
}

func newMet(n int) *met {
	size := bits.Len(uint(max(n, 32))) + 1
	return &met{make([]uint16, 1<<size), 64 - size, 1 << size * 3 / 4}
}

// again adds a number and reports whether it was there.
func (m *met) again(x uint64) bool {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd1b54a32d192ed03)
	x = (hi ^ lo) * 0xff51afd7ed558ccd
	tag := uint16(x) | 1
	for i := x >> m.shift; m.room > 0; i++ {
		slot := &m.slots[i&uint64(len(m.slots)-1)]
		switch *slot {
		case 0:
			*slot = tag
			m.room--
			return false
		case tag:
			return true
		}
	}
	return true // full
}
