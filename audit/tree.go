package audit

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"

	"zhishu/audit/proof"
)

// root is the root of the first size leaves.
func (t *tiles) root(size uint64) (proof.Hash, error) {
	if size == 0 {
		return proof.EmptyRoot(), nil
	}
	h, err := tlog.TreeHash(int64(size), tlog.HashReaderFunc(t.readHashes))
	return proof.Hash(h), err
}

// readHashes finds any node of the tree from the tile below it.
func (t *tiles) readHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		below := level % proof.TileHeight
		raw, err := t.hashes(level/proof.TileHeight, uint64(n)<<below, 1<<below)
		if err != nil {
			return nil, err
		}
		nodes := make([]proof.Hash, 1<<below)
		for k := range nodes {
			copy(nodes[k][:], raw[k*sha256.Size:])
		}
		out[i] = tlog.Hash(fold(nodes))
	}
	return out, nil
}

// Tiles that tlog checks against the root before it uses them, so that no proof
// is ever made from a tile that was damaged on disk.
func (t *tiles) Height() int                     { return proof.TileHeight }
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t *tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(list))
	for i, tile := range list {
		var err error
		if data[i], err = t.hashes(tile.L, uint64(tile.N)*width, tile.W); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// proven reads hashes of the tree with this head.
func (t *tiles) proven(size uint64, root proof.Hash) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: int64(size), Hash: tlog.Hash(root)}, t)
}

// inclusion is the audit path of a leaf in the tree with this head.
func (t *tiles) inclusion(index, size uint64, root proof.Hash) ([]proof.Hash, error) {
	path, err := tlog.ProveRecord(int64(size), int64(index), t.proven(size, root))
	return hashList(path), err
}

// consistency shows that the tree with this head continues that of old leaves.
func (t *tiles) consistency(old, size uint64, root proof.Hash) ([]proof.Hash, error) {
	if old == 0 || old == size {
		return nil, nil
	}
	path, err := tlog.ProveTree(int64(size), int64(old), t.proven(size, root))
	return hashList(path), err
}

func hashList[T ~[]tlog.Hash](path T) []proof.Hash {
	list := make([]proof.Hash, len(path))
	for i, h := range path {
		list[i] = proof.Hash(h)
	}
	return list
}
