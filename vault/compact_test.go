package vault

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestErasedBytes looks in every file for every eight bytes of the erased
// subject's wrapped key and claim.
func TestErasedBytes(t *testing.T) {
	conf := Config{Dir: filepath.Join(t.TempDir(), "vault")}
	v, err := Create(t.Context(), conf)
	noErr(t, err)
	defer v.Close()
	gone, stays := Subject{7}, Subject{8}
	for i := range 200 { // many commits: copies of their pages are all over the file
		noErr(t, v.EnsureKeys(t.Context(), []Subject{{9, byte(i)}}))
		if i == 100 {
			noErr(t, v.EnsureKeys(t.Context(), []Subject{gone, stays}))
		}
		_, err := v.Reserve(t.Context(), "id", [32]byte{byte(i)}, gone)
		noErr(t, err)
	}
	key, err := v.store.WrappedKey(t.Context(), gone)
	noErr(t, err)
	kept, err := v.store.WrappedKey(t.Context(), stays)
	noErr(t, err)
	secrets := [][]byte{key[:]}
	for i := range 200 {
		tag := v.tag("id", [32]byte{byte(i)})
		secrets = append(secrets, tag[:])
	}
	equal(t, "files that hold a part of it before", pieces(t, conf.Dir, secrets) > 0, true)
	noErr(t, v.Erase(t.Context(), gone))
	equal(t, "pieces left", pieces(t, conf.Dir, secrets), 0)
	equal(t, "another subject's key is found", pieces(t, conf.Dir, [][]byte{kept[:]}) > 0, true)
	noErr(t, v.Backup(t.Context(), &bytes.Buffer{}))
	equal(t, "pieces left after a backup", pieces(t, conf.Dir, secrets), 0)
}

// pieces counts runs of eight bytes of the secrets in the directory's files.
func pieces(t *testing.T, dir string, secrets [][]byte) (n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	noErr(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		noErr(t, err)
		for _, s := range secrets {
			for i := 0; i+8 <= len(s); i++ {
				if bytes.Contains(data, s[i:i+8]) {
					n++
				}
			}
		}
	}
	return n
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// TestCrashInCompaction sets up what a crash leaves after each step, and holds
// that opening finds everything and tidies up.
func TestCrashInCompaction(t *testing.T) {
	at := func(sp specimen, name string) string { return filepath.Join(sp.conf.Dir, name) }
	steps := map[string]func(*testing.T, specimen){
		"copy begun": func(t *testing.T, sp specimen) {
			noErr(t, os.WriteFile(at(sp, nextFile), sp.file[:5000], 0o600))
		},
		"copy done": func(t *testing.T, sp specimen) {
			noErr(t, os.WriteFile(at(sp, nextFile), sp.file, 0o600))
		},
		"second name given": func(t *testing.T, sp specimen) {
			noErr(t, os.WriteFile(at(sp, nextFile), sp.file, 0o600))
			noErr(t, os.Link(at(sp, dataFile), at(sp, shredFile)))
		},
		"renamed": func(t *testing.T, sp specimen) {
			noErr(t, os.Link(at(sp, dataFile), at(sp, shredFile)))
			noErr(t, os.WriteFile(at(sp, nextFile), sp.file, 0o600))
			noErr(t, os.Rename(at(sp, nextFile), at(sp, dataFile)))
		},
		"half overwritten": func(t *testing.T, sp specimen) {
			half := append(make([]byte, len(sp.file)/2), sp.file[len(sp.file)/2:]...)
			noErr(t, os.WriteFile(at(sp, shredFile), half, 0o600))
		},
		"a backup cut off": func(t *testing.T, sp specimen) {
			noErr(t, os.WriteFile(at(sp, spoolFile), sp.file[:9000], 0o600))
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			sp := newSpecimen(t)
			step(t, sp)
			noErr(t, sp.openAndVerify(t))
			for _, left := range []string{nextFile, shredFile, spoolFile} {
				if _, err := os.Stat(at(sp, left)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s is left: %v", left, err)
				}
			}
		})
	}
}

// TestErasureWithoutCompaction holds that an erasure whose compaction fails is
// reported, holds at once, and is finished by the next erasure or opening.
func TestErasureWithoutCompaction(t *testing.T) {
	for _, finish := range []string{"by a repeated Erase", "by opening"} {
		t.Run(finish, func(t *testing.T) {
			conf := Config{Dir: filepath.Join(t.TempDir(), "vault")}
			v, err := Create(t.Context(), conf)
			noErr(t, err)
			defer func() { noErr(t, v.Close()) }()
			s := Subject{7}
			noErr(t, v.EnsureKeys(t.Context(), []Subject{s}))
			key, err := v.store.WrappedKey(t.Context(), s)
			noErr(t, err)

			obstacle := filepath.Join(conf.Dir, nextFile, "x")
			noErr(t, os.MkdirAll(obstacle, 0o700))
			wantErr(t, v.Erase(t.Context(), s), ErrUnavailable)
			noErr(t, os.RemoveAll(filepath.Dir(obstacle)))
			equal(t, "old copies are left", pieces(t, conf.Dir, [][]byte{key[:]}) > 0, true)
			_, err = v.Seal(s, "x", [16]byte{}, "x", nil)
			wantErr(t, err, ErrErased)
			noErr(t, v.EnsureKeys(t.Context(), []Subject{{8}})) // others go on

			if finish == "by opening" {
				noErr(t, v.Close())
				v, err = Open(t.Context(), conf)
				noErr(t, err)
			} else {
				noErr(t, v.Erase(t.Context(), s))
			}
			equal(t, "pieces left", pieces(t, conf.Dir, [][]byte{key[:]}), 0)
			_, err = v.Key(t.Context(), s)
			wantErr(t, err, ErrErased)
		})
	}
}

