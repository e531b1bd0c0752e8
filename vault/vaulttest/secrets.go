package vaulttest

import (
	"strings"
	"sync"
	"testing"

	"zhishu/vault"
)

var secretTests = map[string]func(*testing.T, Fixture){
	"made once and kept": secretKept,
	"one for all":        secretRace,
	"names":              secretNames,
}

func secretKept(t *testing.T, f Fixture) {
	a := must[vault.Key](t)(f.Vault.Secret(t.Context(), "log-signing/1"))
	b := must[vault.Key](t)(f.Vault.Secret(t.Context(), "log-signing/2"))
	if a == b || a == (vault.Key{}) {
		t.Fatal("two names have one secret, or none")
	}
	ok(t, f.Vault.Erase(t.Context(), subject())) // rewrites the storage
	f.Vault = f.Reopen()
	if must[vault.Key](t)(f.Vault.Secret(t.Context(), "log-signing/1")) != a {
		t.Fatal("a secret changed")
	}
}

func secretRace(t *testing.T, f Fixture) {
	got := make([]vault.Key, 16)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = f.Vault.Secret(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range got {
		if got[i] != got[0] {
			t.Fatal("two callers were given different secrets")
		}
	}
}

func secretNames(t *testing.T, f Fixture) {
	for _, name := range []string{"", strings.Repeat("x", vault.MaxSecretName+1)} {
		_, err := f.Vault.Secret(t.Context(), name)
		wantErr(t, err, vault.ErrSecretName)
	}
	must[vault.Key](t)(f.Vault.Secret(t.Context(), strings.Repeat("x", vault.MaxSecretName)))
}
