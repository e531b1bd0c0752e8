package projections

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// suspecting says whom a list of flags looks at. Where few parts are to be made
// anew it is everybody in them; where many are, those whom a sieve lets through.
type suspecting struct {
	v     *View
	made  atomic.Int32
	sieve func() *flagSieve
	parts func() *[digestBuckets][]uint32
}

// fewParts is how many parts of persons cost less than a sieve.
const fewParts = 16

func (v *View) suspecting() *suspecting {
	w := &suspecting{v: v, sieve: sync.OnceValue(v.flagSieve)}
	w.parts = sync.OnceValue(w.inParts)
	return w
}

func (w *suspecting) few() bool { return w.made.Add(1) <= fewParts }

// inBucket calls f for the persons of a part.
func (w *suspecting) inBucket(k int, f func(person uint32)) {
	if w.few() {
		w.v.b.personOf.inBucket(k, f)
		return
	}
	for _, i := range w.parts()[k] {
		f(i)
	}
}

// inParts sorts the persons whom the sieve let through into their parts.
func (w *suspecting) inParts() (parts *[digestBuckets][]uint32) {
	parts = new([digestBuckets][]uint32)
	for word, set := range w.sieve().persons {
		for ; set != 0; set &= set - 1 {
			i := uint32(word*64 + bits.TrailingZeros64(set))
			k := bucketOf(w.v.b.persons.at(i).id.UUID)
			parts[k] = append(parts[k], i)
		}
	}
	return parts
}

// burstsIn reports whether there may be bursts in a community; in one that came
// after the view there are none.
func (w *suspecting) burstsIn(c codeNumber) bool {
	if w.few() {
		return true
	}
	some := w.sieve().communities
	return c.number < uint32(len(some)) && some[c.number]
}
