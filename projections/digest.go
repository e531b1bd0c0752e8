package projections

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"

	"zhishu/domain"
)

// Digest says in 32 bytes what a read model holds at a ledger size. It is made
// of the figures themselves, so that equal digests mean equal figures; it
// holds no position, no recording time, no personal field, and nothing that
// depends on when or in which batches events were folded.
//
// Sum is SHA-256 over the hashes of all subjects' rows: sorted, or, for
// persons and donations, sorted within the 4,096 parts that the first bits of
// the subject's hash make, and then over the parts' hashes in order.
type Digest struct {
	Model    string
	Version  int // of the code that makes it; digests of different versions do not compare
	Subjects int64
	Sum      [sha256.Size]byte
}

func (d Digest) String() string { return d.Model + "/" + hex.EncodeToString(d.Sum[:]) }

// digestVersion changes whenever a figure or its row changes.
const digestVersion = 1

// Digests are the digests of every read model at the view. Parts that have not
// changed since they were last asked for are not computed again.
func (v *View) Digests() []Digest {
	return []Digest{
		v.bucketed("stars", &v.b.personOf, &v.b.people, v.starSubject),
		v.bucketed("standing", &v.b.personOf, &v.b.people, v.standingSubject),
		v.sorted("participation", v.participationSubjects),
		v.bucketed("donations", &v.b.donationOf, &v.b.giving, v.donationSubject),
		v.sorted("imports", v.importSubjects),
		v.sorted("communities", v.communitySubjects),
		v.sorted("policies", v.policySubjects),
	}
}

// subjectRow collects what a subject's row holds and hashes it.
type subjectRow struct{ b []byte }

func (r *subjectRow) reset(model string) { r.b = append(append(r.b[:0], model...), 0) }
func (r *subjectRow) id(u domain.UUID)   { r.b = append(r.b, u[:]...) }
func (r *subjectRow) num(n int64)        { r.b = binary.BigEndian.AppendUint64(r.b, uint64(n)) }
func (r *subjectRow) text(s string)      { r.num(int64(len(s))); r.b = append(r.b, s...) }
func (r *subjectRow) sum() [32]byte      { return sha256.Sum256(r.b) }
func (r *subjectRow) policy(p *domain.PolicyVersion) {
	if p == nil {
		r.text("")
		return
	}
	r.text(p.ID.String())
	r.num(int64(p.Version))
}

// sorted is a digest over subjects that are few.
func (v *View) sorted(model string, each func(add func(*subjectRow))) Digest {
	var sums [][32]byte
	each(func(r *subjectRow) { sums = append(sums, r.sum()) })
	return Digest{model, digestVersion, int64(len(sums)), hashSorted(model, sums)}
}

func hashSorted(model string, sums [][32]byte) (out [32]byte) {
	slices.SortFunc(sums, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	h.Write([]byte(model))
	for i := range sums {
		h.Write(sums[i][:])
	}
	h.Sum(out[:0])
	return out
}

// bucketSum is a part's digest and the point it was made at.
type bucketSum struct {
	made     bool
	size     uint32
	policies int
	day      domain.Day
	subjects int64
	sum      [32]byte
}

// digestCache keeps the parts' digests of each bucketed model.
type digestCache struct {
	mu    sync.Mutex
	parts map[string]*[digestBuckets]bucketSum
}

func (c *digestCache) of(model string) *[digestBuckets]bucketSum {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.parts == nil {
		c.parts = map[string]*[digestBuckets]bucketSum{}
	}
	if c.parts[model] == nil {
		c.parts[model] = new([digestBuckets]bucketSum)
	}
	return c.parts[model]
}

// bucketed is a digest over the subjects of an index. row fills in a subject's
// row; false leaves the subject out.
func (v *View) bucketed(model string, index *uuidIndex, stamps *bucketStamps, row func(uint32, *subjectRow) bool) Digest {
	parts := v.cache.digests.of(model)
	all := make([]int, digestBuckets)
	for k := range all {
		all[k] = k
	}
	sums := parallel(all, func(k int) bucketSum {
		v.cache.digests.mu.Lock()
		s := parts[k]
		v.cache.digests.mu.Unlock()
		changed := atomic.LoadUint32(&stamps.changed[k])
		if s.made && s.policies == v.policies && s.day == v.day && (s.size == v.size || changed <= min(s.size, v.size)) {
			return s
		}
		s = v.bucketSum(model, index, k, row)
		v.cache.digests.mu.Lock()
		if parts[k].size <= s.size {
			parts[k] = s
		}
		v.cache.digests.mu.Unlock()
		return s
	})
	h := sha256.New()
	h.Write([]byte(model))
	out := Digest{Model: model, Version: digestVersion}
	for i := range sums {
		out.Subjects += sums[i].subjects
		h.Write(sums[i].sum[:])
	}
	h.Sum(out.Sum[:0])
	return out
}

func (v *View) bucketSum(model string, index *uuidIndex, k int, row func(uint32, *subjectRow) bool) bucketSum {
	var r subjectRow
	var sums [][32]byte
	index.inBucket(k, func(i uint32) {
		r.reset(model)
		if row(i, &r) {
			sums = append(sums, r.sum())
		}
	})
	return bucketSum{true, v.size, v.policies, v.day, int64(len(sums)), hashSorted(model, sums)}
}
