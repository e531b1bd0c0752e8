package audit

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

const blockSize = sha256.BlockSize

// A key xored into these blocks is how HMAC's two hashes begin.
var (
	innerPad = [blockSize]byte(bytes.Repeat([]byte{0x36}, blockSize))
	outerPad = [blockSize]byte(bytes.Repeat([]byte{0x5c}, blockSize))
)

// committer turns events into entries and leaves without allocating. It does
// the work of proof.SaltOf, proof.Commit and proof.LeafHash, and shares no code
// with them.
type committer struct {
	salt      [blockSize + 16]byte // the salt key's inner block, an event id
	saltOuter [blockSize + sha256.Size]byte
	frame     []byte // the salt's inner block, a frame
	outer     [blockSize + sha256.Size]byte
	leaf      [1 + proof.EntrySize]byte
}

func newCommitter(saltKey [sha256.Size]byte) *committer {
	c := &committer{frame: make([]byte, blockSize, 4096)}
	copy(c.salt[:], innerPad[:])
	copy(c.saltOuter[:], outerPad[:])
	copy(c.frame, innerPad[:])
	copy(c.outer[:], outerPad[:])
	subtle.XORBytes(c.salt[:], saltKey[:], innerPad[:])
	subtle.XORBytes(c.saltOuter[:], saltKey[:], outerPad[:])
	c.leaf[1] = proof.EntryVersion
	return c
}

func frameOf(r *eventstore.Recorded) proof.Frame {
	return proof.Frame{
		Stream: r.Stream, Revision: uint64(r.Revision), ID: r.ID, Type: r.Type, Data: r.Data, Metadata: r.Metadata,
	}
}

// commit returns the event's entry, valid until the next call, and its leaf.
func (c *committer) commit(r *eventstore.Recorded) (entry []byte, leaf proof.Hash) {
	copy(c.salt[blockSize:], r.ID[:])
	inner := sha256.Sum256(c.salt[:])
	copy(c.saltOuter[blockSize:], inner[:])
	salt := sha256.Sum256(c.saltOuter[:])

	c.frame = frameOf(r).Append(c.frame[:blockSize])
	subtle.XORBytes(c.frame, salt[:], innerPad[:])
	inner = sha256.Sum256(c.frame)
	subtle.XORBytes(c.outer[:], salt[:], outerPad[:])
	copy(c.outer[blockSize:], inner[:])
	commitment := sha256.Sum256(c.outer[:])

	copy(c.leaf[2:], commitment[:])
	return c.leaf[1:], sha256.Sum256(c.leaf[:])
}

func nodeHash(left, right *proof.Hash) proof.Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// fold is the root of a full subtree. It uses hashes up.
func fold(hashes []proof.Hash) proof.Hash {
	for ; len(hashes) > 1; hashes = hashes[:len(hashes)/2] {
		for i := range len(hashes) / 2 {
			hashes[i] = nodeHash(&hashes[2*i], &hashes[2*i+1])
		}
	}
	return hashes[0]
}
