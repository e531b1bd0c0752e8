package vaulttest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"zhishu/vault"
)

var eraseTests = map[string]func(*testing.T, Fixture){
	"ends the key":                   eraseKey,
	"for good":                       eraseForGood,
	"refuses a list whole":           eraseRefusesWhole,
	"twice":                          eraseTwice,
	"an unknown subject":             eraseUnknown,
	"many at once":                   eraseMany,
	"no byte is left":                eraseBytes,
	"beside others who seal":         eraseBeside,
	"beside one who makes the key":   eraseAgainstEnsure,
	"a list of erasures is complete": erasureLists,
}

func eraseKey(t *testing.T, f Fixture) {
	s := Subjects(2)
	ensure(t, f.Vault, s...)
	sealed := must[[]byte](t)(f.Vault.Seal(s[0], "person-x", [16]byte{}, "name", []byte("王小明")))
	other := must[[]byte](t)(f.Vault.Seal(s[1], "person-y", [16]byte{}, "name", []byte("李雷")))
	ok(t, f.Vault.Erase(t.Context(), s[0]))
	_, err := f.Vault.Open(s[0], "person-x", [16]byte{}, "name", sealed)
	wantErr(t, err, vault.ErrErased)
	_, err = f.Vault.Seal(s[0], "person-x", [16]byte{}, "name", nil)
	wantErr(t, err, vault.ErrErased)
	_, err = f.Vault.Key(t.Context(), s[0])
	wantErr(t, err, vault.ErrErased)
	opened := must[[]byte](t)(f.Vault.Open(s[1], "person-y", [16]byte{}, "name", other))
	equal(t, "another subject's field", string(opened), "李雷")
	equal(t, "stats", must[vault.Stats](t)(f.Vault.Stats(t.Context())), vault.Stats{Subjects: 1, Erased: 1})
}

func eraseForGood(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	ok(t, f.Vault.Erase(t.Context(), s))
	for range 2 {
		wantErr(t, f.Vault.EnsureKeys(t.Context(), []vault.Subject{s}), vault.ErrErased)
		_, err := f.Vault.Key(t.Context(), s)
		wantErr(t, err, vault.ErrErased)
		f.Vault = f.Reopen()
	}
}

func eraseRefusesWhole(t *testing.T, f Fixture) {
	s := Subjects(2)
	ok(t, f.Vault.Erase(t.Context(), s[1]))
	err := f.Vault.EnsureKeys(t.Context(), s)
	wantErr(t, err, vault.ErrErased)
	var which *vault.SubjectError
	if !errors.As(err, &which) || which.Subject != s[1] {
		t.Fatalf("%v does not name the erased subject", err)
	}
	_, err = f.Vault.Key(t.Context(), s[0])
	wantErr(t, err, vault.ErrNoKey)
}

func eraseTwice(t *testing.T, f Fixture) {
	s := subject()
	first := time.Date(2024, 2, 29, 8, 0, 0, 123, time.UTC)
	ok(t, f.Vault.EraseMany(t.Context(), []vault.Erasure{{Subject: s, At: first}}))
	ok(t, f.Vault.Erase(t.Context(), s))
	list := must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context()))
	equal(t, "erasures", len(list), 1)
	equal(t, "the first time stays", list[0], vault.Erasure{Subject: s, At: first})
}

func eraseUnknown(t *testing.T, f Fixture) {
	s := subject()
	ok(t, f.Vault.Erase(t.Context(), s))
	wantErr(t, f.Vault.EnsureKeys(t.Context(), []vault.Subject{s}), vault.ErrErased)
	_, err := f.Vault.Replace(t.Context(), space, hashOf("a"), vault.None, s)
	wantErr(t, err, vault.ErrErased)
}

func eraseMany(t *testing.T, f Fixture) {
	s := Subjects(500)
	ensure(t, f.Vault, s...)
	var erasures []vault.Erasure
	for i, id := range s {
		reserve(t, f.Vault, fmt.Sprint(i), id)
		if i%2 == 0 {
			erasures = append(erasures, vault.Erasure{Subject: id, At: time.Unix(int64(1000-i), 0).UTC()})
		}
	}
	ok(t, f.Vault.EraseMany(t.Context(), erasures))
	f.Vault = f.Reopen()
	want := vault.Stats{Subjects: 250, Claims: 250, Erased: 250}
	equal(t, "stats", must[vault.Stats](t)(f.Vault.Stats(t.Context())), want)
	for i, id := range s {
		_, err := f.Vault.Key(t.Context(), id)
		if i%2 == 0 {
			wantErr(t, err, vault.ErrErased)
		} else {
			ok(t, err)
		}
	}
	slices.Reverse(erasures) // oldest first
	if !slices.Equal(must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context())), erasures) {
		t.Fatal("the list of erasures is not what was erased, oldest first")
	}
}

