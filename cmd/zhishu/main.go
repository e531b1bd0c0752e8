// Command zhishu keeps a community's ledger of volunteer hours, study
// attendance and donations.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	crashApart()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
