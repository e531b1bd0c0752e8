package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"zhishu/audit/proof"
)

// someFacts are facts of many lengths, some longer than a block.
func someFacts(n int) (frames []proof.Frame, lines []byte) {
	for i := range n {
		f := proof.Frame{
			Stream: fmt.Sprintf("person-%d", i%7), Revision: uint64(i / 7), ID: [16]byte{byte(i), byte(i >> 8), 3}, Type: fmt.Sprint("kind-", i%3),
			Data: []byte(`{"text":"` + strings.Repeat("a{\\\"}", i*i*3%500) + `","n":{"m":[]}}`), Metadata: []byte(`{"v":1}`),
		}
		if i%97 == 96 {
			f.Data = []byte(`{"long":"` + strings.Repeat("字", pieceBytes/3+i) + `"}`)
		}
		frames = append(frames, f)
		lines, _ = appendLine(lines, uint64(i), proof.Salt{byte(i)}, &f)
	}
	return frames, lines
}

// parsed is the frame of a line.
func parsed(line []byte) (proof.Frame, error) {
	var f fact
	err := f.parse(line, map[string]string{})
	return f.frame, err
}

// indexOf is the index a line says.
func indexOf(line []byte) uint64 {
	var f fact
	_ = f.parse(line, map[string]string{})
	return f.index
}

// packed are lines in pieces.
type packed struct {
	files  []File
	bytes  map[string][]byte
	broken error // of opening
}

func packLines(t *testing.T, lines []byte) *packed {
	t.Helper()
	p := &packed{bytes: map[string][]byte{}}
	noErr(t, pack(bytes.SplitAfter(lines, []byte{'\n'}), func(path string, content []byte) error {
		d := newDigests()
		d.Write(content)
		p.files, p.bytes[path] = append(p.files, d.file(path)), content
		return nil
	}))
	return p
}

func (p *packed) reader() factReader {
	return factReader{pieces: p.files, open: func(f File) ([]byte, bool, error) {
		content := p.bytes[f.Path]
		if content == nil {
			return nil, false, p.broken
		}
		d := newDigests()
		d.Write(content)
		return content, d.file(f.Path) == f, nil
	}}
}

// count reads to the first error.
func (p *packed) count(t *testing.T) (n int, last error) {
	for _, err := range p.reader().read(t.Context()) {
		if last = err; err == nil {
			n++
		}
	}
	return n, last
}

// TestReadFacts: every fact comes once, in order, as it was written, with its
// entry and leaf, and any tool that unpacks finds the lines.
func TestReadFacts(t *testing.T) {
	frames, lines := someFacts(600)
	p := packLines(t, lines)
	n := 0
	for f, err := range p.reader().read(t.Context()) {
		noErr(t, err)
		want := frames[n]
		entry := proof.Commit(proof.Salt{byte(n)}, want.Append(nil))
		if f.index != uint64(n) || f.salt != (proof.Salt{byte(n)}) || !bytes.Equal(f.frame.Append(nil), want.Append(nil)) || f.entry != entry || f.leaf != proof.LeafHash(entry[:]) {
			t.Fatalf("fact %d is %+v", n, f)
		}
		n++
	}
	if n != len(frames) || len(p.files) < 3 {
		t.Errorf("%d facts of %d in %d pieces", n, len(frames), len(p.files))
	}
	var all []byte
	for _, f := range p.files {
		all = append(all, p.bytes[f.Path]...)
	}
	stream, err := zstd.NewReader(bytes.NewReader(all))
	noErr(t, err)
	defer stream.Close()
	if have, err := io.ReadAll(stream); err != nil || !bytes.Equal(have, lines) {
		t.Errorf("the pieces together unpack to %d bytes of %d, %v", len(have), len(lines), err)
	}
}

