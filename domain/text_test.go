package domain_test

import (
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

func TestFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := domain.Fen(rapid.Int64Range(0, 9_999_999_999_999_999).Draw(t, "fen"))
		if back, err := domain.ParseFen(f.String()); err != nil || back != f {
			t.Fatalf("%d reads %s and comes back as %d, %v", f, f, back, err)
		}
		if (-f).String() != "-"+f.String() && f != 0 {
			t.Fatalf("less than nothing reads %s", -f)
		}
	})
	for _, c := range []struct {
		text string
		want domain.Fen
	}{
		{"0", 0}, {"0.01", 1}, {"1.5", 150}, {"446191285.66", 44619128566}, {"007", 700}, {"99999999999999.99", 9_999_999_999_999_999},
		{"", -1}, {".5", -1}, {"1.", -1}, {"1.234", -1}, {"-1", -1}, {"+1", -1}, {"1,000", -1}, {"1e3", -1}, {"1.2.3", -1}, {"100000000000000", -1},
		{"１", -1}, {"1 ", -1}, {"0x1", -1},
	} {
		got, err := domain.ParseFen(c.text)
		if (err != nil) != (c.want < 0) || err == nil && got != c.want {
			t.Errorf("%q: %d, %v", c.text, got, err)
		}
	}
	if got := domain.Fen(math.MinInt64).String(); got != "-92233720368547758.08" {
		t.Errorf("the least amount reads %s", got)
	}
}

func TestUUID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u domain.UUID
		copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		text := u.String()
		if strings.ReplaceAll(text, "-", "") != hex.EncodeToString(u[:]) || len(text) != 36 {
			t.Fatalf("%x reads %s", u, text)
		}
		for _, s := range []string{text, strings.ToUpper(text)} {
			if back, err := domain.ParseUUID(s); err != nil || back != u {
				t.Fatalf("%s comes back as %s, %v", s, back, err)
			}
		}
		// One character anywhere that is no digit, or a hyphen out of place.
		at := rapid.IntRange(0, 35).Draw(t, "at")
		for _, wrong := range []byte{'-', 'g', ' ', 0xff} {
			s := []byte(text)
			if s[at] == wrong {
				continue
			}
			s[at] = wrong
			if u, err := domain.ParseUUID(s); !errors.Is(err, domain.ErrUUID) || !u.IsZero() {
				t.Fatalf("%q was read as %s", s, u)
			}
		}
	})
	// A hyphen at the start of the last group once led past the end.
	if _, err := domain.ParseUUID("00000000-0000-0000-0000--00000000000"); err == nil {
		t.Error("a hyphen for a digit was accepted")
	}
}

// TestDivision: a division contains what its whole segments begin, and nothing
// else.
func TestDivision(t *testing.T) {
	levels := []int{0, 2, 4, 6, 9, 12}
	codes := rapid.Custom(func(t *rapid.T) domain.CommunityCode { // few segments, so that codes share some
		text := ""
		for _, segments := range [][]string{{"33", "43"}, {"06", "00", "61"}, {"02", "00", "10"}, {"001", "100"}, {"001", "010"}} {
			text += rapid.SampledFrom(segments).Draw(t, "segment")
		}
		return community(text)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := codes.Draw(t, "a"), codes.Draw(t, "b")
		text := a.String()
		if back, err := domain.ParseCommunityCode(text); err != nil || back != a {
			t.Fatalf("%s comes back as %s, %v", text, back, err)
		}
		for _, n := range levels {
			d, err := domain.ParseDivision(text[:n])
			if err != nil || d.String() != text[:n] || d.Digits() != n {
				t.Fatalf("%s reads %s, %v", text[:n], d, err)
			}
			inside := strings.HasPrefix(b.String(), text[:n])
			if d.Contains(b) != inside || d.Covers(b.Division()) != inside || !d.Contains(a) || !d.Covers(d) {
				t.Fatalf("%s contains %s: %v, want %v", d, b, d.Contains(b), inside)
			}
			if n < 12 && a.Division().Covers(d) {
				t.Fatalf("%s covers %s", a, d)
			}
		}
		if a.County().String() != text[:6] || a.Division().String() != text {
			t.Fatalf("%s lies in county %s", a, a.County())
		}
		ref, ok := domain.ParseStream(a.Stream())
		if !ok || ref.Community != a {
			t.Fatalf("stream %s", a.Stream())
		}
	})
	for _, s := range []string{"3", "330", "33061", "3306021", "33060200", "3306020010", "33060200100", "3306020010071", "33060a", "00", "10", "05",
		"000000000000", "１１", "-3", "+330"} {
		if d, err := domain.ParseDivision(s); !errors.Is(err, domain.ErrDivision) {
			t.Errorf("%q was read as %q", s, d)
		}
	}
	for padded, want := range map[string]string{
		"430000000000": "43", "430700000000": "4307", "430702000000": "430702", "430702001000": "430702001", "430702001007": "430702001007",
		"441900": "441900", "441900003001": "441900003001",
	} {
		if d, err := domain.ParseDivision(padded); err != nil || d.String() != want {
			t.Errorf("%s is %s, %v", padded, d, err)
		}
	}
	for _, s := range []string{"", "430702001000", "430702", "4307020010071", "000000000001", "43070200100x"} {
		if c, err := domain.ParseCommunityCode(s); !errors.Is(err, domain.ErrCommunityCode) || c != 0 {
			t.Errorf("%q was read as %s", s, c)
		}
	}
}

