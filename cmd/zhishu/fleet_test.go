package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"zhishu/commands"
	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/vault/postgres/pgtest"
)

// fleet is three servers of one ledger: one EventStoreDB of three nodes, one
// PostgreSQL, and a directory of its own for each server.
type fleet struct {
	t       *testing.T
	store   *esdbtest.Cluster // nil when ZHISHU_ESDB_URL names a real one
	said    output
	servers []*member
}

type member struct {
	at      location
	address string
	ledger  *ledger
	stop    context.CancelFunc
	ended   chan error
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	pg, err := pgtest.Start()
	if errors.Is(err, pgtest.ErrNone) {
		t.Skip(err)
	}
	must(t, err)
	t.Cleanup(func() { must(t, pg.Stop()) })
	f := &fleet{t: t}
	dir := t.TempDir()
	shared := backend{
		ESDB: os.Getenv("ZHISHU_ESDB_URL"), ESDBPrefix: "ledger" + uuid.NewString()[:8] + ".", Vault: pg.URL, MasterKey: filepath.Join(dir, "master.key"),
		VaultSchema: fmt.Sprintf("zhishu_servers_%d", os.Getpid()), // only a server that is not ours keeps it
	}
	if shared.ESDB == "" {
		f.store, err = esdbtest.Start(esdbtest.Options{Nodes: 3})
		must(t, err)
		t.Cleanup(f.store.Close)
		shared.ESDB = f.store.URL()
	}
	for i := range 3 {
		f.servers = append(f.servers, &member{at: shared.at(filepath.Join(dir, fmt.Sprint("server-", i)))})
	}
	l, err := createLedger(t.Context(), f.servers[0].at, commands.Options{})
	must(t, err)
	must(t, l.close())
	for i := range f.servers {
		f.start(i)
	}
	t.Cleanup(func() {
		for i := range f.servers {
			f.stop(i)
		}
		if t.Failed() {
			t.Log(f.said.String())
		}
	})
	return f
}

// start starts a server, at the address it had before, and waits until it
// serves.
func (f *fleet) start(i int) {
	f.t.Helper()
	m := f.servers[i]
	if m.address == "" {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(f.t, err)
		m.address = ln.Addr().String()
		must(f.t, ln.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	m.stop, m.ended = stop, make(chan error, 1)
	serving := make(chan struct{})
	go func() {
		m.ended <- serve(&program{ctx: ctx, stdout: &f.said, stderr: &f.said}, m.at, m.address, nil, nil, func(_ string, l *ledger) {
			m.ledger = l
			close(serving)
		})
	}()
	select {
	case <-serving:
	case err := <-m.ended:
		m.stop = nil
		f.t.Errorf("server %d did not start: %v", i, err)
	}
}

// ownStore skips a test that lets the store fail, when it is not the one for
// tests.
func (f *fleet) ownStore(t *testing.T) *esdbtest.Cluster {
	t.Helper()
	if f.store == nil {
		t.Skip("the store of ZHISHU_ESDB_URL fails when it wants to")
	}
	return f.store
}

// stop stops a server as an operator does, and waits until it has ended.
func (f *fleet) stop(i int) {
	m := f.servers[i]
	if m.stop == nil {
		return
	}
	m.stop()
	if err := <-m.ended; err != nil {
		f.t.Errorf("server %d ended with %v", i, err)
	}
	m.stop = nil
}

func (f *fleet) base(i int) string { return "http://" + f.servers[i%len(f.servers)].address }

// digests asks a server for what its read models hold, up to a position.
func (f *fleet) digests(i int, after string) (size uint64, rows string) {
	f.t.Helper()
	var answer struct {
		LedgerSize uint64          `json:"ledgerSize"`
		Rows       json.RawMessage `json:"rows"`
	}
	a := ask(http.MethodGet, f.base(i)+"/v1/digests?after="+after, "", nil)
	if a.status != 200 {
		f.t.Fatalf("server %d: %s", i, a.body)
	}
	must(f.t, json.Unmarshal(a.body, &answer))
	return answer.LedgerSize, string(answer.Rows)
}

// head is the newest position of the log.
func (f *fleet) head() string {
	f.t.Helper()
	head, err := f.servers[0].ledger.log.Head(f.t.Context())
	must(f.t, err)
	return head.Position.String()
}

// eventually waits for a condition that nothing announces.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it never came to be: ", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
