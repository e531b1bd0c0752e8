package embedded

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSmallLogTakesLittleDisk: segments grow with the log, and each is filled
// with zeros before it is used.
func TestSmallLogTakesLittleDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "log")
	if err := Create(dir, 0); err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, dir)
	for i := range 40 {
		mustAppend(t, l, "person-1", uint64(i), batch(i, 1, 300_000))
	}
	all := mustContents(t, l)
	if got := l.Stats().Segments; got != 3 {
		t.Errorf("12 MB stand in %d segments, want 3", got)
	}
	mustClose(t, l)
	for number := uint32(1); number <= 3; number++ {
		info, err := os.Stat(filepath.Join(dir, segmentName(number)))
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(firstFill) << (number - 1); info.Size() > want {
			t.Errorf("segment %d has %d bytes, more than %d", number, info.Size(), want)
		}
	}
	wantContents(t, mustOpen(t, dir), all)
	for number, want := range map[uint32]int64{1: 2 << 20, 2: 4 << 20, 7: 128 << 20, 8: 128 << 20, 33: 128 << 20, 1 << 31: 128 << 20} {
		if got := capacity(number, DefaultSegmentSize); got != want {
			t.Errorf("capacity of segment %d = %d, want %d", number, got, want)
		}
	}
}

// TestSpareIsKept: a restart goes on with the spare of the run before, and
// throws away one it cannot use.
func TestSpareIsKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spare")
	if size, err := leftSpare(dir, 8<<20); size != 0 || err != nil {
		t.Errorf("without a spare: %d, %v", size, err)
	}
	for size, want := range map[int64]int64{firstFill: firstFill, 6 << 20: 6 << 20, 8 << 20: 8 << 20, 12: 0, 9 << 20: 0} {
		if err := os.WriteFile(dir, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(dir, size); err != nil {
			t.Fatal(err)
		}
		if got, err := leftSpare(dir, 8<<20); got != want || err != nil {
			t.Errorf("a spare of %d bytes: %d, %v, want %d", size, got, err, want)
		}
		if _, err := os.Stat(dir); os.IsNotExist(err) != (want == 0) {
			t.Errorf("a spare of %d bytes: %v", size, err)
		}
	}
}
