package vaulttest

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"zhishu/vault"
)

var macTests = map[string]func(*testing.T, Fixture){
	"depends on purpose and borders": macInjective,
	"survives reopening":             macKept,
	"concurrent callers":             macConcurrent,
	"another ledger":                 macLedgers,
	"under a subject's key":          macSubject,
}

// macInjective holds that two calls agree only when purpose and parts do.
func macInjective(t *testing.T, f Fixture) {
	part := rapid.OneOf(rapid.SliceOfN(rapid.SampledFrom([]byte("ab\x00")), 0, 3), rapid.SliceOfN(rapid.Byte(), 0, 1500))
	purpose := rapid.StringOfN(rapid.SampledFrom([]rune("ab\x00")), 0, 3, -1)
	s := subject()
	ensure(t, f.Vault, s)
	rapid.Check(t, func(r *rapid.T) {
		p1, p2 := purpose.Draw(r, "purpose 1"), purpose.Draw(r, "purpose 2")
		a := rapid.SliceOfN(part, 0, 3).Draw(r, "parts 1")
		b := rapid.SliceOfN(part, 0, 3).Draw(r, "parts 2")
		same := p1 == p2 && sameParts(a, b)
		if got := f.Vault.Mac(p1, a...) == f.Vault.Mac(p2, b...); got != same {
			r.Fatalf("Mac agrees: %v, input agrees: %v", got, same)
		}
		m1, err1 := f.Vault.SubjectMac(s, p1, a...)
		m2, err2 := f.Vault.SubjectMac(s, p2, b...)
		if err1 != nil || err2 != nil || (m1 == m2) != same {
			r.Fatalf("SubjectMac agrees: %v, input agrees: %v (%v, %v)", m1 == m2, same, err1, err2)
		}
	})
}

func sameParts(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if string(a[i]) != string(b[i]) {
			return false
		}
	}
	return true
}

func macKept(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	ledger := f.Vault.Mac("purpose", []byte("a"))
	own := must[[32]byte](t)(f.Vault.SubjectMac(s, "purpose", []byte("a")))
	id := f.Vault.LedgerID()
	f.Vault = f.Reopen()
	equal(t, "ledger id", f.Vault.LedgerID(), id)
	equal(t, "Mac", f.Vault.Mac("purpose", []byte("a")), ledger)
	equal(t, "SubjectMac", must[[32]byte](t)(f.Vault.SubjectMac(s, "purpose", []byte("a"))), own)
}

func macConcurrent(t *testing.T, f Fixture) {
	inputs := [][]byte{[]byte("a"), make([]byte, 511), make([]byte, 5000), nil}
	var want [4][32]byte
	for i, in := range inputs {
		want[i] = f.Vault.Mac("purpose", in)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 2000 {
				if i := n % 4; f.Vault.Mac("purpose", inputs[i]) != want[i] {
					t.Errorf("input %d hashes differently beside others", i)
					return
				}
			}
		})
	}
	wg.Wait()
}

func macLedgers(t *testing.T, f Fixture) {
	s := subject()
	ensure(t, f.Vault, s)
	if must[[32]byte](t)(f.Vault.SubjectMac(s, "purpose", []byte("a"))) == f.Vault.Mac("purpose", []byte("a")) {
		t.Fatal("a subject's hash is the ledger's")
	}
	if f.Vault.LedgerID() == [16]byte{} {
		t.Fatal("the ledger has no id")
	}
}

func macSubject(t *testing.T, f Fixture) {
	s := Subjects(2)
	ensure(t, f.Vault, s...)
	a := must[[32]byte](t)(f.Vault.SubjectMac(s[0], "purpose", []byte("a")))
	b := must[[32]byte](t)(f.Vault.SubjectMac(s[1], "purpose", []byte("a")))
	if a == b {
		t.Fatal("two subjects have one hash")
	}
	ok(t, f.Vault.Erase(t.Context(), s[0]))
	_, err := f.Vault.SubjectMac(s[0], "purpose", []byte("a"))
	wantErr(t, err, vault.ErrErased)
}
