package inspect

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"zhishu/domain"
	"zhishu/domain/wire"
)

// OpenedField is a personal field of somebody drawn, opened with the key that was
// handed over.
type OpenedField struct {
	Person   string `json:"person"`
	Index    uint64 `json:"index"` // of the fact
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	Type     string `json:"type"`
	Field    string `json:"field"`
	Text     string `json:"text"`
}

// Opened is a sample with its names.
type Opened struct {
	Persons []string      `json:"persons"` // whose keys were handed over, in the order drawn
	Fields  []OpenedField `json:"fields"`  // in ledger order
}

// Why a sample does not open.
var (
	ErrUnsound = errors.New("the bundle is not sound: nothing of it is opened")
	ErrNoKeys  = errors.New("no keys were handed over with this bundle")
	ErrField   = errors.New("a sealed field does not open with the key that was handed over")
)

// OpenSample verifies a bundle and, when it is sound but for losses that were
// declared, opens the sealed fields of the persons whose keys are in it with the
// inspector's secret key. A field that
// does not open is an error: the key is not the one it was sealed with.
func OpenSample(ctx context.Context, r io.ReaderAt, size int64, identity string, o VerifyOptions) (*Report, *Opened, error) {
	report := Verify(ctx, r, size, o)
	if !report.Whole() {
		return report, nil, ErrUnsound
	}
	v := &verification{ctx: ctx, o: o, report: &Report{}}
	var err error
	if v.archive, err = openArchive(r, size); err != nil {
		return report, nil, err
	}
	if _, err := v.openManifest(); err != nil {
		return report, nil, err
	}
	if len(v.manifest.Keys) == 0 {
		return report, nil, ErrNoKeys
	}
	opened, err := v.openFields(identity)
	return report, opened, err
}

func (v *verification) openFields(identity string) (*Opened, error) {
	sealed, err := v.archive.read(keysPath)
	if err != nil {
		return nil, err
	}
	keys, err := OpenKeys(identity, sealed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keysPath, err)
	}
	out := &Opened{Persons: v.manifest.Keys, Fields: []OpenedField{}}
	suites := map[domain.UUID]cipher.AEAD{}
	for _, k := range keys {
		id, err := domain.ParseUUID(k.Person)
		if err != nil || !slices.Contains(v.manifest.Keys, k.Person) {
			return nil, fmt.Errorf("%s holds the key of somebody the manifest does not name: %.40q", keysPath, k.Person)
		}
		if suites[id], err = suiteOf(k.Key); err != nil {
			return nil, err
		}
	}
	var d wire.Decoder
	for f, err := range v.unchecked(v.ctx) {
		if err != nil {
			return nil, err
		}
		if err := out.open(&d, f, suites); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// open adds what one fact holds of the persons whose keys are at hand.
func (out *Opened) open(d *wire.Decoder, f *fact, suites map[domain.UUID]cipher.AEAD) error {
	ref, ok := domain.ParseStream(f.frame.Stream)
	if !ok {
		return nil
	}
	_, version, err := d.DecodeMeta(f.frame.Metadata)
	if err != nil {
		return err
	}
	e, err := d.Decode(ref, f.frame.Type, version, f.frame.Data)
	if err != nil {
		return err
	}
	private, ok := e.(domain.Private)
	if !ok {
		return nil
	}
	subject := private.Subject()
	suite, ok := suites[subject]
	if !ok {
		return nil
	}
	private.Secrets(func(field string, s *domain.Secret) {
		if len(s.Cipher) == 0 || err != nil {
			return
		}
		var text []byte
		if text, err = openSealed(suite, s.Cipher, sealedPlace(f.frame.Stream, f.frame.ID[:], field, subject[:])); err != nil {
			err = fmt.Errorf("%w: fact %d, %s", err, f.index, field)
			return
		}
		out.Fields = append(out.Fields, OpenedField{
			Person: subject.String(), Index: f.index, Stream: f.frame.Stream, Revision: f.frame.Revision, Type: f.frame.Type, Field: field, Text: string(text),
		})
	})
	return err
}

func suiteOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s holds a key of %d bytes", keysPath, len(key))
	}
	return cipher.NewGCM(block)
}

// A sealed field is suite (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16); suite 1 is
// AES-256-GCM. This is written a second time on purpose: whoever checks does not
// use what sealed.
const (
	sealedSuite = 1
	sealedNonce = 12
)

func openSealed(suite cipher.AEAD, sealed, place []byte) ([]byte, error) {
	if len(sealed) < 1+sealedNonce || sealed[0] != sealedSuite {
		return nil, ErrField
	}
	text, err := suite.Open(nil, sealed[1:1+sealedNonce], sealed[1+sealedNonce:], place)
	if err != nil {
		return nil, ErrField
	}
	return text, nil
}

// sealedPlace is suite (1) ‖ stream ‖ event id ‖ field ‖ subject, each of the four
// after its length in four bytes, big-endian.
func sealedPlace(stream string, event []byte, field string, subject []byte) []byte {
	b := []byte{sealedSuite}
	for _, part := range [][]byte{[]byte(stream), event, []byte(field), subject} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
	}
	return b
}
