package embedded

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"zhishu/internal/durable"
)

// storeIndex keeps the index of a segment that Open had to scan. On a full disk
// the log opens all the same.
func (l *Log) storeIndex(h indexHead, entries []slot) error {
	l.recovery.IndexesRebuilt++
	if err := l.writeEntries(h, entries); err != nil && !durable.Full(err) {
		return err
	}
	return nil
}

func (l *Log) writeEntries(h indexHead, entries []slot) error {
	return writeIndex(l.dir, h, func(yield func(slot) error) error {
		for _, e := range entries {
			if err := yield(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// removeOtherIndexes clears away indexes that are damaged or were merged.
func removeOtherIndexes(dir string, used []run) error {
	have, err := listIndexes(dir)
	if err != nil {
		return err
	}
	for _, r := range have {
		if !slices.Contains(used, r) {
			if err := durable.Remove(filepath.Join(dir, r.name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// runIndexer indexes segments as they are sealed. It works from the files
// alone and shares nothing with the writer. A failure, a full disk for one, is
// left for the next sealed segment or the next Open: it costs a scan.
func (l *Log) runIndexer() {
	for more := true; more; {
		select {
		case <-l.index:
		case <-l.stop: // what is sealed by now is indexed all the same
			more = false
		}
		l.counters.indexed(l.indexSealed())
	}
}

func (l *Log) indexSealed() error {
	have, err := listIndexes(l.dir)
	if err != nil {
		return err
	}
	slices.SortFunc(have, func(a, b run) int { return int(a.from) - int(b.from) })
	var indexed uint32
	for _, r := range have {
		indexed = max(indexed, r.to)
	}
	for next := indexed + 1; next < l.newest().number; next++ {
		l.mu.RLock()
		s, after := l.segs[next-1], l.segs[next]
		l.mu.RUnlock()
		h, entries, err := indexSegment(s, after.segmentHead)
		if err != nil {
			return err
		}
		if err := l.writeEntries(h, entries); err != nil {
			return err
		}
		if have, err = l.mergeIndexes(append(have, h.run)); err != nil {
			return err
		}
	}
	return nil
}

// mergeWidth is how many indexes of one width become one. So an entry is
// rewritten a few times in its life, and Open reads a few files, whatever the
// log holds.
const mergeWidth = 4

// mergeIndexes joins indexes while there are mergeWidth of the same width side
// by side.
func (l *Log) mergeIndexes(have []run) ([]run, error) {
	for {
		i := slices.IndexFunc(have, func(r run) bool { return sameWidth(have, r) })
		if i < 0 {
			return have, nil
		}
		from := have[i : i+mergeWidth]
		into := run{from[0].from, from[mergeWidth-1].to}
		if err := l.merge(from, into); err != nil {
			return have, fmt.Errorf("merge indexes into %s: %w", into.name(), err)
		}
		for _, r := range from {
			if err := durable.Remove(l.path(r.name())); err != nil {
				return have, err
			}
		}
		have = slices.Replace(have, i, i+mergeWidth, into)
	}
}

// sameWidth reports whether mergeWidth adjacent runs of one width begin with
// first.
func sameWidth(have []run, first run) bool {
	i := slices.Index(have, first)
	if i+mergeWidth > len(have) {
		return false
	}
	for k, r := range have[i : i+mergeWidth] {
		if r.to-r.from != first.to-first.from || k > 0 && r.from != have[i+k-1].to+1 {
			return false
		}
	}
	return true
}

// merge writes one index for several adjacent ones. Of a stream in more than
// one the newest entry stays.
func (l *Log) merge(from []run, into run) (err error) {
	readers := make([]*indexReader, 0, len(from))
	defer func() {
		for _, x := range readers {
			err = errors.Join(err, x.close())
		}
	}()
	for _, r := range from {
		x, err := openIndex(l.dir, l.id, r)
		if err != nil {
			return err
		}
		readers = append(readers, x)
	}
	// How many streams remain is known after a first pass over the keys.
	var count uint64
	if err := mergeEntries(readers, func(slot) error { count++; return nil }); err != nil {
		return err
	}
	for _, x := range readers {
		if err := x.rewind(); err != nil {
			return err
		}
	}
	h := readers[len(readers)-1].indexHead
	h.run, h.entries = into, count
	return writeIndex(l.dir, h, func(yield func(slot) error) error { return mergeEntries(readers, yield) })
}

// mergeEntries visits the entries of several indexes in the order of their
// keys; the readers come in the order of their segments.
func mergeEntries(readers []*indexReader, visit func(slot) error) error {
	heads := make([]slot, len(readers))
	more := make([]bool, len(readers))
	var err error
	for i, x := range readers {
		if heads[i], more[i], err = x.next(); err != nil {
			return err
		}
	}
	for {
		newest := -1
		for i := range readers {
			if more[i] && (newest < 0 || heads[i].key.compare(heads[newest].key) <= 0) {
				newest = i
			}
		}
		if newest < 0 {
			return nil
		}
		e := heads[newest]
		if err := visit(e); err != nil {
			return err
		}
		for i, x := range readers {
			if more[i] && heads[i].key == e.key {
				if heads[i], more[i], err = x.next(); err != nil {
					return err
				}
			}
		}
	}
}
