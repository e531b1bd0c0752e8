// Command cluster runs three servers of one ledger on an EventStoreDB of three
// nodes and one PostgreSQL, and 64 clients that give every command to two of
// the servers, half of the time at once. In the middle every server is stopped
// and started again, and the store gets another leader. Afterwards every command
// must stand in the ledger once, no command may have failed beyond a retry, and
// all servers and a replay must hold the same figures, and all servers have signed
// the same tree.
//
// The event store is the protocol test server, in this process: it is the
// servers that are tried here, not the store.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/internal/served"
	"zhishu/vault/postgres/pgtest"
)

func main() {
	binary := flag.String("binary", "bin/zhishu", "the program")
	commands := flag.Int("commands", 50_000, "how many commands")
	clients := flag.Int("clients", 64, "clients at the same time")
	flag.Parse()
	err := campaign(*binary, *commands, *clients)
	if errors.Is(err, pgtest.ErrNone) {
		fmt.Println("cluster: skipped:", err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

const prefix = "ledger."

func campaign(binary string, commands, clients int) (err error) {
	dir, err := os.MkdirTemp("", "zhishu-cluster-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	database, err := pgtest.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Stop()) }()
	store, err := esdbtest.Start(esdbtest.Options{Nodes: 3})
	if err != nil {
		return err
	}
	defer store.Close()
	flags := []string{
		"--esdb", store.URL(), "--esdb-prefix", prefix, "--vault", database.URL, "--master-key", filepath.Join(dir, "master.key"),
		"--vault-schema", fmt.Sprintf("zhishu_cluster_%d", os.Getpid()),
	}
	servers, err := startServers(binary, dir, flags)
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.Stop())
		}
	}()
	if err != nil {
		return err
	}
	w := newWorkload(servers, commands, clients)
	if err := w.prepare(); err != nil {
		return err
	}
	began := time.Now()
	w.start()
	if err := w.restartInTheMiddle(store); err != nil {
		return err
	}
	w.wait()
	took := time.Since(began)
	fmt.Printf("%d commands of %d clients, each given to two of three servers: %.0f s, %.0f commands/s, store of %d events\n",
		w.done.Load(), clients, took.Seconds(), float64(w.done.Load())/took.Seconds(), len(store.Events()))
	fmt.Printf("%d requests; %d answered as the first time; %d retried, at most %d times for one command; %d own writes read on another server\n",
		w.requests.Load(), w.repeated.Load(), w.retries.Load(), w.mostRetries.Load(), w.reads.Load())
	if err := w.check(); err != nil {
		return err
	}
	return w.compare()
}

// startServers makes a ledger and starts three servers of it.
func startServers(binary, dir string, flags []string) (servers []*served.Server, err error) {
	for i := range 3 {
		s, err := served.New(binary, filepath.Join(dir, fmt.Sprint("server-", i)), flags...)
		if err != nil {
			return servers, err
		}
		if i == 0 {
			if _, err := s.Run("init"); err != nil {
				return servers, err
			}
		}
		servers = append(servers, s)
		if _, err := s.Start(); err != nil {
			return servers, err
		}
	}
	return servers, nil
}
