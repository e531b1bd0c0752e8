package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"zhishu/eventstore"
)

// TestPowerCuts cuts the power of a file system under a loaded writer, as often
// as ZHISHU_POWER_CUTS says: the file system forgets what it has not synced.
// Nothing acknowledged may be lost. A writer that does not sync must lose
// something, or the cuts prove nothing.
func TestPowerCuts(t *testing.T) {
	cuts, err := strconv.Atoi(os.Getenv("ZHISHU_POWER_CUTS"))
	if err != nil || cuts < 1 {
		t.Skip("mounts file systems as root: set ZHISHU_POWER_CUTS to the number of cuts")
	}
	t.Run("synced", func(t *testing.T) {
		fs := newLoop(t)
		acked := make(map[int]uint64)
		var slowest time.Duration
		cut, bytes := 0, int64(0)
		for round := range cuts {
			if round%50 == 0 {
				fs.fresh(t)
				clear(acked)
			}
			runAndKill(t, fs.log, 20+round*37%300, acked, fs.cut)
			fs.remount(t)
			begin := time.Now()
			l, err := Open(fs.log, Options{})
			if err != nil {
				t.Fatalf("cut %d: %v", round, err)
			}
			slowest = max(slowest, time.Since(begin))
			mustContents(t, l)
			if err := lost(l, acked); err != nil {
				t.Fatalf("cut %d: %v", round, err)
			}
			if n := l.Recovered().CutBytes; n > 0 {
				cut, bytes = cut+1, bytes+n
			}
			mustClose(t, l)
		}
		t.Logf("%d cuts, nothing lost; %d torn tails of %d bytes; ready within %v", cuts, cut, bytes, slowest)
	})
	t.Run("control", func(t *testing.T) {
		fs := newLoop(t)
		for round := range max(5, cuts/10) {
			fs.fresh(t)
			acked := make(map[int]uint64)
			runAndKill(t, fs.log, 100+round*37%300, acked, fs.cut, unsyncedEnv+"=1")
			fs.remount(t)
			l, err := Open(fs.log, Options{})
			if errors.Is(err, eventstore.ErrCorrupt) {
				t.Logf("noticed after %d cuts: %v", round+1, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			err = lost(l, acked)
			mustClose(t, l)
			if err != nil {
				t.Logf("lost after %d cuts: %v", round+1, err)
				return
			}
		}
		t.Error("a writer that does not sync loses nothing: the cuts prove nothing")
	})
}

// loop is an ext4 file system in a file.
type loop struct {
	image, mount, log string
}

func newLoop(t *testing.T) *loop {
	t.Helper()
	dir := t.TempDir()
	fs := &loop{image: filepath.Join(dir, "image"), mount: filepath.Join(dir, "mount")}
	fs.log = filepath.Join(fs.mount, "log")
	if err := errors.Join(os.Mkdir(fs.mount, 0o755), os.WriteFile(fs.image, nil, 0o600), os.Truncate(fs.image, 512<<20)); err != nil {
		t.Fatal(err)
	}
	system(t, "mkfs.ext4", "-q", "-F", fs.image)
	system(t, "mount", "-o", "loop", fs.image, fs.mount)
	t.Cleanup(func() { system(t, "umount", fs.mount) })
	return fs
}

func system(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// fresh begins another log.
func (fs *loop) fresh(t *testing.T) {
	t.Helper()
	if err := errors.Join(os.RemoveAll(fs.log), Create(fs.log, MinSegmentSize)); err != nil {
		t.Fatal(err)
	}
}

// cut makes the file system forget everything unsynced and refuse everything
// further.
func (fs *loop) cut() error {
	f, err := os.Open(fs.mount)
	if err != nil {
		return err
	}
	defer f.Close()
	const shutdown, noLogFlush = 0x8004587d, 2
	how := uint32(noLogFlush)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); errno != 0 {
		return fmt.Errorf("shut the file system down: %w", errno)
	}
	return nil
}

func (fs *loop) remount(t *testing.T) {
	t.Helper()
	system(t, "umount", fs.mount)
	system(t, "mount", "-o", "loop", fs.image, fs.mount)
}

// TestRealFullDisk fills a real file system under the log, and frees it again.
func TestRealFullDisk(t *testing.T) {
	if os.Getenv("ZHISHU_POWER_CUTS") == "" {
		t.Skip("mounts file systems as root: set ZHISHU_POWER_CUTS")
	}
	fs := newLoop(t)
	fs.fresh(t)
	l := mustOpen(t, fs.log)
	filler := filepath.Join(fs.mount, "filler")
	n := uint64(0)
	for round := range 3 {
		_ = exec.Command("dd", "if=/dev/zero", "of="+filler, "bs=1M").Run() // until the disk is full
		refused := 0
		for refused < 20 {
			_, err := l.Append(t.Context(), "import-1", eventstore.After(n), batch(int(n), 1, 30_000))
			switch {
			case err == nil:
				n++
			case errors.Is(err, eventstore.ErrFull):
				refused++
			default:
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if all := mustContents(t, l); uint64(len(all)) != n {
			t.Fatalf("round %d: %d events, want %d", round, len(all), n)
		}
		mustClose(t, l)
		l = mustOpen(t, fs.log) // also while there is no room
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			mustAppend(t, l, "import-1", n, batch(int(n), 1, 30_000))
			n++
		}
	}
	if err := l.Err(); err != nil {
		t.Error(err)
	}
	mustClose(t, l)
}
