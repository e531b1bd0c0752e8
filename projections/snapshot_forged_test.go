package projections

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"zhishu/domain"
)

// rewritten is a snapshot after change had its way with what it holds, with digests
// and checksums made anew by who has the program.
func rewritten(t *testing.T, path string, change func(*books, *smallState)) []byte {
	t.Helper()
	f, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, s, err := readBooks(bytes.NewReader(f), int64(len(f)))
	if err != nil {
		t.Fatal(err)
	}
	change(b, s)
	var out bytes.Buffer
	c := b.capture()
	c.size, c.small.Size = s.Size, s.Size
	if err := c.write(&out, b.small, b.view(s.Size, b.dayOf(s.Size), newCache()).Digests()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// patched is a snapshot with one frame's rows changed and its checksum made anew.
func patched(t *testing.T, file []byte, table int, change func(rows []byte) []byte) []byte {
	t.Helper()
	out := bytes.Clone(file[:len(snapshotMagic)])
	done := false
	for at := len(snapshotMagic); at < len(file); {
		h := bytes.Clone(file[at : at+frameHeader])
		n := int(binary.LittleEndian.Uint32(h[12:]))
		rows := bytes.Clone(file[at+frameHeader : at+frameHeader+n])
		at += frameHeader + n
		if !done && int(binary.LittleEndian.Uint32(h)) == table {
			rows, done = change(rows), true
			if table == len(tables) {
				binary.LittleEndian.PutUint32(h[8:], uint32(len(rows)))
			}
			binary.LittleEndian.PutUint32(h[12:], uint32(len(rows)))
			binary.LittleEndian.PutUint32(h[16:], frameSum(h[:16], rows))
		}
		out = append(append(out, h...), rows...)
	}
	if !done {
		t.Fatalf("the snapshot has no row of table %d", table)
	}
	return out
}

func tableNamed(name string) int {
	for i, t := range tables {
		if t.name == name {
			return i
		}
	}
	return -1
}

// inRow sets four bytes of a table's first row.
func inRow(t *testing.T, file []byte, table string, offset int, value uint32) []byte {
	return patched(t, file, tableNamed(table), func(rows []byte) []byte {
		binary.LittleEndian.PutUint32(rows[offset:], value)
		return rows
	})
}

// TestAForgedSnapshotIsFound: whoever has the program can make every checksum and
// digest anew. A figure of today, of later, what is seen by nobody yet, and where the
// log is read on: all of it is what a fold from the first event gives, or it is found.
func TestAForgedSnapshotIsFound(t *testing.T) {
	w, dir, path := smallLedger(t)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := uint32(len(w.steps))
	at := func(offset int) func(t *testing.T) []byte { // of the entry's row
		return func(t *testing.T) []byte { return inRow(t, sound, "entries", offset, size+1) }
	}
	const effective, closed = 28, 32
	for _, c := range []struct {
		name    string
		make    func(t *testing.T) []byte
		refused bool // when it is read, too
	}{
		{"ten hours more", func(t *testing.T) []byte {
			return rewritten(t, path, func(b *books, _ *smallState) { b.entries.at(0).minutes += 600 })
		}, false},
		{"a claim that will count", at(effective), true},
		{"an entry that will be void", at(closed), true},
		{"an account that will be closed", func(t *testing.T) []byte { return inRow(t, sound, "accounts", 48, size+1) }, true},
		{"a membership that will have ended", func(t *testing.T) []byte { return inRow(t, sound, "memberships", 36, size) }, true},
		{"a person restricted", func(t *testing.T) []byte { return inRow(t, sound, "persons", 32, personRestricted) }, false},
		{"an account's rights", func(t *testing.T) []byte { return inRow(t, sound, "accounts", 52, 1<<9) }, false},
		{"its version", func(t *testing.T) []byte {
			return patched(t, sound, len(tables), func(head []byte) []byte { return bytes.Replace(head, []byte("{"), []byte("{\"version\":1,"), 1) })
		}, true},
		{"its digests", func(t *testing.T) []byte {
			return patched(t, sound, len(tables), func(head []byte) []byte {
				return bytes.Replace(head, []byte(`"Subjects":1,`), []byte(`"Subjects":2,`), 1)
			})
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			forged := c.make(t)
			if bytes.Equal(forged, sound) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(path, forged, 0o600); err != nil {
				t.Fatal(err)
			}
			found := w.check(dir)
			if last := found[len(found)-1].Err; !errors.Is(last, ErrSnapshotDiffers) && !errors.Is(last, errSnapshotDamaged) {
				t.Errorf("checked: %v", last)
			}
			e, log, err := openLogged(w, dir)
			if err != nil {
				t.Fatal(err)
			}
			if refused := e.Status().StartSize != domain.Size(size); refused != c.refused {
				t.Errorf("refused when it is read: %v, not %v: %s", refused, c.refused, log)
			}
		})
	}
}

// TestASnapshotSkipsNoEvent: every figure at its size is true, and the log is read on
// from a place behind events that were never folded in.
func TestASnapshotSkipsNoEvent(t *testing.T) {
	w, dir, newest := smallLedger(t)
	found, err := Snapshots(dir)
	if err != nil {
		t.Fatal(err)
	}
	older := found[1]
	if err := os.Remove(newest); err != nil {
		t.Fatal(err)
	}
	w.compared(dir)
	head, err := w.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forged := rewritten(t, older.Path, func(b *books, _ *smallState) {
		f := *b.frontier.Load()
		f.position = head.Position
		b.frontier.Store(&f)
	})
	if err := os.WriteFile(older.Path, forged, 0o600); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "checked", w.check(dir)[0].Err, ErrSnapshotDiffers)
	e, log, err := openLogged(w, dir)
	if err != nil || e.Status().StartSize != 0 {
		t.Errorf("start = %d, %v: %s", e.Status().StartSize, err, log)
	}
}

// TestASnapshotIsOfTheSizeInItsName: a server takes the highest name.
func TestASnapshotIsOfTheSizeInItsName(t *testing.T) {
	w, dir, path := smallLedger(t)
	forged := rewritten(t, path, func(b *books, _ *smallState) { b.entries.at(0).minutes += 600 })
	for _, name := range []string{"books-9999999999.snap", "books-0000000001.snap"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, forged, 0o600); err != nil {
			t.Fatal(err)
		}
		bad := 0
		for _, s := range w.check(dir) {
			if errors.Is(s.Err, errSnapshotDamaged) && s.Path == file {
				bad++
			} else if s.Err != nil {
				t.Errorf("%s: %v", s.Path, s.Err)
			}
		}
		want(t, "found", bad, 1)
		e, log, err := openLogged(w, dir)
		if err != nil {
			t.Fatal(err)
		}
		want(t, "start", e.Status().StartSize, domain.Size(len(w.steps)))
		if name > filepath.Base(path) && !strings.Contains(log, "named for") {
			t.Errorf("nothing in the log: %s", log)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhatIsNoSnapshotIsNotWaitedFor: a pipe of that name is nobody's snapshot, and
// a directory whose name means something in a pattern is one like any other.
func TestWhatIsNoSnapshotIsNotWaitedFor(t *testing.T) {
	w, dir, _ := smallLedger(t)
	odd := filepath.Join(t.TempDir(), "q[1]")
	if err := os.Rename(dir, odd); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(odd, "books-9999999999.snap"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"books-1.snap", "books-.snap", "books-00000000x1.snap", "books-0000000001.snap.tmp-1"} {
		if err := os.WriteFile(filepath.Join(odd, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.compared(odd)
	e := w.engine(Options{Dir: odd})
	want(t, "start", e.Status().StartSize, domain.Size(len(w.steps)))
	w.must(recorder, &domain.RegisterCommunity{Code: code(t, "430702001009"), Name: "社区", From: domain.MinDay})
	w.catchUp(e)
	w.snapshot(e)
	found, err := Snapshots(odd)
	want(t, "error", err, nil)
	want(t, "snapshots", len(found), snapshotsKept)
}

// TestASnapshotMakesRoomForWhatItHolds: counts are only what a head says.
func TestASnapshotMakesRoomForWhatItHolds(t *testing.T) {
	w, dir, path := smallLedger(t)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, n := range []int64{4_200_000_000, 400_000_000, 1<<32 - 1} {
			forged := patched(t, sound, len(tables), func(head []byte) []byte {
				var all map[string]json.RawMessage
				var rows map[string]int64
				if err := errors.Join(json.Unmarshal(head, &all), json.Unmarshal(all["Rows"], &rows)); err != nil {
					t.Fatal(err)
				}
				was := fmt.Sprintf("%q:%d", table.name, rows[table.name])
				return bytes.Replace(head, []byte(was), fmt.Appendf(nil, "%q:%d", table.name, n), 1)
			})
			if err := os.WriteFile(path, forged, 0o600); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := (&SnapshotInfo{Path: path, Size: domain.Size(len(w.steps))}).read()
			runtime.ReadMemStats(&after)
			wantErr(t, table.name, err, errSnapshotDamaged)
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("%d rows of %s: %d bytes were allocated for a file of %d", n, table.name, took, len(forged))
			}
			if last := w.check(dir); !errors.Is(last[len(last)-1].Err, ErrSnapshotDiffers) {
				t.Errorf("%s: %v", table.name, last[len(last)-1].Err)
			}
		}
	}
}
