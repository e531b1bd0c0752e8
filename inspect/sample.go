package inspect

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"zhishu/audit/proof"
	"zhishu/domain"
)

// NonceSize is the length of an inspector's nonce.
const NonceSize = 32

// Nonce is what the inspector contributes to a sample's seed. Its hash is
// recorded when the case is opened, before the ledger's own part exists.
type Nonce [NonceSize]byte

// Commitment is SHA-256 of a nonce.
type Commitment [sha256.Size]byte

// Commit hides a nonce until the sample is drawn.
func (n Nonce) Commit() Commitment { return sha256.Sum256(n[:]) }

// Seed decides a sample: SHA-256(nonce ‖ root), where root is that of the first
// checkpoint signed after the case committed to the nonce. The operator cannot
// know the nonce when the root is made, the inspector cannot know the root when
// the nonce is chosen.
type Seed [sha256.Size]byte

// SeedOf is the seed of a nonce and a root.
func SeedOf(n Nonce, root proof.Hash) Seed {
	return sha256.Sum256(append(bytes.Clone(n[:]), root[:]...))
}

// Draw picks n of the population by a seed: those whose SHA-256(seed ‖ id) is
// smallest, in that order. The order of the population does not matter, and a
// larger sample begins with the smaller one.
func Draw(seed Seed, population []domain.PersonID, n int) []domain.PersonID {
	type ticket struct {
		hash [sha256.Size]byte
		id   domain.PersonID
	}
	tickets := make([]ticket, len(population))
	for i, id := range population {
		var b [len(seed) + len(id.UUID)]byte
		copy(b[copy(b[:], seed[:]):], id.UUID[:])
		tickets[i] = ticket{sha256.Sum256(b[:]), id}
	}
	slices.SortFunc(tickets, func(a, b ticket) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	drawn := make([]domain.PersonID, 0, min(n, len(tickets)))
	for _, t := range tickets[:min(n, len(tickets))] {
		drawn = append(drawn, t.id)
	}
	return drawn
}
