package vaulttest

import (
	"context"
	"slices"
	"sync"
	"testing"

	"zhishu/vault"
)

var keyTests = map[string]func(*testing.T, Fixture){
	"none before EnsureKeys":         noKey,
	"made once and kept":             keyKept,
	"durable before first use":       keyDurable,
	"a long list":                    manyKeys,
	"repeated ids in a list":         repeatedKeys,
	"the zero id":                    zeroSubject,
	"one key for concurrent callers": concurrentKeys,
	"a cancelled context":            cancelledKeys,
	"missing":                        missingKeys,
	"a key does not print":           keyHidden,
}

func noKey(t *testing.T, f Fixture) {
	s := subject()
	_, err := f.Vault.Key(t.Context(), s)
	wantErr(t, err, vault.ErrNoKey)
	_, err = f.Vault.Seal(s, "person-x", [16]byte{}, "name", []byte("x"))
	wantErr(t, err, vault.ErrNoKey)
	_, err = f.Vault.SubjectMac(s, "purpose")
	wantErr(t, err, vault.ErrNoKey)
}

func keyKept(t *testing.T, f Fixture) {
	s := Subjects(2)
	ensure(t, f.Vault, s...)
	first := must[vault.Key](t)(f.Vault.Key(t.Context(), s[0]))
	second := must[vault.Key](t)(f.Vault.Key(t.Context(), s[1]))
	if first == second || first == (vault.Key{}) {
		t.Fatal("two subjects have the same key, or none")
	}
	ensure(t, f.Vault, s...)
	if must[vault.Key](t)(f.Vault.Key(t.Context(), s[0])) != first {
		t.Fatal("a second EnsureKeys changed a key")
	}
	equal(t, "subjects", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Subjects, 2)
}

func keyDurable(t *testing.T, f Fixture) {
	for range 5 {
		s := subject()
		ensure(t, f.Vault, s)
		sealed := must[[]byte](t)(f.Vault.Seal(s, "person-x", [16]byte{1}, "name", []byte("王小明")))
		f.Vault = f.Reopen()
		plain := must[[]byte](t)(f.Vault.Open(s, "person-x", [16]byte{1}, "name", sealed))
		equal(t, "opened after reopening", string(plain), "王小明")
	}
}

func manyKeys(t *testing.T, f Fixture) {
	s := Subjects(17_001)
	ensure(t, f.Vault, s[:100]...)
	ensure(t, f.Vault, s...)
	before := must[vault.Key](t)(f.Vault.Key(t.Context(), s[17_000]))
	f.Vault = f.Reopen()
	equal(t, "subjects", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Subjects, len(s))
	equal(t, "missing", len(must[[]vault.Subject](t)(f.Vault.Missing(t.Context(), s))), 0)
	const every = 10 // each may be a round trip
	seen := make(map[vault.Key]bool)
	for i := 0; i < len(s); i += every {
		seen[must[vault.Key](t)(f.Vault.Key(t.Context(), s[i]))] = true
	}
	equal(t, "different keys", len(seen), len(s)/every+1)
	if !seen[before] {
		t.Fatal("a key changed while reopening")
	}
}

func repeatedKeys(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s, s, s)
	before := must[vault.Key](t)(f.Vault.Key(t.Context(), s))
	f.Vault = f.Reopen()
	if must[vault.Key](t)(f.Vault.Key(t.Context(), s)) != before {
		t.Fatal("the key changed while reopening")
	}
	equal(t, "subjects", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Subjects, 1)
}

func zeroSubject(t *testing.T, f Fixture) {
	s := subject()
	wantErr(t, f.Vault.EnsureKeys(t.Context(), []vault.Subject{s, vault.None}), vault.ErrSubject)
	_, err := f.Vault.Key(t.Context(), s)
	wantErr(t, err, vault.ErrNoKey) // refused whole
	_, err = f.Vault.Key(t.Context(), vault.None)
	wantErr(t, err, vault.ErrSubject)
	_, err = f.Vault.Reserve(t.Context(), "id-number", hashOf("a"), vault.None)
	wantErr(t, err, vault.ErrSubject)
	wantErr(t, f.Vault.Erase(t.Context(), vault.None), vault.ErrSubject)
}

func concurrentKeys(t *testing.T, f Fixture) {
	const callers = 32
	shared := Subjects(50)
	keys := make([][]vault.Key, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			for _, s := range shared {
				if err := f.Vault.EnsureKeys(t.Context(), []vault.Subject{s, subject()}); err != nil {
					t.Error(err)
					return
				}
				k, err := f.Vault.Key(t.Context(), s)
				if err != nil {
					t.Error(err)
					return
				}
				keys[i] = append(keys[i], k)
			}
		})
	}
	wg.Wait()
	for i := range callers {
		if !slices.Equal(keys[i], keys[0]) {
			t.Fatalf("callers 0 and %d were given different keys for one subject", i)
		}
	}
	want := len(shared) + callers*len(shared)
	equal(t, "subjects", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Subjects, want)
}

func cancelledKeys(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := subject()
	wantErr(t, f.Vault.EnsureKeys(ctx, []vault.Subject{s}), context.Canceled)
	_, err := f.Vault.Key(t.Context(), s)
	wantErr(t, err, vault.ErrNoKey)
}

func missingKeys(t *testing.T, f Fixture) {
	s := Subjects(3)
	ensure(t, f.Vault, s[0], s[1])
	ok(t, f.Vault.Erase(t.Context(), s[1]))
	missing := must[[]vault.Subject](t)(f.Vault.Missing(t.Context(), s))
	if !slices.Equal(missing, s[2:]) {
		t.Fatalf("missing: got %x, want only %x", missing, s[2])
	}
}

func keyHidden(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	k := must[vault.Key](t)(f.Vault.Key(t.Context(), s))
	for what, text := range printed(t, k) {
		equal(t, what, text, what+" [secret]")
	}
}