// TestShredOverwrites looks at the file's content through another name.
func TestShredOverwrites(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	noErr(t, os.WriteFile(path, bytes.Repeat([]byte("secret"), 300_000), 0o600))
	noErr(t, os.Link(path, other))
	noErr(t, shred(path))
	data, err := os.ReadFile(other)
	noErr(t, err)
	equal(t, "size", len(data), 1_800_000)
	if len(bytes.Trim(data, "\x00")) != 0 {
		t.Fatal("the content is still there")
	}
	noErr(t, shred(path)) // gone already
}

// TestRestoreNeverWritesErasedKeys looks at the restored files.
func TestRestoreNeverWritesErasedKeys(t *testing.T) {
	conf := Config{Dir: filepath.Join(t.TempDir(), "vault")}
	v, err := Create(t.Context(), conf)
	noErr(t, err)
	defer v.Close()
	gone := Subject{7}
	noErr(t, v.EnsureKeys(t.Context(), []Subject{gone, {8}}))
	key, err := v.store.WrappedKey(t.Context(), gone)
	noErr(t, err)
	var backup bytes.Buffer
	noErr(t, v.Backup(t.Context(), &backup))
	equal(t, "in the backup", bytes.Contains(backup.Bytes(), key[:]), true)

	again := Config{Dir: filepath.Join(t.TempDir(), "vault"), MasterKey: conf.masterPath()}
	r, err := Restore(t.Context(), again, &backup, []Erasure{{Subject: gone}})
	noErr(t, err)
	list, err := r.Erasures(t.Context())
	noErr(t, err)
	equal(t, "a zero time means now", time.Since(list[0].At) < time.Hour, true)
	noErr(t, r.Close())
	equal(t, "pieces", pieces(t, again.Dir, [][]byte{key[:]}), 0)
}

// TestTableModel compares a table with a map over random batches, as it stands
// in memory and as it is read again.
func TestTableModel(t *testing.T) {
	conf := Config{Dir: filepath.Join(t.TempDir(), "vault")}
	v, err := Create(t.Context(), conf)
	noErr(t, err)
	defer v.Close()
	s := v.store.(*fileStore)
	model := make(map[[16]byte]byte)
	compare := func(r *rapid.T, table *table) {
		tx, err := s.db.Begin(false)
		noErr(t, err)
		defer tx.Rollback()
		if len(table.blocks) != len(model) || table.count(tx) != uint64(len(model)) {
			r.Fatalf("%d ids, count %d, want %d", len(table.blocks), table.count(tx), len(model))
		}
		for id, want := range model {
			got, err := table.find(tx, id)
			if err != nil || len(got) != 16 || got[0] != want {
				r.Fatalf("id %x: got %x, %v; want %x", id[0], got, err, want)
			}
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		tx, err := s.db.Begin(true)
		noErr(t, err)
		defer tx.Rollback()
		e := s.claims.edit(tx)
		for range rapid.IntRange(0, 150).Draw(r, "changes") {
			id, value := [16]byte{rapid.Byte().Draw(r, "id")}, rapid.Byte().Draw(r, "value")
			switch rapid.IntRange(0, 9).Draw(r, "kind") {
			case 0, 1, 2:
				e.set(id, nil)
				delete(model, id)
			case 3:
				noErr(t, e.removeIf(func(v []byte) bool { return v[0] == value }))
				for id, v := range model {
					if v == value {
						delete(model, id)
					}
				}
			default:
				e.set(id, append([]byte{value}, make([]byte, 15)...))
				model[id] = value
			}
			got, err := e.get(id)
			if want, held := model[id]; err != nil || held != (got != nil) || held && got[0] != want {
				r.Fatalf("within the batch: got %x, %v", got, err)
			}
		}
		noErr(t, e.flush())
		noErr(t, tx.Commit())
		e.publish()
		compare(r, s.claims)
		again := newTable("claims", 16)
		noErr(t, s.db.View(again.load))
		compare(r, again)
	})
}

// TestReadBetweenCommitAndPublish holds a reader to the committed state in the
// moment in which the index does not know it yet.
func TestReadBetweenCommitAndPublish(t *testing.T) {
	v, err := Create(t.Context(), Config{Dir: filepath.Join(t.TempDir(), "vault")})
	noErr(t, err)
	defer v.Close()
	s := v.store.(*fileStore)
	subject, tag := Subject{7}, v.tag("id", [32]byte{1})
	noErr(t, v.EnsureKeys(t.Context(), []Subject{subject}))
	_, err = v.Reserve(t.Context(), "id", [32]byte{1}, subject)
	noErr(t, err)

	tx, err := s.db.Begin(true)
	noErr(t, err)
	defer tx.Rollback()
	b := &batch{tx, s.keys.edit(tx), s.claims.edit(tx), make(map[Subject]time.Time)}
	noErr(t, s.erase(b, []Erasure{{Subject: subject}}))
	noErr(t, errors.Join(b.keys.flush(), b.claims.flush()))
	_, err = v.Key(t.Context(), subject)
	noErr(t, err) // not committed
	noErr(t, tx.Commit())
	_, err = v.Key(t.Context(), subject)
	wantErr(t, err, ErrErased)
	owners, err := s.Owners(t.Context(), []Tag{tag})
	noErr(t, err)
	equal(t, "owner", owners[0], None)
}
