package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/commands"
	"zhishu/domain"
)

// TestVerifyBesideAServer: a directory that a server has open and writes to is
// checked whole up to what was committed, and found sound; one whose old events
// were changed under the server is not.
func TestVerifyBesideAServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "L")
	fewEvents(t, dir, 600)
	l, err := openLedger(t.Context(), location{dir: dir}, commands.Options{})
	must(t, err)
	stop, done := make(chan struct{}), make(chan error, 1)
	var written atomic.Int64
	go func() {
		for i := 0; ; i++ {
			handle := fmt.Sprint("meanwhile-", i)
			_, err := l.handler.Do(t.Context(), commands.Request{Caller: l.operator("test"), Key: handle, Command: &domain.OpenAccount{
				Account: l.handler.AccountOf(handle), Handle: handle, Holder: "持有人" + handle, Role: domain.RoleRecorder,
			}})
			written.Add(1)
			select {
			case <-stop:
				done <- err
				return
			default:
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	verify := func() (int, audit.Checked, string) {
		var stdout, stderr output
		code := run(t.Context(), []string{"verify", "--data", dir, "--json"}, nil, &stdout, &stderr)
		var out audit.Checked
		_ = json.Unmarshal([]byte(stdout.String()), &out)
		return code, out, stdout.String() + stderr.String()
	}
	events := uint64(0)
	for range 5 {
		for before := written.Load(); written.Load() == before && len(done) == 0; time.Sleep(time.Millisecond) {
		}
		code, out, text := verify()
		if code != exitSound || out.Verdict != audit.Sound || out.Events <= events || out.Checkpoints == 0 {
			t.Fatalf("beside a server that writes: exit %d\n%s", code, text)
		}
		if !strings.Contains(strings.Join(out.Notes, " "), "checked up to what it had committed") {
			t.Errorf("it does not say how far it looked: %v", out.Notes)
		}
		events = out.Events
	}
	close(stop)
	must(t, <-done)
	x := &target{t: t, rnd: rand.New(rand.NewPCG(1, 1)), dir: dir}
	x.flip(x.path("log/0000000001.seg"), 6000, 30_000)
	if code, out, text := verify(); code != exitTampered || out.FirstBad == nil {
		t.Errorf("a record was changed under the server: exit %d\n%s", code, text)
	}
	_ = l.close() // what it finds when it reads is not asked here
}

// TestAnOlderVault: keys from before some of the people is not the ledger's
// vault, though everything in it is sound.
func TestAnOlderVault(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "L")
	open := func(handle string) {
		l, err := openLedger(t.Context(), location{dir: dir}, commands.Options{})
		must(t, err)
		_, err = l.handler.Do(t.Context(), commands.Request{Caller: l.operator("test"), Key: handle, Command: &domain.OpenAccount{
			Account: l.handler.AccountOf(handle), Handle: handle, Holder: "持有人", Role: domain.RoleRecorder,
		}})
		must(t, err)
		must(t, l.close())
	}
	fewEvents(t, dir, 20)
	open("before")
	old, err := os.ReadFile(filepath.Join(dir, "vault", "vault.db"))
	must(t, err)
	open("after")
	must(t, os.WriteFile(filepath.Join(dir, "vault", "vault.db"), old, 0o600))
	var stdout, stderr output
	code := run(t.Context(), []string{"verify", "--data", dir}, nil, &stdout, &stderr)
	if code != exitIncomplete || !strings.Contains(stdout.String(), "1 subjects have neither a key nor an erasure") {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
}
