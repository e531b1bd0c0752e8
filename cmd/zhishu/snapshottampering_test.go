package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhishu/commands"
	"zhishu/eventstore/embedded"
)

// A snapshot is a line, and frames: table, first row, rows, length, checksum. The
// head, as JSON, comes first and names a table that there is not.
const (
	snapshotLine  = "zhishu books\n"
	accountWidth  = 60
	accountClosed = 48 // where the size stands at which it was closed
)

type snapshotFrame struct{ header, rows []byte }

func (f *snapshotFrame) table() int { return int(binary.LittleEndian.Uint32(f.header)) }

// editSnapshot takes a snapshot apart, and puts it together with checksums that are
// true, as whoever has the program can.
func (x *target) editSnapshot(from, to string, edit func(frames []snapshotFrame)) {
	b, err := os.ReadFile(from)
	must(x.t, err)
	var frames []snapshotFrame
	for rest := b[len(snapshotLine):]; len(rest) > 0; {
		n := 20 + int(binary.LittleEndian.Uint32(rest[12:]))
		frames = append(frames, snapshotFrame{rest[:20], rest[20:n]})
		rest = rest[n:]
	}
	edit(frames)
	out := []byte(snapshotLine)
	for i, f := range frames {
		h := bytes.Clone(f.header)
		binary.LittleEndian.PutUint32(h[12:], uint32(len(f.rows)))
		if i == 0 {
			binary.LittleEndian.PutUint32(h[8:], uint32(len(f.rows)))
		}
		table := crc32.MakeTable(crc32.Castagnoli)
		binary.LittleEndian.PutUint32(h[16:], crc32.Update(crc32.Update(0, table, h[:16]), table, f.rows))
		out = append(append(out, h...), f.rows...)
	}
	must(x.t, os.WriteFile(to, out, 0o600))
}

func (x *target) snapshotFile() string {
	file, ok := x.pick("snapshots/*.snap")
	if !ok {
		x.t.Fatal("there is no snapshot")
	}
	return file
}

// anyRow changes a byte of some row.
func (x *target) anyRow(frames []snapshotFrame) {
	f := &frames[1+x.rnd.IntN(len(frames)-1)]
	f.rows = bytes.Clone(f.rows)
	f.rows[x.rnd.IntN(len(f.rows))] ^= byte(1 + x.rnd.IntN(255))
}

func (x *target) snapshotRow() int64 {
	file := x.snapshotFile()
	x.editSnapshot(file, file, x.anyRow)
	return noIndex
}

// tableOfAccounts is the table whose rows are as many, and as wide, as accounts are.
func tableOfAccounts(t *testing.T, frames []snapshotFrame) int {
	var head struct{ Rows map[string]int }
	must(t, json.Unmarshal(frames[0].rows, &head))
	bytes := map[int]int{}
	for _, f := range frames[1:] {
		bytes[f.table()] += len(f.rows)
	}
	for table, n := range bytes {
		if n == head.Rows["accounts"]*accountWidth {
			return table
		}
	}
	t.Fatal("there is no table of accounts")
	return 0
}

// snapshotAhead has accounts closed in a while: today they are open.
func (x *target) snapshotAhead() int64 {
	file, done := x.snapshotFile(), false
	x.editSnapshot(file, file, func(frames []snapshotFrame) {
		var size uint32
		_, err := fmt.Sscanf(filepath.Base(file), "books-%d.snap", &size)
		must(x.t, err)
		accounts := tableOfAccounts(x.t, frames)
		for i := 1; i < len(frames); i++ {
			if frames[i].table() != accounts {
				continue
			}
			rows := bytes.Clone(frames[i].rows)
			for at := accountClosed; at < len(rows); at += accountWidth {
				if binary.LittleEndian.Uint32(rows[at:]) == 1<<32-1 {
					binary.LittleEndian.PutUint32(rows[at:], size+uint32(x.rnd.IntN(3)))
					done = true
				}
			}
			frames[i].rows = rows
		}
	})
	if !done {
		x.t.Fatal("no account is open")
	}
	return noIndex
}

var someCount = regexp.MustCompile(`"(persons|accounts|entries|marks|signs)":[0-9]+`)

func (x *target) snapshotCounts() int64 {
	file := x.snapshotFile()
	x.editSnapshot(file, file, func(frames []snapshotFrame) {
		places := someCount.FindAllIndex(frames[0].rows, -1)
		place := places[x.rnd.IntN(len(places))]
		name, _, _ := strings.Cut(string(frames[0].rows[place[0]:place[1]]), ":")
		frames[0].rows = slices.Concat(frames[0].rows[:place[0]], []byte(name+":4200000000"), frames[0].rows[place[1]:])
	})
	return noIndex
}

var positionInHead = regexp.MustCompile(`"Position":"[^"]*"`)

