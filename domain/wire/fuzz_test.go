package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"zhishu/domain"
)

// Whatever is accepted has no other spelling: it encodes to the same bytes.
func FuzzDecode(f *testing.F) {
	for typ := range codecs {
		for _, v := range vectorsOf(f, typ) {
			f.Add(typ, v.data)
		}
	}
	f.Add(domain.ServiceClaimed, []byte(soundClaim))
	kept, skipping := NewDecoder(), NewDecoder()
	skipping.SkipSealed = true
	f.Fuzz(func(t *testing.T, typ string, data []byte) {
		c, ok := codecs[typ]
		if !ok {
			return
		}
		ref, _ := domain.ParseStream(vectorStreams[c.category])
		if c.category == domain.PolicyCategory {
			ref = guessedPolicyStream(data)
		}
		e, err := Decode(ref, typ, 1, data)
		again, errAgain := kept.Decode(ref, typ, 1, data)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(e, again) {
			t.Fatalf("the function: %+v, %v; a decoder: %+v, %v", e, err, again, errAgain)
		}
		skipped, errSkipped := skipping.Decode(ref, typ, 1, data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Fatalf("accepted what is not JSON: %q", data)
		}
		if back, err := AppendData(nil, e); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("accepted\n%s\nencodes to\n%s, %v", data, back, err)
		}
		if errSkipped != nil || !reflect.DeepEqual(skipped, withoutSecrets(e)) {
			t.Fatalf("without sealed fields: %+v, %v", skipped, errSkipped)
		}
	})
}

func guessedPolicyStream(data []byte) domain.StreamRef {
	var id struct{ Kind, Scope string }
	_ = json.Unmarshal(data, &id) // what cannot be guessed is refused by Decode
	scope, _ := domain.ParseDivision(id.Scope)
	return domain.StreamRef{
		Category: domain.PolicyCategory,
		Rest:     domain.PolicyID{Kind: domain.PolicyKind(id.Kind), Scope: scope}.String(),
	}
}

func FuzzDecodeMeta(f *testing.F) {
	for _, v := range vectorsOf(f, "metadata") {
		f.Add(v.data)
	}
	kept := NewDecoder()
	f.Fuzz(func(t *testing.T, data []byte) {
		m, version, err := DecodeMeta(data)
		at, account, headVersion, headErr := kept.DecodeMetaHead(data)
		if err != nil {
			return
		}
		if back := AppendMeta(nil, m); version != Version || !bytes.Equal(back, data) || !json.Valid(data) {
			t.Fatalf("accepted\n%s\nencodes to\n%s", data, back)
		}
		if headErr != nil || headVersion != version || at != m.RecordedAt || account != m.Account {
			t.Fatalf("head: %v %v %d %v of %s", at, account, headVersion, headErr, data)
		}
	})
}
