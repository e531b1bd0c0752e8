// Package vaulttest holds every vault to the same promises. An adapter's tests
// call Run with a Fixture of their own; nothing in it may be skipped, and what
// an adapter cannot show it declares in the Fixture.
package vaulttest

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"testing"

	"zhishu/vault"
)

// Vault is all a vault does.
type Vault interface {
	vault.Keys
	vault.Sealer
	vault.Opener
	vault.Mac
	vault.SubjectMac
	vault.Claims
	vault.BulkClaims
	vault.Eraser
	vault.Secrets
	vault.Backuper
	Missing(context.Context, []vault.Subject) ([]vault.Subject, error)
	Stats(context.Context) (vault.Stats, error)
	LedgerID() [16]byte
	Close() error
}

// Fixture is one fresh vault under test. Its functions fail the test they were
// made for.
type Fixture struct {
	Vault Vault
	// Reopen opens what a power cut at this moment would leave: everything
	// acknowledged, whether or not the vault was closed. The vault handed out
	// before is not used any more.
	Reopen func() Vault
	// Restore makes another vault, under the same master key, from a backup.
	Restore func(backup io.Reader, erasures []vault.Erasure) (Vault, error)
	// Stored returns every byte that stands in the adapter's storage, or nil
	// when the adapter cannot see it.
	Stored func() [][]byte
}

// Run runs the suite. fresh makes a fixture for each test.
func Run(t *testing.T, fresh func(*testing.T) Fixture) {
	groups := []struct {
		name  string
		tests map[string]func(*testing.T, Fixture)
	}{
		{"keys", keyTests},
		{"sealing", sealTests},
		{"keyed hashes", macTests},
		{"claims", claimTests},
		{"erasure", eraseTests},
		{"secrets", secretTests},
		{"backup", backupTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.tests {
				t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
			}
		})
	}
}

// Subjects returns n random ids.
func Subjects(n int) []vault.Subject {
	list := make([]vault.Subject, n)
	for i := range list {
		rand.Read(list[i][:])
	}
	return list
}

func subject() vault.Subject { return Subjects(1)[0] }

func hashOf(s string) (h [32]byte) {
	copy(h[:], s)
	return h
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// must returns a function that fails the test on an error and otherwise gives
// the value.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

func ensure(t *testing.T, v vault.Keys, subjects ...vault.Subject) {
	t.Helper()
	ok(t, v.EnsureKeys(t.Context(), subjects))
}
