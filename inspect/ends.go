package inspect

import (
	"bytes"
	"maps"
	"slices"
)

// streamEnd is where a stream ended at the cut, by the ledger's word.
type streamEnd struct {
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"` // of its last fact before the cut
}

// endsOf lists the ends by stream.
func endsOf(last map[string]uint64) []streamEnd {
	ends := make([]streamEnd, 0, len(last))
	for _, stream := range slices.Sorted(maps.Keys(last)) {
		ends = append(ends, streamEnd{stream, last[stream]})
	}
	return ends
}

// ends holds the facts of every stream against the end that the ledger signed for.
// A bundle of a division cannot tell from its facts that the end of a stream was
// held back: so the ledger says in writing where each ends, and any receipt of a
// later fact before the cut shows that it lied.
func (v *verification) ends() (string, error) {
	content, err := v.archive.read(endsPath)
	if err != nil {
		return "", err
	}
	var ends []streamEnd
	for e, err := range listed[streamEnd](content) {
		if err != nil {
			return "", wrong("the list of streams is no list")
		}
		if n := len(ends); n > 0 && ends[n-1].Stream >= e.Stream {
			return "", wrong("the list of streams does not rise: %.80q", e.Stream)
		}
		ends = append(ends, e)
	}
	if again, err := canonical(ends); err != nil || !bytes.Equal(again, content) {
		return "", wrong("the list of streams is not in its one form")
	}
	signed := make(map[string]uint64, len(ends))
	for _, e := range ends {
		signed[e.Stream] = e.Revision
		held := uint64(0)
		if due := v.tree.next[e.Stream]; due != nil {
			held = *due
		}
		switch {
		case held == 0:
			return "", wrong("the ledger signed that %.80s ends at revision %d, and the bundle holds nothing of it", e.Stream, e.Revision)
		case held-1 < e.Revision:
			return "", wrong("the end of %.80s is missing: the ledger signed for revision %d, and the bundle holds it up to %d", e.Stream, e.Revision, held-1)
		case held-1 > e.Revision:
			return "", wrong("%.80s goes on to revision %d, and the ledger signed that it ends at %d", e.Stream, held-1, e.Revision)
		}
	}
	for _, stream := range slices.Sorted(maps.Keys(v.tree.next)) {
		if _, listed := signed[stream]; !listed {
			return "", wrong("the ledger did not sign where %.80s ends", stream)
		}
	}
	return "", nil
}
