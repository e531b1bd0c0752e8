package projections

import "sync/atomic"

const (
	chunkBits = 11
	chunkLen  = 1 << chunkBits
	chunkMask = chunkLen - 1

	none  = ^uint32(0) // no row: the end of a chain, an absent reference
	never = ^uint32(0) // a ledger size that has not come
)

// column is an append-only table in chunks that never move. One goroutine
// appends; any number read rows whose index they learned after the append,
// through an atomic load (a chain's head, the published size).
type column[T any] struct {
	dir atomic.Pointer[[]*[chunkLen]T]
	n   uint32 // the appender's
	pub atomic.Uint32
}

// publish lets readers walk the rows so far; chains need no publishing.
func (c *column[T]) publish() { c.pub.Store(c.n) }

// seen is the number of rows published.
func (c *column[T]) seen() uint32 { return c.pub.Load() }

// at is row i, which must exist.
func (c *column[T]) at(i uint32) *T { return &(*c.dir.Load())[i>>chunkBits][i&chunkMask] }

// add appends a zero row and tells its index. The caller fills it in before it
// makes the index known.
func (c *column[T]) add() (uint32, *T) {
	i := c.n
	if i&chunkMask == 0 {
		var dir []*[chunkLen]T
		if old := c.dir.Load(); old != nil {
			dir = *old
		}
		dir = append(dir, new([chunkLen]T)) // readers of the old header never look beyond it
		c.dir.Store(&dir)
	}
	c.n++
	return i, c.at(i)
}

// push appends a row.
func (c *column[T]) push(v T) uint32 {
	i, row := c.add()
	*row = v
	return i
}

// plan makes room for n rows, which grow brings.
func (c *column[T]) plan(n uint32) {
	dir := make([]*[chunkLen]T, (uint64(n)+chunkMask)>>chunkBits)
	c.dir.Store(&dir)
	c.n = n
	c.publish()
}

// grow brings n zero rows from first on of those that were planned, to be filled
// in any order. It follows on from where it left off.
func (c *column[T]) grow(first, n uint32) {
	dir := *c.dir.Load()
	for i := first >> chunkBits; i <= (first+n-1)>>chunkBits; i++ {
		if dir[i] == nil {
			dir[i] = new([chunkLen]T)
		}
	}
}