// TestParseStream: only the one spelling that this package writes.
func TestParseStream(t *testing.T) {
	u := id("person", "甲").String()
	for name, want := range map[string]bool{
		"person-" + u: true, "donation-" + u: true, "account-" + u: true, "import-" + u: true, "person-" + strings.ToUpper(u): false,
		"person-": false, "person": false, "person-" + u + "0": false, "community-430702001007": true, "community-430702001000": false,
		"community-43": false, "policy-counting-all": true, "policy-counting-4307": true, "policy-stars-430702001007": true,
		"policy-counting": false, "policy-counting-": false, "policy--all": false, "policy-counting-33061": false,
		"policy-counting-430700000000": false, "policy-Counting-all": false, "award-" + u: false, "": false, "-": false, "$all": false,
	} {
		if _, ok := domain.ParseStream(name); ok != want {
			t.Errorf("%q: %v", name, ok)
		}
	}
}

func TestCheckDigits(t *testing.T) {
	const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	if !domain.ValidCreditCode("91350100M000100Y43") || !domain.ValidIDNumber("11010519491231002X") {
		t.Error("the examples of the standards are refused")
	}
	// Any other last character is wrong, and so is any single slip.
	credit, card := "91350100M000100Y43", "11010519491231002X"
	for i := range 18 {
		for _, c := range letters + "IOSVZ-" {
			if s := credit[:i] + string(c) + credit[i+1:]; s != credit && domain.ValidCreditCode(s) {
				t.Errorf("%s passes", s)
			}
			if s := card[:i] + string(c) + card[i+1:]; s != card && domain.ValidIDNumber(s) {
				t.Errorf("%s passes", s)
			}
		}
	}
	if d, ok := domain.IDNumberBirth(card); !ok || d != day("1949-12-31") {
		t.Errorf("born on %s", d)
	}
	for _, s := range []string{"", "110105", "110105194913310", "11010519491231002"} {
		if _, ok := domain.IDNumberBirth(s); ok && len(s) < 17 || domain.ValidIDNumber(s) {
			t.Errorf("%q passes", s)
		}
	}
}

func TestValidHandle(t *testing.T) {
	for s, want := range map[string]bool{
		"clerk": true, "a1": true, "hongqi-01": true, "a": false, "": false, "-a": false, "a-": false, "Clerk": false, "张三": false,
		"13800138000": false, "138-0013": false, "11010519491231002x": true, strings.Repeat("a", 32): true, strings.Repeat("a", 33): false, "a b": false,
	} {
		if domain.ValidHandle(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

// TestNames: the closed vocabularies write themselves, also beyond their ends.
func TestNames(t *testing.T) {
	got := []string{domain.Service.String(), domain.Study.String(), domain.EntryKind(9).String(), domain.Credit.String(), domain.Honour.String(),
		domain.Claimed.String(), domain.Confirmed.String(), domain.Rejected.String(), domain.Voided.String(), domain.EntryStatus(0).String(), domain.EntryStatus(200).String()}
	want := []string{"service", "study", "", "credit", "honour", "claimed", "confirmed", "rejected", "voided", "", ""}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if !(domain.Secret{}).IsZero() || (domain.Secret{Cipher: []byte{1}}).IsZero() || (domain.Secret{Plain: "x"}).IsZero() {
		t.Error("an absent secret and a present one are mixed up")
	}
}
