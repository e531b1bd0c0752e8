package audit

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhishu/audit/proof"
	"zhishu/eventstore"
)

// TestCovering: a receipt is under the first checkpoint that covered its event,
// whatever became of the list of checkpoints since; nobody reads the checkpoint
// stream for it.
func TestCovering(t *testing.T) {
	dir := t.TempDir()
	store := embeddedLog(t, filepath.Join(dir, "log"))
	defer store.Close()
	o := options(t, store)
	open := func() *Log {
		l, err := Open(t.Context(), o)
		noErr(t, err)
		return l
	}
	const rounds, each = 40, 13
	for round := range rounds { // opened anew each time, so that some heads stand behind the last full tile
		fill(t, store, "person-1", round*each, each)
		l := open()
		noErr(t, l.Announce(t.Context()))
		noErr(t, l.Close())
	}
	holds := func(what string, l *Log, size func(revision uint64) uint64) {
		t.Helper()
		for revision := uint64(0); revision < rounds*each; revision += 5 {
			r, err := l.Receipt(t.Context(), "person-1", revision)
			noErr(t, err)
			shown, err := r.Verify(identity(t, 1).Signers[0].Key)
			noErr(t, err)
			if shown.Checkpoint.Size != size(revision) {
				t.Fatalf("%s: revision %d is under size %d", what, revision, shown.Checkpoint.Size)
			}
		}
	}
	first := func(revision uint64) uint64 { return (revision/each + 1) * each }
	newest := func(uint64) uint64 { return rounds * each }
	name := filepath.Join(o.Dir, headsName)
	sound, err := os.ReadFile(name)
	noErr(t, err)
	if len(sound) != rounds*headSize {
		t.Fatalf("%d bytes of %d heads", len(sound), rounds)
	}
	l := open()
	holds("as written", l, first)
	noErr(t, l.Close())

	// Gone, or torn: the next head finds what is missing.
	for _, left := range []int{0, 8, 8*17 + 3} {
		noErr(t, os.WriteFile(name, sound[:left], 0o644))
		l := open()
		holds("made again", l, first)
		noErr(t, l.Close())
		if again, err := os.ReadFile(name); err != nil || string(again) != string(sound) {
			t.Errorf("from %d bytes: %d bytes, %v", left, len(again), err)
		}
	}
	// Longer than the log: of a ledger that went back and said so.
	noErr(t, os.WriteFile(name, append(append([]byte{}, sound...), sound[:24]...), 0o644))
	l = open()
	holds("cut back", l, first)
	noErr(t, l.Close())
	// Made up: a receipt may come under another size, never under another tree.
	l = open()
	l.sizes.sizes.put(binary.BigEndian.AppendUint64(nil, rounds*each-2), 0)
	for i := range int64(rounds - 1) {
		noErr(t, l.sizes.sizes.put(make([]byte, headSize), i*headSize))
	}
	holds("made up", l, newest)
	noErr(t, l.Close())
}

// TestCoveringAfterLoss: keys sign for their own origin alone, so what an earlier
// one covered comes under the newest checkpoint.
func TestCoveringAfterLoss(t *testing.T) {
	store := embeddedLog(t, filepath.Join(t.TempDir(), "log"))
	defer store.Close()
	o := options(t, store)
	announce := func(from, n int) *Log {
		fill(t, store, "person-1", from, n)
		l, err := Open(t.Context(), o)
		noErr(t, err)
		noErr(t, l.Announce(t.Context()))
		return l
	}
	noErr(t, announce(0, 10).Close())
	id := identity(t, 1)
	id.Losses = []Loss{{Last: proof.Checkpoint{Origin: "zhishu.example/earlier", Size: 12}, Kept: 10}}
	o.Identify, o.Guard = is(id), nil
	noErr(t, announce(10, 10).Close())
	l := announce(20, 10)
	defer l.Close()
	for revision, size := range map[uint64]uint64{3: 30, 9: 30, 10: 20, 19: 20, 20: 30} {
		r, err := l.Receipt(t.Context(), "person-1", revision)
		noErr(t, err)
		if shown, err := r.Verify(id.Signers[0].Key); err != nil || shown.Checkpoint.Size != size {
			t.Errorf("revision %d is under size %d, %v", revision, shown.Checkpoint.Size, err)
		}
	}
}

// TestCheckedHeads: a whole check holds the list of checkpoints against the log.
func TestCheckedHeads(t *testing.T) {
	store := storeOf(t, 600)
	o := options(t, store)
	for range 3 {
		l, err := Open(t.Context(), o)
		noErr(t, err)
		noErr(t, l.Announce(t.Context()))
		noErr(t, l.Close())
		fill(t, store, "person-2", int(l.Size()-600), 1)
	}
	l, err := Open(t.Context(), o)
	noErr(t, err)
	noErr(t, l.Close())
	check := func() *Checked {
		c, err := Check(t.Context(), CheckOptions{Log: store, Dir: o.Dir, SaltKey: &testKey, Origin: origin})
		noErr(t, err)
		return c
	}
	if c := check(); c.Verdict != Sound || len(c.Notes) > 0 {
		t.Fatalf("%+v", c)
	}
	name := filepath.Join(o.Dir, headsName)
	sound, err := os.ReadFile(name)
	noErr(t, err)
	for i := range sound {
		changed := append([]byte{}, sound...)
		changed[i] ^= 4
		noErr(t, os.WriteFile(name, changed, 0o644))
		if c := check(); c.Verdict != Tampered || len(c.Findings) != 1 || c.FirstBad != nil {
			t.Fatalf("byte %d: %+v", i, c)
		}
	}
	noErr(t, os.WriteFile(name, append(sound, sound...), 0o644))
	if c := check(); c.Verdict != Tampered {
		t.Errorf("more checkpoints than there are: %+v", c)
	}
	noErr(t, os.Remove(name)) // of a ledger from before there was such a file
	if c := check(); c.Verdict != Sound {
		t.Errorf("%+v", c)
	}
}

// TestReceiptOfDamage: an event in the log that is not the one the tree has, and
// a tile that is not the tree's, give no receipt.
func TestReceiptOfDamage(t *testing.T) {
	store := storeOf(t, 600)
	o := options(t, store)
	l, err := Open(t.Context(), o)
	noErr(t, err)
	defer l.Close()
	noErr(t, l.Announce(t.Context()))
	for _, revision := range []uint64{100, 590} { // in a full tile, and in the growing one
		r := recordedAt(t, store, revision)
		if at, err := l.leafOf(r, 600); err != nil || at.index != revision {
			t.Fatalf("revision %d is leaf %d, %v", revision, at.index, err)
		}
		r.Data = []byte(`{"n":0 }`)
		if _, err := l.leafOf(r, 600); !errors.Is(err, ErrDamaged) {
			t.Errorf("another event at revision %d: %v", revision, err)
		}
		r.Position = eventstore.NewPosition(1<<40, 0)
		if _, err := l.leafOf(r, 600); !errors.Is(err, ErrNotCovered) {
			t.Errorf("an event to come: %v", err)
		}
	}
	file := filepath.Join(o.Dir, "hashes-0")
	b, err := os.ReadFile(file)
	noErr(t, err)
	b[7*32] ^= 1 // another leaf of the first tile
	noErr(t, os.WriteFile(file, b, 0o644))
	if _, err := l.Receipt(t.Context(), "person-1", 100); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged tile: %v", err)
	}
	if _, err := l.Receipt(t.Context(), "person-1", 300); err != nil {
		t.Errorf("a sound tile: %v", err)
	}
}
