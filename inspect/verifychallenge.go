package inspect

import (
	"bytes"
	"cmp"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"

	"zhishu/audit/proof"
)

// opened holds withheld facts that were opened against their commitments, and
// looks whether one of them belongs to the division. Every one that was chosen
// must be among them; the others are of the streams of those.
func (v *verification) opened(of *belonging) (string, error) {
	entries := bundleReader{v: v}
	chosen := map[uint64]bool{}
	for _, index := range v.o.Challenged {
		chosen[index] = true
	}
	shown := make([]proof.Shown, len(v.o.Opened))
	streams := map[string]bool{} // of those chosen
	for i, receipt := range v.o.Opened {
		var err error
		if shown[i], err = receipt.Verify(v.o.Keys...); err != nil {
			return "", wrong("what was opened does not hold: %v", err)
		}
		streams[shown[i].Frame.Stream] = streams[shown[i].Frame.Stream] || chosen[shown[i].Index]
	}
	together := map[string]map[uint64]uint64{} // where each revision that was opened stands
	for i, receipt := range v.o.Opened {
		s := &shown[i]
		switch {
		case !streams[s.Frame.Stream]:
			return "", wrong("fact %d was opened, and neither it nor another of its stream was chosen", s.Index)
		case s.Index >= v.cut.Size:
			continue // the stream went on after the cut
		}
		if err := v.elsewhere(of, &entries, receipt, *s); err != nil {
			return "", err
		}
		at := together[s.Frame.Stream]
		if at == nil {
			at = map[uint64]uint64{}
			together[s.Frame.Stream] = at
		}
		if other, twice := at[s.Frame.Revision]; twice && other != s.Index {
			return "", wrongAt(s.Index, "it is revision %d of %s, as fact %d is", s.Frame.Revision, s.Frame.Stream, other)
		}
		at[s.Frame.Revision] = s.Index
		if chosen[s.Index] {
			v.report.Opened++
		}
		delete(chosen, s.Index)
	}
	for _, index := range slices.Sorted(maps.Keys(chosen)) {
		return "", missing("fact %d was chosen, and was not opened", index)
	}
	if err := v.openedWhole(together); err != nil {
		return "", err
	}
	v.report.Hidden = hidden(v.tree.withheld, uint64(v.report.Opened))
	return fmt.Sprintf("%d included, %d withheld, %d opened, %d streams from their first fact", v.manifest.Range.Included, v.tree.withheld, v.report.Opened, v.report.Streams), nil
}

// openedWhole counts the streams that were opened from their first fact without a
// gap: a fact that names the division cannot hide behind one that does not.
func (v *verification) openedWhole(together map[string]map[uint64]uint64) error {
	for _, stream := range slices.Sorted(maps.Keys(together)) {
		at := together[stream]
		last := slices.Max(slices.Collect(maps.Keys(at)))
		if last+1 > uint64(len(at)) {
			if v.o.Whole {
				return missing("%s was not opened from its first fact on: %d facts of it up to revision %d", stream, len(at), last)
			}
			continue
		}
		for revision := uint64(1); revision <= last; revision++ {
			if at[revision] <= at[revision-1] {
				return wrongAt(at[revision], "it is revision %d of %s and stands before the one it follows", revision, stream)
			}
		}
		v.report.Streams++
	}
	return nil
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
	if !v.tree.isWithheld(index) {
		return wrongAt(index, "it was opened as withheld, and stands in the bundle")
	}
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
		return wrongAt(index, "it is revision %d of %s, of which the bundle holds %d facts: the ledger signed that it has no more", f.Revision, f.Stream, *v.tree.next[f.Stream])
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
