// Command kill9 kills the server with SIGKILL again and again while clients
// claim service hours and import sheets, each retrying with the same key until
// it is answered. Afterwards every acknowledged fact must be there once, no
// fact twice, and a replay must agree with the live state.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"zhishu/internal/served"
)

func main() {
	binary := flag.String("binary", "bin/zhishu", "the program to kill")
	kills := flag.Int("kills", 100, "how often")
	clients := flag.Int("clients", 16, "clients that claim hours at the same time")
	seed := flag.Uint64("seed", 1, "of the pauses between kills")
	flag.Parse()
	if err := campaign(*binary, *kills, *clients, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "kill9:", err)
		os.Exit(1)
	}
}

func campaign(binary string, kills, clients int, seed uint64) error {
	dir, err := os.MkdirTemp("", "zhishu-kill9-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := served.New(binary, filepath.Join(dir, "ledger"))
	if err != nil {
		return err
	}
	if _, err := s.Run("init"); err != nil {
		return err
	}
	if _, err := s.Start(); err != nil {
		return err
	}
	defer s.Kill()
	w := newWorkload(s.Base)
	if err := w.prepare(clients); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	w.start(ctx, clients)

	began := time.Now()
	r := rand.New(rand.NewPCG(seed, 9))
	var slowest time.Duration
	for i := range kills {
		time.Sleep(time.Duration(50+r.IntN(400)) * time.Millisecond)
		s.Kill()
		back, err := s.Start()
		if err != nil {
			return fmt.Errorf("after kill %d: %w", i+1, err)
		}
		slowest = max(slowest, back)
	}
	stop()
	w.wait()
	fmt.Printf("%d kills in %.0f s; ready again within %d ms at the slowest\n", kills, time.Since(began).Seconds(), slowest.Milliseconds())
	if err := w.check(); err != nil {
		return err
	}
	s.Kill()
	replayed, err := s.Run("replay") // everything from the first event, compared
	os.Stdout.Write(replayed)
	return err
}
