package main

import (
	"context"
	"path/filepath"
	"slices"
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

// The fields that take a sheet's number are known by their notes: one that is
// worded otherwise would take volunteer numbers only.
func TestFieldsThatNameAPerson(t *testing.T) {
	doc, err := theDocument()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, op := range doc.operations() {
		for _, f := range doc.fields(op) {
			if strings.Contains(f.zh, numberOfPerson) {
				names = append(names, f.name)
			} else if last := f.name[strings.LastIndexByte(f.name, '.')+1:]; strings.HasPrefix(last, "person") || last == "guardian" || last == "into" ||
				last == "id" && strings.Contains(op.path, "/persons/{id}") {
				t.Errorf("%s: the note of %s names no %s: %s", op.OperationID, f.name, numberOfPerson, f.zh)
			}
		}
	}
	slices.Sort(names)
	want := []string{"consent.guardian", "deed.personInCharge", "guardian", "id", "into", "person", "personInCharge", "persons", "rows[].person"}
	if got := slices.Compact(names); !slices.Equal(got, want) {
		t.Errorf("%q name a person, not %q", got, want)
	}
}
