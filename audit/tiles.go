package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

const (
	width      = proof.TileWidth
	levelCount = 8
	bundled    = 2 + proof.EntrySize // an entry in its bundle
	tileBytes  = width * sha256.Size
)

// errStale: what is on disk does not fit together. It is made again.
var errStale = errors.New("the tiles on disk are incomplete")

// tiles is the tree as C2SP tlog-tiles has it. Level L holds the hashes of the
// nodes 8·L above the leaves: those of full tiles in a file, one after the
// other, so that a tile is a slice of it, and the last, growing one in memory.
type tiles struct {
	mu        sync.RWMutex
	size      uint64
	levels    [levelCount]*flat
	edges     [levelCount][]proof.Hash
	entries   *flat
	entryEdge []byte
	marks     *flat               // the position of the last leaf of each full tile
	last      eventstore.Position // of the last leaf
	scratch   [width]proof.Hash
	buffer    []byte
}

// openTiles opens a directory's files; load finds out what is in them.
func openTiles(dir string) (t *tiles, err error) {
	t = &tiles{}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	for level := range t.levels {
		if t.levels[level], err = openFlat(dir, "hashes-"+strconv.Itoa(level)); err != nil {
			return nil, err
		}
		t.edges[level] = make([]proof.Hash, 0, width)
	}
	if t.entries, err = openFlat(dir, "entries"); err != nil {
		return nil, err
	}
	t.marks, err = openFlat(dir, "positions")
	return t, err
}

// load takes what the files hold, cut back to whole tiles; with fresh, or when
// they do not fit together, nothing.
func (t *tiles) load(fresh bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
	if !fresh {
		if err := t.recover(); !errors.Is(err, errStale) {
			return err
		}
		t.forget()
	}
	for _, f := range t.files() {
		if err := f.cut(0); err != nil {
			return err
		}
	}
	return nil
}

func (t *tiles) forget() {
	for level := range t.edges {
		t.edges[level] = t.edges[level][:0]
	}
	t.size, t.entryEdge, t.last = 0, nil, eventstore.Position{}
}

func (t *tiles) files() []*flat { return append(t.levels[:], t.entries, t.marks) }

func (t *tiles) close() error {
	var errs []error
	for _, f := range t.files() {
		if f != nil {
			errs = append(errs, f.close())
		}
	}
	return errors.Join(errs...)
}

// recover takes as many full tiles as all files hold, and finds the right edge
// above them. A crash may have left any file shorter than another.
func (t *tiles) recover() error {
	full := min(t.levels[0].size/tileBytes, t.entries.size/(width*bundled), t.marks.size/positionSize)
	if err := errors.Join(t.entries.cut(full*width*bundled), t.marks.cut(full*positionSize)); err != nil {
		return err
	}
	nodes := full * width // at the level looked at
	for level, f := range t.levels {
		if err := f.cut(nodes / width * tileBytes); err != nil {
			return errStale
		}
		if level+1 < levelCount {
			for i := nodes / width / width * width; i < nodes/width; i++ {
				hash, err := t.rootOfTile(level, uint64(i))
				if err != nil {
					return err
				}
				t.edges[level+1] = append(t.edges[level+1], hash)
			}
		}
		nodes /= width
	}
	t.size = uint64(full) * width
	if full > 0 {
		var err error
		t.last, err = t.mark(uint64(full) - 1)
		return err
	}
	return nil
}

func (t *tiles) rootOfTile(level int, index uint64) (proof.Hash, error) {
	raw := make([]byte, tileBytes)
	if err := t.levels[level].read(raw, int64(index)*tileBytes); err != nil {
		return proof.Hash{}, err
	}
	for i := range t.scratch {
		copy(t.scratch[i][:], raw[i*sha256.Size:])
	}
	return fold(t.scratch[:]), nil
}

// append adds a leaf whose event stands at a position.
func (t *tiles) append(entry []byte, leaf proof.Hash, at eventstore.Position) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.edges[0] = append(t.edges[0], leaf)
	t.entryEdge = proof.AppendBundled(t.entryEdge, entry)
	t.last = at
	t.size++
	if len(t.edges[0]) < width {
		return nil
	}
	err := errors.Join(t.flush(0), t.entries.append(t.entryEdge), t.marks.append(appendPosition(nil, at)))
	t.entryEdge = t.entryEdge[:0]
	return err
}

