package vaulttest

import (
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhishu/vault"
)

var claimTests = map[string]func(*testing.T, Fixture){
	"the first wins":           claimFirst,
	"one of many wins":         claimRace,
	"durable":                  claimDurable,
	"spaces are apart":         claimSpaces,
	"release":                  claimRelease,
	"replace":                  claimReplace,
	"a list":                   claimMany,
	"an erased subject":        claimErased,
	"like a map, step by step": claimModel,
}

const space = "id-number"

func reserve(t *testing.T, v Vault, h string, s vault.Subject) vault.Subject {
	t.Helper()
	return must[vault.Subject](t)(v.Reserve(t.Context(), space, hashOf(h), s))
}

func lookup(t *testing.T, v Vault, h string) vault.Subject {
	t.Helper()
	return must[vault.Subject](t)(v.Lookup(t.Context(), space, hashOf(h)))
}

func claimFirst(t *testing.T, f Fixture) {
	s := Subjects(2)
	equal(t, "nobody's", lookup(t, f.Vault, "a"), vault.None)
	equal(t, "first", reserve(t, f.Vault, "a", s[0]), s[0])
	equal(t, "second", reserve(t, f.Vault, "a", s[1]), s[0])
	equal(t, "first again", reserve(t, f.Vault, "a", s[0]), s[0])
	equal(t, "found", lookup(t, f.Vault, "a"), s[0])
	equal(t, "claims", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Claims, 1)
}

