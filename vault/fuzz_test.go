package vault

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzOpenSealed holds that nothing but what was sealed opens.
func FuzzOpenSealed(f *testing.F) {
	v, err := Create(f.Context(), Config{Dir: filepath.Join(f.TempDir(), "vault")})
	noErr(f, err)
	f.Cleanup(func() { v.Close() })
	s := Subject{1}
	noErr(f, v.EnsureKeys(f.Context(), []Subject{s}))
	sealed, err := v.Seal(s, "person-x", [16]byte{}, "name", []byte("王小明"))
	noErr(f, err)
	f.Add(sealed, "person-x", "name")
	f.Add(sealed[:SealOverhead], "person-x", "name")
	f.Add([]byte{}, "", "")
	f.Add([]byte{2}, "person-x", "name")
	f.Fuzz(func(t *testing.T, bad []byte, stream, field string) {
		plain, err := v.Open(s, stream, [16]byte{}, field, bad)
		if err == nil {
			if !bytes.Equal(bad, sealed) || stream != "person-x" || field != "name" || string(plain) != "王小明" {
				t.Fatalf("%x opened as %q", bad, plain)
			}
		} else if !errors.Is(err, ErrSealed) && !errors.Is(err, ErrSuite) {
			t.Fatal(err)
		}
	})
}

// FuzzRestore holds that only a backup restores.
func FuzzRestore(f *testing.F) {
	conf := Config{Dir: filepath.Join(f.TempDir(), "vault")}
	v, err := Create(f.Context(), conf)
	noErr(f, err)
	f.Cleanup(func() { v.Close() })
	noErr(f, v.EnsureKeys(f.Context(), []Subject{{1}, {2}}))
	_, err = v.Reserve(f.Context(), "id", [32]byte{1}, Subject{1})
	noErr(f, err)
	_, err = v.Secret(f.Context(), "x")
	noErr(f, err)
	noErr(f, v.Erase(f.Context(), Subject{2}))
	var backup bytes.Buffer
	noErr(f, v.Backup(f.Context(), &backup))
	f.Add(backup.Bytes())
	f.Add([]byte(backupMagic))
	f.Add(append([]byte(backupMagic), 'K', 0xFF, 0xFF, 0xFF, 0xFF))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := Config{Dir: filepath.Join(t.TempDir(), "vault"), MasterKey: conf.masterPath()}
		r, err := Restore(t.Context(), c, bytes.NewReader(data), nil)
		if err == nil {
			noErr(t, r.Close())
			if !bytes.HasPrefix(data, backup.Bytes()) {
				t.Fatal("something else restored")
			}
			return
		}
		if !errors.Is(err, ErrBackup) && !errors.Is(err, ErrMasterKey) {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(c.Dir, dataFile)); err == nil {
			t.Fatal("a refused backup left a vault")
		}
	})
}

// FuzzErasureList holds that a list that reads is one that was written.
func FuzzErasureList(f *testing.F) {
	f.Add("zhishu erasures 1\nend 0\n")
	f.Add("zhishu erasures 1\n01020304050607080910111213141516 2024-02-29T08:00:00.000000123Z\nend 1\n")
	f.Add("zhishu erasures 1\n01020304050607080910111213141516 2024-02-29T08:00:00Z\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadErasures(bytes.NewReader([]byte(text)))
		if err != nil {
			wantErr(t, err, ErrErasureList)
			return
		}
		var out bytes.Buffer
		noErr(t, WriteErasures(&out, list))
		again, err := ReadErasures(&out)
		noErr(t, err)
		equal(t, "length", len(again), len(list))
		for i := range list {
			equal(t, "subject", again[i].Subject, list[i].Subject)
			equal(t, "time", again[i].At.Equal(list[i].At), true)
		}
	})
}

func TestErasureListRefusals(t *testing.T) {
	whole := "zhishu erasures 1\n01020304050607080910111213141516 2024-02-29T08:00:00Z\nend 1\n"
	list, err := ReadErasures(bytes.NewReader([]byte(whole)))
	noErr(t, err)
	equal(t, "time", list[0].At, time.Date(2024, 2, 29, 8, 0, 0, 0, time.UTC))
	for _, bad := range []string{
		"", "zhishu erasures 2\nend 0\n", whole[:40], whole[:71], whole + "end 1\n",
		"zhishu erasures 1\nend 1\n", "zhishu erasures 1\n0102 2024-02-29T08:00:00Z\nend 1\n",
		"zhishu erasures 1\n01020304050607080910111213141516 yesterday\nend 1\n",
	} {
		_, err := ReadErasures(bytes.NewReader([]byte(bad)))
		wantErr(t, err, ErrErasureList)
	}
}

// FuzzDataFile puts bytes over a vault's file: it opens with everything in it,
// or is refused.
func FuzzDataFile(f *testing.F) {
	sp := newSpecimen(f)
	f.Add(uint32(0), []byte{1})
	f.Add(uint32(4096), []byte("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))
	f.Add(uint32(8192), make([]byte, 4096))
	f.Fuzz(func(t *testing.T, at uint32, patch []byte) {
		file := bytes.Clone(sp.file)
		copy(file[at%uint32(len(file)):], patch)
		sp.write(t, file)
		if err := sp.openAndVerify(t); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrMasterKey) {
			t.Fatal(err)
		}
	})
}
