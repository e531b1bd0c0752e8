package inspect

import (
	"bytes"
	"cmp"
	"context"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"

	"zhishu/audit/proof"
	"zhishu/domain"
)

// withinRange: the counts are those of the manifest, every personal stream that is
// there belongs to the division, and everything that was opened does not.
func (v *verification) withinRange() (string, error) {
	r := v.manifest.Range
	d, err := domain.ParseDivision(r.Division)
	scope, scopeErr := domain.ParseDivision(v.manifest.Case.Division)
	switch {
	case err != nil || scopeErr != nil || r.Division == "" || !scope.Covers(d):
		return "", wrong("the division %q is none of the case's", r.Division)
	case r.Withheld != v.tree.withheld || r.Included != v.cut.Size-v.tree.withheld:
		return "", wrong("%d facts are withheld, the manifest says %d", v.tree.withheld, r.Withheld)
	case v.manifest.Sample != nil && r.Division != v.manifest.Case.Division:
		return "", wrong("a sample of the whole case cannot be followed in a part of it")
	}
	of, err := belong(d, func() iter.Seq2[passing, error] {
		return func(yield func(passing, error) bool) {
			for f, err := range v.unchecked(v.ctx) {
				if err != nil {
					yield(passing{}, err)
					return
				}
				if !yield(passingOf(&f.frame), nil) {
					return
				}
			}
		}
	})
	if err != nil {
		return "", err
	}
	for f, err := range v.unchecked(v.ctx) {
		if err != nil {
			return "", err
		}
		if !of.includes(f.frame.Stream) {
			return "", wrongAt(f.index, "it is personal and of another division")
		}
		if err := v.readingsHeld(of, f); err != nil {
			return "", err
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(of.streams)) {
		if v.tree.next[stream] == nil {
			return "", missing("%s belongs to somebody of the division, and the bundle holds nothing of it", stream)
		}
	}
	return v.opened(of)
}

func passingOf(f *proof.Frame) passing { return passing{f.Stream, f.Type, f.Data} }

// readingsHeld: what a fact says it was judged on is there, where it belongs to the
// bundle: nothing is accepted that names a stream without events. This tells of an
// end of a stream that was held back, when something else was judged on it.
func (v *verification) readingsHeld(of *belonging, f *fact) error {
	if !bytes.Contains(f.frame.Data, []byte(`"read":`)) {
		return nil
	}
	var e struct {
		Read struct {
			Stream   string
			Revision uint64
		}
	}
	if json.Unmarshal(f.frame.Data, &e) != nil || e.Read.Stream == "" || !of.includes(e.Read.Stream) {
		return nil
	}
	held := uint64(0)
	if due := v.tree.next[e.Read.Stream]; due != nil {
		held = *due
	}
	if e.Read.Revision >= held {
		return wrongAt(f.index, "it was judged on revision %d of %s, of which the bundle holds %d", e.Read.Revision, e.Read.Stream, held)
	}
	return nil
}

// opened holds withheld facts that were opened against their commitments, and
// looks whether one of them belongs to the division. Every one that was chosen
// must be among them.
func (v *verification) opened(of *belonging) (string, error) {
	entries := bundleReader{v: v}
	due := map[uint64]bool{}
	for _, index := range v.o.Challenged {
		due[index] = true
	}
	for _, receipt := range v.o.Opened {
		shown, err := receipt.Verify(v.o.Keys...)
		if err != nil {
			return "", wrong("what was opened does not hold: %v", err)
		}
		if !due[shown.Index] || !v.tree.isWithheld(shown.Index) {
			return "", wrong("fact %d was opened, and was not chosen among those withheld", shown.Index)
		}
		delete(due, shown.Index)
		if err := v.elsewhere(of, &entries, receipt, shown); err != nil {
			return "", err
		}
		v.report.Opened++
	}
	for index := range due {
		return "", missing("fact %d was chosen, and was not opened", index)
	}
	v.report.Hidden = hidden(v.tree.withheld, uint64(v.report.Opened))
	return fmt.Sprintf("%d included, %d withheld, %d opened", v.manifest.Range.Included, v.tree.withheld, v.report.Opened), nil
}

// challenged: whoever has opened nothing cannot tell whether facts of the division
// were held back, and a single one, a rule or a correction, moves figures.
func (v *verification) challenged() (string, error) {
	if v.tree.withheld > 0 && v.report.Opened == 0 {
		return "", missing("none of the withheld facts was opened: zhishu inspect challenge, then verify with --challenged and --opened")
	}
	return "", nil
}

// elsewhere: one that was opened is what was committed to, and was rightly held
// back.
func (v *verification) elsewhere(of *belonging, entries *bundleReader, receipt proof.Receipt, shown proof.Shown) error {
	f, index := &shown.Frame, shown.Index
	entry, err := entries.at(index)
	if err != nil {
		return err
	}
	inclusion, err := proof.ParseInclusion([]byte(receipt.Proof))
	if err != nil || len(inclusion.Extra) != len(proof.Salt{}) {
		return wrong("what was opened, fact %d, has no salt", index)
	}
	opened := proof.Commit(proof.Salt(inclusion.Extra), f.Append(nil))
	switch {
	case !bytes.Equal(entry, opened[:]):
		return wrongAt(index, "what was opened is not what the bundle commits to")
	case !mayWithhold(f.Stream):
		return wrongAt(index, "a fact of %s goes with every bundle, and was held back", f.Stream)
	case v.tree.next[f.Stream] != nil:
		return wrongAt(index, "it belongs to %s, which the bundle holds without it", f.Stream)
	case of.names(passingOf(f)) || of.streams[tied(passingOf(f))]:
		return wrongAt(index, "it is of the division, and was held back")
	}
	return nil
}

func (t *tree) isWithheld(index uint64) bool {
	i, _ := slices.BinarySearchFunc(t.gaps, index, func(g [2]uint64, index uint64) int {
		return cmp.Compare(g[1], index+1)
	})
	return i < len(t.gaps) && t.gaps[i][0] <= index
}

// hidden is the smallest number of facts held back among n that a random draw of k
// would have met with at least 95 %. The chance of missing all h is the product
// of (n-h-i)/(n-i).
func hidden(n, k uint64) uint64 {
	if k == 0 || n == 0 {
		return 0
	}
	k = min(k, n)
	lo, hi := uint64(1), n
	for lo < hi {
		h := (lo + hi) / 2
		miss := 1.0
		for i := range k {
			miss *= max(0, float64(n-i)-float64(h)) / float64(n-i)
		}
		if miss <= 0.05 {
			hi = h
		} else {
			lo = h + 1
		}
	}
	return lo
}

// Challenge chooses withheld facts of a bundle by the inspector's own chance, after
// it was handed over: nobody could know which.
func Challenge(ctx context.Context, r io.ReaderAt, size int64, keys []proof.Key, count int) (drawn []uint64, err error) {
	v := &verification{ctx: ctx, o: VerifyOptions{Keys: keys}, report: &Report{}}
	if v.archive, err = openArchive(r, size); err != nil {
		return nil, err
	}
	if _, err := v.openManifest(); err != nil {
		return nil, err
	}
	if v.manifest.Range == nil {
		return nil, ErrWhole
	}
	var withheld []uint64
	next := uint64(0)
	upTo := func(index uint64) {
		for ; next < min(index, v.manifest.Size); next++ {
			withheld = append(withheld, next)
		}
	}
	for f, err := range v.unchecked(ctx) {
		if err != nil {
			return nil, err
		}
		upTo(f.index)
		next = f.index + 1
	}
	upTo(v.manifest.Size)
	var seed [32]byte
	crand.Read(seed[:])
	random := rand.New(rand.NewChaCha8(seed))
	random.Shuffle(len(withheld), func(i, j int) { withheld[i], withheld[j] = withheld[j], withheld[i] })
	drawn = withheld[:min(count, len(withheld))]
	slices.Sort(drawn)
	return drawn, nil
}

// ErrWhole: the bundle holds every fact.
var ErrWhole = errors.New("nothing is withheld in this bundle: it holds every fact up to the cut")
