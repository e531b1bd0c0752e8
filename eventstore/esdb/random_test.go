package esdb

import (
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"zhishu/eventstore/esdb/esdbtest"
)

// TestRandomFaults: everything that can go wrong does, again and again, while
// writers append and a reader follows; then it stops, and within ten seconds the
// reader has seen every command once.
func TestRandomFaults(t *testing.T) {
	faults := long(30, 500)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := newWorld(t, esdbtest.Options{Nodes: 3}, "ledger.")
	v, a := w.watch(), w.write(6, 0)
	r := rand.New(rand.NewPCG(seed, 1))
	for range faults {
		w.fault(r)
		<-time.After(time.Duration(r.IntN(60)) * time.Millisecond) // faults are spread over time
	}
	w.heal()
	v.await(a.end())
	w.whole(a.counts)
	t.Logf("%d faults, %d events: %+v", faults, v.seen.Load(), w.s.Stats())
}

// fault lets one thing go wrong.
func (w world) fault(r *rand.Rand) {
	node := w.c.Node(r.IntN(3))
	switch r.IntN(8) {
	case 0:
		node.Stop()
	case 1, 2:
		if err := node.Start(); err != nil {
			w.Fatal(err)
		}
	case 3:
		w.c.Lead(r.IntN(4) - 1)
	case 4:
		w.c.DropSubscriptions([]error{nil, status.Error(codes.Unavailable, ""), status.Error(codes.Aborted, "")}[r.IntN(3)])
	case 5:
		seed, every := r.Uint64(), r.IntN(5)+1
		w.c.Faults.OnAppend(func(call int, _ string) esdbtest.Fault {
			if d := rand.New(rand.NewPCG(seed, uint64(call))); d.IntN(every) == 0 {
				return esdbtest.Fault(d.IntN(int(esdbtest.NotLeader) + 1))
			}
			return esdbtest.Pass
		})
	case 6:
		seed := r.Uint64()
		w.c.Faults.OnRead(func(call int) int {
			if d := rand.New(rand.NewPCG(seed, uint64(call))); d.IntN(3) == 0 {
				return d.IntN(100)
			}
			return -1
		})
	case 7:
		w.c.Faults.OnAppend(nil)
		w.c.Faults.OnRead(nil)
		w.c.Faults.FirstCheckpoint(r.IntN(2) == 0)
	}
}

// heal ends every fault.
func (w world) heal() {
	w.c.Faults.OnAppend(nil)
	w.c.Faults.OnRead(nil)
	for i := range 3 {
		if err := w.c.Node(i).Start(); err != nil {
			w.Fatal(err)
		}
	}
	w.c.Lead(0)
}
