package proof

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// Hash is a node of the tree (RFC 6962, section 2.1).
type Hash [sha256.Size]byte

// LeafHash is SHA-256(0x00 ‖ entry).
func LeafHash(entry []byte) Hash {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(entry)
	return Hash(h.Sum(nil))
}

// NodeHash is SHA-256(0x01 ‖ left ‖ right).
func NodeHash(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// EmptyRoot is the root of the tree without leaves: SHA-256 of nothing.
func EmptyRoot() Hash { return sha256.Sum256(nil) }

// Tree folds leaves into a root, one after the other, in room for one hash per
// level. The zero value is the empty tree.
type Tree struct {
	// Made, when set, is told every hash that stands in a tile, as soon as there
	// is one: that of a leaf at level 0, of 256 leaves at level 1, and so on.
	Made func(level int, h Hash)

	size  uint64
	peaks []Hash // roots of the full subtrees, the widest first
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Append adds the next leaf.
func (t *Tree) Append(leaf Hash) {
	if t.Made != nil {
		t.Made(0, leaf)
	}
	for full, height := t.size, 1; full&1 == 1; full, height = full>>1, height+1 {
		last := len(t.peaks) - 1
		leaf = NodeHash(t.peaks[last], leaf)
		t.peaks = t.peaks[:last]
		if t.Made != nil && height%TileHeight == 0 {
			t.Made(height/TileHeight, leaf)
		}
	}
	t.peaks = append(t.peaks, leaf)
	t.size++
}

// Root is the root of the leaves so far.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		return EmptyRoot()
	}
	root := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		root = NodeHash(t.peaks[i], root)
	}
	return root
}

// VerifyInclusion checks that the tree of size leaves with the given root has
// the leaf at index. The proof is the audit path from the leaf upwards.
func VerifyInclusion(leaf Hash, index, size uint64, proof []Hash, root Hash) error {
	if index >= size {
		return fmt.Errorf("inclusion: %w: leaf %d is not in a tree of %d", ErrMismatch, index, size)
	}
	hash, last := leaf, size-1
	for _, p := range proof {
		if last == 0 {
			return fmt.Errorf("inclusion: %w: the path is too long", ErrMismatch)
		}
		if index&1 == 1 || index == last {
			hash = NodeHash(p, hash)
			for index&1 == 0 && index != 0 { // a right edge without siblings rises
				index, last = index>>1, last>>1
			}
		} else {
			hash = NodeHash(hash, p)
		}
		index, last = index>>1, last>>1
	}
	if last != 0 {
		return fmt.Errorf("inclusion: %w: the path is too short", ErrMismatch)
	}
	if hash != root {
		return fmt.Errorf("inclusion: %w: the path leads to another root", ErrMismatch)
	}
	return nil
}

// VerifyConsistency checks that the tree of size leaves continues the one of
// old leaves: nothing of it was changed, dropped or put in between.
func VerifyConsistency(old, size uint64, oldRoot, root Hash, proof []Hash) error {
	switch {
	case old > size:
		return fmt.Errorf("consistency: %w: the tree has shrunk from %d to %d", ErrMismatch, old, size)
	case old == size || old == 0:
		if old == 0 && oldRoot != EmptyRoot() || old == size && oldRoot != root {
			return fmt.Errorf("consistency: %w: two roots of one size %d", ErrMismatch, old)
		}
		if len(proof) > 0 {
			return fmt.Errorf("consistency: %w: nothing is to be proven here", ErrMismatch)
		}
		return nil
	case len(proof) == 0:
		return fmt.Errorf("consistency: %w: the proof is empty", ErrMismatch)
	}
	node, last := old-1, size-1
	rise := bits.TrailingZeros64(old) // the old tree's own right edge is full so far
	node, last = node>>rise, last>>rise
	first := oldRoot
	if node > 0 {
		first, proof = proof[0], proof[1:]
	}
	oldHash, newHash := first, first
	for _, p := range proof {
		if last == 0 {
			return fmt.Errorf("consistency: %w: the proof is too long", ErrMismatch)
		}
		if node&1 == 1 || node == last {
			oldHash, newHash = NodeHash(p, oldHash), NodeHash(p, newHash)
			for node&1 == 0 && node != 0 {
				node, last = node>>1, last>>1
			}
		} else {
			newHash = NodeHash(newHash, p)
		}
		node, last = node>>1, last>>1
	}
	if last != 0 {
		return fmt.Errorf("consistency: %w: the proof is too short", ErrMismatch)
	}
	if oldHash != oldRoot {
		return fmt.Errorf("consistency: %w: it does not begin at the old root", ErrMismatch)
	}
	if newHash != root {
		return fmt.Errorf("consistency: %w: it does not lead to the new root", ErrMismatch)
	}
	return nil
}
