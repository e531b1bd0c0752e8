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

// inclusion is the audit path of a leaf in the tree with this head. It is made
// from tiles as they lie there and then holds, or is not given out.
func (t *tiles) inclusion(leaf proof.Hash, index uint64, head proof.Checkpoint) ([]proof.Hash, error) {
	raw, err := tlog.ProveRecord(int64(head.Size), int64(index), tlog.HashReaderFunc(t.readHashes))
	if err != nil {
		return nil, err
	}
	path := hashList(raw)
	return path, proof.VerifyInclusion(leaf, index, head.Size, path, head.Root)
}

// beginning is the root of the first old leaves of the tree with this head, and
// the proof that they are its beginning, which is checked in the same way:
// whatever became of the tiles on disk, no other root comes out.
func (t *tiles) beginning(old uint64, head proof.Checkpoint) (root proof.Hash, path []proof.Hash, err error) {
	if old == head.Size {
		return head.Root, nil, nil
	}
	if root, err = t.root(old); err != nil || old == 0 {
		return root, nil, err
	}
	raw, err := tlog.ProveTree(int64(head.Size), int64(old), tlog.HashReaderFunc(t.readHashes))
	if err != nil {
		return root, nil, err
	}
	path = hashList(raw)
	return root, path, proof.VerifyConsistency(old, head.Size, root, head.Root, path)
}

func hashList[T ~[]tlog.Hash](path T) []proof.Hash {
	list := make([]proof.Hash, len(path))
	for i, h := range path {
		list[i] = proof.Hash(h)
	}
	return list
}
