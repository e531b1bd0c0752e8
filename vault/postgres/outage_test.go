package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"zhishu/vault"
	"zhishu/vault/postgres"
	"zhishu/vault/vaulttest"
)

// calls are all that need the database.
func calls(v *vault.Vault, known, fresh vault.Subject) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"EnsureKeys": func(ctx context.Context) error { return v.EnsureKeys(ctx, []vault.Subject{fresh}) },
		"Key":        func(ctx context.Context) error { _, err := v.Key(ctx, known); return err },
		"Seal": func(context.Context) error {
			_, err := v.Seal(known, "person-x", [16]byte{}, "name", nil)
			return err
		},
		"Reserve": func(ctx context.Context) error {
			_, err := v.Reserve(ctx, "s", [32]byte(append(fresh[:], fresh[:]...)), fresh)
			return err
		},
		"Lookup":   func(ctx context.Context) error { _, err := v.Lookup(ctx, "s", [32]byte{1}); return err },
		"Release":  func(ctx context.Context) error { return v.Release(ctx, "s", [32]byte{1}, fresh) },
		"Erase":    func(ctx context.Context) error { return v.Erase(ctx, vault.Subject{0xEE}) },
		"Erasures": func(ctx context.Context) error { _, err := v.Erasures(ctx); return err },
		"Secret":   func(ctx context.Context) error { _, err := v.Secret(ctx, "x"); return err },
		"Stats":    func(ctx context.Context) error { _, err := v.Stats(ctx); return err },
		"Backup":   func(ctx context.Context) error { return v.Backup(ctx, io.Discard) },
	}
}

// TestOutage takes the database away in two ways and gives it back.
func TestOutage(t *testing.T) {
	for name, fail := range map[string]func(*proxy){"hanging": (*proxy).hang, "refusing": (*proxy).refuse} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			c.Timeout = 250 * time.Millisecond
			first := create(t, c)
			known := vaulttest.Subjects(1)[0]
			check(t, first.EnsureKeys(t.Context(), []vault.Subject{known}))
			p := newProxy(t, server(t).URL)
			v := open(t, p.url, c)
			fail(p)
			var wg sync.WaitGroup
			for name, call := range calls(v, known, vaulttest.Subjects(1)[0]) {
				wg.Go(func() {
					at := time.Now()
					if err := call(t.Context()); !errors.Is(err, vault.ErrUnavailable) {
						t.Errorf("%s: got %v, want %v", name, err, vault.ErrUnavailable)
					}
					if took := time.Since(at); took > 3*c.Timeout+slack {
						t.Errorf("%s took %v", name, took)
					}
				})
			}
			wg.Wait()
			p.pass()
			for name, call := range calls(v, known, vaulttest.Subjects(1)[0]) {
				untilNil(t, name, call)
			}
		})
	}
}

// untilNil repeats a call while the vault is not available.
func untilNil(t *testing.T, what string, call func(context.Context) error) {
	t.Helper()
	for until := time.Now().Add(soon); ; {
		err := call(t.Context())
		if err == nil {
			return
		}
		if !errors.Is(err, vault.ErrUnavailable) || time.Now().After(until) {
			t.Fatalf("%s after the outage: %v", what, err)
		}
	}
}

// TestCallersDeadline: a caller's own limit is kept, however many wait.
func TestCallersDeadline(t *testing.T) {
	c := config(t)
	check(t, create(t, c).EnsureKeys(t.Context(), []vault.Subject{{1}}))
	p := newProxy(t, server(t).URL)
	v := open(t, p.url, c)
	p.hang()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for _, err := range []error{v.EnsureKeys(ctx, vaulttest.Subjects(1)), v.Erase(ctx, vault.Subject{9})} {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
				}
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); took > slack {
		t.Fatalf("callers with a deadline of 100ms returned after %v", took)
	}
	p.pass()
}

// TestClose: nothing is left behind, and nothing works afterwards.
func TestClose(t *testing.T) {
	server(t)
	before := goleak.IgnoreCurrent()
	c := config(t)
	v := create(t, c)
	s := vaulttest.Subjects(50)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				s := vault.Subject{1, byte(i), byte(n), byte(n >> 8)}
				if err := v.EnsureKeys(context.Background(), []vault.Subject{s}); err != nil {
					if !errors.Is(err, vault.ErrClosed) {
						t.Errorf("beside Close: %v", err)
					}
					return
				}
			}
		})
	}
	check(t, v.EnsureKeys(t.Context(), s))
	check(t, v.Close())
	wg.Wait()
	check(t, v.Close())
	for name, call := range calls(v, s[0], vault.Subject{9}) {
		if err := call(t.Context()); !errors.Is(err, vault.ErrClosed) {
			t.Errorf("%s of a closed vault: %v", name, err)
		}
	}
	goleak.VerifyNone(t, before)
}