func claimRace(t *testing.T, f Fixture) {
	for round := range 20 {
		callers := Subjects(16)
		owners := make([]vault.Subject, len(callers))
		var wg sync.WaitGroup
		for i, s := range callers {
			wg.Go(func() {
				var err error
				if owners[i], err = f.Vault.Reserve(t.Context(), space, hashOf(fmt.Sprint(round)), s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		winners := 0
		for i := range callers {
			equal(t, "everybody hears of one owner", owners[i], owners[0])
			if owners[i] == callers[i] {
				winners++
			}
		}
		equal(t, "winners", winners, 1)
	}
}

func claimDurable(t *testing.T, f Fixture) {
	s := Subjects(2)
	reserve(t, f.Vault, "a", s[0])
	reserve(t, f.Vault, "b", s[1])
	f.Vault = f.Reopen()
	equal(t, "a", lookup(t, f.Vault, "a"), s[0])
	ok(t, f.Vault.Release(t.Context(), space, hashOf("a"), s[0]))
	f.Vault = f.Reopen()
	equal(t, "a after release", lookup(t, f.Vault, "a"), vault.None)
	equal(t, "b", lookup(t, f.Vault, "b"), s[1])
}

func claimSpaces(t *testing.T, f Fixture) {
	s := Subjects(2)
	reserve(t, f.Vault, "a", s[0])
	owner := must[vault.Subject](t)(f.Vault.Reserve(t.Context(), "issuer/1", hashOf("a"), s[1]))
	equal(t, "in another space", owner, s[1])
	equal(t, "in the first", lookup(t, f.Vault, "a"), s[0])
}

func claimRelease(t *testing.T, f Fixture) {
	s := Subjects(2)
	ok(t, f.Vault.Release(t.Context(), space, hashOf("a"), s[0])) // nobody's
	reserve(t, f.Vault, "a", s[0])
	wantErr(t, f.Vault.Release(t.Context(), space, hashOf("a"), s[1]), vault.ErrNotOwner)
	equal(t, "still held", lookup(t, f.Vault, "a"), s[0])
	ok(t, f.Vault.Release(t.Context(), space, hashOf("a"), s[0]))
	equal(t, "free for another", reserve(t, f.Vault, "a", s[1]), s[1])
}

func claimReplace(t *testing.T, f Fixture) {
	s := Subjects(4)
	replace := func(old, new vault.Subject) vault.Subject {
		t.Helper()
		return must[vault.Subject](t)(f.Vault.Replace(t.Context(), space, hashOf("a"), old, new))
	}
	reserve(t, f.Vault, "a", s[0])
	equal(t, "held by a third", replace(s[1], s[2]), s[0])
	equal(t, "taken over", replace(s[0], s[1]), s[1])
	equal(t, "asked again", replace(s[0], s[1]), s[1])
	equal(t, "found", lookup(t, f.Vault, "a"), s[1])
	ok(t, f.Vault.Release(t.Context(), space, hashOf("a"), s[1]))
	equal(t, "of nobody", replace(s[1], s[3]), s[3])
	f.Vault = f.Reopen()
	equal(t, "after reopening", lookup(t, f.Vault, "a"), s[3])
}

func claimMany(t *testing.T, f Fixture) {
	s := Subjects(3)
	reserve(t, f.Vault, "taken", s[2])
	claims := []vault.Claim{
		{Space: space, Hash: hashOf("new"), Subject: s[0]},
		{Space: space, Hash: hashOf("taken"), Subject: s[0]},
		{Space: space, Hash: hashOf("new"), Subject: s[1]}, // twice in one list
	}
	for range 17_000 { // more than one write holds
		claims = append(claims, vault.Claim{Space: "bulk", Hash: f.Vault.Mac("h", s[0][:], []byte{byte(len(claims)), byte(len(claims) >> 8)}), Subject: s[1]})
	}
	for range 2 { // a repeated call answers the same
		owners := must[[]vault.Subject](t)(f.Vault.ReserveMany(t.Context(), claims))
		equal(t, "owners", len(owners), len(claims))
		equal(t, "new", owners[0], s[0])
		equal(t, "taken", owners[1], s[2])
		equal(t, "later in the list", owners[2], s[0])
		f.Vault = f.Reopen()
	}
	owners := must[[]vault.Subject](t)(f.Vault.LookupMany(t.Context(), claims))
	for i := 3; i < len(owners); i++ {
		equal(t, "bulk owner", owners[i], s[1])
	}
	wantErr(t, f.Vault.ReleaseMany(t.Context(), claims[:2]), vault.ErrNotOwner)
	ok(t, f.Vault.ReleaseMany(t.Context(), claims[3:]))
	equal(t, "claims left", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Claims, 1)
}

func claimErased(t *testing.T, f Fixture) {
	s := Subjects(3)
	ensure(t, f.Vault, s...)
	reserve(t, f.Vault, "a", s[0])
	reserve(t, f.Vault, "b", s[0])
	reserve(t, f.Vault, "c", s[1])
	ok(t, f.Vault.Erase(t.Context(), s[0]))
	equal(t, "a", lookup(t, f.Vault, "a"), vault.None)
	equal(t, "c", lookup(t, f.Vault, "c"), s[1])
	_, err := f.Vault.Reserve(t.Context(), space, hashOf("a"), s[0])
	wantErr(t, err, vault.ErrErased)
	equal(t, "free for another", reserve(t, f.Vault, "a", s[2]), s[2])
	f.Vault = f.Reopen()
	equal(t, "b after reopening", lookup(t, f.Vault, "b"), vault.None)
	equal(t, "a after reopening", lookup(t, f.Vault, "a"), s[2])
}

// claimModel compares random steps with a map.
func claimModel(t *testing.T, f Fixture) {
	people := Subjects(4)
	model := map[string]vault.Subject{}
	rapid.Check(t, func(r *rapid.T) {
		h := rapid.StringMatching("[a-e]").Draw(r, "hash")
		a, b := rapid.SampledFrom(people).Draw(r, "a"), rapid.SampledFrom(people).Draw(r, "b")
		switch held := model[h]; rapid.IntRange(0, 2).Draw(r, "step") {
		case 0:
			if held == vault.None {
				model[h] = a
			}
			if got := reserve(t, f.Vault, h, a); got != model[h] {
				r.Fatalf("reserve: got %x, want %x", got, model[h])
			}
		case 1:
			if held == vault.None || held == a {
				model[h] = b
			}
			if got := must[vault.Subject](t)(f.Vault.Replace(t.Context(), space, hashOf(h), a, b)); got != model[h] {
				r.Fatalf("replace: got %x, want %x", got, model[h])
			}
		case 2:
			err := f.Vault.Release(t.Context(), space, hashOf(h), a)
			if refused := held != vault.None && held != a; (err != nil) != refused {
				r.Fatalf("release: %v, held by %x", err, held)
			}
			if held == a {
				delete(model, h)
			}
		}
		if got := lookup(t, f.Vault, h); got != model[h] {
			r.Fatalf("lookup: got %x, want %x", got, model[h])
		}
	})
	equal(t, "claims", must[vault.Stats](t)(f.Vault.Stats(t.Context())).Claims, len(model))
}
