// Command esdbserver runs the protocol test server in a process of its own and
// prints its connection string; it ends when its input does. Benchmarks start it
// so that the server's work is not counted as theirs. It keeps nothing.
package main

import (
	"fmt"
	"io"
	"os"

	"zhishu/eventstore/esdb/esdbtest"
)

func main() {
	c, err := esdbtest.Start(esdbtest.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, "esdbserver:", err)
		os.Exit(1)
	}
	fmt.Println(c.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // whatever ended it, it has ended
	c.Close()
}
