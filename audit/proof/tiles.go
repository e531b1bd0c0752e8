package proof

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

const (
	// TileHeight is how many levels of the tree a tile spans.
	TileHeight = 8
	// TileWidth is how many hashes a full tile holds.
	TileWidth = 1 << TileHeight
	maxLevel  = 63 / TileHeight
)

// Tile names a resource of a log (C2SP tlog-tiles): the hashes of nodes at
// level 8·Level from 256·Index on, or the entries of 256 leaves. Width is how
// many of them, 1 to 256.
type Tile struct {
	Entries bool
	Level   uint8
	Index   uint64
	Width   uint16
}

// Path is the tile's path below the log's own.
func (t Tile) Path() string {
	kind := "entries"
	if !t.Entries {
		kind = strconv.Itoa(int(t.Level))
	}
	path := "tile/" + kind + "/" + tileNumber(t.Index)
	if t.Width < TileWidth {
		path += ".p/" + strconv.Itoa(int(t.Width))
	}
	return path
}

// tileNumber writes groups of three digits, all but the last after an x.
func tileNumber(n uint64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	return s
}

// ParseTile reads what Path wrote, in no other spelling.
func ParseTile(path string) (Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	kind, rest, more := strings.Cut(rest, "/")
	t := Tile{Entries: kind == "entries", Width: TileWidth}
	if !ok || !more {
		return Tile{}, fmt.Errorf("tile: %w: %.64q", ErrFormat, path)
	}
	if !t.Entries {
		level, err := strconv.ParseUint(kind, 10, 8)
		if err != nil || level > maxLevel {
			return Tile{}, fmt.Errorf("tile: %w: level %.64q", ErrFormat, kind)
		}
		t.Level = uint8(level)
	}
	number, width, partial := strings.Cut(rest, ".p/")
	if partial {
		w, err := strconv.ParseUint(width, 10, 16)
		if err != nil || w == 0 || w >= TileWidth {
			return Tile{}, fmt.Errorf("tile: %w: width %.64q", ErrFormat, width)
		}
		t.Width = uint16(w)
	}
	for group := range strings.SplitSeq(number, "/") {
		digits, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 10)
		if err != nil || digits > 999 || t.Index > (1<<63)/1000 {
			return Tile{}, fmt.Errorf("tile: %w: number %.64q", ErrFormat, number)
		}
		t.Index = t.Index*1000 + digits
	}
	if t.Path() != path {
		return Tile{}, fmt.Errorf("tile: %w: it is spelled %s", ErrFormat, t.Path())
	}
	return t, nil
}

// In reports whether a log of size leaves has the tile at that width, and so
// serves it: nodes that are whole, at any width they once had.
func (t Tile) In(size uint64) bool {
	nodes := size
	if !t.Entries {
		nodes = size >> (TileHeight * uint(t.Level))
	}
	return t.Index < nodes/TileWidth || t.Index == nodes/TileWidth && uint64(t.Width) <= nodes%TileWidth
}

// ParseHashes reads a hash tile of the given width.
func ParseHashes(b []byte, width uint16) ([]Hash, error) {
	if len(b) != int(width)*sha256.Size {
		return nil, fmt.Errorf("tile: %w: %d hashes of 32 bytes", ErrFormat, width)
	}
	hashes := make([]Hash, width)
	for i := range hashes {
		copy(hashes[i][:], b[i*sha256.Size:])
	}
	return hashes, nil
}

// AppendBundled appends an entry as an entry bundle holds it: after its length
// in 2 bytes, big-endian.
func AppendBundled(dst []byte, entry []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(entry)))
	return append(dst, entry...)
}

// ParseBundle reads an entry bundle of the given width.
func ParseBundle(b []byte, width uint16) ([][]byte, error) {
	entries := make([][]byte, width)
	for i := range entries {
		if len(b) < 2 {
			return nil, fmt.Errorf("entries: %w: %d of %d", ErrFormat, i, width)
		}
		n := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; n > len(b) {
			return nil, fmt.Errorf("entries: %w: entry %d is cut short", ErrFormat, i)
		}
		entries[i], b = b[:n:n], b[n:]
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("entries: %w: %d bytes follow the last", ErrFormat, len(b))
	}
	return entries, nil
}
