package vaulttest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"zhishu/vault"
)

var backupTests = map[string]func(*testing.T, Fixture){
	"restores everything":         backupWhole,
	"re-applies erasures":         backupErasures,
	"keeps its own erasures":      backupOwnErasures,
	"cut anywhere":                backupCut,
	"altered anywhere":            backupAltered,
	"while in use":                backupInUse,
	"a writer that fails":         backupWriterFails,
	"an old one, a new list":      backupOldWithList,
	"holds no secret unencrypted": backupOpaque,
}

// furnish puts something of everything into a vault.
func furnish(t *testing.T, v Vault) []vault.Subject {
	s := Subjects(100)
	ensure(t, v, s...)
	for i, id := range s {
		reserve(t, v, fmt.Sprint(i), id)
	}
	must[vault.Key](t)(v.Secret(t.Context(), "log-signing/1"))
	return s
}

func backup(t *testing.T, v Vault) []byte {
	t.Helper()
	var out bytes.Buffer
	ok(t, v.Backup(t.Context(), &out))
	return out.Bytes()
}

func backupWhole(t *testing.T, f Fixture) {
	s := furnish(t, f.Vault)
	sealed := must[[]byte](t)(f.Vault.Seal(s[7], "person-x", [16]byte{}, "name", []byte("王小明")))
	v := must[Vault](t)(f.Restore(bytes.NewReader(backup(t, f.Vault)), nil))
	equal(t, "ledger id", v.LedgerID(), f.Vault.LedgerID())
	equal(t, "Mac", v.Mac("p", nil), f.Vault.Mac("p", nil))
	equal(t, "stats", must[vault.Stats](t)(v.Stats(t.Context())), must[vault.Stats](t)(f.Vault.Stats(t.Context())))
	if must[vault.Key](t)(v.Secret(t.Context(), "log-signing/1")) != must[vault.Key](t)(f.Vault.Secret(t.Context(), "log-signing/1")) {
		t.Fatal("the named secret is another")
	}
	for i, id := range s {
		if must[vault.Key](t)(v.Key(t.Context(), id)) != must[vault.Key](t)(f.Vault.Key(t.Context(), id)) {
			t.Fatalf("subject %d has another key", i)
		}
		equal(t, "owner", lookup(t, v, fmt.Sprint(i)), id)
	}
	equal(t, "opened", string(must[[]byte](t)(v.Open(s[7], "person-x", [16]byte{}, "name", sealed))), "王小明")
	more := subject()
	ensure(t, v, more) // it goes on as a vault
	equal(t, "reserve", reserve(t, v, "more", more), more)
}

func backupErasures(t *testing.T, f Fixture) {
	s := furnish(t, f.Vault)
	copied := backup(t, f.Vault)
	ok(t, f.Vault.Erase(t.Context(), s[3]))
	erasures := must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context()))
	unknown := vault.Erasure{Subject: subject(), At: time.Unix(5, 0).UTC()}
	v := must[Vault](t)(f.Restore(bytes.NewReader(copied), append(erasures, unknown)))
	_, err := v.Key(t.Context(), s[3])
	wantErr(t, err, vault.ErrErased)
	equal(t, "its claim", lookup(t, v, "3"), vault.None)
	wantErr(t, v.EnsureKeys(t.Context(), []vault.Subject{unknown.Subject}), vault.ErrErased)
	equal(t, "stats", must[vault.Stats](t)(v.Stats(t.Context())), vault.Stats{Subjects: 99, Claims: 99, Erased: 2})
	list := must[[]vault.Erasure](t)(v.Erasures(t.Context()))
	equal(t, "its time", list[1], erasures[0])
}

func backupOwnErasures(t *testing.T, f Fixture) {
	s := furnish(t, f.Vault)
	ok(t, f.Vault.Erase(t.Context(), s[3]))
	v := must[Vault](t)(f.Restore(bytes.NewReader(backup(t, f.Vault)), nil))
	wantErr(t, v.EnsureKeys(t.Context(), []vault.Subject{s[3]}), vault.ErrErased)
	equal(t, "erasures", must[[]vault.Erasure](t)(v.Erasures(t.Context()))[0], must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context()))[0])
}

