package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"sync"
	"sync/atomic"
)

// subjectKeys is what sealing needs of a subject's key, ready for use. The raw
// key itself is never cached: it exists for the microsecond in which this is
// made, and is wiped.
type subjectKeys struct {
	aead cipher.AEAD
	mac  atomic.Pointer[Key] // derived at the first SubjectMac: few need one
}

func newSubjectKeys(k Key) (*subjectKeys, error) {
	aead, err := newGCM(k)
	if err != nil {
		return nil, err
	}
	return &subjectKeys{aead: aead}, nil
}

const cacheShards = 64

// keyCache holds the keys of subjects in use, at most its limit. It is split
// into shards so that sealing on many cores does not meet at one lock.
type keyCache struct {
	perShard int
	// epoch rises with every eviction. A key read before an erasure is not put
	// into the cache after it: see put.
	epoch  atomic.Uint64
	shards [cacheShards]cacheShard
}

type cacheShard struct {
	mu   sync.RWMutex
	keys map[Subject]*cached
	ring []Subject // the order in which a second chance is given
	hand int
}

type cached struct {
	*subjectKeys
	used atomic.Bool
}

func newKeyCache(limit int) *keyCache {
	c := &keyCache{perShard: max(1, limit/cacheShards)}
	for i := range c.shards {
		c.shards[i].keys = make(map[Subject]*cached)
	}
	return c
}

// shard picks by the id's last bytes: they are random in every UUID version we
// make.
func (c *keyCache) shard(s Subject) *cacheShard {
	return &c.shards[binary.LittleEndian.Uint64(s[8:])>>40%cacheShards]
}

func (c *keyCache) get(s Subject) *subjectKeys {
	sh := c.shard(s)
	sh.mu.RLock()
	e := sh.keys[s]
	sh.mu.RUnlock()
	if e == nil {
		return nil
	}
	if !e.used.Load() { // written only when it changes: no cache line goes back and forth
		e.used.Store(true)
	}
	return e.subjectKeys
}

// put remembers k, which was read from the store when the epoch was read. If a
// subject was evicted since, k may be that subject's: it is not kept.
func (c *keyCache) put(s Subject, k *subjectKeys, epoch uint64) {
	sh := c.shard(s)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if c.epoch.Load() != epoch || sh.keys[s] != nil {
		return
	}
	if len(sh.ring) < c.perShard {
		sh.ring = append(sh.ring, s)
	} else {
		sh.replace(s)
	}
	sh.keys[s] = &cached{subjectKeys: k}
}

// replace gives the place of the first subject not used since the hand last
// passed to s.
func (sh *cacheShard) replace(s Subject) {
	for {
		old := sh.ring[sh.hand]
		e := sh.keys[old]
		if e == nil || !e.used.Swap(false) {
			delete(sh.keys, old)
			sh.ring[sh.hand] = s
			sh.hand = (sh.hand + 1) % len(sh.ring)
			return
		}
		sh.hand = (sh.hand + 1) % len(sh.ring)
	}
}

// evict forgets subjects for good. The cipher's expanded key cannot be
// overwritten from outside crypto/aes; nothing refers to it any more and the
// collector takes it.
func (c *keyCache) evict(subjects []Subject) {
	c.epoch.Add(1)
	for _, s := range subjects {
		sh := c.shard(s)
		sh.mu.Lock()
		if e := sh.keys[s]; e != nil {
			delete(sh.keys, s)
		}
		sh.mu.Unlock()
	}
}

// clear forgets everybody.
func (c *keyCache) clear() {
	c.epoch.Add(1)
	for i := range c.shards {
		sh := &c.shards[i]
		sh.mu.Lock()
		clear(sh.keys)
		sh.ring, sh.hand = nil, 0
		sh.mu.Unlock()
	}
}
