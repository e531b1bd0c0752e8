package audit

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"zhishu/audit/proof"
)

var (
	// ErrNoTile: no log of the published size has such a tile.
	ErrNoTile = errors.New("no such tile")
	// ErrDamaged: what is on disk is not what was computed. The tiles are made
	// again at the next start.
	ErrDamaged = errors.New("a tile on disk is damaged")
)

// Checkpoint is the newest signed checkpoint as a note, with the cosignatures
// that have come; nil before the first.
func (l *Log) Checkpoint() []byte {
	if p := l.published.Load(); p != nil {
		return p.Note
	}
	return nil
}

// Tile is a tile or an entry bundle by its C2SP path: any width it ever had up
// to the published checkpoint. It never changes. What is given out was checked
// against the level above it.
func (l *Log) Tile(path string) ([]byte, error) {
	tile, err := proof.ParseTile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoTile, err)
	}
	p := l.published.Load()
	if p == nil || !tile.In(p.Head.Checkpoint.Size) {
		return nil, ErrNoTile
	}
	if tile.Entries {
		return l.tiles.checkedBundle(tile.Index, int(tile.Width))
	}
	return l.tiles.checkedTile(int(tile.Level), tile.Index, int(tile.Width))
}

// checkedTile reads a tile, and when it is on disk holds all of it against its
// root one level up.
func (t *tiles) checkedTile(level int, index uint64, n int) ([]byte, error) {
	raw, err := t.hashes(level, index*width, width)
	if err != nil { // still growing, in memory
		return t.hashes(level, index*width, n)
	}
	if level+1 < levelCount {
		above, err := t.hashes(level+1, index, 1)
		if err != nil {
			return nil, err
		}
		if root := fold(hashesIn(raw)); root != proof.Hash(above) {
			return nil, fmt.Errorf("%w: level %d, tile %d", ErrDamaged, level, index)
		}
	}
	return raw[:n*sha256.Size], nil
}

func hashesIn(raw []byte) []proof.Hash {
	hashes := make([]proof.Hash, len(raw)/sha256.Size)
	for i := range hashes {
		copy(hashes[i][:], raw[i*sha256.Size:])
	}
	return hashes
}

// checkedBundle reads entries and holds them against their leaves.
func (t *tiles) checkedBundle(index uint64, n int) ([]byte, error) {
	raw, err := t.bundle(index, n)
	if err != nil {
		return nil, err
	}
	leaves, err := t.checkedTile(0, index, n)
	if err != nil {
		return nil, err
	}
	var buffer [1 + proof.EntrySize]byte
	for i := range n {
		copy(buffer[1:], raw[i*bundled+2:(i+1)*bundled])
		if sha256.Sum256(buffer[:]) != [sha256.Size]byte(leaves[i*sha256.Size:]) {
			return nil, fmt.Errorf("%w: entry %d", ErrDamaged, index*width+uint64(i))
		}
	}
	return raw, nil
}
