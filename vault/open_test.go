package vault_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhishu/vault"
)

func newConfig(t *testing.T) vault.Config {
	return vault.Config{Dir: filepath.Join(t.TempDir(), "vault"), LockWait: time.Millisecond}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func createClosed(t *testing.T, c vault.Config) {
	t.Helper()
	v, err := vault.Create(t.Context(), c)
	check(t, err)
	check(t, v.Close())
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0) // the widest: modes must not depend on it
	defer syscall.Umask(old)
	c := newConfig(t)
	createClosed(t, c)
	for name, want := range map[string]fs.FileMode{"": 0o700, "vault.db": 0o600, "master.key": 0o600} {
		path := filepath.Join(c.Dir, name)
		info, err := os.Stat(path)
		check(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has mode %o, want %o", name, got, want)
		}
		for _, wide := range []fs.FileMode{0o040, 0o004, 0o020, 0o001} {
			check(t, os.Chmod(path, want|wide))
			_, err := vault.Open(t.Context(), c)
			wantErr(t, err, vault.ErrPermissions)
			if !strings.Contains(err.Error(), "chmod") || !strings.Contains(err.Error(), path) {
				t.Errorf("no hint in %q", err)
			}
		}
		check(t, os.Chmod(path, want))
	}
	check(t, open(t, c).EnsureKeys(t.Context(), []vault.Subject{{1}}))
}

func TestCreateInWideDirectory(t *testing.T) {
	c := newConfig(t)
	check(t, os.Mkdir(c.Dir, 0o755))
	_, err := vault.Create(t.Context(), c)
	wantErr(t, err, vault.ErrPermissions)
	wantFiles(t, c.Dir)
}

func TestNoVault(t *testing.T) {
	c := newConfig(t)
	_, err := vault.Open(t.Context(), c)
	wantErr(t, err, vault.ErrNotFound)
	if _, err := os.Stat(c.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("Open made a directory")
	}
}

func TestCreateTwice(t *testing.T) {
	c := newConfig(t)
	createClosed(t, c)
	before := readDir(t, c.Dir)
	_, err := vault.Create(t.Context(), c)
	wantErr(t, err, vault.ErrExists)
	_, err = vault.Restore(t.Context(), c, strings.NewReader(""), nil)
	wantErr(t, err, vault.ErrExists)
	for i, file := range readDir(t, c.Dir) {
		if string(file) != string(before[i]) {
			t.Fatal("a refused Create changed a file")
		}
	}
}

func TestMasterKeyElsewhere(t *testing.T) {
	c := newConfig(t)
	c.MasterKey = filepath.Join(t.TempDir(), "key")
	createClosed(t, c)
	wantFiles(t, c.Dir, "vault.db", "vault.lock")
	open(t, c)

	second := newConfig(t) // a key the operator already has is used, not replaced
	second.MasterKey = c.MasterKey
	before, err := os.ReadFile(c.MasterKey)
	check(t, err)
	createClosed(t, second)
	after, err := os.ReadFile(c.MasterKey)
	check(t, err)
	if string(before) != string(after) {
		t.Fatal("Create replaced the operator's master key")
	}
}

func TestWrongMasterKey(t *testing.T) {
	c, other := newConfig(t), newConfig(t)
	createClosed(t, c)
	createClosed(t, other)
	key := filepath.Join(c.Dir, "master.key")
	line, err := os.ReadFile(filepath.Join(other.Dir, "master.key"))
	check(t, err)
	own, err := os.ReadFile(key)
	check(t, err)
	digits := strings.TrimSpace(strings.TrimPrefix(string(own), "zhishu-master-key-1:"))
	for what, text := range map[string]string{
		"another vault's": string(line),
		"empty":           "",
		"without prefix":  digits,
		"cut short":       string(own[:40]),
		"not hexadecimal": string(own[:30]) + "x" + string(own[31:]),
		"followed by":     string(own) + "more",
		"another version": strings.Replace(string(own), "key-1", "key-2", 1),
	} {
		check(t, os.WriteFile(key, []byte(text), 0o600))
		_, err := vault.Open(t.Context(), c)
		wantErr(t, err, vault.ErrMasterKey)
		if strings.Contains(err.Error(), digits[:8]) {
			t.Errorf("%s: the error shows the key: %v", what, err)
		}
	}
	check(t, os.Remove(key))
	_, err = vault.Open(t.Context(), c)
	wantErr(t, err, vault.ErrMasterKey)
	check(t, os.WriteFile(key, own, 0o600))
	open(t, c) // the refusals left the vault as it was
}

