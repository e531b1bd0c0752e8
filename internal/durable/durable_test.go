package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWriteReplacesWholeOrNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := WriteFile(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := Write(path, 0o600, func(w io.Writer) error {
		if _, err := w.Write([]byte("half of the sec")); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("Write = %v, want %v", err, broken)
	}
	wantContent(t, path, "first")
	if err := WriteFile(path, []byte("second"), 0o640); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "second")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode = %v, %v, want 0640", info.Mode(), err)
	}
	wantFiles(t, filepath.Dir(path), "state")
}

func TestRemoveTempClearsOnlyTemporaries(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "q[1]*") // no pattern, but a name like any other
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"keep", "keep" + TempSuffix + "123", "x.idx" + TempSuffix + "9"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveTemp(dir); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, "keep")
}

// TestReadFileReadsSmallFiles: nothing else is opened, waited for or made room for.
func TestReadFileReadsSmallFiles(t *testing.T) {
	dir := t.TempDir()
	small, pipe, hole := filepath.Join(dir, "small"), filepath.Join(dir, "pipe"), filepath.Join(dir, "hole")
	if err := errors.Join(os.WriteFile(small, []byte("x"), 0o600), os.WriteFile(hole, nil, 0o600), os.Truncate(hole, 1<<40), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadFile(small, 4); err != nil || string(b) != "x" {
		t.Errorf("a file = %q, %v", b, err)
	}
	for _, path := range []string{pipe, dir} {
		if _, err := ReadFile(path, 4); !errors.Is(err, ErrNoFile) {
			t.Errorf("%s = %v", path, err)
		}
	}
	if _, err := ReadFile(hole, 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file of a terabyte = %v", err)
	}
	if _, err := ReadFile(filepath.Join(dir, "none"), 4); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file = %v", err)
	}
}

func TestRenameAndRemove(t *testing.T) {
	dir := t.TempDir()
	sub := filepath.Join(dir, "sub")
	a, b := filepath.Join(dir, "a"), filepath.Join(sub, "b")
	if err := errors.Join(os.Mkdir(sub, 0o755), os.WriteFile(a, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := Rename(a, b); err != nil {
		t.Fatal(err)
	}
	wantContent(t, b, "x")
	for range 2 { // the second finds nothing and is no error
		if err := Remove(b); err != nil {
			t.Fatal(err)
		}
	}
	wantFiles(t, sub)
}

func TestGrowAndZero(t *testing.T) {
	for _, head := range []string{"head", "", strings.Repeat("head", 1024)} { // the last two end where a page does
		f, err := os.Create(filepath.Join(t.TempDir(), "seg"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(head); err != nil {
			t.Fatal(err)
		}
		const size = 3<<20 + 17
		if err := Grow(f, int64(len(head)), size); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt([]byte("garbage"), 1<<20-3); err != nil {
			t.Fatal(err)
		}
		wantContent(t, f.Name(), head+strings.Repeat("\x00", 1<<20-3-len(head))+"garbage"+strings.Repeat("\x00", size-1<<20-4))
		if err := Zero(f, 1<<20-3, 1<<20+4); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if want := head + strings.Repeat("\x00", size-len(head)); string(got) != want {
			t.Errorf("file of %d bytes is not the head and %d zeros", len(got), size-len(head))
		}
	}
}

func TestLockIsExclusiveAndNamesItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "LOCK")
	if _, held, err := WhoLocks(path); held || err != nil {
		t.Fatalf("WhoLocks without a file = %v, %v", held, err)
	}
	l, err := TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Announce("http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	_, err = TryLock(path)
	var locked *Locked
	if !errors.As(err, &locked) || locked.Holder != (Holder{os.Getpid(), "http://127.0.0.1:8080"}) {
		t.Fatalf("second TryLock = %v", err)
	}
	if err := l.Announce(""); err != nil { // shorter than before
		t.Fatal(err)
	}
	if h, held, err := WhoLocks(path); !held || err != nil || h != (Holder{PID: os.Getpid()}) {
		t.Errorf("WhoLocks = %v, %v, %v", h, held, err)
	}
	if err := WhileUnlocked(path, func() error { t.Error("ran under a lock"); return nil }); !errors.As(err, &locked) {
		t.Errorf("WhileUnlocked = %v", err)
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}
	ran := false
	err = WhileUnlocked(path, func() error {
		ran = true
		if _, err := TryLock(path); !errors.As(err, &locked) {
			t.Errorf("TryLock beside WhileUnlocked = %v", err)
		}
		return nil
	})
	if !ran || err != nil {
		t.Errorf("WhileUnlocked ran = %v, %v", ran, err)
	}
	if l, err = TryLock(path); err != nil {
		t.Fatal(err)
	}
	if err := l.Unlock(); err != nil {
		t.Fatal(err)
	}
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s = %.100q, %v, want %.100q", filepath.Base(path), got, err, want)
	}
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("directory holds %q, want %q", got, want)
	}
}
