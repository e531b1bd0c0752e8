package audit

import (
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"zhishu/audit/proof"
	"zhishu/eventstore"
	"zhishu/eventstore/esdb"
	"zhishu/eventstore/esdb/esdbtest"
)

var races = flag.Int("races", 200, "rounds in which two servers of one EventStoreDB race to announce a checkpoint")

// TestTwoServersRace: two servers on one EventStoreDB that announce at the same
// moment, while an append's answer is lost now and then, never sign two
// checkpoints of which one does not continue the other.
func TestTwoServersRace(t *testing.T) {
	cluster, err := esdbtest.Start(esdbtest.Options{})
	noErr(t, err)
	defer cluster.Close()
	calls := 0
	var counting sync.Mutex
	cluster.Faults.OnAppend(func(_ int, stream string) esdbtest.Fault {
		counting.Lock()
		defer counting.Unlock()
		if calls++; strings.HasSuffix(stream, eventstore.CheckpointStream) && calls%7 == 0 {
			return esdbtest.WriteThenAbort
		}
		return esdbtest.Pass
	})
	var servers [2]*Log
	var stores [2]*esdb.Store
	for k := range servers {
		stores[k], err = esdb.Open(t.Context(), cluster.URL(), esdb.Options{})
		noErr(t, err)
		defer stores[k].Close()
		servers[k] = following(t, options(t, stores[k]))
	}
	seen := map[string]proof.Checkpoint{}
	var mu sync.Mutex
	total := 0
	for round := range *races {
		var group sync.WaitGroup
		for k := range servers {
			stream := fmt.Sprintf("person-%d", k)
			group.Go(func() {
				fill(t, stores[k], stream, round*3, 3)
				_ = servers[k].Announce(t.Context()) // may lose the race, or the answer
				if note := servers[k].Checkpoint(); note != nil {
					c := opened(t, note, identity(t, 1))
					mu.Lock()
					seen[string(note)] = c
					mu.Unlock()
				}
			})
		}
		group.Wait()
		total += 6
	}
	for _, s := range servers {
		noErr(t, s.WaitFor(t.Context(), uint64(total)))
		noErr(t, s.Err())
	}
	judge, err := Open(t.Context(), Options{Store: stores[0], SaltKey: testKey, Identify: is(identity(t, 1))})
	noErr(t, err)
	for _, c := range seen { // every one published is a beginning of the one history
		root, err := judge.Root(c.Size)
		noErr(t, err)
		if root != c.Root {
			t.Errorf("a checkpoint of size %d has root %x, the history %x", c.Size, c.Root, root)
		}
	}
	sizes := map[uint64]bool{}
	last := uint64(0)
	for r, err := range stores[0].ReadStream(t.Context(), eventstore.CheckpointStream, 0, eventstore.Forwards) {
		noErr(t, err)
		h, err := parseHead(r)
		noErr(t, err)
		if h.Checkpoint.Size <= last || sizes[h.Checkpoint.Size] {
			t.Errorf("head %d of size %d follows one of size %d", h.Revision, h.Checkpoint.Size, last)
		}
		last, sizes[h.Checkpoint.Size] = h.Checkpoint.Size, true
	}
	if len(seen) < *races/2 {
		t.Errorf("only %d checkpoints in %d rounds", len(seen), *races)
	}
	t.Logf("%d rounds, %d events, %d heads, %d checkpoints published, none contradicts another", *races, total, len(sizes), len(seen))
}
