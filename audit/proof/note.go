package proof

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxNoteBytes      = 1 << 20
	maxNoteSignatures = 100
	signaturePrefix   = "— " // em dash, space
)

// Signature is one line below a note's text. Bytes is what follows the key's
// hash: 64 bytes of a log, 8 more in front of them of a witness.
type Signature struct {
	Name  string
	Hash  uint32
	Bytes []byte
}

// Line is the signature as it stands in a note.
func (s Signature) Line() string {
	raw := binary.BigEndian.AppendUint32(nil, s.Hash)
	return signaturePrefix + s.Name + " " + base64.StdEncoding.EncodeToString(append(raw, s.Bytes...)) + "\n"
}

// Note is a text with signatures (C2SP signed-note). Nothing in it has been
// verified.
type Note struct {
	Text       string // to its last line's end
	Signatures []Signature
}

// ParseNote takes a note apart.
func ParseNote(b []byte) (Note, error) {
	if len(b) > maxNoteBytes || !utf8.Valid(b) {
		return Note{}, fmt.Errorf("note: %w: it is UTF-8 text of at most 1 MiB", ErrFormat)
	}
	s := string(b)
	for _, c := range s {
		if c < 0x20 && c != '\n' {
			return Note{}, fmt.Errorf("note: %w: a control character", ErrFormat)
		}
	}
	split := strings.LastIndex(s, "\n\n")
	if split < 0 || !strings.HasSuffix(s, "\n") {
		return Note{}, fmt.Errorf("note: %w: text, an empty line, signature lines", ErrFormat)
	}
	n := Note{Text: s[:split+1]}
	for line := range strings.Lines(s[split+2:]) {
		if len(n.Signatures) == maxNoteSignatures {
			return Note{}, fmt.Errorf("note: %w: more than %d signatures", ErrFormat, maxNoteSignatures)
		}
		signature, err := parseSignature(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return Note{}, err
		}
		n.Signatures = append(n.Signatures, signature)
	}
	if len(n.Signatures) == 0 {
		return Note{}, fmt.Errorf("note: %w: no signature", ErrFormat)
	}
	return n, nil
}

func parseSignature(line string) (Signature, error) {
	rest, ok := strings.CutPrefix(line, signaturePrefix)
	name, encoded, two := strings.Cut(rest, " ")
	raw, err := decodeBase64(encoded)
	if !ok || !two || !validName(name) || err != nil || len(raw) < 5 {
		return Signature{}, fmt.Errorf("note: %w: a signature line is “— name base64”", ErrFormat)
	}
	return Signature{name, binary.BigEndian.Uint32(raw), raw[4:]}, nil
}

// SignedBy checks that the note bears a valid signature of the key, and returns
// the time of a witness's, in Unix seconds (0 of a log's). Lines of other keys
// are ignored, as the format asks; one under this key that does not verify is
// an error even beside a valid one.
func (n Note) SignedBy(k Key) (unix uint64, err error) {
	found := false
	for _, s := range n.Signatures {
		if s.Name != k.Name || s.Hash != k.Hash {
			continue
		}
		at, ok := k.verify(n.Text, s.Bytes)
		if !ok {
			return 0, fmt.Errorf("note: %w: the signature of %s does not verify", ErrSignature, k.Name)
		}
		found, unix = true, max(unix, at)
	}
	if !found {
		return 0, fmt.Errorf("note: %w: no signature of %s+%08x", ErrSignature, k.Name, k.Hash)
	}
	return unix, nil
}

func (k Key) verify(text string, signature []byte) (unix uint64, ok bool) {
	message := []byte(text)
	if k.Algorithm == Cosignature {
		if len(signature) != 8+ed25519.SignatureSize {
			return 0, false
		}
		unix = binary.BigEndian.Uint64(signature)
		message, signature = CosignedMessage(unix, text), signature[8:]
	}
	return unix, len(signature) == ed25519.SignatureSize && ed25519.Verify(k.Public[:], message, signature)
}

// CosignedMessage is what a witness signs (C2SP tlog-cosignature, version 1).
func CosignedMessage(unix uint64, text string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", unix, text)
}
