package postgres_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"zhishu/vault"
	"zhishu/vault/postgres"
	"zhishu/vault/vaulttest"
)

// twoServers opens one vault twice, as two servers do.
func twoServers(t *testing.T, c postgres.Config) [2]*vault.Vault {
	return [2]*vault.Vault{create(t, c), open(t, server(t).URL, c)}
}

// TestOneOfTwoServersWins: both enrol the same ID numbers at once.
func TestOneOfTwoServersWins(t *testing.T) {
	servers := twoServers(t, config(t))
	for round := range 25 {
		callers := vaulttest.Subjects(12)
		owners := make([]vault.Subject, len(callers))
		hash := servers[0].Mac("id-number", fmt.Append(nil, round))
		var wg sync.WaitGroup
		for i, s := range callers {
			wg.Go(func() {
				var err error
				if owners[i], err = servers[i%2].Reserve(t.Context(), "id-number", hash, s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if !slices.Contains(callers, owners[0]) {
			t.Fatalf("nobody won: %x", owners[0])
		}
		for i := range owners {
			if owners[i] != owners[0] {
				t.Fatalf("round %d: caller %d was told of another owner than caller 0", round, i)
			}
		}
	}
}

// TestListsAgainstEachOther: two servers claim, move and free the same hashes in
// opposite orders, so that their transactions meet in every way.
func TestListsAgainstEachOther(t *testing.T) {
	servers := twoServers(t, config(t))
	owners := [2]vault.Subject{{1}, {2}}
	claimsOf := func(side int) []vault.Claim {
		var list []vault.Claim
		for i := range 300 {
			list = append(list, vault.Claim{Space: "s", Hash: servers[0].Mac("h", fmt.Append(nil, i)), Subject: owners[side]})
		}
		if side == 1 {
			slices.Reverse(list)
		}
		return list
	}
	for range 8 {
		var got [2][]vault.Subject
		var wg sync.WaitGroup
		for side := range servers {
			wg.Go(func() {
				var err error
				if got[side], err = servers[side].ReserveMany(t.Context(), claimsOf(side)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		slices.Reverse(got[1])
		if !slices.Equal(got[0], got[1]) {
			t.Fatal("two servers were told of different owners")
		}
		for side := range servers { // each gives up its own, at once with the other
			wg.Go(func() {
				if err := servers[side].ReleaseMany(t.Context(), claimsOf(side)); err != nil && !errors.Is(err, vault.ErrNotOwner) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		stats, err := servers[0].Stats(t.Context())
		check(t, err)
		if stats.Claims != 0 {
			t.Fatalf("%d claims are left", stats.Claims)
		}
	}
}

func TestOneKeyOnTwoServers(t *testing.T) {
	servers := twoServers(t, config(t))
	subjects := vaulttest.Subjects(200)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			list := slices.Clone(subjects)
			if i%3 == 0 {
				slices.Reverse(list)
			}
			for part := range slices.Chunk(list, 20) {
				if err := servers[i%2].EnsureKeys(t.Context(), part); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range subjects {
		sealed, err := servers[0].Seal(s, "person-x", [16]byte{}, "name", []byte("王小明"))
		check(t, err)
		plain, err := servers[1].Open(s, "person-x", [16]byte{}, "name", sealed)
		check(t, err)
		if !bytes.Equal(plain, []byte("王小明")) {
			t.Fatalf("opened %q", plain)
		}
	}
}

// TestErasureOnAnotherServer: a key that is ready in the memory of one server is
// destroyed by the other.
func TestErasureOnAnotherServer(t *testing.T) {
	c := config(t)
	c.ErasureLag = 400 * time.Millisecond
	servers := twoServers(t, c)
	s := vaulttest.Subjects(3)
	check(t, servers[0].EnsureKeys(t.Context(), s))
	for _, id := range s[:2] { // ready in memory
		_, err := servers[1].Seal(id, "person-x", [16]byte{}, "name", nil)
		check(t, err)
	}
	check(t, servers[0].EraseMany(t.Context(), []vault.Erasure{{Subject: s[0]}, {Subject: s[2]}}))
	erased := time.Now()

	// What is not in its memory it is not given any more, from this moment on.
	_, err := servers[1].Seal(s[2], "person-x", [16]byte{}, "name", nil)
	wantErr(t, err, vault.ErrErased)
	wantErr(t, servers[1].EnsureKeys(t.Context(), s[:1]), vault.ErrErased)
	_, err = servers[1].Reserve(t.Context(), "id-number", [32]byte{1}, s[0])
	wantErr(t, err, vault.ErrErased)

	untilErr(t, vault.ErrErased, func() error {
		_, err := servers[1].Seal(s[0], "person-x", [16]byte{}, "name", nil)
		return err
	})
	if took := time.Since(erased); took > c.ErasureLag+slack {
		t.Fatalf("the key was used for %v", took)
	}
	_, err = servers[1].Seal(s[1], "person-x", [16]byte{}, "name", nil)
	check(t, err)
}

// TestErasureWhileCutOff: a server that cannot reach the database cannot know of
// an erasure; it stops using keys in time all the same.
func TestErasureWhileCutOff(t *testing.T) {
	c := config(t)
	c.ErasureLag, c.Timeout = 300*time.Millisecond, 200*time.Millisecond
	first := create(t, c)
	p := newProxy(t, server(t).URL)
	second := open(t, p.url, c)
	s := vaulttest.Subjects(2)
	check(t, first.EnsureKeys(t.Context(), s))
	for _, id := range s {
		_, err := second.Seal(id, "person-x", [16]byte{}, "name", nil)
		check(t, err)
	}
	p.hang()
	check(t, first.Erase(t.Context(), s[0]))
	erased := time.Now()
	untilErr(t, vault.ErrUnavailable, func() error {
		_, err := second.Seal(s[0], "person-x", [16]byte{}, "name", nil)
		return err
	})
	if took := time.Since(erased); took > c.ErasureLag+c.Timeout+slack {
		t.Fatalf("the key was used for %v", took)
	}
	p.pass()
	untilErr(t, vault.ErrErased, func() error {
		_, err := second.Seal(s[0], "person-x", [16]byte{}, "name", nil)
		if errors.Is(err, vault.ErrUnavailable) {
			return nil // not back yet
		}
		return err
	})
	_, err := second.Seal(s[1], "person-x", [16]byte{}, "name", nil)
	check(t, err)
}

// slack is what a busy machine may take on top of a limit.
const slack = 2 * time.Second

// untilErr repeats f until it fails, which must be with want.
func untilErr(t *testing.T, want error, f func() error) {
	t.Helper()
	for until := time.Now().Add(soon); ; {
		if err := f(); err != nil {
			wantErr(t, err, want)
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%v did not come in %v", want, soon)
		}
	}
}

// TestAnotherVaultInItsPlace: a schema is dropped and made anew beside a running
// server, which must not mix the two.
func TestAnotherVaultInItsPlace(t *testing.T) {
	c := config(t)
	c.ErasureLag = 200 * time.Millisecond
	old := create(t, c)
	query(t, server(t).URL, `DROP SCHEMA `+c.Schema+` CASCADE`)
	create(t, c)
	untilErr(t, vault.ErrUnavailable, func() error { return old.EnsureKeys(t.Context(), vaulttest.Subjects(1)) })
	wantErr(t, old.Erase(t.Context(), vault.Subject{1}), vault.ErrUnavailable)
}
