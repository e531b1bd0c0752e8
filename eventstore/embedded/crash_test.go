package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zhishu/eventstore"
)

// smallLog makes a log of five small appends, closed, and returns what it holds
// and the bytes of its segment: whole, and the last append's range.
func smallLog(t *testing.T) (dir string, all []eventstore.Recorded, seg []byte, from, to int) {
	t.Helper()
	dir = newDir(t)
	l := mustOpen(t, dir)
	for i := range 4 {
		mustAppend(t, l, "person-1", uint64(2*i), batch(2*i, 2, 10))
	}
	from = int(l.tail.get().end.offset())
	mustAppend(t, l, "person-2", 0, batch(100, 2, 10))
	to = int(l.tail.get().end.offset())
	all = mustContents(t, l)
	mustClose(t, l)
	return dir, all, readFile(t, dir, segmentName(1)), from, to
}

// TestCrashAtEveryByte interrupts the write of the last append at every byte,
// by a file that ends there and by one that has zeros from there on. The append
// is absent as a whole, or whole, and the log goes on.
func TestCrashAtEveryByte(t *testing.T) {
	dir, all, seg, from, to := smallLog(t)
	before := all[:len(all)-2]
	seg = seg[:to+64] // zeros enough
	said := readFile(t, dir, committedName)
	remove(t, dir, committedName)
	for cut := from; cut <= to; cut++ {
		for what, b := range map[string][]byte{
			"truncated": seg[:cut],
			"zeroed":    append(bytes.Clone(seg[:cut]), make([]byte, len(seg)-cut)...),
		} {
			want := before
			if cut == to || what == "zeroed" && bytes.Equal(b, seg) {
				want = all // only padding was cut: the append is whole
			}
			writeFile(t, dir, segmentName(1), b)
			r, err := OpenReader(dir)
			if err != nil {
				t.Fatalf("%s at %d: %v", what, cut, err)
			}
			wantContents(t, r, want)
			mustClose(t, r)
			if (cut-from)%40 == 0 || cut >= to-1 {
				reopenAndGoOn(t, dir, want)
			}
			// With the word of the writer that the append was acknowledged, its
			// loss is noticed.
			if len(want) < len(all) {
				writeFile(t, dir, segmentName(1), b)
				writeFile(t, dir, committedName, said)
				if _, err := OpenReader(dir); !errors.Is(err, eventstore.ErrCorrupt) {
					t.Fatalf("%s at %d after its acknowledgement: %v", what, cut, err)
				}
				remove(t, dir, committedName)
			}
		}
	}
}

func reopenAndGoOn(t *testing.T, dir string, want []eventstore.Recorded) {
	t.Helper()
	l, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantContents(t, l, want)
	mustAppend(t, l, "person-3", 0, batch(200, 1, 300))
	mustClose(t, l)
	l, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(mustContents(t, l)); got != len(want)+1 || l.Recovered().CutBytes != 0 {
		t.Fatalf("after one more append: %d events, want %d; recovery %v", got, len(want)+1, l.Recovered())
	}
	mustClose(t, l)
	remove(t, dir, committedName)
}

// TestTornTailIsReported says how much was cut and where the log ends.
func TestTornTailIsReported(t *testing.T) {
	dir, all, seg, from, _ := smallLog(t)
	remove(t, dir, committedName)
	seg[from+1] ^= 0x40 // the last frame's checksum
	writeFile(t, dir, segmentName(1), seg)
	l := mustOpen(t, dir)
	got := l.Recovered()
	if got.CutBytes <= 0 || got.CutAt != all[len(all)-3].Position {
		t.Errorf("Recovered = %+v, want the log to end at %s", got, all[len(all)-3].Position)
	}
	wantContents(t, l, all[:len(all)-2])
}

