package projections

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"zhishu/domain"
)

// uuidIndex finds the row of an identity. It is an open-addressing table of
// row numbers with a tag of the hash beside each, so that a lookup touches one
// line of the table and one row. One goroutine inserts; any number look up.
type uuidIndex struct {
	table atomic.Pointer[uuidTable]
	n     int
	key   func(row uint32) domain.UUID
}

type uuidTable struct {
	shift uint8
	slots []uint64 // tag<<32 | row+1; zero is empty; read and written atomically
}

func newUUIDTable(bitsOfSize uint8) *uuidTable {
	return &uuidTable{shift: 64 - bitsOfSize, slots: make([]uint64, 1<<bitsOfSize)}
}

// hashUUID spreads identities that are not random, too.
func hashUUID(u domain.UUID) uint64 {
	a, b := binary.LittleEndian.Uint64(u[:8]), binary.LittleEndian.Uint64(u[8:])
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	h := (hi ^ lo) * 0xff51afd7ed558ccd
	return h ^ h>>32
}

// find is the row of an identity with its hash, or none.
func (x *uuidIndex) find(u domain.UUID, hash uint64) uint32 {
	t := x.table.Load()
	if t == nil {
		return none
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash >> t.shift; ; i++ {
		s := atomic.LoadUint64(&t.slots[i&mask])
		if s == 0 {
			return none
		}
		if s>>32 == hash&0xffffffff {
			if row := uint32(s) - 1; x.key(row) == u {
				return row
			}
		}
	}
}

// insert adds a row whose identity is not there yet.
func (x *uuidIndex) insert(row uint32, hash uint64) {
	t := x.table.Load()
	if t == nil {
		t = newUUIDTable(8)
		x.table.Store(t)
	}
	if x.n*4 >= len(t.slots)*3 {
		t = x.grow(t)
	}
	t.put(hash, uint64(row)+1)
	x.n++
}

// grow makes a table twice as large; readers keep the old one until it stands.
func (x *uuidIndex) grow(old *uuidTable) *uuidTable {
	t := newUUIDTable(64 - old.shift + 1)
	for _, s := range old.slots {
		if s != 0 {
			t.put(hashUUID(x.key(uint32(s)-1)), s&0xffffffff)
		}
	}
	x.table.Store(t)
	return t
}

// reserve makes room for n identities before they come.
func (x *uuidIndex) reserve(n int) {
	size := uint8(8)
	for n*4 >= 3<<size {
		size++
	}
	x.table.Store(newUUIDTable(size))
}

func (t *uuidTable) put(hash, rowPlusOne uint64) {
	mask := uint64(len(t.slots) - 1)
	i := hash >> t.shift
	for t.slots[i&mask] != 0 { // only this goroutine writes
		i++
	}
	atomic.StoreUint64(&t.slots[i&mask], hash&0xffffffff<<32|rowPlusOne)
}
