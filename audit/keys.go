package audit

import (
	"context"
	"crypto/ed25519"
	"time"

	"zhishu/audit/proof"
)

// Signer holds a private key and signs under its name.
type Signer struct {
	Key     proof.Key
	private ed25519.PrivateKey
}

// NewSigner makes the log's signer of that name from a secret seed.
func NewSigner(name string, seed [ed25519.SeedSize]byte) (Signer, error) {
	return newSigner(name, proof.Ed25519, seed)
}

// NewCosigner makes a witness's signer.
func NewCosigner(name string, seed [ed25519.SeedSize]byte) (Signer, error) {
	return newSigner(name, proof.Cosignature, seed)
}

func newSigner(name string, algorithm proof.Algorithm, seed [ed25519.SeedSize]byte) (Signer, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	key, err := proof.NewKey(name, algorithm, [ed25519.PublicKeySize]byte(private.Public().(ed25519.PublicKey)))
	return Signer{key, private}, err
}

// sign is the log's line below a text. It is the same whenever it is made.
func (s Signer) sign(text string) proof.Signature {
	return proof.Signature{Name: s.Key.Name, Hash: s.Key.Hash, Bytes: ed25519.Sign(s.private, []byte(text))}
}

// cosign is a witness's line: it says when.
func (s Signer) cosign(text string, at time.Time) proof.Signature {
	unix := uint64(at.Unix())
	stamp := make([]byte, 8, 8+ed25519.SignatureSize)
	for i := range stamp {
		stamp[i] = byte(unix >> (56 - 8*i))
	}
	return proof.Signature{Name: s.Key.Name, Hash: s.Key.Hash, Bytes: append(stamp, ed25519.Sign(s.private, proof.CosignedMessage(unix, text))...)}
}

// Identity is who the log is at present, as its own events say.
type Identity struct {
	// Origin names the log in checkpoints; empty: it announces none yet.
	Origin string
	// Signers are the log's keys in force, each named by the origin. While one
	// follows another, both sign.
	Signers []Signer
	// Losses are the ends of earlier origins, oldest first.
	Losses []Loss
}

// Loss is a declared one: after Kept leaves the ledger went on under another
// origin, and what the last checkpoint known had beyond them is gone.
type Loss struct {
	Last proof.Checkpoint
	Kept uint64
}

// Identify tells who the log is now. It is asked before each head.
type Identify func(context.Context) (Identity, error)

// note signs a checkpoint with every key in force.
func (id Identity) note(c proof.Checkpoint) []byte {
	text := c.Text()
	note := text + "\n"
	for _, s := range id.Signers {
		note += s.sign(text).Line()
	}
	return []byte(note)
}

// keys verify this log's own checkpoints.
func (id Identity) keys() (keys []proof.Key) {
	for _, s := range id.Signers {
		keys = append(keys, s.Key)
	}
	return keys
}

// SignLine is a signer's line below a text: what a note needs.
func SignLine(s Signer, text string) string { return s.sign(text).Line() }
