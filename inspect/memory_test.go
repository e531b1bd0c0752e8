package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// allocated is how many bytes were allocated in all while do ran.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLittleTextTakesLittleMemory: what nobody signed for, and what an operator
// signed for who wants the inspector's machine to end, takes memory as its size is.
func TestLittleTextTakesLittleMemory(t *testing.T) {
	w := newCity(t, t.TempDir(), 4, 1)
	whole, part := w.bundle(t), w.part(t, nil)
	const size = 3 << 20
	fill := func(open, value, end string) []byte {
		return []byte(open + strings.Repeat(value+",", size/(len(value)+1)) + value + end)
	}
	notes := func(u *unpacked) string { return string(bytes.TrimSpace(u.files[headsPath])) }
	unsigned := func(*unpacked) {}
	signed := func(u *unpacked) {
		note, err := w.identity.Attest(statement(origin, u.files[manifestPath]))
		noErr(t, err)
		u.files[signaturePath] = note
	}
	for _, c := range []struct {
		name   string
		bundle []byte
		change func(u *unpacked)
		most   uint64 // beside what the bundle takes as it is
	}{
		{"manifest", whole, func(u *unpacked) {
			u.files[manifestPath] = fill(`{"format":"`+Format+`","files":[`, "{}", "]}")
			unsigned(u)
		}, 2 * size},
		{"manifest of somebody's", whole, func(u *unpacked) {
			u.files[manifestPath] = fill(`{"format":"`+Format+`","origin":"`+origin+`","files":[`, "{}", "]}")
			signed(u)
		}, 2 * size},
		{"manifest with people", whole, func(u *unpacked) {
			u.files[manifestPath] = fill(`{"format":"`+Format+`","origin":"`+origin+`","keys":[`, `""`, "]}")
			signed(u)
		}, 2 * size},
		{"manifest, indented", whole, func(u *unpacked) {
			u.files[manifestPath] = fill(`{"format":"`+Format+`","origin":"`+origin+`","files":[`, "\n                      {}", "]}")
			signed(u)
		}, 8 * size},
		{"manifest's signature", whole, func(u *unpacked) { u.files[signaturePath] = bytes.Repeat([]byte{'\n'}, size) }, 2 * size},
		{"checkpoint", whole, func(u *unpacked) { u.files[checkpointPath] = bytes.Repeat([]byte{'\n'}, size) }, 2 * size},
		{"list of checkpoints", whole, func(u *unpacked) { u.files[headsPath] = fill("[", `""`, "]") }, 2 * size},
		{"list of checkpoints behind good ones", whole, func(u *unpacked) {
			u.files[headsPath] = fill(strings.TrimSuffix(notes(u), "]")+",", `""`, "]")
		}, 2 * size},
		{"list of ends", part, func(u *unpacked) { u.files[endsPath] = fill("[", "{}", "]") }, 2 * size},
		{"lines without facts", whole, func(u *unpacked) {
			e, err := zstd.NewWriter(nil)
			noErr(t, err)
			u.files[piecePath(0)] = e.EncodeAll(bytes.Repeat([]byte{'\n'}, maxPieceBytes-1<<10), nil)
		}, 64 * maxPieceBytes},
	} {
		before := allocated(func() { verify(t, c.bundle, w.options()) })
		u := unpack(t, c.bundle)
		c.change(u)
		bundle := u.pack(t)
		var report *Report
		took := allocated(func() { report = verify(t, bundle, w.options()) })
		if report.Verdict != Tampered {
			t.Errorf("%s: %s", c.name, report.Text())
		}
		if took > before+c.most {
			t.Errorf("%s: %d KiB more than the bundle as it was, of which %d were meant", c.name, (took-before)>>10, c.most>>10)
		}
	}
}

// A file that says it is larger than the archive is not made room for.
func TestSizeThatIsNot(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	_, err := z.CreateHeader(&zip.FileHeader{Name: manifestPath, Method: zip.Store})
	noErr(t, err)
	noErr(t, z.Close())
	content := b.Bytes()
	at := bytes.LastIndex(content, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(content[at+20:], maxManifest-1)
	binary.LittleEndian.PutUint32(content[at+24:], maxManifest-1)
	var report *Report
	if took := allocated(func() { report = verify(t, content, VerifyOptions{}) }); took > 1<<20 || report.Verdict == Sound {
		t.Errorf("%d KiB\n%s", took>>10, report.Text())
	}
}
