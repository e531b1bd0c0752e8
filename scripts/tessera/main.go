// Command tessera checks a served log with the client of
// github.com/transparency-dev/tessera, which shares no code with us: inclusion of
// random entries at random sizes, and consistency between checkpoints that were
// kept while the log grew and between random sizes. It is a module of its own, so
// that the ledger does not depend on what it needs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	var (
		address     = flag.String("url", "", "address of the log")
		keyFile     = flag.String("key", "", "file with its public key")
		inclusion   = flag.Int("inclusion", 2000, "inclusion proofs")
		consistency = flag.Int("consistency", 200, "consistency proofs")
		seed        = flag.Uint64("seed", rand.Uint64(), "of the choice")
	)
	flag.Parse()
	began := time.Now()
	c, err := open(*address, *keyFile, flag.Args())
	if err == nil {
		c.random = rand.New(rand.NewPCG(*seed, 0))
		err = errors.Join(c.read(), c.includes(*inclusion), c.continues(*consistency))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "tessera's client, seed %d: %v\n", *seed, err)
		os.Exit(1)
	}
	fmt.Printf("tessera's client verified %d inclusion and %d consistency proofs of a log of %d events, %d kept checkpoints among them, in %.1f s (seed %d)\n",
		*inclusion, *consistency, c.head.Size, len(c.kept), time.Since(began).Seconds(), *seed)
}

// check is one under way.
type check struct {
	ctx    context.Context
	from   *client.HTTPFetcher
	random *rand.Rand
	head   *log.Checkpoint
	kept   []*log.Checkpoint // signed, while the log grew
	leaves [][]byte
	roots  [][]byte // by size, computed from the entries
}

func open(address, keyFile string, notes []string) (*check, error) {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		return nil, err
	}
	root, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	c := &check{ctx: context.Background()}
	if c.from, err = client.NewHTTPFetcher(root, http.DefaultClient); err != nil {
		return nil, err
	}
	if c.head, _, _, err = client.FetchCheckpoint(c.ctx, c.from.ReadCheckpoint, verifier, verifier.Name()); err != nil {
		return nil, err
	}
	for _, name := range notes {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		kept, _, _, err := log.ParseCheckpoint(raw, verifier.Name(), verifier)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		c.kept = append(c.kept, kept)
	}
	return c, nil
}

// read takes every entry in and computes the root at every size.
func (c *check) read() error {
	size := func(context.Context) (uint64, error) { return c.head.Size, nil }
	unbundle := func(b []byte) (entries [][]byte, err error) {
		for len(b) > 0 {
			n := 2 + (int(b[0])<<8 | int(b[1]))
			if n > len(b) {
				return nil, errors.New("an entry is cut short")
			}
			entries, b = append(entries, b[2:n]), b[n:]
		}
		return entries, nil
	}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	c.roots = [][]byte{rfc6962.DefaultHasher.EmptyRoot()}
	for e, err := range client.Entries(client.EntryBundles(c.ctx, 4, size, c.from.ReadEntryBundle, 0, c.head.Size), unbundle) {
		if err != nil {
			return err
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(e.Entry)
		if err := tree.Append(leaf, nil); err != nil {
			return err
		}
		root, err := tree.GetRootHash(nil)
		if err != nil {
			return err
		}
		c.leaves, c.roots = append(c.leaves, leaf), append(c.roots, root)
	}
	for _, k := range append(c.kept, c.head) {
		if k.Size >= uint64(len(c.roots)) || string(c.roots[k.Size]) != string(k.Hash) {
			return fmt.Errorf("the checkpoint at %d was signed for another root", k.Size)
		}
	}
	return nil
}

// includes: every other proof is against the newest checkpoint, the rest are
// against what the tree was at some size.
func (c *check) includes(n int) error {
	for i := range n {
		size := c.head.Size
		if i%2 == 1 {
			size = 1 + c.random.Uint64N(c.head.Size)
		}
		index := c.random.Uint64N(size)
		b, err := client.NewProofBuilder(c.ctx, size, c.from.ReadTile)
		if err != nil {
			return err
		}
		path, err := b.InclusionProof(c.ctx, index)
		if err != nil {
			return fmt.Errorf("inclusion of %d at %d: %w", index, size, err)
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, c.leaves[index], path, c.roots[size]); err != nil {
			return fmt.Errorf("inclusion of %d at %d: %w", index, size, err)
		}
		other := c.leaves[(index+1)%uint64(len(c.leaves))]
		if proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, other, path, c.roots[size]) == nil {
			return fmt.Errorf("another entry passes for %d at %d", index, size)
		}
	}
	return nil
}

// continues: every other proof is between two signed checkpoints.
func (c *check) continues(n int) error {
	for i := range n {
		first, second := c.random.Uint64N(c.head.Size+1), c.random.Uint64N(c.head.Size+1)
		if len(c.kept) > 1 && i%2 == 0 {
			first, second = c.kept[c.random.IntN(len(c.kept))].Size, c.kept[c.random.IntN(len(c.kept))].Size
		}
		first, second = max(1, min(first, second)), max(1, first, second)
		b, err := client.NewProofBuilder(c.ctx, second, c.from.ReadTile)
		if err != nil {
			return err
		}
		path, err := b.ConsistencyProof(c.ctx, first, second)
		if err != nil {
			return fmt.Errorf("consistency of %d and %d: %w", first, second, err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, first, second, path, c.roots[first], c.roots[second]); err != nil {
			return fmt.Errorf("consistency of %d and %d: %w", first, second, err)
		}
	}
	return nil
}
