package proof

import (
	"bytes"
	"testing"
)

func TestTilePaths(t *testing.T) {
	for path, want := range map[string]Tile{
		"tile/0/000":                       {Width: 256},
		"tile/0/000.p/1":                   {Width: 1},
		"tile/7/255.p/255":                 {Level: 7, Index: 255, Width: 255},
		"tile/1/x001/234":                  {Level: 1, Index: 1234, Width: 256},
		"tile/0/x001/x234/067":             {Index: 1234067, Width: 256},
		"tile/entries/x001/x000/000.p/17":  {Entries: true, Index: 1000000, Width: 17},
		"tile/entries/999":                 {Entries: true, Index: 999, Width: 256},
		"tile/0/x036/x028/x797/x018/963":   {Index: 36028797018963, Width: 256},
		"tile/2/x009/x007/x199/x254/740/x": {},
	} {
		got, err := ParseTile(path)
		if want == (Tile{}) {
			if err == nil {
				t.Errorf("%s is read as %+v", path, got)
			}
			continue
		}
		if err != nil || got != want || want.Path() != path {
			t.Errorf("%s: %+v, %v; written %s", path, got, err, want.Path())
		}
	}
}

func TestTileIn(t *testing.T) {
	for _, c := range []struct {
		tile Tile
		size uint64
		want bool
	}{
		{Tile{Width: 1}, 0, false}, {Tile{Width: 1}, 1, true}, {Tile{Width: 2}, 1, false}, {Tile{Width: 256}, 256, true},
		{Tile{Width: 3}, 256, true}, {Tile{Index: 1, Width: 1}, 256, false}, {Tile{Index: 1, Width: 44}, 300, true}, {Tile{Index: 1, Width: 45}, 300, false},
		{Tile{Level: 1, Width: 1}, 255, false}, {Tile{Level: 1, Width: 1}, 256, true}, {Tile{Level: 1, Width: 2}, 511, false}, {Tile{Level: 2, Width: 1}, 65536, true},
		{Tile{Entries: true, Width: 44, Index: 1}, 300, true}, {Tile{Level: 7, Width: 1}, 1 << 40, false},
	} {
		if got := c.tile.In(c.size); got != c.want {
			t.Errorf("%s in a log of %d: %v", c.tile.Path(), c.size, got)
		}
	}
}

func TestBundle(t *testing.T) {
	var b []byte
	for _, e := range []string{"", "a", "bc"} {
		b = AppendBundled(b, []byte(e))
	}
	entries, err := ParseBundle(b, 3)
	if err != nil || !bytes.Equal(bytes.Join(entries, []byte("|")), []byte("|a|bc")) {
		t.Errorf("%q, %v", entries, err)
	}
	for _, width := range []uint16{0, 2, 4} {
		if _, err := ParseBundle(b, width); err == nil {
			t.Errorf("read as %d entries", width)
		}
	}
	if _, err := ParseHashes(make([]byte, 63), 2); err == nil {
		t.Error("a hash cut short")
	}
}

func FuzzReaders(f *testing.F) {
	for _, s := range []string{"tile/0/x001/000.p/3", "a+00000000+AQ==", "o\n1\nAA==\n\n— n AAAA\n", "c2sp.org/tlog-proof@v1\nindex 1\n\nx"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := string(b)
		if tile, err := ParseTile(s); err == nil && tile.Path() != s {
			t.Errorf("tile %q is written %q", s, tile.Path())
		}
		if k, err := ParseKey(s); err == nil && k.String() != s {
			t.Errorf("key %q is written %q", s, k)
		}
		if c, err := ParseCheckpoint(s); err == nil && c.Text() != s {
			t.Errorf("checkpoint %q is written %q", s, c.Text())
		}
		if p, err := ParseInclusion(b); err == nil && string(p.Text()) != s {
			t.Errorf("proof %q is written %q", s, p.Text())
		}
		if frame, err := ParseFrame(b); err == nil && !bytes.Equal(frame.Append(nil), b) {
			t.Errorf("frame %q is written %q", b, frame.Append(nil))
		}
		if n, err := ParseNote(b); err == nil {
			again := n.Text + "\n"
			for _, signature := range n.Signatures {
				again += signature.Line()
			}
			if again != s {
				t.Errorf("note %q is written %q", s, again)
			}
		}
	})
}