// oneGroup appends to n streams so that all appends become one group, and
// returns where its frames begin.
func oneGroup(t *testing.T, dir string, first, n int) []place {
	t.Helper()
	blocked, release := make(chan struct{}), make(chan struct{})
	var sizes []int
	l, err := Open(dir, Options{Observe: func(g Group) {
		sizes = append(sizes, g.Appends)
		if len(sizes) == 1 {
			close(blocked)
			<-release
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, n+1)
	appendTo := func(i int) {
		_, err := l.Append(context.Background(), fmt.Sprintf("group-%d", i), eventstore.NoStream(), batch(i, 1, 200))
		results <- err
	}
	go appendTo(first)
	<-blocked
	start := l.tail.get().end
	for i := range n {
		go appendTo(first + 1 + i)
	}
	for waiting := 0; waiting < n; runtime.Gosched() {
		l.queue.mu.Lock()
		waiting = len(l.queue.waiting)
		l.queue.mu.Unlock()
	}
	close(release)
	for range n + 1 {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
	}
	mustClose(t, l)
	if len(sizes) != 2 || sizes[1] != n {
		t.Fatalf("groups of %v appends, want 1 and %d", sizes, n)
	}
	return framesFrom(t, dir, start)
}

func framesFrom(t *testing.T, dir string, p place) []place {
	t.Helper()
	seg := readFile(t, dir, segmentName(p.segment()))
	var places []place
	for {
		f, err := parseFrame(seg[p.offset():], p)
		if err != nil {
			return places
		}
		places = append(places, p)
		p += place(f.length)
	}
}

// TestTornGroup: a crash may keep any part of the newest group, so a missing
// frame with valid frames of the same group behind it is a torn tail; with a
// valid frame of a later group behind it, it had been acknowledged.
func TestTornGroup(t *testing.T) {
	dir := newDir(t)
	frames := oneGroup(t, dir, 0, 4)
	remove(t, dir, committedName)
	seg := readFile(t, dir, segmentName(1))
	for i, p := range frames {
		torn := bytes.Clone(seg)
		clear(torn[p.offset():][:64])
		copied := copyDir(t, dir)
		writeFile(t, copied, segmentName(1), torn)
		l, err := Open(copied, Options{})
		if err != nil {
			t.Fatalf("frame %d of the newest group missing: %v", i, err)
		}
		if got := len(mustContents(t, l)); got != 1+i {
			t.Fatalf("frame %d of the newest group missing: %d events, want %d", i, got, 1+i)
		}
		mustClose(t, l)
	}
	later := oneGroup(t, dir, 10, 2)
	remove(t, dir, committedName)
	seg = readFile(t, dir, segmentName(1))
	for i, p := range frames {
		torn := bytes.Clone(seg)
		torn[p.offset()+headSize+1] ^= 1
		writeFile(t, dir, segmentName(1), torn)
		_, err := Open(dir, Options{})
		if !errors.Is(err, eventstore.ErrCorrupt) || !strings.Contains(err.Error(), p.String()) {
			t.Fatalf("frame %d of an acknowledged group damaged: %v, want it named at %s", i, err, p)
		}
		if !bytes.Equal(readFile(t, dir, segmentName(1)), torn) {
			t.Fatal("a refused log was changed")
		}
	}
	// All but the very last frame's body gone: its head still proves a later
	// group.
	torn := bytes.Clone(seg)
	clear(torn[frames[0].offset():later[1].offset()])
	torn[later[1].offset()+100] ^= 1
	writeFile(t, dir, segmentName(1), torn)
	if _, err := Open(dir, Options{}); !errors.Is(err, eventstore.ErrCorrupt) {
		t.Fatalf("a hole before the last frame: %v", err)
	}
}

// TestGarbageAfterTheTail: bytes that are no frame of the log, as a disk may
// leave where a write was under way, are cut.
func TestGarbageAfterTheTail(t *testing.T) {
	dir, all, seg, from, to := smallLog(t)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 6 {
		garbage := bytes.Clone(seg)
		for i := to; i < to+1+random.IntN(20_000); i++ {
			garbage[i] = byte(random.Uint32())
		}
		if round%2 == 0 { // old frames of the log, at the wrong place
			copy(garbage[to+8*random.IntN(50):], seg[blockSize:from])
		}
		copied := copyDir(t, dir)
		writeFile(t, copied, segmentName(1), garbage)
		l, err := Open(copied, Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantContents(t, l, all)
		mustClose(t, l)
		if got := readFile(t, copied, segmentName(1))[to:]; len(bytes.Trim(got, "\x00")) != 0 {
			t.Fatal("the garbage is still there")
		}
	}
}

// TestSpareAndTemporaries: what a crash leaves of unfinished files is cleared
// away.
func TestSpareAndTemporaries(t *testing.T) {
	dir, all := segmentsLog(t, 2)
	writeFile(t, dir, spareName, []byte("half a spare"))
	writeFile(t, dir, run{1, 1}.name()+".tmp-17", []byte("half an index"))
	l := mustOpen(t, dir)
	wantContents(t, l, all)
	if left := files(t, dir, ".tmp-17"); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestEmptyNewestSegment: a crash right after a segment was sealed leaves an
// empty one behind it.
func TestEmptyNewestSegment(t *testing.T) {
	dir, all, _, _, to := smallLog(t)
	first := readFile(t, dir, segmentName(1))
	f, err := parseSegmentHead(first)
	if err != nil {
		t.Fatal(err)
	}
	said, _, err := readCommitted(filepath.Join(dir, committedName), f.id)
	if err != nil {
		t.Fatal(err)
	}
	next := segmentHead{id: f.id, size: f.size, number: 2, prevEnd: int64(to), seq: said.seq, chain: said.chain, last: said.last}
	if err := createSegment(dir, next); err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, dir)
	wantContents(t, l, all)
	if head, err := l.Head(context.Background()); err != nil || head.Position != all[len(all)-1].Position {
		t.Errorf("Head = %s, %v, want %s", head.Position, err, all[len(all)-1].Position)
	}
	done := mustAppend(t, l, "person-9", 0, batch(300, 1, 10))
	if hi, _ := done.Position.Parts(); hi != 2 {
		t.Errorf("the next append stands at %s, want segment 2", done.Position)
	}
	if n := len(mustContents(t, l)); n != len(all)+1 {
		t.Errorf("%d events, want %d", n, len(all)+1)
	}
}
