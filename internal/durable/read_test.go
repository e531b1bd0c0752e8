package durable

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestReadFileUpToALimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if _, err := ReadFile(path, 4); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	for n := range 7 {
		if err := os.WriteFile(path, bytes.Repeat([]byte{'x'}, n), 0o600); err != nil {
			t.Fatal(err)
		}
		content, err := ReadFile(path, 4)
		if n <= 4 && (err != nil || len(content) != n) || n > 4 && (!errors.Is(err, ErrTooLarge) || content != nil) {
			t.Errorf("%d bytes: %q, %v", n, content, err)
		}
	}
}
