package esdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"os"
	"testing"

	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/eventstore/storetest"
)

// quiet is a store's options in tests: what the client says would fill the
// screen.
func quiet(prefix string) Options {
	return Options{Prefix: prefix, Logger: slog.New(slog.DiscardHandler)}
}

func factory(o esdbtest.Options, prefix string) storetest.Factory {
	return func(t storetest.T) func() (eventstore.Store, error) {
		c, err := esdbtest.Start(o)
		if err != nil {
			t.Fatalf("start the test server: %v", err)
		}
		t.Cleanup(c.Close)
		return func() (eventstore.Store, error) { return Open(t.Context(), c.URL(), quiet(prefix)) }
	}
}

func TestConformancePlain(t *testing.T) { storetest.Run(t, factory(esdbtest.Options{}, "")) }

func TestConformanceCluster(t *testing.T) {
	storetest.Run(t, factory(esdbtest.Options{Nodes: 3, TLS: true}, "ledger."))
}

// TestConformanceServer holds a real server to the contract. Every case gets a
// prefix of its own, so the server need not be empty.
func TestConformanceServer(t *testing.T) {
	url := os.Getenv("ZHISHU_ESDB_URL")
	if url == "" {
		t.Skip("ZHISHU_ESDB_URL names no server: only the protocol test server was tried")
	}
	storetest.Run(t, func(t storetest.T) func() (eventstore.Store, error) {
		b := make([]byte, 6)
		_, _ = rand.Read(b) // never fails
		prefix := "zhishutest" + hex.EncodeToString(b) + "."
		return func() (eventstore.Store, error) { return Open(context.Background(), url, quiet(prefix)) }
	})
}
