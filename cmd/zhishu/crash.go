package main

import (
	"fmt"
	"io"
	"runtime/debug"
)

// crashApart has a failure of the program itself end it by a signal. Go leaves with
// 2 when a goroutine panics or memory ends, and from verify 2 says that a ledger is
// incomplete. No image of the memory is left: it would hold keys.
func crashApart() {
	debug.SetTraceback("crash")
	noCore()
}

// broken is run's answer to a panic under way: what verify leaves with must not be
// taken for a verdict.
func broken(stderr io.Writer, verb string, code *int) {
	if verb != "verify" {
		return
	}
	if wrong := recover(); wrong != nil {
		fmt.Fprintf(stderr, "zhishu: 程序自身出错，未得出任何结论 the program itself failed, which says nothing about the ledger: %v\n%s", wrong, debug.Stack())
		*code = exitBroken
	}
}
