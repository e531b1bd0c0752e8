package embedded

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"zhishu/eventstore"
)

// streamKey stands for a stream's name in memory and in the index files: the
// first half of SHA-256 over the log's id and the name. Two names with one key
// would need about 2^64 tries by somebody who picks names freely, so a key is
// taken for its name; every frame carries the name, and reads compare it.
type streamKey [4]uint32

func keyOf[S string | []byte](id logID, stream S) streamKey {
	var b [len(logID{}) + eventstore.MaxStreamName]byte
	n := copy(b[:], id[:])
	n += copy(b[n:], stream)
	sum := sha256.Sum256(b[:n])
	be := binary.BigEndian
	return streamKey{be.Uint32(sum[:]), be.Uint32(sum[4:]), be.Uint32(sum[8:]), be.Uint32(sum[12:])}
}

// compare is the order of index files, and the order of shards and slots in
// the table, so that loading an index writes memory from front to back.
func (k streamKey) compare(o streamKey) int {
	for i := range k {
		if c := cmp.Compare(k[i], o[i]); c != 0 {
			return c
		}
	}
	return 0
}

// shard is the number of the key's shard: its first bits.
func (k streamKey) shard() uint32 { return k[0] >> (32 - shardBits) }

// slot is what memory holds of a stream: 28 bytes. count 0 is an empty slot.
type slot struct {
	key      streamKey
	seg, off uint32 // the stream's newest frame
	count    uint32 // events in the stream
}

func (s *slot) head() place { return at(s.seg, int64(s.off)) }

func makeSlot(key streamKey, head place, count uint32) slot {
	return slot{key, head.segment(), uint32(head.offset()), count}
}

// table maps streams to their newest frames. Growing one of its many small
// shards takes a fraction of a millisecond whatever the table holds. One
// goroutine writes, any number look up.
type table struct {
	shards [1 << shardBits]shard
}

const shardBits = 10

type shard struct {
	mu    sync.RWMutex
	slots []slot
	used  int
}

func (t *table) get(key streamKey) (head place, count uint32) {
	s := &t.shards[key.shard()]
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.slots) == 0 {
		return 0, 0
	}
	found := s.find(key)
	return found.head(), found.count
}

// put enters a stream's newest frame. An older one than is known already
// changes nothing.
func (t *table) put(e slot) {
	s := &t.shards[e.key.shard()]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used >= len(s.slots)*9/10 {
		s.grow()
	}
	found := s.find(e.key)
	if found.count > e.count {
		return
	}
	if found.count == 0 {
		s.used++
	}
	*found = e
}

// find returns the key's slot, or the empty slot where it belongs.
func (s *shard) find(key streamKey) *slot {
	// The first bits chose the shard; the next 32 choose the slot.
	bits := key[0]<<shardBits | key[1]>>(32-shardBits)
	i := int(uint64(bits) * uint64(len(s.slots)) >> 32)
	for {
		e := &s.slots[i]
		if e.count == 0 || e.key == key {
			return e
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

func (s *shard) grow() {
	old := s.slots
	s.slots = make([]slot, max(4, len(old)*5/4+1))
	for i := range old {
		if old[i].count != 0 {
			*s.find(old[i].key) = old[i]
		}
	}
}

// streams is the number of streams held.
func (t *table) streams() (n uint64) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		n += uint64(s.used)
		s.mu.RUnlock()
	}
	return n
}

// bytes is the memory the slots take.
func (t *table) bytes() (n uint64) {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.RLock()
		n += uint64(len(s.slots)) * 28
		s.mu.RUnlock()
	}
	return n
}