// TestCrash ends the server without notice under load. What was acknowledged is
// there, and the same vault goes on.
func TestCrash(t *testing.T) {
	s := ours(t)
	v := create(t, config(t))
	var wg sync.WaitGroup
	type outcome struct {
		made []vault.Subject
		err  error
	}
	results := make([]outcome, 6)
	enough := make(chan struct{}, 2*len(results))
	for i := range results {
		wg.Go(func() {
			r := &results[i]
			defer func() { enough <- struct{}{} }() // also when it failed too early
			for n := 0; r.err == nil; n++ {
				id := vault.Subject{1, byte(i), byte(n), byte(n >> 8)}
				if r.err = v.EnsureKeys(t.Context(), []vault.Subject{id}); r.err != nil {
					return
				}
				var owner vault.Subject
				if owner, r.err = v.Reserve(t.Context(), "s", v.Mac("h", id[:]), id); r.err == nil && owner == id {
					r.made = append(r.made, id)
				}
				if n == 20 {
					enough <- struct{}{}
				}
			}
		})
	}
	for range results {
		<-enough
	}
	check(t, s.Crash())
	wg.Wait()
	check(t, s.Resume())
	for _, r := range results {
		wantErr(t, r.err, vault.ErrUnavailable)
		for _, id := range r.made {
			untilNil(t, "Key", func(ctx context.Context) error { _, err := v.Key(ctx, id); return err })
			owner, err := v.Lookup(t.Context(), "s", v.Mac("h", id[:]))
			check(t, err)
			if owner != id {
				t.Fatalf("an acknowledged claim is %x's", owner)
			}
		}
	}
	check(t, v.EnsureKeys(t.Context(), vaulttest.Subjects(3)))
}

// TestBetweenStores moves a vault from PostgreSQL to a file and back.
func TestBetweenStores(t *testing.T) {
	c := config(t)
	v := create(t, c)
	s := vaulttest.Subjects(5000) // more than one visit of each kind
	check(t, v.EnsureKeys(t.Context(), s))
	claims := make([]vault.Claim, len(s))
	for i, id := range s {
		claims[i] = vault.Claim{Space: "s", Hash: v.Mac("h", id[:]), Subject: id}
	}
	_, err := v.ReserveMany(t.Context(), claims)
	check(t, err)
	check(t, v.Erase(t.Context(), s[7]))
	sealed, err := v.Seal(s[8], "person-x", [16]byte{}, "name", []byte("王小明"))
	check(t, err)

	var first, second bytes.Buffer
	check(t, v.Backup(t.Context(), &first))
	file, err := vault.Restore(t.Context(), vault.Config{Dir: t.TempDir() + "/vault", MasterKey: c.MasterKey}, &first, nil)
	check(t, err)
	closing(t, file, nil)
	check(t, file.Backup(t.Context(), &second))
	to := config(t)
	to.MasterKey = c.MasterKey
	back, err := postgres.Restore(t.Context(), server(t).URL, to, &second, []vault.Erasure{{Subject: s[9]}})
	closing(t, back, err)

	plain, err := back.Open(s[8], "person-x", [16]byte{}, "name", sealed)
	check(t, err)
	stats, err := back.Stats(t.Context())
	check(t, err)
	if got, want := fmt.Sprint(string(plain), stats), fmt.Sprint("王小明", vault.Stats{Subjects: 4998, Claims: 4998, Erased: 2}); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	for _, gone := range []int{7, 9} {
		wantErr(t, back.EnsureKeys(t.Context(), s[gone:gone+1]), vault.ErrErased)
	}
	check(t, back.Erase(t.Context(), s[10])) // numbers go on after those restored
	list, err := back.Erasures(t.Context())
	check(t, err)
	if len(list) != 3 {
		t.Fatalf("%d erasures", len(list))
	}
}

// TestRestoreFromPipe: a backup that cannot be read twice is refused at its end,
// and leaves nothing behind.
func TestRestoreFromPipe(t *testing.T) {
	c := config(t)
	v := create(t, c)
	s := vaulttest.Subjects(100)
	check(t, v.EnsureKeys(t.Context(), s))
	var whole bytes.Buffer
	check(t, v.Backup(t.Context(), &whole))
	to := config(t)
	to.MasterKey = c.MasterKey
	restore := func(b []byte) (*vault.Vault, error) {
		return postgres.Restore(t.Context(), server(t).URL, to, io.MultiReader(bytes.NewReader(b)), nil)
	}
	for _, at := range []int{whole.Len() / 2, whole.Len() - 1} {
		bad := bytes.Clone(whole.Bytes())
		bad[at] ^= 1
		_, err := restore(bad)
		wantErr(t, err, vault.ErrBackup)
		_, err = postgres.Open(t.Context(), server(t).URL, to)
		wantErr(t, err, vault.ErrNotFound)
	}
	back, err := restore(whole.Bytes())
	closing(t, back, err)
	_, err = restore(whole.Bytes())
	wantErr(t, err, vault.ErrExists)
}
