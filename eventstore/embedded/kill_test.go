package embedded

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"zhishu/eventstore"
)

// killEnv makes the test binary a writer to be killed: see TestMain.
const killEnv = "ZHISHU_TEST_KILLED_WRITER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killEnv); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled appends from several goroutines and prints every
// acknowledgement. Each goroutine has its own stream and goes on where the log
// says that it was.
func writeUntilKilled(dir string) error {
	l, err := Open(dir, Options{})
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
		runAndKill(t, dir, 50+round*37%200, acked)
		l, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		mustContents(t, l)
		for w, n := range acked {
			if _, count := l.table.get(keyOf(l.id, fmt.Sprintf("writer-%d", w))); uint64(count) < n {
				t.Fatalf("round %d: writer %d was told of %d events, the log holds %d", round, w, n, count)
			}
		}
		mustClose(t, l)
	}
	if len(acked) != 8 {
		t.Errorf("only %d of 8 writers were acknowledged", len(acked))
	}
}

func runAndKill(t *testing.T, dir string, after int, acked map[int]uint64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), killEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		w, n, ok := strings.Cut(lines.Text(), " ")
		writer, err1 := strconv.Atoi(w)
		revision, err2 := strconv.ParseUint(n, 10, 64)
		if !ok || err1 != nil || err2 != nil {
			t.Errorf("the writer said %q", lines.Text())
			break
		}
		acked[writer] = max(acked[writer], revision+1)
		if i == after {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait() // killed, as it should be
}
