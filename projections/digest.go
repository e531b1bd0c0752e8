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
// persons and donations, sorted within the 1,024 parts that the first bits of
// the subject's hash make, and then over the parts' hashes in order.
type Digest struct {
	Model    string
	Version  int // of the code that makes it; digests of different versions do not compare
	Subjects int64
	Sum      [sha256.Size]byte
}

func (d Digest) String() string { return d.Model + "/" + hex.EncodeToString(d.Sum[:]) }

// digestVersion changes whenever a figure or its row changes.
const digestVersion = 8

// Digests are the digests of every read model at the view. Parts that have not
// changed since they were last asked for are not computed again.
func (v *View) Digests() []Digest {
	return []Digest{
		v.bucketed("stars", &v.b.personOf, &v.b.people, v.starSubject),
		v.bucketed("standing", &v.b.personOf, &v.b.people, v.standingSubject),
		v.sorted("participation", v.participationSubjects),
		v.bucketed("donations", &v.b.donationOf, &v.b.giving, v.donationSubject),
		v.bucketed("activities", &v.b.activityOf, &v.b.happening, v.activitySubject),
		v.sorted("imports", v.importSubjects),
		v.sorted("communities", v.communitySubjects),
		v.sorted("policies", v.policySubjects),
		v.sorted("groups", v.groupSubjects),
		v.sorted("programme", v.programmeSubjects),
		v.bucketed("flags", &v.b.personOf, &v.b.suspects, v.personFlagSubject),
		v.sorted("place-flags", v.placeFlagSubjects),
		v.sorted("waiting", v.waitingSubjects),
		v.bucketed("persons", &v.b.personOf, &v.b.people, v.personSubject),
		v.sorted("registers", v.registerSubjects),
		v.sorted("scorecard", v.scorecardSubjects),
		v.sorted("guardians", v.guardSubjects),
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
	mu     sync.Mutex
	parts  map[string]*[digestBuckets]bucketSum
	prints map[uint32]printSum // by an import's newest row
}

// bucketed is a digest over the subjects of an index. row fills in a subject's
// row; false leaves the subject out.
func (v *View) bucketed(model string, index *uuidIndex, stamps *bucketStamps, row func(uint32, *subjectRow) bool) Digest {
	parts, stale := v.cache.digests.at(model, v, stamps)
	made := parallel(stale, func(k int) bucketSum { return v.bucketSum(model, index, k, row) })
	for i, k := range stale {
		parts[k] = made[i]
	}
	v.cache.digests.keep(model, stale, made)
	h := sha256.New()
	h.Write([]byte(model))
	out := Digest{Model: model, Version: digestVersion}
	for i := range parts {
		out.Subjects += parts[i].subjects
		h.Write(parts[i].sum[:])
	}
	h.Sum(out.Sum[:0])
	return out
}

// bucketSum is a part's digest; of an empty one it is zero.
func (v *View) bucketSum(model string, index *uuidIndex, k int, row func(uint32, *subjectRow) bool) bucketSum {
	var r subjectRow
	var sums [][32]byte
	index.inBucket(k, func(i uint32) {
		r.reset(model)
		if row(i, &r) {
			sums = append(sums, r.sum())
		}
	})
	out := bucketSum{made: true, size: v.size, policies: v.policies, day: v.day, subjects: int64(len(sums))}
	if len(sums) > 0 {
		out.sum = hashSorted(model, sums)
	}
	return out
}

// at copies the parts kept of a model and lists those that do not hold at the
// view.
func (c *digestCache) at(model string, v *View, stamps *bucketStamps) (parts []bucketSum, stale []int) {
	c.mu.Lock()
	if c.parts == nil {
		c.parts = map[string]*[digestBuckets]bucketSum{}
	}
	if c.parts[model] == nil {
		c.parts[model] = new([digestBuckets]bucketSum)
	}
	parts = slices.Clone(c.parts[model][:])
	c.mu.Unlock()
	for k := range parts {
		s := &parts[k]
		changed := atomic.LoadUint32(&stamps.changed[k])
		if !s.made || s.policies != v.policies || s.day != v.day || s.size != v.size && changed > min(s.size, v.size) {
			stale = append(stale, k)
		}
	}
	return parts, stale
}

// keep keeps parts for later, the newest of each.
func (c *digestCache) keep(model string, which []int, made []bucketSum) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, k := range which {
		if old := &c.parts[model][k]; !old.made || old.size <= made[i].size {
			*old = made[i]
		}
	}
}
