package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// vector is a line of testdata/format.json: hexadecimal but for the texts. The
// file is added to and never edited: what it holds stands in logs for ever.
type vector struct {
	Key, Subject, Event   string
	Stream, Field, Plain  string
	Sealed                string
	Purpose               string
	Parts                 []string
	SubjectMac, LedgerMac string // LedgerMac: the same message under Key itself
}

func vectors(t *testing.T) (list []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/format.json")
	noErr(t, err)
	noErr(t, json.Unmarshal(text, &list))
	if len(list) == 0 {
		t.Fatal("no vectors")
	}
	return list
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	noErr(t, err)
	return b
}

// TestFormat holds the vault to the vectors.
func TestFormat(t *testing.T) {
	v, err := Create(t.Context(), Config{Dir: filepath.Join(t.TempDir(), "vault")})
	noErr(t, err)
	defer v.Close()
	for _, x := range vectors(t) {
		s, key, event := Subject(unhex(t, x.Subject)), Key(unhex(t, x.Key)), [16]byte(unhex(t, x.Event))
		noErr(t, v.store.InsertKeys(t.Context(), []StoredKey{{s, v.wrap.wrap(wrapSubjectKey, s[:], key)}}))
		plain, err := v.Open(s, x.Stream, event, x.Field, unhex(t, x.Sealed))
		noErr(t, err)
		equal(t, "opened", string(plain), x.Plain)
		var parts [][]byte
		for _, p := range x.Parts {
			parts = append(parts, []byte(p))
		}
		mac, err := v.SubjectMac(s, x.Purpose, parts...)
		noErr(t, err)
		equal(t, "subject mac", hex.EncodeToString(mac[:]), x.SubjectMac)
		v.mac = newMacPool(key)
		mac = v.Mac(x.Purpose, parts...)
		equal(t, "ledger mac", hex.EncodeToString(mac[:]), x.LedgerMac)
	}
}

// TestFormatAlone reads the vectors with nothing of this package: what a
// verifier has to do.
func TestFormatAlone(t *testing.T) {
	for _, x := range vectors(t) {
		part := func(dst []byte, p []byte) []byte {
			return append(binary.BigEndian.AppendUint32(dst, uint32(len(p))), p...)
		}
		place := part([]byte{1}, []byte(x.Stream))
		place = part(place, unhex(t, x.Event))
		place = part(place, []byte(x.Field))
		place = part(place, unhex(t, x.Subject))
		block, err := aes.NewCipher(unhex(t, x.Key))
		noErr(t, err)
		gcm, err := cipher.NewGCM(block)
		noErr(t, err)
		sealed := unhex(t, x.Sealed)
		plain, err := gcm.Open(nil, sealed[1:13], sealed[13:], place)
		noErr(t, err)
		equal(t, "suite", sealed[0], 1)
		equal(t, "opened", string(plain), x.Plain)

		var message []byte
		for _, p := range append([]string{x.Purpose}, x.Parts...) {
			message = append(binary.BigEndian.AppendUint64(message, uint64(len(p))), p...)
		}
		macKey := hmacSHA256(unhex(t, x.Key), []byte("zhishu/subject/mac/1"))
		equal(t, "subject mac", hex.EncodeToString(hmacSHA256(macKey, message)), x.SubjectMac)
		equal(t, "ledger mac", hex.EncodeToString(hmacSHA256(unhex(t, x.Key), message)), x.LedgerMac)
	}
}

func hmacSHA256(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}
