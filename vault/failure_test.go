package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"zhishu/internal/durable"
)

// TestWriteOfUnknownOutcome takes the file away from under the store. Writing
// stops for good, reading goes on, and what was acknowledged is there.
func TestWriteOfUnknownOutcome(t *testing.T) {
	sp := newSpecimen(t)
	lock, err := durable.TryLock(filepath.Join(sp.conf.Dir, lockFile))
	noErr(t, err)
	var file *os.File
	opts := boltOptions()
	opts.OpenFile = func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}
	db, err := bbolt.Open(filepath.Join(sp.conf.Dir, dataFile), 0o600, opts)
	noErr(t, err)
	master, err := ReadMasterKey(sp.conf.masterPath())
	noErr(t, err)
	v, err := openStore(t.Context(), newFileStore(sp.conf.Dir, lock, db), master, Options{})
	noErr(t, err)
	noErr(t, file.Close())

	for range 2 {
		wantErr(t, v.EnsureKeys(t.Context(), []Subject{{0xEE}}), ErrUnavailable)
		_, err = v.Reserve(t.Context(), "id", [32]byte{0xEE}, Subject{0xEE})
		wantErr(t, err, ErrUnavailable)
		wantErr(t, v.Erase(t.Context(), sp.subjects[0]), ErrUnavailable)
	}
	noErr(t, sp.verify(t, v))
	_, err = v.Key(t.Context(), Subject{0xEE})
	wantErr(t, err, ErrNoKey)
	if v.Close() == nil { // bbolt closes the file a second time
		t.Fatal("the file was not taken away")
	}
	noErr(t, sp.openAndVerify(t))
}

// TestDiskFull fills a small file system. The write that finds no room says so,
// and what was acknowledged before it is there.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k,mode=0700"); err != nil {
		t.Skipf("no small file system can be mounted here (%v): run as root", err)
	}
	defer func() { noErr(t, syscall.Unmount(dir, syscall.MNT_DETACH)) }()
	conf := Config{Dir: filepath.Join(dir, "vault")}
	v, err := Create(t.Context(), conf)
	noErr(t, err)
	var made []Subject
	for i := range 100_000 {
		batch := make([]Subject, 50)
		for j := range batch {
			batch[j] = Subject{1, byte(j), byte(i), byte(i >> 8)}
		}
		if err = v.EnsureKeys(t.Context(), batch); err != nil {
			break
		}
		made = append(made, batch...)
	}
	wantErr(t, err, ErrFull)
	for range 2 {
		for _, s := range made {
			if _, err := v.Key(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		noErr(t, v.Close())
		v, err = Open(t.Context(), conf)
		noErr(t, err)
	}
	// With room again, the same vault writes again.
	noErr(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m,mode=0700"))
	noErr(t, v.EnsureKeys(t.Context(), []Subject{{0xEE}}))
	noErr(t, v.Erase(t.Context(), made[0]))
	noErr(t, v.Close())
}

// TestDiskFullRecoversInPlace holds that a full disk does not stop the vault
// for good.
func TestDiskFullRecoversInPlace(t *testing.T) {
	s := &fileStore{}
	err := s.failed(&fs.PathError{Op: "write", Err: syscall.ENOSPC})
	wantErr(t, err, ErrFull)
	if s.broken != nil {
		t.Fatal("writing stopped")
	}
	err = s.failed(&fs.PathError{Op: "sync", Err: syscall.EIO})
	wantErr(t, err, ErrUnavailable)
	if !errors.Is(s.broken, ErrUnavailable) {
		t.Fatal("writing goes on after a failed sync")
	}
}
