package projections

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// cutFrames takes a snapshot apart.
func cutFrames(file []byte) (frames []frame) {
	for at := len(snapshotMagic); at < len(file); {
		f, _ := readHeader(bytes.NewReader(file[at:]))
		at += frameHeader
		f.rows = file[at : at+int(f.length)]
		at += int(f.length)
		frames = append(frames, f)
	}
	return frames
}

// joinFrames puts it together again, every length and checksum true.
func joinFrames(frames []frame) []byte {
	out := []byte(snapshotMagic)
	for _, f := range frames {
		var h [frameHeader]byte
		binary.LittleEndian.PutUint32(h[0:], uint32(f.table))
		binary.LittleEndian.PutUint32(h[4:], f.first)
		binary.LittleEndian.PutUint32(h[8:], f.n)
		binary.LittleEndian.PutUint32(h[12:], uint32(len(f.rows)))
		binary.LittleEndian.PutUint32(h[16:], frameSum(h[:16], f.rows))
		out = append(append(out, h[:]...), f.rows...)
	}
	return out
}

var number = regexp.MustCompile(`[0-9]+`)

// damage changes a snapshot anywhere, most often where a reference may stand.
func damage(rnd *rand.Rand, frames []frame, size uint32) {
	values := []uint32{0, 1, 2, size - 1, size, size + 1, never, many, many - 1, 1 << 31, 4_000_000, 4_200_000_000, rnd.Uint32(), rnd.Uint32N(100)}
	value := values[rnd.IntN(len(values))]
	f := &frames[rnd.IntN(len(frames))]
	f.rows = bytes.Clone(f.rows)
	switch {
	case f.table == len(tables):
		places := number.FindAllIndex(f.rows, -1)
		place := places[1+rnd.IntN(len(places)-1)] // not the version
		f.rows = slices.Concat(f.rows[:place[0]], strconv.AppendUint(nil, uint64(value), 10), f.rows[place[1]:])
		f.n = uint32(len(f.rows))
	case rnd.IntN(10) == 0:
		f.n, f.first = value, values[rnd.IntN(len(values))]
	case rnd.IntN(2) == 0:
		f.rows[rnd.IntN(len(f.rows))] ^= byte(1 + rnd.IntN(255))
	default:
		width := tables[f.table].width
		row, column := rnd.IntN(len(f.rows)/width), rnd.IntN(width/4)
		binary.LittleEndian.PutUint32(f.rows[row*width+width%4*rnd.IntN(2)+column*4:], value)
	}
}

// TestDamageIsRefusedOrFound: whoever holds the file writes anything into it and makes
// the checksums anew. It is refused when it is read, or read and found by who compares;
// it stops nobody, and takes no more memory than a file of its size is worth.
func TestDamageIsRefusedOrFound(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 80)
		e := h.engine(Options{})
		c, digests := e.books.capture(), h.view(e, Now()).Digests()
		var file bytes.Buffer
		if err := c.write(&file, e.books.small, digests); err != nil {
			t.Fatalf("write: %v", err)
		}
		var last []byte
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "damage"), 0))
		for range 12 {
			frames := cutFrames(file.Bytes())
			for range 1 + rnd.IntN(2) {
				damage(rnd, frames, c.size)
			}
			forged := joinFrames(frames)
			if bytes.Equal(forged, file.Bytes()) {
				continue
			}
			last = forged
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b, s, err := readBooks(bytes.NewReader(forged), int64(len(forged)))
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Fatalf("%d bytes were allocated for a file of %d", took, len(forged))
			}
			if err == nil {
				b.view(s.Size, b.dayOf(s.Size), newCache()).Digests()
			} else if !errors.Is(err, errSnapshotDamaged) && !errors.Is(err, ErrNotUnderstood) {
				t.Fatalf("read: %v", err)
			}
		}
		if last == nil {
			return
		}
		path := filepath.Join(dir, snapshotName(domain.Size(c.size)))
		if err := os.WriteFile(path, last, 0o600); err != nil {
			t.Fatalf("%v", err)
		}
		for _, s := range h.check(dir) {
			if s.Err == nil {
				t.Fatal("what was changed passes for what the events give")
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatalf("%v", err)
		}
	})
}
