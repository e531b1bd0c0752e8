package vaulttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhishu/vault"
)

var sealTests = map[string]func(*testing.T, Fixture){
	"opens what it sealed":     sealRoundTrip,
	"bound to its place":       sealPlace,
	"every flipped bit":        sealFlips,
	"every cut":                sealCuts,
	"never the same twice":     sealRandom,
	"appends":                  sealAppends,
	"another suite":            sealSuite,
	"more subjects than cache": sealEvictions,
}

func sealRoundTrip(t *testing.T, f Fixture) {
	subjects := Subjects(3)
	ensure(t, f.Vault, subjects...)
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SampledFrom(subjects).Draw(r, "subject")
		stream := rapid.String().Draw(r, "stream")
		id := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "event"))
		field := rapid.String().Draw(r, "field")
		plain := rapid.SliceOf(rapid.Byte()).Draw(r, "plain")
		sealed, err := f.Vault.Seal(s, stream, id, field, plain)
		if err != nil {
			r.Fatal(err)
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			r.Fatal("the plaintext shows")
		}
		if len(sealed) != len(plain)+vault.SealOverhead {
			r.Fatalf("%d bytes sealed as %d", len(plain), len(sealed))
		}
		opened, err := f.Vault.Open(s, stream, id, field, sealed)
		if err != nil || !bytes.Equal(opened, plain) {
			r.Fatalf("opened %q, %v; want %q", opened, err, plain)
		}
	})
}

func sealPlace(t *testing.T, f Fixture) {
	s := Subjects(2)
	ensure(t, f.Vault, s...)
	id, other := [16]byte{1}, [16]byte{2}
	sealed := must[[]byte](t)(f.Vault.Seal(s[0], "person-ab", id, "name", []byte("王小明")))
	places := []struct {
		what    string
		subject vault.Subject
		stream  string
		id      [16]byte
		field   string
	}{
		{"another subject", s[1], "person-ab", id, "name"},
		{"another stream", s[0], "person-ac", id, "name"},
		{"another event", s[0], "person-ab", other, "name"},
		{"another field", s[0], "person-ab", id, "phone"},
		{"a border moved", s[0], "person-a", id, "bname"},
		{"no field", s[0], "person-ab", id, ""},
	}
	for _, p := range places {
		_, err := f.Vault.Open(p.subject, p.stream, p.id, p.field, sealed)
		if err == nil {
			t.Errorf("it opened with %s", p.what)
			continue
		}
		wantErr(t, err, vault.ErrSealed)
	}
}

func sealFlips(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	sealed := must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{}, "name", []byte("王小明")))
	for i := 8; i < 8*len(sealed); i++ { // the first byte is the suite: see sealSuite
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		_, err := f.Vault.Open(s, "person-x", [16]byte{}, "name", bad)
		wantErr(t, err, vault.ErrSealed)
	}
}

func sealCuts(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	sealed := must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{}, "name", []byte("王小明")))
	for n := range sealed {
		_, err := f.Vault.Open(s, "person-x", [16]byte{}, "name", sealed[:n])
		wantErr(t, err, vault.ErrSealed)
	}
	_, err := f.Vault.Open(s, "person-x", [16]byte{}, "name", append(sealed, 0))
	wantErr(t, err, vault.ErrSealed)
}

func sealRandom(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	seen := make(map[string]bool)
	for range 1000 {
		sealed := must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{}, "name", []byte("王小明")))
		seen[string(sealed[1:13])] = true
	}
	equal(t, "different nonces", len(seen), 1000)
}

func sealAppends(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	sealed := must[[]byte](t)(f.Vault.AppendSealed([]byte("before"), s, "person-x", [16]byte{}, "name", []byte("王小明")))
	rest, found := bytes.CutPrefix(sealed, []byte("before"))
	equal(t, "what was there stays", found, true)
	opened := must[[]byte](t)(f.Vault.AppendOpened([]byte("name="), s, "person-x", [16]byte{}, "name", rest))
	equal(t, "opened", string(opened), "name=王小明")
	rest[20] ^= 1
	kept, err := f.Vault.AppendOpened([]byte("name="), s, "person-x", [16]byte{}, "name", rest)
	wantErr(t, err, vault.ErrSealed)
	equal(t, "after a refusal", string(kept), "name=")
}

func sealSuite(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	sealed := must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{}, "name", []byte("王小明")))
	equal(t, "suite", vault.Suite(sealed[0]), vault.SuiteAES256GCM)
	for suite := range 256 {
		if vault.Suite(suite) == vault.SuiteAES256GCM {
			continue
		}
		sealed[0] = byte(suite)
		_, err := f.Vault.Open(s, "person-x", [16]byte{}, "name", sealed)
		wantErr(t, err, vault.ErrSuite)
	}
}

// sealEvictions goes round more subjects than the fixture keeps ready, so that
// each is evicted and read again.
func sealEvictions(t *testing.T, f Fixture) {
	subjects := Subjects(3000)
	ensure(t, f.Vault, subjects...)
	sealed := make([][]byte, len(subjects))
	for i, s := range subjects {
		sealed[i] = must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{}, "n", fmt.Append(nil, i)))
	}
	for i, s := range subjects {
		opened := must[[]byte](t)(f.Vault.Open(s, "person-x", [16]byte{}, "n", sealed[i]))
		equal(t, "opened", string(opened), fmt.Sprint(i))
	}
}

// printed is a key in every form in which one slips into a log.
func printed(t *testing.T, k vault.Key) map[string]string {
	forms := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		forms[verb] = verb + " " + fmt.Sprintf(verb, k)
	}
	text := must[[]byte](t)(json.Marshal(k))
	forms["json"] = "json " + strings.Trim(string(text), `"`)
	var line strings.Builder
	slog.New(slog.NewJSONHandler(&line, nil)).Info("m", "k", k)
	if !strings.Contains(line.String(), `"k":"[secret]"`) {
		t.Errorf("slog prints a key: %s", line.String())
	}
	return forms
}
