package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// While a server has the ledger open, do speaks to it, and its codes and cures
// come back the same way.
func TestDoThroughTheServer(t *testing.T) {
	data := filepath.Join(t.TempDir(), "ledger")
	var said output
	if code := run(t.Context(), []string{"init", "--data", data}, strings.NewReader(""), &said, &said); code != exitOK {
		t.Fatal(said.String())
	}
	ctx, stop := context.WithCancel(t.Context())
	address := make(chan string, 1)
	ended := make(chan error, 1)
	prog := &program{ctx: ctx, stdout: &said, stderr: &said}
	go func() {
		ended <- serve(prog, location{dir: data}, "127.0.0.1:0", nil, nil, func(a string, _ *ledger) { address <- a })
	}()
	select {
	case <-address:
	case err := <-ended:
		t.Fatal(err)
	}
	do := func(want int, holds string, args ...string) string {
		t.Helper()
		var out output
		code := run(t.Context(), append([]string{"do"}, append(args, "--data", data)...), strings.NewReader(""), &out, &out)
		if code != want || !strings.Contains(out.String(), holds) {
			t.Errorf("do %v: exit %d\n%s", args, code, out.String())
		}
		return out.String()
	}
	do(exitOK, "events: 1", "register-community", "code=430702001007", "name=青年社区", "--as", "operator", "--key", "once")
	do(exitOK, "repeated: true", "register-community", "code=430702001007", "name=青年社区", "--as", "operator", "--key", "once")
	do(exitFailed, "account-unknown", "register-community", "code=430702001008", "name=别处", "--as", "nobody")
	size, _, _ := strings.Cut(do(exitOK, "ledgerSize: ", "get-ledger"), "\n")
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	do(exitOK, size+"\n", "get-ledger") // without a server, the same ledger
}
