package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/transparency-dev/formats/log"
	fproof "github.com/transparency-dev/formats/proof"
	mproof "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// TestReceipts: every event's receipt holds, offline and with the pinned key,
// for us and for the libraries of the people who wrote the formats.
func TestReceipts(t *testing.T) {
	store := embeddedLog(t, filepath.Join(t.TempDir(), "log"))
	defer store.Close()
	o := options(t, store)
	l := following(t, o)
	size := uint64(0)
	for round := range 9 {
		for k := range 3 {
			fill(t, store, fmt.Sprintf("person-%d", k), round*40, 40)
			size += 40
		}
		noErr(t, l.WaitFor(t.Context(), size))
		noErr(t, l.Announce(t.Context()))
	}
	key := identity(t, 1).Signers[0].Key
	fill(t, store, "person-3", 0, 1)
	if _, err := l.Receipt(t.Context(), "person-3", 0); !errors.Is(err, ErrNotCovered) {
		t.Errorf("no checkpoint covers it: %v", err)
	}
	for _, stream := range []string{"person-4", eventstore.CheckpointStream, "$all"} {
		if _, err := l.Receipt(t.Context(), stream, 0); !errors.Is(err, ErrNoEvent) {
			t.Errorf("a receipt for %s: %v", stream, err)
		}
	}
	indices := map[uint64]bool{}
	for k := range 3 {
		for i := uint64(0); i < 360; i += 7 {
			r, err := l.Receipt(t.Context(), fmt.Sprintf("person-%d", k), i)
			noErr(t, err)
			shown, err := r.Verify(key)
			noErr(t, err)
			if shown.Frame.Revision != i || indices[shown.Index] || shown.Checkpoint.Size > size || shown.Checkpoint.Size < shown.Index+1 || shown.Checkpoint.Size > shown.Index+120 {
				t.Fatalf("receipt of revision %d: index %d, size %d", i, shown.Index, shown.Checkpoint.Size)
			}
			indices[shown.Index] = true
			stream, revision, err := l.EventAt(t.Context(), shown.Index)
			if err != nil || stream != shown.Frame.Stream || revision != i {
				t.Fatalf("leaf %d is %s revision %d, %v", shown.Index, stream, revision, err)
			}
			byOthers(t, r, shown, key)
		}
	}
	s, err := l.Statement(t.Context(), "person-1")
	noErr(t, err)
	if shown, err := s.Verify(key); err != nil || len(shown) != 360 {
		t.Errorf("%d receipts, %v", len(shown), err)
	}
	if _, err := l.Statement(t.Context(), "person-3"); !errors.Is(err, ErrNotCovered) {
		t.Errorf("no checkpoint covers it: %v", err)
	}
}

// byOthers checks a receipt with nothing of ours but the entry.
func byOthers(t *testing.T, r proof.Receipt, shown proof.Shown, key proof.Key) {
	t.Helper()
	var p fproof.TLogProof
	noErr(t, p.Unmarshal([]byte(r.Proof)))
	verifier, err := note.NewVerifier(key.String())
	noErr(t, err)
	c, _, n, err := log.ParseCheckpoint(p.Checkpoint, origin, verifier)
	noErr(t, err)
	if len(n.Sigs) != 1 {
		t.Fatalf("%d signatures", len(n.Sigs))
	}
	entry := proof.Commit(proof.Salt(p.ExtraData), shown.Frame.Append(nil))
	var path [][]byte
	for _, h := range p.Hashes {
		path = append(path, h[:])
	}
	noErr(t, mproof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, c.Size, rfc6962.DefaultHasher.HashLeaf(entry[:]), path, c.Hash))
}

