package proof

import (
	"fmt"
	"strconv"
	"strings"
)

// Checkpoint is a tree head (C2SP tlog-checkpoint): what a log says it is at
// one size.
type Checkpoint struct {
	Origin     string
	Size       uint64
	Root       Hash
	Extensions []string // further lines
}

// Text is the checkpoint as it is signed.
func (c Checkpoint) Text() string {
	text := c.Origin + "\n" + strconv.FormatUint(c.Size, 10) + "\n" + encodeHash(c.Root) + "\n"
	for _, line := range c.Extensions {
		text += line + "\n"
	}
	return text
}

// ParseCheckpoint reads the text of a checkpoint. A text it accepts is exactly
// what Text writes.
func ParseCheckpoint(text string) (Checkpoint, error) {
	if len(text) > maxNoteBytes {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w: it is of at most 1 MiB", ErrFormat)
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w: origin, size and root, a line each", ErrFormat)
	}
	size, err := parseNumber(lines[1])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w: the size", ErrFormat)
	}
	root, err := decodeHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	if size == 0 && root != EmptyRoot() {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w: an empty tree has another root", ErrFormat)
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	for _, line := range lines[3 : len(lines)-1] {
		if line == "" {
			return Checkpoint{}, fmt.Errorf("checkpoint: %w: an empty line", ErrFormat)
		}
		c.Extensions = append(c.Extensions, line)
	}
	return c, nil
}

// OpenCheckpoint reads a signed checkpoint and checks that one of the pinned
// keys, which are the log's, has signed it under its own name.
func OpenCheckpoint(note []byte, keys ...Key) (Checkpoint, Note, error) {
	n, err := ParseNote(note)
	if err != nil {
		return Checkpoint{}, Note{}, err
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, Note{}, err
	}
	err = fmt.Errorf("checkpoint of %s: %w: no key pinned for this origin", c.Origin, ErrSignature)
	for _, k := range keys {
		if k.Name != c.Origin || k.Algorithm != Ed25519 {
			continue
		}
		if _, err = n.SignedBy(k); err == nil {
			return c, n, nil
		}
	}
	return Checkpoint{}, Note{}, err
}

// parseNumber reads a decimal number in its one spelling.
func parseNumber(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, ErrFormat
	}
	return n, nil
}
