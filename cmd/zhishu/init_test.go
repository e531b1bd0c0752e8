package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/vault"
	"zhishu/vault/postgres/pgtest"
)

// everything that a ledger begins with.
var everything = len(standardAccounts) + len(domain.DefaultPolicies()) + 1 // the signing stream

// wantBegun: the log holds the foundation, one event a stream, and giving init
// again is refused.
func wantBegun(t *testing.T, at location) {
	t.Helper()
	log, err := at.openReader(t.Context())
	must(t, err)
	defer log.Close()
	var streams []string
	for r, err := range log.ReadAll(t.Context(), eventstore.Position{}) {
		must(t, err)
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if r.Revision != 0 {
			t.Fatalf("%s has revision %d", r.Stream, r.Revision)
		}
		streams = append(streams, r.Stream)
	}
	if slices.Sort(streams); len(slices.Compact(streams)) != everything {
		t.Fatalf("the ledger begins with %d streams, want %d: %v", len(streams), everything, streams)
	}
	if err := initAgain(t, at); err == nil || !hints(err) || !strings.Contains(err.Error(), "already holds a ledger") {
		t.Fatal("init on a ledger:", err)
	}
}

func foundationOf(t *testing.T, l *ledger) []commands.Request {
	t.Helper()
	signing, err := l.beginSigning(t.Context(), "")
	must(t, err)
	return foundation(l.handler, signing)
}

func initAgain(t *testing.T, at location) error {
	t.Helper()
	l, err := createLedger(t.Context(), at, commands.Options{})
	if err != nil {
		return err
	}
	return l.close()
}

// TestInitIsFinishedByGivingItAgain on a directory: with the log made, with the
// vault made, and with some of the events recorded.
func TestInitIsFinishedByGivingItAgain(t *testing.T) {
	t.Parallel()
	for reached := range 3 {
		t.Run(fmt.Sprint(reached), func(t *testing.T) {
			at := location{dir: t.TempDir()}
			begun, err := at.createLog(t.Context())
			if must(t, err); begun != 0 {
				t.Fatal(begun)
			}
			if reached > 0 {
				must(t, at.createVault(t.Context()))
			}
			if reached > 1 {
				l, err := openLedger(t.Context(), at, commands.Options{})
				must(t, err)
				for _, r := range foundationOf(t, l)[:everything/2] {
					if _, err := l.handler.Do(t.Context(), r); err != nil {
						t.Fatal(err)
					}
				}
				must(t, l.close())
			}
			must(t, initAgain(t, at))
			wantBegun(t, at)
		})
	}
}

func TestInitTakesNothingElseForItsOwn(t *testing.T) {
	t.Parallel()
	at := location{dir: t.TempDir()}
	must(t, os.MkdirAll(logDir(at.dir), 0o755))
	must(t, os.WriteFile(filepath.Join(logDir(at.dir), "photo.jpg"), nil, 0o644))
	if err := initAgain(t, at); err == nil || !hints(err) || !strings.Contains(err.Error(), "something else") {
		t.Fatal("init in a directory of something else:", err)
	}
	// A vault with a key in it had a log.
	at = location{dir: t.TempDir()}
	v, err := at.newVault(t.Context())
	must(t, err)
	must(t, v.EnsureKeys(t.Context(), []vault.Subject{{1}}))
	must(t, v.Close())
	if err := initAgain(t, at); !errors.Is(err, vault.ErrExists) || !hints(err) {
		t.Fatal("init with a vault in use:", err)
	}
}

// TestInitOnAClusterIsFinishedByGivingItAgain, wherever it was interrupted:
// before the first event, between any two, and with the last reply lost.
func TestInitOnAClusterIsFinishedByGivingItAgain(t *testing.T) {
	t.Parallel()
	database, err := pgtest.Start()
	if errors.Is(err, pgtest.ErrNone) {
		t.Skip(err)
	}
	must(t, err)
	t.Cleanup(func() { must(t, database.Stop()) })
	store, err := esdbtest.Start(esdbtest.Options{})
	must(t, err)
	t.Cleanup(store.Close)
	at := func(name string) location {
		return backend{
			ESDB: store.URL(), ESDBPrefix: name + ".", Vault: database.URL, VaultSchema: fmt.Sprintf("zhishu_%s_%d", name, os.Getpid()),
		}.at(t.TempDir())
	}
	for reached := range everything {
		here := at(fmt.Sprint("begun", reached))
		ctx, interrupt := context.WithCancel(t.Context())
		store.Faults.OnAppend(func(call int, _ string) esdbtest.Fault {
			if call < reached {
				return esdbtest.Pass
			}
			interrupt()
			return []esdbtest.Fault{esdbtest.Hang, esdbtest.WriteThenHang}[reached%2]
		})
		if _, err := createLedger(ctx, here, commands.Options{}); err == nil {
			t.Fatalf("an init was not interrupted at event %d", reached)
		}
		interrupt()
		store.Faults.OnAppend(nil)
		if err := initAgain(t, here); err != nil && reached+reached%2 < everything {
			t.Fatalf("init given again after %d events: %v", reached, err)
		}
		wantBegun(t, here)
	}

	// What an init left is finished with its own vault only.
	half, other := at("half"), at("other")
	must(t, initAgain(t, other))
	must(t, half.createVault(t.Context()))
	l, err := openLedger(t.Context(), half, commands.Options{})
	must(t, err)
	if _, err := l.handler.Do(t.Context(), foundationOf(t, l)[0]); err != nil {
		t.Fatal(err)
	}
	must(t, l.close())
	half.Vault, half.VaultSchema, half.MasterKey = other.Vault, other.VaultSchema, other.masterKey()
	before := store.Len()
	if err := initAgain(t, half); err == nil || !hints(err) || store.Len() != before {
		t.Fatal("init with another ledger's vault:", err, store.Len()-before)
	}
}
