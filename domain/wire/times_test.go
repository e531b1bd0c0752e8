package wire

import (
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// The codec's own reading of clock times and identities against the domain's.
func TestScalarsAgreeWithTheDomain(t *testing.T) {
	withCache := &reader{known: new(known)}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(instants.Draw(t, "instant").String())
		if rapid.Bool().Draw(t, "damage") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789:-.TZ\x00 ")).Draw(t, "byte")
		}
		want, err := domain.ParseInstant(text)
		canonical := err == nil && want.String() == string(text) && want != 0
		for _, r := range []*reader{withCache, {}} {
			r.reset([]byte(`{"t":"` + string(text) + `"}`))
			r.begin()
			got := r.instant("t")
			r.end()
			if (r.err == nil) != canonical || canonical && got != want {
				t.Fatalf("%q: got %v, %v; the domain %v, %v", text, got, r.err, want, err)
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		u := domain.UUID(bytes16.Draw(t, "uuid"))
		text := []byte(u.String())
		if rapid.Bool().Draw(t, "damage") {
			text[rapid.IntRange(0, 35).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		want, err := domain.ParseUUID(text)
		r := &reader{data: append(append([]byte{'"'}, text...), '"')}
		got := r.uuidValue()
		if ok := err == nil && want.String() == string(text); (r.err == nil) != ok || ok && got != want {
			t.Fatalf("%q: got %v, %v; the domain %v, %v", text, got, r.err, want, err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{9}[0-3]{3}|0[0-9]{11}|1[01][0-9]{10}`).Draw(t, "code")
		want, err := domain.ParseCommunityCode(text)
		r := &reader{data: []byte(`"` + text + `"`)}
		if got := r.communityValue(); (r.err == nil) != (err == nil) || got != want {
			t.Fatalf("%q: got %v, %v; the domain %v, %v", text, got, r.err, want, err)
		}
	})
}
