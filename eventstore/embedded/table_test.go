package embedded

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"zhishu/eventstore"
)

func TestTableHoldsWhatWasPut(t *testing.T) {
	t.Parallel()
	var tab table
	want := make(map[streamKey]slot)
	random := rand.New(rand.NewPCG(5, 6))
	const streams = 60_000
	for i := range 3 * streams / 2 {
		key := keyOf(logID{9}, fmt.Sprintf("person-%d", random.IntN(streams)))
		e := makeSlot(key, at(uint32(i)+1, int64(i)*8), uint32(i)+1)
		tab.put(e)
		want[key] = e
	}
	for key, e := range want {
		if head, count := tab.get(key); head != e.head() || count != e.count {
			t.Fatalf("stream %x: %s, %d, want %s, %d", key, head, count, e.head(), e.count)
		}
	}
	if got := tab.streams(); got != uint64(len(want)) {
		t.Errorf("%d streams, want %d", got, len(want))
	}
	for i := range 1000 {
		if _, count := tab.get(keyOf(logID{9}, fmt.Sprintf("missing-%d", i))); count != 0 {
			t.Fatalf("a missing stream has %d events", count)
		}
	}
	if per := float64(tab.bytes()) / float64(len(want)); per > 42 {
		t.Errorf("%.1f bytes of memory a stream, want at most 42", per)
	}
}

// TestKeysDependOnTheLog: names that meet in one log do not meet in another.
func TestKeysDependOnTheLog(t *testing.T) {
	if keyOf(logID{1}, "person-1") == keyOf(logID{2}, "person-1") {
		t.Error("two logs have the same key for a name")
	}
	if keyOf(logID{1}, "person-1") != keyOf(logID{1}, []byte("person-1")) {
		t.Error("a name has two keys")
	}
}

// TestIndexesMerge seals many segments and follows the indexes: few remain,
// they cover everything, and a log opened from them is the log.
func TestIndexesMerge(t *testing.T) {
	t.Parallel()
	dir := newDir(t)
	l := mustOpen(t, dir)
	for i := range 44 { // two a segment
		mustAppend(t, l, fmt.Sprintf("person-%d", i%5), uint64(i/5*2), batch(2*i, 2, 240_000))
	}
	all := mustContents(t, l)
	sealed := uint32(l.Stats().Segments - 1)
	mustClose(t, l)
	// Without its goroutine, so that the indexer's work is done when it returns.
	for _, name := range files(t, dir, indexSuffix)[:2] { // as if it had been behind
		remove(t, dir, name)
	}
	mustClose(t, mustOpen(t, dir))
	idle := &Log{view: view{dir: dir, size: MinSegmentSize}, stop: make(chan struct{})}
	var err error
	if idle.id, _, err = readMeta(dir); err != nil {
		t.Fatal(err)
	}
	if err := idle.openSegments(false); err != nil {
		t.Fatal(err)
	}
	if err := idle.indexSealed(); err != nil {
		t.Fatal(err)
	}
	have, err := listIndexes(dir)
	if err != nil {
		t.Fatal(err)
	}
	if merged, err := idle.mergeIndexes(have); err != nil || len(merged) > 2*(mergeWidth-1)+1 {
		t.Errorf("%d indexes for %d segments: %v, %v", len(merged), sealed, merged, err)
	}
	if err := idle.closeFiles(); err != nil {
		t.Fatal(err)
	}
	l = mustOpen(t, dir)
	if got := l.Recovered().IndexesRebuilt; got != 0 {
		t.Errorf("%d indexes made again", got)
	}
	wantContents(t, l, all)
	for i := range 5 {
		head, count := l.table.get(keyOf(l.id, fmt.Sprintf("person-%d", i)))
		f, err := l.streamFrame(fmt.Sprintf("person-%d", i), head, count, l.tail.get().end)
		if err != nil || f.revision+uint32(f.count) != count {
			t.Errorf("person-%d: %v", i, err)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]uint32{
		"0000000001.seg": 1, "4294967295.seg": 4294967295, "1.seg": 0, "0000000001.idx": 0, "4294967296.seg": 0, "+000000001.seg": 0, ".seg": 0,
	} {
		if got, ok := parseSegmentName(name); got != want || ok != (want != 0) {
			t.Errorf("segment name %q = %d, %v", name, got, ok)
		}
	}
	for name, want := range map[string]run{
		"0000000001-0000000004.idx": {1, 4}, "0000000004-0000000001.idx": {}, "0000000000-0000000001.idx": {},
		"1-2.idx": {}, "0000000001-0000000004.idx.tmp-1": {}, "x.idx": {},
	} {
		if got, ok := parseIndexName(name); ok != (want != run{}) || ok && got != want {
			t.Errorf("index name %q = %v, %v", name, got, ok)
		}
	}
}

// BenchmarkTable prices what every append does with the table.
func BenchmarkTable(b *testing.B) {
	var tab table
	var keys []streamKey
	for i := range 1_000_000 {
		keys = append(keys, keyOf(logID{}, fmt.Sprintf("person-%d", i)))
		tab.put(makeSlot(keys[i], at(1, int64(i)*8), 1))
	}
	b.ReportMetric(float64(tab.bytes())/float64(len(keys)), "B/stream")
	for i := 0; b.Loop(); i++ {
		tab.get(keys[i*7919%len(keys)])
	}
}

// BenchmarkAppend counts what one append allocates and costs, once with the
// disk's time and once without its syncs.
func BenchmarkAppend(b *testing.B) {
	for name, d := range map[string]disk{"synced": realDisk, "unsynced": unsynced} {
		b.Run(name, func(b *testing.B) {
			l, err := openWith(newDir(b), Options{}, d)
			if err != nil {
				b.Fatal(err)
			}
			defer mustClose(b, l)
			events := batch(0, 1, 300)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := l.Append(b.Context(), "person-1", eventstore.After(uint64(i)), events); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkScan prices the ordered read, once for each way of using memory.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	if err := os.Remove(dir); err != nil {
		b.Fatal(err)
	}
	if err := Create(dir, 0); err != nil {
		b.Fatal(err)
	}
	l := mustOpen(b, dir)
	const n = 100_000
	for i := 0; i < n; i += 100 {
		mustAppend(b, l, fmt.Sprintf("person-%d", i), 0, batch(i, 100, 300))
	}
	for name, read := range map[string]func() int{
		"ReadAll": func() (n int) {
			for range l.ReadAll(b.Context(), eventstore.Position{}) {
				n++
			}
			return n
		},
		"Scan": func() (n int) {
			for range l.Scan(b.Context(), eventstore.Position{}) {
				n++
			}
			return n
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := read(); got != n {
					b.Fatalf("%d events", got)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
