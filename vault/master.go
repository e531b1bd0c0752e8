package vault

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zhishu/internal/durable"
)

// The master key file is one line: this prefix and 64 hexadecimal digits. It
// is random, not derived from a password: a server starts unattended, and a
// password that stood beside it would be no better than the key.
const masterPrefix = "zhishu-master-key-1:"

// CreateMasterKey makes a master key file, mode 0600, or reads the one the
// operator already put there. It is durable when it returns.
func CreateMasterKey(path string) (Key, error) {
	if _, err := os.Lstat(path); err == nil {
		return ReadMasterKey(path)
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return Key{}, fmt.Errorf("%w: no directory to put it in: %w", ErrMasterKey, err)
	}
	k := newKey()
	line := masterPrefix + hex.EncodeToString(k[:]) + "\n"
	if err := durable.WriteFile(path, []byte(line), 0o600); err != nil {
		return Key{}, unavailable(err)
	}
	return k, nil
}

// ReadMasterKey reads a master key file, ErrPermissions when others may read it,
// ErrMasterKey when it is not there or holds something else. Wipe the key with
// clear when done.
func ReadMasterKey(path string) (Key, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, fmt.Errorf("%w: there is none at %s", ErrMasterKey, path)
	}
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	defer f.Close() // read only: nothing to lose
	if err := private(f); err != nil {
		return Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 1024))
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrMasterKey, err)
	}
	defer clear(text)
	return parseMaster(path, string(text))
}

func parseMaster(path, text string) (k Key, err error) {
	digits, ok := strings.CutPrefix(strings.TrimRight(text, "\r\n"), masterPrefix)
	if !ok || len(digits) != 2*len(k) {
		return Key{}, fmt.Errorf("%w: %s does not hold %q and 64 hexadecimal digits", ErrMasterKey, path, masterPrefix)
	}
	if _, err := hex.Decode(k[:], []byte(digits)); err != nil {
		// The error of package hex would quote a digit of the key.
		return Key{}, fmt.Errorf("%w: %s has something else than hexadecimal digits", ErrMasterKey, path)
	}
	return k, nil
}

// private refuses a file or directory that group or others may touch.
func private(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return unavailable(err)
	}
	if wide := info.Mode().Perm() & 0o077; wide != 0 {
		want := "600"
		if info.IsDir() {
			want = "700"
		}
		return fmt.Errorf("%w: %s has mode %04o; chmod %s it", ErrPermissions, f.Name(), info.Mode().Perm(), want)
	}
	return nil
}

func privatePath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return unavailable(err)
	}
	return errors.Join(private(f), f.Close())
}
