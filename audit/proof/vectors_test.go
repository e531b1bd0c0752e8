package proof

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"
)

func load(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func hashOf(t *testing.T, s string) Hash { return Hash(unhex(t, s)) }

func hashesOf(t *testing.T, list []string) (hashes []Hash) {
	for _, s := range list {
		hashes = append(hashes, hashOf(t, s))
	}
	return hashes
}

func TestFrames(t *testing.T) {
	var vectors []struct{ Stream, Revision, ID, Type, Data, Metadata, Frame, SaltKey, Salt, Entry, Leaf string }
	load(t, "frames.json", &vectors)
	if len(vectors) < 4 {
		t.Fatal("too few vectors")
	}
	for _, v := range vectors {
		revision, err := strconv.ParseUint(v.Revision, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		f := Frame{v.Stream, revision, [16]byte(unhex(t, v.ID)), v.Type, unhex(t, v.Data), unhex(t, v.Metadata)}
		encoded := f.Append(nil)
		if got := hex.EncodeToString(encoded); got != v.Frame {
			t.Errorf("%s: frame %s, want %s", v.Stream, got, v.Frame)
		}
		salt := SaltOf([32]byte(unhex(t, v.SaltKey)), f.ID)
		entry := Commit(salt, encoded)
		leaf := LeafHash(entry[:])
		if hex.EncodeToString(salt[:]) != v.Salt || hex.EncodeToString(entry[:]) != v.Entry || hex.EncodeToString(leaf[:]) != v.Leaf {
			t.Errorf("%s: salt %x, entry %x, leaf %x", v.Stream, salt, entry, leaf)
		}
		back, err := ParseFrame(encoded)
		if err != nil || string(back.Append(nil)) != string(encoded) {
			t.Errorf("%s: parsed as %+v, %v", v.Stream, back, err)
		}
		for cut := range encoded {
			if _, err := ParseFrame(encoded[:cut]); err == nil {
				t.Errorf("%s: its first %d bytes are taken for a frame", v.Stream, cut)
			}
		}
		if _, err := ParseFrame(append(encoded, 0)); err == nil {
			t.Errorf("%s: taken with a byte behind it", v.Stream)
		}
	}
}

type inclusionVector struct {
	Index, Size uint64
	Leaf, Root  string
	Path        []string
}

type consistencyVector struct {
	Old, Size     uint64
	OldRoot, Root string
	Path          []string
}

type treeVectors struct {
	Empty       string
	Inclusion   []inclusionVector
	Consistency []consistencyVector
}

func TestTrees(t *testing.T) {
	var v treeVectors
	load(t, "trees.json", &v)
	if EmptyRoot() != hashOf(t, v.Empty) {
		t.Error("the empty root")
	}
	if len(v.Inclusion) < 50 || len(v.Consistency) < 100 {
		t.Fatal("too few vectors")
	}
	for _, c := range v.Inclusion {
		leaf, root, path := hashOf(t, c.Leaf), hashOf(t, c.Root), hashesOf(t, c.Path)
		if err := VerifyInclusion(leaf, c.Index, c.Size, path, root); err != nil {
			t.Errorf("leaf %d of %d: %v", c.Index, c.Size, err)
		}
		spoiled(path, func(what string, bad []Hash) {
			if VerifyInclusion(leaf, c.Index, c.Size, bad, root) == nil {
				t.Errorf("leaf %d of %d: passes with %s", c.Index, c.Size, what)
			}
		})
		for _, index := range []uint64{c.Index + 1, c.Index ^ 1, c.Size, c.Index | 1<<63} {
			if VerifyInclusion(leaf, index, c.Size, path, root) == nil && index != c.Index {
				t.Errorf("leaf %d of %d passes as %d", c.Index, c.Size, index)
			}
		}
		if VerifyInclusion(root, c.Index, c.Size, path, leaf) == nil && c.Size > 1 {
			t.Errorf("leaf %d of %d: root and leaf exchanged", c.Index, c.Size)
		}
	}
	for _, c := range v.Consistency {
		old, root, path := hashOf(t, c.OldRoot), hashOf(t, c.Root), hashesOf(t, c.Path)
		if err := VerifyConsistency(c.Old, c.Size, old, root, path); err != nil {
			t.Errorf("%d in %d: %v", c.Old, c.Size, err)
		}
		spoiled(path, func(what string, bad []Hash) {
			if VerifyConsistency(c.Old, c.Size, old, root, bad) == nil {
				t.Errorf("%d in %d: passes with %s", c.Old, c.Size, what)
			}
		})
		if c.Old != c.Size && (VerifyConsistency(c.Size, c.Old, root, old, path) == nil || VerifyConsistency(c.Old, c.Size, root, old, path) == nil) {
			t.Errorf("%d in %d: passes backwards", c.Old, c.Size)
		}
		if other := NodeHash(old, root); VerifyConsistency(c.Old, c.Size, other, root, path) == nil || c.Old > 0 && VerifyConsistency(c.Old, c.Size, old, other, path) == nil {
			t.Errorf("%d in %d: passes with another root", c.Old, c.Size)
		}
	}
}

// spoiled shows a path in every way it may be wrong by one step.
func spoiled(path []Hash, try func(what string, bad []Hash)) {
	try("a hash more", append(append([]Hash{}, path...), Hash{}))
	for i := range path {
		bad := append([]Hash{}, path...)
		bad[i][i%32] ^= 1 << (i % 8)
		try("hash "+strconv.Itoa(i)+" changed", bad)
		try("hash "+strconv.Itoa(i)+" missing", append(append([]Hash{}, path[:i]...), path[i+1:]...))
		try("hash "+strconv.Itoa(i)+" twice", append(append(append([]Hash{}, path[:i+1]...), path[i]), path[i+1:]...))
		if i > 0 && path[i] != path[i-1] {
			bad := append([]Hash{}, path...)
			bad[i], bad[i-1] = bad[i-1], bad[i]
			try("hashes exchanged", bad)
		}
	}
}

// TestTreeFolds: leaf by leaf gives the roots of the definition.
func TestTreeFolds(t *testing.T) {
	var v treeVectors
	load(t, "trees.json", &v)
	want := map[uint64]string{0: v.Empty}
	for _, c := range v.Inclusion {
		want[c.Size] = c.Root
	}
	var tree Tree
	checked := 0
	for i := 0; ; i++ {
		if root, ok := want[tree.Size()]; ok {
			checked++
			if tree.Root() != hashOf(t, root) {
				t.Errorf("the root of %d leaves", tree.Size())
			}
		}
		if i == 300 {
			break
		}
		tree.Append(LeafHash([]byte{byte(i), byte(i >> 8)}))
	}
	if checked != len(want) {
		t.Errorf("%d of %d roots seen", checked, len(want))
	}
}

// TestAuthenticate: HMAC written out is crypto/hmac, in both forms.
func TestAuthenticate(t *testing.T) {
	var entries Committer
	for n := range 300 {
		key := sha256.Sum256([]byte{byte(n)})
		message := bytes.Repeat([]byte{byte(n)}, n)
		mac := hmac.New(sha256.New, key[:])
		mac.Write(message)
		if sum := authenticate(key, message); !bytes.Equal(sum[:], mac.Sum(nil)) {
			t.Fatalf("%d bytes: %x", n, sum)
		}
		f := Frame{Stream: "s", Data: message[:n-n%3*n/3], Metadata: message}
		if entry := entries.Commit(key, &f); entry != Commit(key, f.Append(nil)) {
			t.Fatalf("a frame of %d bytes: %x", n, entry)
		}
	}
}

// TestMade: a tree tells the hashes of all tiles while it grows.
func TestMade(t *testing.T) {
	var tree Tree
	var made [3][]Hash
	tree.Made = func(level int, h Hash) { made[level] = append(made[level], h) }
	const n = TileWidth*TileWidth + TileWidth + 3
	for i := range uint64(n) {
		tree.Append(LeafHash(binary.BigEndian.AppendUint64(nil, i)))
	}
	if len(made[0]) != n || len(made[1]) != TileWidth+1 || len(made[2]) != 1 {
		t.Fatalf("%d, %d, %d hashes", len(made[0]), len(made[1]), len(made[2]))
	}
	for level := range 2 {
		for k, want := range made[level+1] {
			var sub Tree
			for _, h := range made[level][k*TileWidth : (k+1)*TileWidth] {
				sub.Append(h)
			}
			if sub.Root() != want {
				t.Fatalf("level %d, hash %d", level+1, k)
			}
		}
	}
}
