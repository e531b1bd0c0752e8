package embedded

import (
	"cmp"
	"errors"
	"slices"
)

// loadIndexes fills the table with every stream of the sealed segments, from
// the widest indexes that are sound, and by scanning where there is none. It
// returns the runs it used; rebuilt gets the index of a scanned segment.
func (v *view) loadIndexes(rebuilt func(indexHead, []slot) error) (used []run, err error) {
	have, err := listIndexes(v.dir)
	if err != nil {
		return nil, err
	}
	// The widest run comes first among those that begin at one segment.
	slices.SortFunc(have, func(a, b run) int { return cmp.Compare(b.to, a.to) })
	var readers []*indexReader
	defer func() {
		for _, x := range readers {
			err = errors.Join(err, x.close())
		}
	}()
	var missing []uint32
	for from := uint32(1); int(from) < len(v.segs); {
		x := v.openIndexFrom(have, from)
		if x == nil {
			missing = append(missing, from)
			from++
			continue
		}
		readers = append(readers, x)
		from = x.run.to + 1
	}
	for _, x := range readers {
		used = append(used, x.run)
	}
	if err := v.table.load(readers); err != nil {
		return nil, err
	}
	for _, number := range missing {
		h, entries, err := indexSegment(v.segs[number-1], v.segs[number].segmentHead)
		if err != nil {
			return nil, err
		}
		if err := rebuilt(h, entries); err != nil {
			return nil, err
		}
		for _, e := range entries {
			v.table.put(e)
		}
		used = append(used, h.run)
	}
	return used, nil
}

// openIndexFrom opens the widest sound index that begins at a segment, nil if
// there is none: whatever is wrong with one, its segments are scanned instead.
func (v *view) openIndexFrom(have []run, from uint32) *indexReader {
	for _, r := range have {
		if r.from != from || int(r.to) >= len(v.segs) {
			continue
		}
		x, err := openIndex(v.dir, v.id, r)
		if err != nil {
			continue
		}
		if x.endsWith(v.segs[r.to].segmentHead) {
			return x
		}
		_ = x.close() // read only: nothing to lose
	}
	return nil
}

// load fills an empty table from indexes, in the order of their segments. The
// keys of one shard come together, so each shard is made once, in its size.
func (t *table) load(readers []*indexReader) error {
	var shard []slot
	err := mergeEntries(readers, func(e slot) error {
		if len(shard) > 0 && shard[0].key.shard() != e.key.shard() {
			t.fill(shard)
			shard = shard[:0]
		}
		shard = append(shard, e)
		return nil
	})
	if len(shard) > 0 {
		t.fill(shard)
	}
	return err
}

// fill makes the shard of these entries. An opener that starts over may find it
// filled already.
func (t *table) fill(entries []slot) {
	s := &t.shards[entries[0].key.shard()]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots, s.used = make([]slot, len(entries)*5/4+4), len(entries)
	for i := range entries {
		*s.find(entries[i].key) = entries[i]
	}
}
