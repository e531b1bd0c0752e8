package inspect

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// The frames lie in pieces, each a file of its own in the manifest: whole lines,
// compressed (RFC 8878). So every digest of a piece is taken by whichever
// processor is free, over a fifth of the bytes, and `zstd -dc facts/*` is the
// list of all lines.
const (
	// pieceBytes is how many bytes of lines make a piece full.
	pieceBytes = 512 << 10
	// maxPieceBytes bounds what a piece unpacks to: the last line may be long.
	maxPieceBytes = pieceBytes + maxLineBytes
)

func piecePath(n int) string { return fmt.Sprintf("%s%06d.ndjson.zst", factsDir, n) }

// piecesOf are the pieces of a manifest, in their order.
func piecesOf(m *Manifest) (pieces []File, err error) {
	for _, f := range m.Files {
		if !strings.HasPrefix(f.Path, factsDir) {
			continue
		}
		if f.Path != piecePath(len(pieces)) {
			return nil, wrong("the file %q is no piece of the facts, or one before it is not in the manifest", f.Path)
		}
		pieces = append(pieces, f)
	}
	return pieces, nil
}

// packer makes pieces of lines.
type packer struct {
	put   func(path string, content []byte) error
	zstd  *zstd.Encoder
	lines []byte
	n     int // of the piece that is being filled
}

func newPacker(put func(path string, content []byte) error) (*packer, error) {
	// Whole pieces are given at once; their digests are the manifest's.
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	return &packer{put: put, zstd: e}, err
}

// add takes lines that were appended to p.lines.
func (p *packer) add(lines []byte) error {
	if p.lines = lines; len(p.lines) < pieceBytes {
		return nil
	}
	return p.flush()
}

// flush writes what has been added as a piece.
func (p *packer) flush() error {
	if len(p.lines) == 0 {
		return nil
	}
	err := p.put(piecePath(p.n), p.zstd.EncodeAll(p.lines, nil))
	p.lines, p.n = p.lines[:0], p.n+1
	return err
}

// newUnpacker makes a decoder that any number may use at once for whole pieces.
func newUnpacker(processors int) (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(processors), zstd.WithDecoderMaxMemory(maxPieceBytes), zstd.WithDecoderMaxWindow(maxPieceBytes))
}

// piece reads a piece and holds it against the manifest's line.
func (a *archive) piece(f File) (content []byte, signed bool, err error) {
	if content, err = a.read(f.Path); err != nil {
		return nil, false, err
	}
	d := newDigests()
	_, err = io.Copy(d, bytes.NewReader(content))
	return content, d.file(f.Path) == f, err
}
