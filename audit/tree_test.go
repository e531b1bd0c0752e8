package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

func noErr(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a ledger event like any other, from a number.
func sample(n uint64) *eventstore.Recorded {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
	return &eventstore.Recorded{
		Event:    eventstore.Event{ID: eventstore.ID(sum[:16]), Type: "service-claimed", Data: fmt.Appendf(nil, `{"minutes":%d}`, n), Metadata: []byte(`{"v":1}`)},
		Stream:   fmt.Sprintf("person-%d", n%1000),
		Revision: eventstore.Revision(n / 1000), Position: eventstore.NewPosition(n/7, n+1),
	}
}

var testKey = sha256.Sum256([]byte("salt key of the tests"))

// TestCommit: the fast way is the way the verifier goes.
func TestCommit(t *testing.T) {
	c := newCommitter(testKey)
	for n := range uint64(200) {
		r := sample(n)
		r.Data = make([]byte, n*17)
		entry, leaf := c.commit(r)
		want := proof.Commit(proof.SaltOf(testKey, r.ID), frameOf(r).Append(nil))
		if string(entry) != string(want[:]) || leaf != proof.LeafHash(want[:]) {
			t.Fatalf("event %d: %x, want %x", n, entry, want)
		}
	}
}

// TestRoots: the tree, tlog, merkle and the verifier's own fold agree, at every
// size to 1,500 and at sizes around tile borders of the second level.
func TestRoots(t *testing.T) { compareRoots(t, t.TempDir(), *rootEvents) }

var rootEvents = flag.Uint64("roots.events", 70_000, "events whose root is computed in four ways")

func compareRoots(t testing.TB, dir string, n uint64) {
	tree, err := openTiles(dir)
	noErr(t, err)
	noErr(t, tree.load(false))
	defer tree.close()
	var (
		c      = newCommitter(testKey)
		ours   proof.Tree
		merkle = (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
		stored []tlog.Hash
		read   = tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(indexes))
			for i, x := range indexes {
				out[i] = stored[x]
			}
			return out, nil
		})
		early = map[uint64]proof.Hash{}
	)
	for i := range n {
		r := sample(i)
		entry, leaf := c.commit(r)
		noErr(t, tree.append(entry, leaf, r.Position))
		ours.Append(proof.LeafHash(entry))
		noErr(t, merkle.Append(rfc6962.DefaultHasher.HashLeaf(entry), nil))
		more, err := tlog.StoredHashes(int64(i), entry, read)
		noErr(t, err)
		stored = append(stored, more...)
		size := i + 1
		if size > 1500 && (size+2)%65536 > 4 && size != n && size%9973 != 0 {
			continue
		}
		root, err := tree.root(size)
		noErr(t, err)
		want, err := merkle.GetRootHash(nil)
		noErr(t, err)
		sumdb, err := tlog.TreeHash(int64(size), read)
		noErr(t, err)
		if root != proof.Hash(want) || root != proof.Hash(sumdb) || root != ours.Root() {
			t.Fatalf("size %d: %x, %x, %x, %x", size, root, want, sumdb, ours.Root())
		}
		early[size] = root
	}
	for size, want := range early { // at every earlier size as it was then
		root, err := tree.root(size)
		noErr(t, err)
		if root != want {
			t.Fatalf("size %d: its root has changed", size)
		}
	}
	provesAll(t, tree, early, n)
	t.Logf("%d events, %d sizes: one root in four computations", n, len(early))
}

func provesAll(t testing.TB, tree *tiles, roots map[uint64]proof.Hash, n uint64) {
	rnd := rand.New(rand.NewPCG(1, n))
	c := newCommitter(testKey)
	for size, root := range roots {
		index := rnd.Uint64N(size)
		head := proof.Checkpoint{Size: size, Root: root}
		r := sample(index)
		_, leaf := c.commit(r)
		path, err := tree.inclusion(leaf, index, head)
		noErr(t, err)
		noErr(t, proof.VerifyInclusion(leaf, index, size, path, root))
		if at, ok, err := tree.find(leaf, r.Position); err != nil || !ok || at != index {
			t.Fatalf("leaf %d is found at %d, %v %v", index, at, ok, err)
		}
		for old, oldRoot := range roots { // some other size
			if old > size {
				break
			}
			found, path, err := tree.beginning(old, head)
			noErr(t, err)
			noErr(t, proof.VerifyConsistency(old, size, oldRoot, root, path))
			if found != oldRoot {
				t.Fatalf("size %d has root %x within size %d, and had %x", old, found, size, oldRoot)
			}
			break
		}
	}
}

// TestTilesRecover: whatever a crash leaves of the files, the tree that is read
// from them is a beginning of the true one, and grows into it.
func TestTilesRecover(t *testing.T) {
	const n = 256*300 + 77
	dir := t.TempDir()
	tree, err := openTiles(dir)
	noErr(t, err)
	noErr(t, tree.load(false))
	grow(t, tree, n)
	want, err := tree.root(n)
	noErr(t, err)
	noErr(t, tree.close())
	rnd := rand.New(rand.NewPCG(2, 3))
	for trial := range 12 {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		noErr(t, err)
		if trial > 0 {
			for range 1 + rnd.IntN(3) {
				name := files[rnd.IntN(len(files))]
				info, err := os.Stat(name)
				noErr(t, err)
				noErr(t, os.Truncate(name, rnd.Int64N(info.Size()+1)))
			}
		}
		tree, err := openTiles(dir)
		noErr(t, err)
		noErr(t, tree.load(false))
		if size := tree.leaves(); size%256 != 0 || trial == 0 && size != n/256*256 {
			t.Errorf("trial %d: %d leaves", trial, size)
		}
		if at, leaves, err := tree.before(tree.leaves()); err != nil || leaves != tree.leaves() || leaves > 0 && at != sample(leaves-1).Position {
			t.Errorf("trial %d: %d leaves end at %s, %v", trial, leaves, at, err)
		}
		grow(t, tree, n)
		if root, err := tree.root(n); err != nil || root != want {
			t.Errorf("trial %d: root %x, %v", trial, root, err)
		}
		noErr(t, tree.close())
	}
}

func grow(t *testing.T, tree *tiles, n uint64) {
	t.Helper()
	c := newCommitter(testKey)
	for i := tree.leaves(); i < n; i++ {
		r := sample(i)
		entry, leaf := c.commit(r)
		noErr(t, tree.append(entry, leaf, r.Position))
	}
}

func BenchmarkLeaves(b *testing.B) {
	tree, err := openTiles(b.TempDir())
	noErr(b, err)
	noErr(b, tree.load(false))
	c := newCommitter(testKey)
	r := sample(1)
	r.Data, r.Metadata = make([]byte, 300), make([]byte, 120)
	b.ReportAllocs()
	for b.Loop() {
		entry, leaf := c.commit(r)
		noErr(b, tree.append(entry, leaf, r.Position))
	}
}