func TestRestoreWithWrongMasterKey(t *testing.T) {
	v := create(t)
	var backup bytes.Buffer
	check(t, v.Backup(t.Context(), &backup))
	c := newConfig(t)
	_, err := vault.Restore(t.Context(), c, bytes.NewReader(backup.Bytes()), nil)
	wantErr(t, err, vault.ErrMasterKey) // none there, and none is made
	other := newConfig(t)
	createClosed(t, other)
	c.MasterKey = filepath.Join(other.Dir, "master.key")
	_, err = vault.Restore(t.Context(), c, &backup, nil)
	wantErr(t, err, vault.ErrMasterKey)
	wantFiles(t, c.Dir, "vault.lock")
}

func TestOpenTwice(t *testing.T) {
	c := newConfig(t)
	v, err := vault.Create(t.Context(), c)
	check(t, err)
	_, err = vault.Open(t.Context(), c)
	wantErr(t, err, vault.ErrLocked)
	check(t, v.Erase(t.Context(), vault.Subject{1})) // a compaction puts another file in place
	_, err = vault.Open(t.Context(), c)
	wantErr(t, err, vault.ErrLocked)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	patient := c
	patient.LockWait = time.Hour
	_, err = vault.Open(ctx, patient)
	wantErr(t, err, context.Canceled)
	check(t, v.Close())
	open(t, c)
}

// TestOpenInAnotherProcess runs this test binary again, as another process.
func TestOpenInAnotherProcess(t *testing.T) {
	if dir := os.Getenv("ZHISHU_VAULT_TEST_DIR"); dir != "" {
		_, err := vault.Open(t.Context(), vault.Config{Dir: dir, LockWait: time.Millisecond})
		wantErr(t, err, vault.ErrLocked)
		t.Logf("refused: %v", err)
		return
	}
	c := newConfig(t)
	v, err := vault.Create(t.Context(), c)
	check(t, err)
	defer v.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOpenInAnotherProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "ZHISHU_VAULT_TEST_DIR="+c.Dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "is held by process") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestClosed(t *testing.T) {
	v := create(t)
	s := []vault.Subject{{1}}
	check(t, v.EnsureKeys(t.Context(), s))
	mac := v.Mac("p")
	check(t, v.Close())
	wantErr(t, v.EnsureKeys(t.Context(), s), vault.ErrClosed)
	_, err := v.Key(t.Context(), s[0])
	wantErr(t, err, vault.ErrClosed)
	_, err = v.Seal(s[0], "x", [16]byte{}, "x", nil)
	wantErr(t, err, vault.ErrClosed)
	_, err = v.Reserve(t.Context(), "x", [32]byte{}, s[0])
	wantErr(t, err, vault.ErrClosed)
	wantErr(t, v.Erase(t.Context(), s[0]), vault.ErrClosed)
	_, err = v.Secret(t.Context(), "x")
	wantErr(t, err, vault.ErrClosed)
	wantErr(t, v.Backup(t.Context(), &bytes.Buffer{}), vault.ErrClosed)
	_, err = v.Stats(t.Context())
	wantErr(t, err, vault.ErrClosed)
	if v.Mac("p") != mac {
		t.Fatal("a closed vault hashes differently")
	}
}

// TestSizeAfterErasures holds that erasing gives room back.
func TestSizeAfterErasures(t *testing.T) {
	c := newConfig(t)
	v, err := vault.Create(t.Context(), c)
	check(t, err)
	defer v.Close()
	s := randomSubjects(5000)
	check(t, v.EnsureKeys(t.Context(), s))
	size := func() int64 {
		info, err := os.Stat(filepath.Join(c.Dir, "vault.db"))
		check(t, err)
		return info.Size()
	}
	before := size()
	var all []vault.Erasure
	for _, id := range s {
		all = append(all, vault.Erasure{Subject: id})
	}
	check(t, v.EraseMany(t.Context(), all))
	if after := size(); after >= before {
		t.Fatalf("%d bytes before, %d after", before, after)
	}
	wantFiles(t, c.Dir, "master.key", "vault.db", "vault.lock")
}
