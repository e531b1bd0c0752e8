package embedded

import (
	"bytes"
	"errors"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zhishu/eventstore"
)

// TestBitFlips flips single bits in every kind of file. Whatever is opened and
// read then is either all that was appended, or an error: never less, never
// something else.
func TestBitFlips(t *testing.T) {
	t.Parallel()
	dir, all := segmentsLog(t, 3)
	kinds := map[string]int{
		metaName: 20, committedName: 20, segmentName(1): 76, segmentName(2): 15, segmentName(3): 30,
		run{1, 1}.name(): 20, run{2, 2}.name(): 10,
	}
	random := rand.New(rand.NewPCG(3, 4))
	for name, flips := range kinds {
		b := readFile(t, dir, name)
		used := len(bytes.TrimRight(b, "\x00"))
		refused := 0
		for i := range flips * soak(t) {
			at := random.IntN(len(b))
			if i%2 == 0 {
				at = random.IntN(used)
			}
			if i < segmentHeadSize {
				at = i % len(b) // every byte of the heads
			}
			bit := byte(1) << random.IntN(8)
			flip(t, dir, name, int64(at), bit)
			if err := openAndCompare(dir, all); err != nil {
				if !errors.Is(err, eventstore.ErrCorrupt) && name != metaName {
					t.Fatalf("bit %#02x of byte %d of %s: %v", bit, at, name, err)
				}
				refused++
			}
			flip(t, dir, name, int64(at), bit)
		}
		if indexed := strings.HasSuffix(name, indexSuffix); indexed && refused > 0 {
			t.Errorf("%s: %d flips refused, though it can be made again", name, refused)
		} else if strings.HasSuffix(name, segmentSuffix) && refused == 0 {
			t.Errorf("%s: no flip was noticed", name)
		}
	}
	if err := openAndCompare(dir, all); err != nil {
		t.Fatal(err)
	}
}

// TestFilesThatAreTooLong: a description is damaged, and how far the log was durable
// is not told; neither takes room for what somebody made of it.
func TestFilesThatAreTooLong(t *testing.T) {
	t.Parallel()
	dir, all := segmentsLog(t, 1)
	id, _, err := readMeta(dir)
	if err != nil {
		t.Fatal(err)
	}
	committed := filepath.Join(dir, committedName)
	if _, ok, err := readCommitted(committed, id); !ok || err != nil {
		t.Fatalf("before = %v, %v", ok, err)
	}
	for _, name := range []string{committedName, metaName} {
		if err := os.Truncate(filepath.Join(dir, name), 1<<40); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, err := readCommitted(committed, id); ok || err != nil {
		t.Errorf("%s = %v, %v", committedName, ok, err)
	}
	if err := openAndCompare(dir, all); !errors.Is(err, eventstore.ErrCorrupt) {
		t.Errorf("%s = %v", metaName, err)
	}
}

// TestDamageEndsAReadInItsPlace: whoever verifies a body, what stands before the
// damaged frame is read, and nothing behind it.
func TestDamageEndsAReadInItsPlace(t *testing.T) {
	t.Parallel()
	dir, all := segmentsLog(t, 4)
	random := rand.New(rand.NewPCG(5, 6))
	for range 40 * soak(t) {
		i := random.IntN(len(all) * 3 / 4) // in a sealed segment, which opening does not scan
		p, _ := placeOf(all[i].Position)
		at := p.offset() + recordSize + random.Int64N(int64(len(all[i].Data)))
		flip(t, dir, segmentName(p.segment()), at, 1)
		r, err := OpenReader(dir)
		if err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]iter.Seq2[eventstore.Recorded, error]{
			"ReadAll": r.ReadAll(t.Context(), eventstore.Position{}), "Scan": r.Scan(t.Context(), eventstore.Position{}),
		} {
			n, failed := 0, error(nil)
			for e, err := range read {
				if failed = err; err != nil {
					break
				}
				if e.ID != all[n].ID {
					t.Fatalf("%s: event %d is another", name, n)
				}
				n++
			}
			// The frame begins with the event itself or one before it.
			if !errors.Is(failed, eventstore.ErrCorrupt) || n > i || n < i-eventstore.MaxBatchEvents || n > 0 && all[n].Stream != all[i].Stream {
				t.Fatalf("%s: event %d is damaged; %d events were read, then %v", name, i, n, failed)
			}
		}
		mustClose(t, r)
		flip(t, dir, segmentName(p.segment()), at, 1)
	}
}

// soak multiplies the work of random tests: ZHISHU_SOAK=100 for a long campaign.
func soak(t *testing.T) int {
	t.Helper()
	text, set := os.LookupEnv("ZHISHU_SOAK")
	if !set {
		return 1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("ZHISHU_SOAK=%q is not a number of rounds", text)
	}
	return n
}

// errSilent: a damaged log was read as if it were sound.
var errSilent = errors.New("silently wrong")

func openAndCompare(dir string, want []eventstore.Recorded) error {
	r, err := OpenReader(dir)
	if err != nil {
		return err
	}
	got, err := contents(r)
	if err == nil {
		if err = same(got, want); err != nil {
			err = errors.Join(errSilent, err)
		}
	}
	return errors.Join(err, r.Close())
}

