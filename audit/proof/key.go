package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Algorithm is the kind of a key, as C2SP signed-note numbers them.
type Algorithm byte

const (
	Ed25519     Algorithm = 1 // a log
	Cosignature Algorithm = 4 // a witness: timestamped cosignatures of checkpoints
)

// Key verifies one signer's lines. It is pinned by whoever verifies, and never
// taken from what is to be verified.
type Key struct {
	Name      string
	Hash      uint32
	Algorithm Algorithm
	Public    [ed25519.PublicKeySize]byte
}

// NewKey names a public key. Its hash, which only tells keys of one name apart,
// is the beginning of SHA-256(name ‖ LF ‖ algorithm ‖ public key).
func NewKey(name string, algorithm Algorithm, public [ed25519.PublicKeySize]byte) (Key, error) {
	if !validName(name) {
		return Key{}, fmt.Errorf("key: %w: the name %.64q", ErrFormat, name)
	}
	if algorithm != Ed25519 && algorithm != Cosignature {
		return Key{}, fmt.Errorf("key: %w: algorithm %d", ErrFormat, algorithm)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"+string(rune(algorithm))), public[:]...))
	return Key{name, binary.BigEndian.Uint32(sum[:4]), algorithm, public}, nil
}

// validName: not empty, no space, no plus, as a signature line needs it.
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsSpace) < 0 && !strings.Contains(name, "+")
}

// String is the key as C2SP writes it: name+hash+base64(algorithm ‖ public key).
func (k Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.Name, k.Hash, base64.StdEncoding.EncodeToString(append([]byte{byte(k.Algorithm)}, k.Public[:]...)))
}

// ParseKey reads what String wrote.
func ParseKey(s string) (Key, error) {
	name, rest, _ := strings.Cut(s, "+")
	hash, encoded, ok := strings.Cut(rest, "+")
	raw, err := decodeBase64(encoded)
	sum, hexErr := hex.DecodeString(hash)
	if !ok || err != nil || hexErr != nil || len(sum) != 4 || len(raw) != 1+ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("key: %w: it is name+hash+base64", ErrFormat)
	}
	k, err := NewKey(name, Algorithm(raw[0]), [ed25519.PublicKeySize]byte(raw[1:]))
	if err != nil {
		return Key{}, err
	}
	if k.Hash != binary.BigEndian.Uint32(sum) {
		return Key{}, fmt.Errorf("key: %w: its hash is %08x", ErrFormat, k.Hash)
	}
	return k, nil
}

// decodeBase64 accepts one spelling of every value: standard, padded, without
// line breaks, unused bits zero.
func decodeBase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, ErrFormat
	}
	return base64.StdEncoding.Strict().DecodeString(s)
}

// ParseHash reads a hash in base64, and FormatHash writes it.
func ParseHash(s string) (Hash, error) { return decodeHash(s) }

// FormatHash writes a hash in base64.
func FormatHash(h Hash) string { return encodeHash(h) }

func decodeHash(s string) (Hash, error) {
	raw, err := decodeBase64(s)
	if err != nil || len(raw) != sha256.Size {
		return Hash{}, fmt.Errorf("%w: a hash is 32 bytes in base64", ErrFormat)
	}
	return Hash(raw), nil
}

func encodeHash(h Hash) string { return base64.StdEncoding.EncodeToString(h[:]) }
