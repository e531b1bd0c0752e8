package proof

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// maxPath is the longest audit path there can be.
const maxPath = 63

// Inclusion is a proof that carries all it needs but the entry and the key
// (C2SP tlog-proof): where the leaf stands, its path, and the signed checkpoint
// the path leads to.
type Inclusion struct {
	Extra      []byte // nil: no such line
	Index      uint64
	Path       []Hash
	Checkpoint []byte // a signed note
}

// Text is the proof as a file.
func (p Inclusion) Text() []byte {
	b := []byte(proofHeader)
	if p.Extra != nil {
		b = append(b, "extra "+base64.StdEncoding.EncodeToString(p.Extra)+"\n"...)
	}
	b = append(b, "index "+strconv.FormatUint(p.Index, 10)+"\n"...)
	for _, h := range p.Path {
		b = append(b, encodeHash(h)+"\n"...)
	}
	return append(append(b, '\n'), p.Checkpoint...)
}

// ParseInclusion reads what Text wrote.
func ParseInclusion(b []byte) (Inclusion, error) {
	head, checkpoint, ok := strings.Cut(string(b), "\n\n")
	head, versioned := strings.CutPrefix(head+"\n", proofHeader)
	if !ok || !versioned || checkpoint == "" {
		return Inclusion{}, fmt.Errorf("proof: %w: it begins with %q and ends with a checkpoint", ErrFormat, strings.TrimSpace(proofHeader))
	}
	p := Inclusion{Checkpoint: []byte(checkpoint)}
	line, rest, _ := strings.Cut(head, "\n")
	if extra, ok := strings.CutPrefix(line, "extra "); ok {
		raw, err := decodeBase64(extra)
		if err != nil {
			return Inclusion{}, fmt.Errorf("proof: %w: the extra line", ErrFormat)
		}
		p.Extra = append([]byte{}, raw...)
		line, rest, _ = strings.Cut(rest, "\n")
	}
	number, ok := strings.CutPrefix(line, "index ")
	index, err := parseNumber(number)
	if !ok || err != nil {
		return Inclusion{}, fmt.Errorf("proof: %w: the index line", ErrFormat)
	}
	p.Index = index
	for line := range strings.Lines(rest) {
		h, err := decodeHash(strings.TrimSuffix(line, "\n"))
		if err != nil || len(p.Path) == maxPath {
			return Inclusion{}, fmt.Errorf("proof: %w: hash %d of the path", ErrFormat, len(p.Path))
		}
		p.Path = append(p.Path, h)
	}
	return p, nil
}

// Verify checks that the entry stands where the proof says, in a tree that one
// of the pinned keys has signed, and returns that tree's head.
func (p Inclusion) Verify(entry []byte, keys ...Key) (Checkpoint, Note, error) {
	c, n, err := OpenCheckpoint(p.Checkpoint, keys...)
	if err != nil {
		return Checkpoint{}, Note{}, err
	}
	return c, n, VerifyInclusion(LeafHash(entry), p.Index, c.Size, p.Path, c.Root)
}