// eraseBytes looks for what a thief with the master key would look for: an id
// beside bytes that unwrap. The claims of the subject stand beside its id too.
// After the erasure the id itself is still found, in the list of erasures, but
// with none of its former neighbours.
func eraseBytes(t *testing.T, f Fixture) {
	if f.Stored() == nil {
		return // declared: this adapter cannot see its storage
	}
	s := Subjects(400)
	ensure(t, f.Vault, s[:200]...)
	for i, id := range s {
		ensure(t, f.Vault, id)
		reserve(t, f.Vault, fmt.Sprint(i), id)
	}
	gone := s[137]
	traces := surroundings(f.Stored(), gone)
	if len(traces) < 2 {
		t.Fatalf("only %d traces of a living subject: the search finds nothing", len(traces))
	}
	ok(t, f.Vault.Erase(t.Context(), gone))
	stored := f.Stored()
	for _, trace := range traces {
		for _, file := range stored {
			if bytes.Contains(file, trace) {
				t.Fatal("a byte of the key or the claim is left")
			}
		}
	}
	if len(surroundings(stored, gone)) == 0 {
		t.Fatal("the erasure itself is not recorded")
	}
	if len(surroundings(stored, s[138])) < 2 {
		t.Fatal("another subject's records are gone")
	}
}

// surroundings returns the 16 bytes before and after each occurrence of id: a
// claim's tag and the beginning of a wrapped key.
func surroundings(files [][]byte, id vault.Subject) (traces [][]byte) {
	for _, file := range files {
		for at := 0; ; {
			i := bytes.Index(file[at:], id[:])
			if i < 0 {
				break
			}
			at += i
			traces = append(traces, bytes.Clone(file[max(0, at-16):at+32]))
			at += len(id)
		}
	}
	return traces
}

// eraseBeside erases subjects that others are sealing for. A field sealed
// before may open or not; after Erase returned nothing may.
func eraseBeside(t *testing.T, f Fixture) {
	s := Subjects(8)
	ensure(t, f.Vault, s...)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				id := s[n%len(s)]
				sealed, err := f.Vault.Seal(id, "person-x", [16]byte{}, "name", []byte("x"))
				if err == nil {
					_, err = f.Vault.Open(id, "person-x", [16]byte{}, "name", sealed)
				}
				if err != nil && !errors.Is(err, vault.ErrErased) {
					t.Error(err)
					return
				}
			}
		})
	}
	for _, id := range s[:6] {
		ok(t, f.Vault.Erase(t.Context(), id))
		for range 100 {
			_, err := f.Vault.Seal(id, "person-x", [16]byte{}, "name", nil)
			wantErr(t, err, vault.ErrErased)
		}
	}
	close(stop)
	wg.Wait()
}

func eraseAgainstEnsure(t *testing.T, f Fixture) {
	for range 20 {
		s := subject()
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := f.Vault.EnsureKeys(t.Context(), []vault.Subject{s}); err != nil && !errors.Is(err, vault.ErrErased) {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := f.Vault.Erase(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		_, err := f.Vault.Key(t.Context(), s)
		wantErr(t, err, vault.ErrErased)
	}
	equal(t, "stats", must[vault.Stats](t)(f.Vault.Stats(t.Context())), vault.Stats{Erased: 20})
}

func erasureLists(t *testing.T, f Fixture) {
	if list := must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context())); len(list) != 0 {
		t.Fatalf("a fresh vault lists %d erasures", len(list))
	}
	before := time.Now()
	s := subject()
	ok(t, f.Vault.Erase(t.Context(), s))
	list := must[[]vault.Erasure](t)(f.Vault.Erasures(t.Context()))
	if len(list) != 1 || list[0].Subject != s || list[0].At.Before(before) || list[0].At.After(time.Now()) {
		t.Fatalf("got %v", list)
	}
}