// TestReadFactsEnds: a line cut short, a piece that is another, that unpacks to
// too much or not at all, or cannot be opened, and a reader that wants no more
// end it, and leave no goroutine behind.
func TestReadFactsEnds(t *testing.T) {
	_, lines := someFacts(200)
	if n, err := packLines(t, lines[:len(lines)-1]).count(t); n != 199 || !errors.Is(err, errLine) {
		t.Errorf("cut short: %d, %v", n, err)
	}
	first := len(bytes.SplitAfter(unpackPiece(t, packLines(t, lines), 0), []byte{'\n'})) - 1
	for what, change := range map[string]func(p *packed, path string){
		"no piece":       func(p *packed, path string) { p.bytes[path] = []byte("none") },
		"cut off":        func(p *packed, path string) { p.bytes[path] = p.bytes[path][:len(p.bytes[path])/2] },
		"a bomb":         func(p *packed, path string) { p.bytes[path] = squeezed(t, make([]byte, maxPieceBytes+1)) },
		"a broken read":  func(p *packed, path string) { delete(p.bytes, path); p.broken = io.ErrClosedPipe },
		"a line without": func(p *packed, path string) { p.bytes[path] = squeezed(t, bytes.Repeat([]byte("x"), maxLineBytes+1)) },
	} {
		p := packLines(t, lines)
		change(p, piecePath(1))
		if n, err := p.count(t); n != first || err == nil {
			t.Errorf("%s: %d facts of %d before it, %v", what, n, first, err)
		}
	}
	// The same lines, squeezed otherwise.
	p := packLines(t, lines)
	p.bytes[piecePath(0)] = squeezed(t, unpackPiece(t, p, 0))
	var f *fault
	if n, err := p.count(t); n != first || !errors.As(err, &f) || f.missing {
		t.Errorf("another piece of the same lines: %d facts of %d, %v", n, first, err)
	}
	for range packLines(t, lines).reader().read(t.Context()) {
		break
	}
	p = packLines(t, lines)
	for n := range 200 { // at any moment
		ctx, cancel := context.WithCancel(t.Context())
		for _, err := range p.reader().read(ctx) {
			if n--; n < 0 {
				cancel()
			}
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		cancel()
	}
}

func unpackPiece(t *testing.T, p *packed, n int) []byte {
	t.Helper()
	d, err := newUnpacker(1)
	noErr(t, err)
	defer d.Close()
	raw, err := d.DecodeAll(p.bytes[piecePath(n)], nil)
	noErr(t, err)
	return raw
}

// squeezed is a piece that our writer does not make.
func squeezed(t *testing.T, content []byte) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	noErr(t, err)
	return e.EncodeAll(content, nil)
}

// TestOneSpelling: a line that is read is the line that is written of what it
// says, whatever was done to it.
func TestOneSpelling(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 9))
	f := proof.Frame{Stream: "person-1", Revision: math.MaxUint64, ID: [16]byte{1, 2}, Type: "a", Data: []byte(`{"a":"\\\"}"}`), Metadata: []byte(`{}`)}
	line, err := appendLine(nil, 120, proof.Salt{0xab, 0xcd}, &f)
	noErr(t, err)
	read := 0
	bytesOf := []byte("0123456789abcdefABCDEF{}\"\\,: \n\x00~")
	for range 200_000 {
		changed := bytes.Clone(line)
		for range 1 + rnd.IntN(2) {
			i := rnd.IntN(len(changed))
			switch rnd.IntN(3) {
			case 0:
				changed[i] = bytesOf[rnd.IntN(len(bytesOf))]
			case 1:
				changed = append(changed[:i], changed[i+1:]...)
			case 2:
				changed = append(changed[:i], append([]byte{bytesOf[rnd.IntN(len(bytesOf))]}, changed[i:]...)...)
			}
		}
		var got fact
		if got.parse(changed, map[string]string{}) != nil {
			continue
		}
		read++
		again, err := appendLine(nil, got.index, got.salt, &got.frame)
		if err != nil || !bytes.Equal(again, changed) {
			t.Fatalf("%q\nis read as\n%q, %v", changed, again, err)
		}
	}
	if read < 1000 {
		t.Errorf("only %d of the changed lines were read", read)
	}
}