// snapshotPosition has the log read on behind events that were never folded in.
func (x *target) snapshotPosition() int64 {
	log, err := embedded.OpenReader(logDir(x.dir))
	must(x.t, err)
	defer log.Close()
	head, err := log.Head(x.t.Context())
	must(x.t, err)
	files, err := filepath.Glob(x.path("snapshots/*.snap"))
	must(x.t, err)
	for _, file := range files { // the newest has events behind it, too
		x.editSnapshot(file, file, func(frames []snapshotFrame) {
			frames[0].rows = positionInHead.ReplaceAll(frames[0].rows, fmt.Appendf(nil, `"Position":"%s"`, head.Position))
		})
	}
	return noIndex
}

// snapshotName puts a changed one under a name that a server looks at first, or last.
func (x *target) snapshotName() int64 {
	name := []string{"snapshots/books-9999999999.snap", "snapshots/books-0000000001.snap"}[x.rnd.IntN(2)]
	x.editSnapshot(x.snapshotFile(), x.path(name), x.anyRow)
	return noIndex
}

// snapshotVersion: nothing is wrong with a snapshot of another version. Nobody uses it.
func (x *target) snapshotVersion() int64 {
	file := x.snapshotFile()
	version := []string{"1", "9999"}[x.rnd.IntN(2)]
	x.editSnapshot(file, file, func(frames []snapshotFrame) {
		frames[0].rows = regexp.MustCompile(`^\{"Version":[0-9]+`).ReplaceAll(frames[0].rows, []byte(`{"Version":`+version))
		binary.LittleEndian.PutUint32(frames[0].header, uint32(x.rnd.IntN(30))) // of other tables
	})
	return onlyNoted
}

func (x *target) pipe(name string) int64 {
	must(x.t, syscall.Mkfifo(x.path(name), 0o600))
	return noIndex
}

func (x *target) pipeForFile() int64 {
	names := []string{"log/log.json", "log/committed", "audit/entries", "audit/edge", "vault/vault.db", "vault/master.key"}
	name := names[x.rnd.IntN(len(names))]
	must(x.t, os.Remove(x.path(name)))
	return x.pipe(name)
}

// TestADirectoryOfAnyName: what is special in a pattern is not in a name.
func TestADirectoryOfAnyName(t *testing.T) {
	base, key := tamperBase(t, 100)
	x := &target{t: t, rnd: rand.New(rand.NewPCG(1, 1)), dir: filepath.Join(t.TempDir(), "q[1]*?"), key: key}
	copyLedger(t, base, x.dir)
	if code, out, text := x.verify(); code != exitSound || len(out.Notes) > 0 {
		t.Fatalf("exit %d\n%s", code, text)
	}
	entries, err := os.ReadDir(x.path("snapshots"))
	must(t, err)
	file := x.path(filepath.Join("snapshots", entries[0].Name()))
	x.editSnapshot(file, file, x.anyRow)
	if code, _, text := x.verify(); code != exitTampered {
		t.Errorf("a changed snapshot: exit %d\n%s", code, text)
	}
}

// TestNoVerbWaitsForAPipe: not even one that only reads.
func TestNoVerbWaitsForAPipe(t *testing.T) {
	base, _ := tamperBase(t, 20)
	x := &target{t: t, dir: base}
	must(t, os.Remove(x.path("log/committed")))
	x.pipe("log/committed")
	for _, args := range [][]string{{"report", "stars"}, {"replay"}, {"serve", "--listen", "127.0.0.1:0"}} {
		done := make(chan int, 1)
		var stdout, stderr output
		go func() { done <- run(t.Context(), append(args, "--data", base), nil, &stdout, &stderr) }()
		select {
		case code := <-done:
			if code == exitOK || !strings.Contains(stderr.String(), "no file stands here") {
				t.Errorf("%s: exit %d: %s", args[0], code, stderr.String())
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s waits for a pipe", args[0])
		}
	}
	if _, err := openLedger(t.Context(), location{dir: base}, commands.Options{}); err == nil {
		t.Error("a ledger with a pipe in it was opened for writing")
	}
}

// failing is an output that cannot be written to in the worst way.
type failing struct{}

func (failing) Write([]byte) (int, error) { panic("the disk is made of cheese") }

// TestAFailureOfTheProgramIsNoVerdict: whatever goes wrong within verify, what it
// leaves with is not what says that a ledger is incomplete.
func TestAFailureOfTheProgramIsNoVerdict(t *testing.T) {
	if os.Getenv("ZHISHU_TEST_CRASH") != "" {
		crashApart()
		go func() { panic("somewhere else") }()
		select {}
	}
	base, _ := tamperBase(t, 20)
	var stderr output
	if code := run(t.Context(), []string{"verify", "--data", base}, nil, failing{}, &stderr); code != exitBroken ||
		!strings.Contains(stderr.String(), "says nothing about the ledger") {
		t.Errorf("a panic: exit %d: %s", code, stderr.String())
	}
	again := exec.Command(os.Args[0], "-test.run=^TestAFailureOfTheProgramIsNoVerdict$")
	again.Env = append(os.Environ(), "ZHISHU_TEST_CRASH=1")
	if err := again.Run(); err == nil || again.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGABRT {
		t.Errorf("a panic of another goroutine: %v", err)
	}
}
