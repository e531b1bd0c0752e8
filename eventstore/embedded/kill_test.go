package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"zhishu/eventstore"
)

// killEnv makes the test binary a writer to be killed: see TestMain. With
// unsyncedEnv it does not sync, which must be noticed.
const (
	killEnv     = "ZHISHU_TEST_KILLED_WRITER"
	unsyncedEnv = "ZHISHU_TEST_UNSYNCED"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killEnv); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// writeUntilKilled appends from several goroutines and prints every
// acknowledgement. Each goroutine has its own stream and goes on where the log
// says that it was.
func writeUntilKilled(dir string) error {
	d := realDisk
	if os.Getenv(unsyncedEnv) != "" {
		d = unsynced
	}
	l, err := openWith(dir, Options{}, d)
	if err != nil {
		return err
	}
	acks := make(chan string)
	for w := range 8 {
		stream := fmt.Sprintf("writer-%d", w)
		_, count := l.table.get(keyOf(l.id, stream))
		go func() {
			for n := uint64(count); ; n++ {
				if _, err := l.Append(context.Background(), stream, eventstore.After(n), batch(int(n), 1, 2000)); err != nil {
					acks <- "error " + err.Error()
					return
				}
				acks <- fmt.Sprintf("%d %d", w, n)
			}
		}()
	}
	for ack := range acks {
		fmt.Println(ack)
	}
	return nil
}

// TestKilledWriter kills a writing process at random, again and again. Every
// append it acknowledged is there, and each stream has no gap.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := newDir(t)
	acked := make(map[int]uint64) // events each writer was told of
	for round := range 4 * soak(t) {
		runAndKill(t, dir, 50+round*37%200, acked, func() error { return nil })
		l, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		mustContents(t, l)
		if err := lost(l, acked); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		mustClose(t, l)
	}
	if len(acked) != 8 {
		t.Errorf("only %d of 8 writers were acknowledged", len(acked))
	}
}

// lost compares what writers were told with what the log holds.
func lost(l *Log, acked map[int]uint64) error {
	for w, n := range acked {
		if _, count := l.table.get(keyOf(l.id, fmt.Sprintf("writer-%d", w))); uint64(count) < n {
			return fmt.Errorf("writer %d was told of %d events, the log holds %d", w, n, count)
		}
	}
	return nil
}

// runAndKill lets a writer process run until it was acknowledged after times,
// then calls end, and kills it. It notes the acknowledgements.
func runAndKill(t *testing.T, dir string, after int, acked map[int]uint64, end func() error, env ...string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), killEnv+"="+dir), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		w, n, _ := strings.Cut(lines.Text(), " ")
		writer, err1 := strconv.Atoi(w)
		revision, err2 := strconv.ParseUint(n, 10, 64)
		switch {
		case err1 == nil && err2 == nil:
			acked[writer] = max(acked[writer], revision+1)
		case !ended: // what ends it may make appends fail
			t.Errorf("the writer said %q", lines.Text())
		}
		if i >= after && !ended {
			ended = true
			if err := errors.Join(end(), cmd.Process.Kill()); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait() // killed, as it should be
	if !ended {
		t.Fatal("the writer ended by itself")
	}
}
