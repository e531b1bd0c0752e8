package inspect

import (
	"crypto/sha256"
	"iter"

	"zhishu/audit/proof"
)

// tilesOf lists the tiles and entry bundles of a tree of that size at their
// greatest width, level by level.
func tilesOf(size uint64) iter.Seq[proof.Tile] {
	return func(yield func(proof.Tile) bool) {
		if !tilesAt(size, proof.Tile{Entries: true}, yield) {
			return
		}
		level := uint8(0)
		for nodes := size; nodes > 0; nodes, level = nodes/proof.TileWidth, level+1 {
			if !tilesAt(nodes, proof.Tile{Level: level}, yield) {
				return
			}
		}
	}
}

func tilesAt(nodes uint64, t proof.Tile, yield func(proof.Tile) bool) bool {
	for t.Width = proof.TileWidth; t.Index < nodes/proof.TileWidth; t.Index++ {
		if !yield(t) {
			return false
		}
	}
	t.Width = uint16(nodes % proof.TileWidth)
	return t.Width == 0 || yield(t)
}

// tiler gathers the hashes of a tree into tiles and hands each out as soon as it
// is full.
type tiler struct {
	levels [][]byte // the hashes of the tile being filled, by level
	count  []uint64 // of full tiles, by level
	full   func(t proof.Tile, hashes []byte)
}

func (t *tiler) add(level int, h proof.Hash) {
	if level == len(t.levels) {
		t.levels, t.count = append(t.levels, nil), append(t.count, 0)
	}
	t.levels[level] = append(t.levels[level], h[:]...)
	if len(t.levels[level]) < proof.TileWidth*sha256.Size {
		return
	}
	t.full(proof.Tile{Level: uint8(level), Index: t.count[level], Width: proof.TileWidth}, t.levels[level])
	t.levels[level], t.count[level] = t.levels[level][:0], t.count[level]+1
}

// finish hands out what is left, at its width.
func (t *tiler) finish() {
	for level, hashes := range t.levels {
		if n := len(hashes) / sha256.Size; n > 0 {
			t.full(proof.Tile{Level: uint8(level), Index: t.count[level], Width: uint16(n)}, hashes)
		}
	}
}
