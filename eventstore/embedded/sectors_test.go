package embedded

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"zhishu/eventstore"
)

// interrupted is a write that a crash interrupts: the file as it was synced
// before, and what was being written.
type interrupted struct {
	before []byte
	bytes  []byte
	at     int64
	events int // acknowledged by then
}

// TestSectorsOfAnInterruptedWrite lets a crash keep any of the sectors of a
// group's write, in any order, as disks do. What had been acknowledged before
// is there, what remains is a beginning of what was being appended, and the log
// goes on.
func TestSectorsOfAnInterruptedWrite(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	random := rand.New(rand.NewPCG(7, 8))
	var writes []interrupted
	d := unsynced
	var l *Log
	d.write = func(f *os.File, b []byte, at int64) (int, error) {
		if len(writes) < 20 {
			before := make([]byte, at)
			if _, err := f.ReadAt(before, 0); err != nil {
				return 0, err
			}
			writes = append(writes, interrupted{before, bytes.Clone(b), at, int(l.tail.get().seq)})
		}
		return f.WriteAt(b, at)
	}
	l, err := openWith(dir, Options{}, d)
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for w := range 12 { // side by side, so that groups have several frames
		writers.Go(func() {
			for i := range 8 {
				_, err := l.Append(context.Background(), fmt.Sprintf("writer-%d", w), eventstore.After(uint64(2*i)), batch(2*i, 2, 300+100*w))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	all := mustContents(t, l)
	if l.Stats().Segments != 1 {
		t.Fatal("more than one segment: the images below would be wrong")
	}
	mustClose(t, l)
	for n, w := range writes {
		for round := range 3 * soak(t) {
			image := filepath.Join(t.TempDir(), "image")
			if err := os.Mkdir(image, 0o755); err != nil {
				t.Fatal(err)
			}
			writeFile(t, image, metaName, readFile(t, dir, metaName))
			writeFile(t, image, segmentName(1), w.crash(random, round))
			openImage(t, fmt.Sprintf("write %d, crash %d", n, round), image, w, all)
		}
	}
}

const sector = 512

// crash keeps each sector of the write with the same probability, or all but
// one.
func (w interrupted) crash(random *rand.Rand, round int) []byte {
	size := w.at + int64(len(w.bytes))
	old, now := make([]byte, size), make([]byte, size)
	copy(old, w.before)
	copy(now, w.before)
	copy(now[w.at:], w.bytes)
	first, last := w.at/sector, (size-1)/sector
	spared := first + random.Int64N(last-first+1)
	keep := []float64{0.5, 0.9, 1}[round%3]
	for s := first; s <= last; s++ {
		if kept := random.Float64() < keep; kept && (round%3 != 2 || s != spared) {
			copy(old[s*sector:], now[s*sector:min((s+1)*sector, size)])
		}
	}
	return old
}

func openImage(t *testing.T, what, image string, w interrupted, all []eventstore.Recorded) {
	t.Helper()
	l, err := openWith(image, Options{}, unsynced)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got := mustContents(t, l)
	if len(got) < w.events {
		t.Fatalf("%s: %d events, %d had been acknowledged", what, len(got), w.events)
	}
	if err := same(got, all[:len(got)]); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	mustAppend(t, l, "goes-on", 0, batch(0, 3, 700))
	mustClose(t, l)
	l, err = openWith(image, Options{}, unsynced)
	if err != nil {
		t.Fatalf("%s: again: %v", what, err)
	}
	if n := len(mustContents(t, l)); n != len(got)+3 {
		t.Fatalf("%s: %d events after three more, want %d", what, n, len(got)+3)
	}
	mustClose(t, l)
}