func backupOldWithList(t *testing.T, f Fixture) {
	s := furnish(t, f.Vault)
	copied := backup(t, f.Vault)
	ok(t, f.Vault.Erase(t.Context(), s[3]))
	var list bytes.Buffer
	ok(t, vault.WriteErasures(&list, must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context()))))
	erasures := must[[]vault.Erasure](t)(vault.ReadErasures(&list))
	v := must[Vault](t)(f.Restore(bytes.NewReader(copied), erasures))
	_, err := v.Key(t.Context(), s[3])
	wantErr(t, err, vault.ErrErased)
	missing := must[[]vault.Subject](t)(v.Missing(t.Context(), s))
	equal(t, "missing", len(missing), 0)
}

func backupCut(t *testing.T, f Fixture) {
	furnish(t, f.Vault)
	whole := backup(t, f.Vault)
	for _, n := range []int{0, 1, 10, 25, 50, 120, len(whole) / 2, len(whole) - 37, len(whole) - 1} {
		_, err := f.Restore(bytes.NewReader(whole[:n]), nil)
		wantErr(t, err, vault.ErrBackup)
	}
	must[Vault](t)(f.Restore(bytes.NewReader(whole), nil)) // a refusal left nothing behind
}

func backupAltered(t *testing.T, f Fixture) {
	furnish(t, f.Vault)
	whole := backup(t, f.Vault)
	for at := 0; at < len(whole); at += 1 + at/15 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x10
		_, err := f.Restore(bytes.NewReader(bad), nil)
		if !errors.Is(err, vault.ErrBackup) && !errors.Is(err, vault.ErrMasterKey) {
			t.Fatalf("byte %d of %d altered: got %v", at, len(whole), err)
		}
	}
}

// backupInUse holds every backup taken beside writers to be one moment: each
// writer makes keys in order, so a backup that holds a later one holds all
// before it.
func backupInUse(t *testing.T, f Fixture) {
	writers := make([][]vault.Subject, 4)
	for i := range writers {
		writers[i] = Subjects(60)
	}
	var wg sync.WaitGroup
	for _, own := range writers {
		wg.Go(func() {
			for _, s := range own {
				if err := f.Vault.EnsureKeys(t.Context(), []vault.Subject{s}); err != nil {
					t.Error(err)
				}
				if _, err := f.Vault.Reserve(t.Context(), space, f.Vault.Mac("h", s[:]), s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var copies [][]byte
	for range 4 {
		copies = append(copies, backup(t, f.Vault))
	}
	wg.Wait()
	for _, c := range append(copies, backup(t, f.Vault)) {
		v := must[Vault](t)(f.Restore(bytes.NewReader(c), nil))
		for _, own := range writers {
			held := len(own) - len(must[[]vault.Subject](t)(v.Missing(t.Context(), own)))
			for i, s := range own {
				_, err := v.Key(t.Context(), s)
				equal(t, "a key of one moment", err == nil, i < held)
				owner := must[vault.Subject](t)(v.Lookup(t.Context(), space, v.Mac("h", s[:])))
				if claimed := owner == s; claimed != (i < held) && i != held-1 {
					t.Fatalf("claim %d of %d keys: %v", i, held, claimed)
				}
			}
		}
		ok(t, v.Close())
	}
}

type failingWriter struct{ left int }

var errWriter = errors.New("no more")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errWriter
	}
	return len(p), nil
}

func backupWriterFails(t *testing.T, f Fixture) {
	furnish(t, f.Vault)
	wantErr(t, f.Vault.Backup(t.Context(), &failingWriter{left: 100}), errWriter)
	ensure(t, f.Vault, subject()) // the vault goes on
	backup(t, f.Vault)
}

func backupOpaque(t *testing.T, f Fixture) {
	s := furnish(t, f.Vault)
	copied := backup(t, f.Vault)
	k := must[vault.Key](t)(f.Vault.Key(t.Context(), s[0]))
	named := must[vault.Key](t)(f.Vault.Secret(t.Context(), "log-signing/1"))
	for what, secret := range map[string][]byte{"a subject's key": k[:], "a named secret": named[:], "a claimed hash": []byte("37\x00\x00\x00\x00\x00\x00\x00\x00")} {
		if bytes.Contains(copied, secret) {
			t.Errorf("%s stands in the backup", what)
		}
	}
	if !bytes.Contains(copied, s[0][:]) {
		t.Error("the search finds nothing")
	}
}
