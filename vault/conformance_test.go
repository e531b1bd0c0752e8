package vault_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"zhishu/vault"
	"zhishu/vault/vaulttest"
)

// fileFixture is a vault in a fresh directory, with a small cache so that the
// suite meets evictions.
func fileFixture(t *testing.T) vaulttest.Fixture {
	base := t.TempDir()
	conf := vault.Config{Dir: filepath.Join(base, "vault"), Options: vault.Options{CacheSubjects: 128}}
	v, err := vault.Create(t.Context(), conf)
	check(t, err)
	t.Cleanup(func() { check(t, v.Close()) })
	current := conf.Dir
	return vaulttest.Fixture{
		Vault: v,
		Reopen: func() vaulttest.Vault {
			current = copyDir(t, current)
			return open(t, vault.Config{Dir: current, Options: conf.Options})
		},
		Restore: func(r io.Reader, erasures []vault.Erasure) (vaulttest.Vault, error) {
			dir := t.TempDir() // a refusal must not stand in the way of a later restore
			check(t, os.Chmod(dir, 0o700))
			c := vault.Config{Dir: dir, MasterKey: filepath.Join(conf.Dir, "master.key")}
			v, err := vault.Restore(t.Context(), c, r, erasures)
			if err != nil {
				wantFiles(t, dir, "vault.lock")
				return nil, err
			}
			t.Cleanup(func() { check(t, v.Close()) })
			return v, nil
		},
		Stored: func() [][]byte { return readDir(t, current) },
	}
}

func TestConformance(t *testing.T) { vaulttest.Run(t, fileFixture) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, c vault.Config) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), c)
	check(t, err)
	t.Cleanup(func() { check(t, v.Close()) })
	return v
}

// copyDir copies a vault's files while it is open: what a crash at this moment
// leaves. The acknowledged state must be in it.
func copyDir(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	check(t, os.Chmod(to, 0o700))
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(to, e.Name()), data, 0o600))
	}
	return to
}

func readDir(t *testing.T, dir string) (files [][]byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		check(t, err)
		files = append(files, data)
	}
	return files
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) != len(want) {
		t.Fatalf("files in the directory: %q, want %q", names, want)
	}
	for i := range want {
		if names[i] != want[i] {
			t.Fatalf("files in the directory: %q, want %q", names, want)
		}
	}
}
