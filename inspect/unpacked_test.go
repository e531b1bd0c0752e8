package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhishu/audit"
)

// unpacked is a bundle taken apart by whoever wants to change it.
type unpacked struct {
	names []string
	files map[string][]byte
}

func unpack(t testing.TB, bundle []byte) *unpacked {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	noErr(t, err)
	u := &unpacked{files: map[string][]byte{}}
	for _, f := range z.File {
		r, err := f.Open()
		noErr(t, err)
		content, err := io.ReadAll(r)
		noErr(t, err)
		u.names = append(u.names, f.Name)
		u.files[f.Name] = content
	}
	return u
}

func (u *unpacked) pack(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range u.names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		noErr(t, err)
		_, err = w.Write(u.files[name])
		noErr(t, err)
	}
	noErr(t, z.Close())
	return b.Bytes()
}

func (u *unpacked) drop(name string) {
	delete(u.files, name)
	u.names = slices.DeleteFunc(u.names, func(n string) bool { return n == name })
}

func (u *unpacked) add(name string, content []byte) {
	if u.files[name] == nil {
		u.names = append(u.names, name)
	}
	u.files[name] = content
}

// edit changes the manifest.
func (u *unpacked) edit(t testing.TB, change func(*Manifest)) {
	t.Helper()
	var m Manifest
	noErr(t, json.Unmarshal(u.files[manifestPath], &m))
	change(&m)
	content, err := canonical(m)
	noErr(t, err)
	u.files[manifestPath] = content
}

// resign makes the manifest fit the files again and signs it, as an operator
// could.
func (u *unpacked) resign(t testing.TB, id audit.Identity) {
	t.Helper()
	u.edit(t, func(m *Manifest) {
		m.Files = nil
		for _, name := range u.names {
			if name == manifestPath || name == signaturePath {
				continue
			}
			d := newDigests()
			d.Write(u.files[name])
			m.Files = append(m.Files, d.file(name))
		}
		slices.SortFunc(m.Files, func(x, y File) int { return strings.Compare(x.Path, y.Path) })
	})
	var m Manifest
	noErr(t, json.Unmarshal(u.files[manifestPath], &m))
	note, err := id.Attest(statement(m.Origin, u.files[manifestPath]))
	noErr(t, err)
	u.files[signaturePath] = note
}

// flip turns one bit of a file.
func (u *unpacked) flip(r *rand.Rand, name string) {
	b := bytes.Clone(u.files[name])
	b[r.IntN(len(b))] ^= 1 << r.IntN(8)
	u.files[name] = b
}

// some picks one of the files whose name begins so.
func (u *unpacked) some(r *rand.Rand, prefix string) string {
	var names []string
	for _, name := range u.names {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names[r.IntN(len(names))]
}
