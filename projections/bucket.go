package projections

import (
	"math/bits"
	"sync/atomic"

	"zhishu/domain"
)

// digestBuckets is how many parts the subjects of an index are cut into by the
// first bits of their hash, so that a digest recomputes only parts that
// changed.
const (
	bucketBits    = 10
	digestBuckets = 1 << bucketBits
)

func bucketOf(u domain.UUID) int { return int(hashUUID(u) >> (64 - bucketBits)) }

// bucketStamps says when a part was last touched, as nodeRow does for
// divisions.
type bucketStamps struct {
	changed [digestBuckets]uint32      // atomic
	touched [digestBuckets / 64]uint64 // by the batch; the runner's
}

func (s *bucketStamps) touch(u domain.UUID) {
	k := bucketOf(u)
	s.touched[k/64] |= 1 << (k % 64)
}

func (s *bucketStamps) touchAll() {
	for w := range s.touched {
		s.touched[w] = ^uint64(0)
	}
}

func (s *bucketStamps) stamp(size uint32) {
	for w, set := range s.touched {
		for ; set != 0; set &= set - 1 {
			atomic.StoreUint32(&s.changed[w*64+bits.TrailingZeros64(set)], size)
		}
		s.touched[w] = 0
	}
}

// inBucket calls f for every row of a part, in no order.
func (x *uuidIndex) inBucket(bucket int, f func(row uint32)) {
	t := x.table.Load()
	if t == nil {
		return
	}
	n := uint64(len(t.slots))
	first := uint64(bucket) << (64 - bucketBits) >> t.shift
	last := (uint64(bucket)<<(64-bucketBits) | (1<<(64-bucketBits) - 1)) >> t.shift
	for i := first; i < first+n; i++ {
		s := atomic.LoadUint64(&t.slots[i&(n-1)])
		if s == 0 {
			if i >= last {
				return // behind the part's own slots a gap ends what was displaced
			}
			continue
		}
		if row := uint32(s) - 1; bucketOf(x.key(row)) == bucket {
			f(row)
		}
	}
}