// TestServedTiles: every tile of the published size, at every width, holds what
// the tree says; none beyond; and a bit flipped on disk is never given out.
func TestServedTiles(t *testing.T) {
	store := storeOf(t, 1000)
	o := options(t, store)
	l, err := Open(t.Context(), o)
	noErr(t, err)
	defer l.Close()
	if _, err := l.Tile("tile/0/000"); !errors.Is(err, ErrNoTile) {
		t.Error("a tile before the first checkpoint")
	}
	noErr(t, l.Announce(t.Context()))
	for _, tile := range []proof.Tile{{Width: 256}, {Index: 3, Width: 232}, {Index: 3, Width: 1}, {Level: 1, Width: 3}, {Level: 1, Width: 2}, {Index: 2, Width: 17}} {
		raw, err := l.Tile(tile.Path())
		noErr(t, err)
		hashes, err := proof.ParseHashes(raw, tile.Width)
		noErr(t, err)
		for i, h := range hashes {
			first := (tile.Index*256 + uint64(i)) << (8 * tile.Level)
			var sub proof.Tree
			c := newCommitter(testKey)
			for k := first; k < first+1<<(8*tile.Level); k++ {
				_, leaf := c.commit(recordedAt(t, store, k))
				sub.Append(leaf)
			}
			if sub.Root() != h {
				t.Errorf("%s: hash %d", tile.Path(), i)
			}
		}
		if tile.Level == 0 {
			tile.Entries = true
			raw, err := l.Tile(tile.Path())
			noErr(t, err)
			entries, err := proof.ParseBundle(raw, tile.Width)
			noErr(t, err)
			for i := range entries {
				if proof.LeafHash(entries[i]) != hashes[i] {
					t.Errorf("%s: entry %d", tile.Path(), i)
				}
			}
		}
	}
	for _, path := range []string{"tile/0/003", "tile/0/003.p/233", "tile/0/004.p/1", "tile/1/000", "tile/2/000.p/1", "tile/entries/004", "tile/x", "checkpoint", "tile/0/001/000"} {
		if _, err := l.Tile(path); !errors.Is(err, ErrNoTile) {
			t.Errorf("%s: %v", path, err)
		}
	}
	rnd := rand.New(rand.NewPCG(4, 5))
	for _, file := range []string{"hashes-0", "entries"} {
		flipBit(t, filepath.Join(o.Dir, file), rnd)
		bad := 0
		for i := range 3 {
			for _, tile := range []proof.Tile{{Index: uint64(i), Width: 256}, {Entries: true, Index: uint64(i), Width: 256}} {
				if _, err := l.Tile(tile.Path()); errors.Is(err, ErrDamaged) {
					bad++
				} else {
					noErr(t, err)
				}
			}
		}
		if bad == 0 {
			t.Errorf("a flipped bit in %s was given out", file)
		}
	}
}

func storeOf(t testing.TB, n int) Store {
	store := embeddedLog(t, filepath.Join(t.TempDir(), "log"))
	t.Cleanup(func() { store.Close() })
	fill(t, store, "person-1", 0, n)
	return store
}

func recordedAt(t testing.TB, store Store, n uint64) *eventstore.Recorded {
	t.Helper()
	for r, err := range store.ReadStream(t.Context(), "person-1", eventstore.Revision(n), eventstore.Forwards) {
		noErr(t, err)
		return &r
	}
	return nil
}

func flipBit(t testing.TB, file string, rnd *rand.Rand) {
	t.Helper()
	b, err := os.ReadFile(file)
	noErr(t, err)
	b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
	noErr(t, os.WriteFile(file, b, 0o644))
}

// TestReceiptJSON: a receipt survives the way through a file.
func TestReceiptJSON(t *testing.T) {
	store := storeOf(t, 5)
	l, err := Open(t.Context(), options(t, store))
	noErr(t, err)
	defer l.Close()
	noErr(t, l.Announce(t.Context()))
	r, err := l.Receipt(t.Context(), "person-1", 2)
	noErr(t, err)
	text, err := json.Marshal(r)
	noErr(t, err)
	var back proof.Receipt
	noErr(t, json.Unmarshal(text, &back))
	if shown, err := back.Verify(identity(t, 1).Signers[0].Key); err != nil || !bytes.Equal(shown.Frame.Data, []byte(`{"n":2}`)) {
		t.Errorf("%+v, %v", shown, err)
	}
}