// flush writes a full edge out and carries its root one level up.
func (t *tiles) flush(level int) error {
	t.buffer = t.buffer[:0]
	for i := range t.edges[level] {
		t.buffer = append(t.buffer, t.edges[level][i][:]...)
	}
	if err := t.levels[level].append(t.buffer); err != nil {
		return err
	}
	root := fold(t.edges[level])
	t.edges[level] = t.edges[level][:0]
	if level++; level == levelCount {
		return nil
	}
	if t.edges[level] = append(t.edges[level], root); len(t.edges[level]) == width {
		return t.flush(level)
	}
	return nil
}

// hashes reads n nodes of a level from an index on; they lie in one tile.
func (t *tiles) hashes(level int, from uint64, n int) ([]byte, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	raw := make([]byte, n*sha256.Size)
	if tile := int64(from/width+1) * tileBytes; tile <= t.levels[level].size {
		return raw, t.levels[level].read(raw, int64(from)*sha256.Size)
	}
	edge := t.edges[level]
	first := int(from % width)
	if int64(from/width)*tileBytes != t.levels[level].size || first+n > len(edge) {
		return nil, fmt.Errorf("level %d has no nodes %d to %d", level, from, from+uint64(n)-1)
	}
	for i := range n {
		copy(raw[i*sha256.Size:], edge[first+i][:])
	}
	return raw, nil
}

// bundle reads the first n entries of a bundle.
func (t *tiles) bundle(index uint64, n int) ([]byte, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	raw := make([]byte, n*bundled)
	if at := int64(index) * width * bundled; at+width*bundled <= t.entries.size {
		return raw, t.entries.read(raw, at)
	} else if at != t.entries.size || len(raw) > len(t.entryEdge) {
		return nil, fmt.Errorf("no %d entries in bundle %d", n, index)
	}
	copy(raw, t.entryEdge)
	return raw, nil
}

// before is the last known position in front of leaf index, and how many leaves
// stand up to there.
func (t *tiles) before(index uint64) (eventstore.Position, uint64, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	full := min(index/width, uint64(t.marks.size/positionSize))
	if full == 0 {
		return eventstore.Position{}, 0, nil
	}
	at, err := t.mark(full - 1)
	return at, full * width, err
}

// mark is the position of the last leaf of a full tile.
func (t *tiles) mark(tile uint64) (eventstore.Position, error) {
	var b [positionSize]byte
	err := t.marks.read(b[:], int64(tile)*positionSize)
	return positionAt(b[:]), err
}

// find looks for a leaf in the tile that the event at a position stands in: each
// tile's last position is known, so no event is read. Of an event that is not in
// the tree yet the index is that of a leaf to come.
func (t *tiles) find(leaf proof.Hash, at eventstore.Position) (index uint64, ok bool, err error) {
	t.mu.RLock()
	if at.Compare(t.last) > 0 {
		defer t.mu.RUnlock()
		return t.size, false, nil
	}
	full := int(t.marks.size / positionSize)
	tile := sort.Search(full, func(i int) bool {
		last, markErr := t.mark(uint64(i))
		err = errors.Join(err, markErr)
		return last.Compare(at) >= 0
	})
	n := width
	if tile == full {
		n = len(t.edges[0])
	}
	t.mu.RUnlock()
	if err != nil {
		return 0, false, err
	}
	first := uint64(tile) * width
	raw, err := t.hashes(0, first, n)
	for i := range uint64(n) {
		if err == nil && proof.Hash(raw[i*sha256.Size:]) == leaf {
			return first + i, true, nil
		}
	}
	return first, false, err
}

// keepEdge writes the entries of the last, growing tile beside the full ones: a
// check can then name the first bad event also among the newest. Nothing else
// reads it, so it need not survive a power cut.
func (t *tiles) keepEdge(dir string) error {
	if dir == "" {
		return nil
	}
	t.mu.RLock()
	b := binary.BigEndian.AppendUint64(nil, t.size/width*width)
	b = append(b, t.entryEdge...)
	t.mu.RUnlock()
	return os.WriteFile(filepath.Join(dir, edgeName), b, 0o644)
}

const edgeName = "edge"

// maxEdge is far more than the entries of one tile take.
const maxEdge = 1 << 20

func (t *tiles) leaves() uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.size
}
