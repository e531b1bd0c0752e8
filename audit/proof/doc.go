// Package proof is what somebody needs who trusts nothing of ours: how a fact
// becomes a leaf, how leaves become a root, how a signed root is read, and how
// it is shown that a leaf is in a tree and that one tree continues another. It
// only verifies and formats; it reads no file, asks no clock, and imports
// nothing of ours, so that it shares no code with the writer of the tree.
//
// The formats are those of C2SP where there is one: signed-note,
// tlog-checkpoint, tlog-cosignature, tlog-tiles, tlog-proof. Ours are the
// frame, the entry and the receipt: see [Frame], [Commit], [Receipt]. All are
// described in docs/evidence.md, and testdata holds vectors, good and bad, made
// by another implementation in another language.
package proof

import "errors"

var (
	// ErrFormat: the bytes are not what they claim to be.
	ErrFormat = errors.New("not in the expected format")
	// ErrMismatch: well-formed, and it does not prove what it should.
	ErrMismatch = errors.New("the proof does not hold")
	// ErrSignature: no signature of a pinned key, or one that does not verify.
	ErrSignature = errors.New("not signed by the expected key")
)
