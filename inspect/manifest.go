package inspect

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"zhishu/audit/proof"
)

// Format names the bundle's layout.
const Format = "zhishu-bundle/1"

// Paths within a bundle.
const (
	manifestPath   = "manifest.json"
	signaturePath  = "manifest.note"
	readmePath     = "README.md"
	checkpointPath = "checkpoint"
	headsPath      = "checkpoints.json" // every head since the last inspection, oldest first
	policiesPath   = "policies.json"
	erasuresPath   = "erasures.json"
	endsPath       = "streams.json" // of a division: where each stream it holds ends
	keysPath       = "keys.age"
	factsDir       = "facts/" // the frames, in pieces
	resultsDir     = "results/"
	tilesDir       = "tile/"
)

// Manifest says what a bundle is and lists every other file of it. It is
// signed with the log's key.
type Manifest struct {
	Format   string   `json:"format"`
	Case     Case     `json:"case"`
	Origin   string   `json:"origin"`
	Size     uint64   `json:"size"` // the cut: facts before this ledger size
	Exporter string   `json:"exporter"`
	Exported string   `json:"exported"` // instant, RFC 3339
	Queries  []Query  `json:"queries"`  // what the results answer, in their order
	Sample   *Sample  `json:"sample,omitempty"`
	Range    *Range   `json:"range,omitempty"` // absent: every fact is in it
	Keys     []string `json:"keys,omitempty"`  // persons whose keys are in keys.age
	Files    []File   `json:"files"`           // by path
}

// division is whose figures the bundle answers.
func (m *Manifest) division() string {
	if m.Range != nil {
		return m.Range.Division
	}
	return m.Case.Division
}

// Case is an inspection as it was opened.
type Case struct {
	ID        string `json:"id"`
	Division  string `json:"division"` // empty: everywhere
	Period    string `json:"period"`
	Inspector string `json:"inspector"` // account
	Committed string `json:"committed"` // SHA-256 of the nonce, hexadecimal
	Opened    uint64 `json:"opened"`    // ledger size before the case was opened
}

// Sample is how the persons to be looked at closely were drawn.
type Sample struct {
	Nonce      string   `json:"nonce"`      // hexadecimal
	Checkpoint string   `json:"checkpoint"` // the note whose root went into the seed
	Seed       string   `json:"seed"`       // hexadecimal
	Population int      `json:"population"` // members of the division at the checkpoint's size
	Persons    []string `json:"persons"`    // in the order drawn
}

// File is one file of a bundle.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
}

// digests hashes a file both ways.
type digests struct {
	sha256, sm3 interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
	size int64
}

func newDigests() *digests { return &digests{sha256: sha256.New(), sm3: sm3.New()} }

func (d *digests) Write(b []byte) (int, error) {
	d.size += int64(len(b))
	d.sha256.Write(b)
	return d.sm3.Write(b)
}

func (d *digests) file(path string) File {
	return File{path, d.size, hex.EncodeToString(d.sha256.Sum(nil)), hex.EncodeToString(d.sm3.Sum(nil))}
}

// statement is the text that is signed for a manifest: a note of the log, which
// nobody can take for a checkpoint, because its third line is no root alone.
func statement(origin string, manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return origin + "\n" + Format + "\nmanifest " + base64.StdEncoding.EncodeToString(sum[:]) + "\n"
}

var errManifest = errors.New("the manifest is not what was signed")

// openManifest checks the signature of one of the pinned keys, and reads the
// manifest only then: what nobody signed for is hashed and not taken apart.
func openManifest(manifest, note []byte, keys []proof.Key) (Manifest, error) {
	var m Manifest
	n, err := proof.ParseNote(note)
	if err != nil {
		return m, err
	}
	origin, _, _ := strings.Cut(n.Text, "\n")
	if n.Text != statement(origin, manifest) {
		return m, errManifest
	}
	if !signedBy(n, origin, keys) {
		return m, fmt.Errorf("%w: no pinned key of %q has signed it", errManifest, origin)
	}
	if dense(manifest) {
		return m, fmt.Errorf("%w: it is not in the one form of a manifest", errManifest)
	}
	if err := json.Unmarshal(manifest, &m); err != nil || m.Format != Format || m.Origin != origin {
		return m, fmt.Errorf("%w: it is no manifest of %s", errManifest, Format)
	}
	return m, nil
}

func signedBy(n proof.Note, origin string, keys []proof.Key) bool {
	return slices.ContainsFunc(keys, func(k proof.Key) bool {
		if k.Name != origin || k.Algorithm != proof.Ed25519 {
			return false
		}
		_, err := n.SignedBy(k)
		return err == nil
	})
}

// bytesPerValue is less than a value takes, on average, in a list as a bundle has
// it: indented, a value a line. A file of the manifest takes fifty.
const bytesPerValue = 24

// dense tells a list that holds more values than one in the one form can: so little
// text would be made into many times its size of memory.
func dense(list []byte) bool {
	return (bytes.Count(list, []byte{','})+bytes.Count(list, []byte{'{'}))*bytesPerValue > len(list)+maxDense
}

// maxDense is how much text is read however dense it is.
const maxDense = 64 << 10
