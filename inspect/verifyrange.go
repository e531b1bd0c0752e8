package inspect

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
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