func flip(t *testing.T, dir, name string, at int64, bit byte) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= bit
	if _, err := f.WriteAt(b[:], at); err != nil {
		t.Fatal(err)
	}
}

// TestIndexesAreMadeAgain: an index that is missing, damaged, or of another log
// costs a scan and nothing else.
func TestIndexesAreMadeAgain(t *testing.T) {
	t.Parallel()
	dir, all := segmentsLog(t, 4)
	foreign, _ := segmentsLog(t, 2)
	for what, change := range map[string]func(dir string){
		"missing": func(dir string) { remove(t, dir, run{2, 2}.name()) },
		"damaged": func(dir string) { flip(t, dir, run{1, 1}.name(), indexHeadSize+3, 1) },
		"cut":     func(dir string) { writeFile(t, dir, run{1, 1}.name(), nil) },
		"foreign": func(dir string) { writeFile(t, dir, run{1, 1}.name(), readFile(t, foreign, run{1, 1}.name())) },
		"renamed": func(dir string) { writeFile(t, dir, run{2, 2}.name(), readFile(t, dir, run{1, 1}.name())) },
	} {
		copied := copyDir(t, dir)
		change(copied)
		l, err := Open(copied, Options{})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := l.Recovered().IndexesRebuilt; got != 1 {
			t.Errorf("%s: %d indexes made again, want 1", what, got)
		}
		wantContents(t, l, all)
		mustClose(t, l)
		l = mustOpen(t, copied)
		if got := l.Recovered().IndexesRebuilt; got != 0 {
			t.Errorf("%s: %d indexes made again at the second start", what, got)
		}
		wantContents(t, l, all)
	}
}

// TestMissingFiles: a log with a piece missing is refused, and the piece named.
func TestMissingFiles(t *testing.T) {
	t.Parallel()
	dir, _ := segmentsLog(t, 4)
	for number := uint32(1); number <= 4; number++ {
		copied := copyDir(t, dir)
		remove(t, copied, segmentName(number))
		before := files(t, copied, "")
		_, err := Open(copied, Options{})
		if !errors.Is(err, eventstore.ErrCorrupt) {
			t.Fatalf("without segment %d: %v", number, err)
		}
		if number < 4 && !strings.Contains(err.Error(), segmentName(number)) {
			t.Errorf("without segment %d: %v does not name it", number, err)
		}
		if _, err := OpenReader(copied); !errors.Is(err, eventstore.ErrCorrupt) {
			t.Errorf("OpenReader without segment %d: %v", number, err)
		}
		remove(t, copied, lockName)
		if after := files(t, copied, ""); strings.Join(after, " ") != strings.Join(before, " ") {
			t.Errorf("refusing the log changed its files from %q to %q", before, after)
		}
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{empty, filepath.Join(empty, "none")} {
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrNoLog) {
			t.Errorf("Open without a log = %v, want %v", err, ErrNoLog)
		}
		if _, err := OpenReader(dir); !errors.Is(err, ErrNoLog) {
			t.Errorf("OpenReader without a log = %v, want %v", err, ErrNoLog)
		}
	}
	if left := files(t, empty, ""); len(left) != 0 {
		t.Errorf("refusing an empty directory left %q", left)
	}
	if err := Create(dir, 0); !errors.Is(err, ErrExists) {
		t.Errorf("Create over a log = %v, want %v", err, ErrExists)
	}
	if err := Create(empty, MinSegmentSize+1); err == nil {
		t.Error("Create took an odd segment size")
	}
}

// TestSwappedSegments: a segment of another log, or another segment of this
// one, is not taken for the one that belongs there.
func TestSwappedSegments(t *testing.T) {
	t.Parallel()
	dir, _ := segmentsLog(t, 3)
	foreign, _ := segmentsLog(t, 3)
	for what, b := range map[string][]byte{
		"of another log":  readFile(t, foreign, segmentName(2)),
		"of another part": readFile(t, dir, segmentName(1)),
	} {
		copied := copyDir(t, dir)
		writeFile(t, copied, segmentName(2), b)
		if _, err := Open(copied, Options{}); !errors.Is(err, eventstore.ErrCorrupt) {
			t.Errorf("segment %s: %v", what, err)
		}
	}
}

// TestRemovedFrame: cutting a whole frame out of a sealed segment and moving
// the others up is noticed, though every frame is sound.
func TestRemovedFrame(t *testing.T) {
	t.Parallel()
	dir, _ := segmentsLog(t, 3)
	seg := readFile(t, dir, segmentName(1))
	f, err := parseFrame(seg[blockSize:], at(1, blockSize))
	if err != nil {
		t.Fatal(err)
	}
	moved := append(bytes.Clone(seg[:blockSize]), seg[blockSize+f.length:]...)
	writeFile(t, dir, segmentName(1), append(moved, make([]byte, f.length)...))
	if err := openAndCompare(dir, nil); !errors.Is(err, eventstore.ErrCorrupt) {
		t.Errorf("reading a log with a frame cut out: %v", err)
	}
}
