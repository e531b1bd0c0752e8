package wire

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// TestAnEncoderRemembersNothingWrong writes a run of events and metadata of a
// few callers with one encoder: the bytes are those that a fresh one writes.
func TestAnEncoderRemembersNothingWrong(t *testing.T) {
	types := slices.Sorted(maps.Keys(codecs))
	rapid.Check(t, func(t *rapid.T) {
		callers := make([]domain.Meta, 3)
		for i := range callers {
			fill(t, reflect.ValueOf(&callers[i]).Elem(), "", "meta")
		}
		var c Encoder
		for range rapid.IntRange(1, 12).Draw(t, "events") {
			m := rapid.SampledFrom(callers).Draw(t, "caller")
			m.KeyHash, m.RequestHash = bytes16.Draw(t, "key"), bytes16.Draw(t, "request")
			if got, want := c.AppendMeta([]byte("before "), m), AppendMeta([]byte("before "), m); !bytes.Equal(got, want) {
				t.Fatalf("metadata\n%s\nwant\n%s", got, want)
			}
			_, e := randomEvent(t, rapid.SampledFrom(types).Draw(t, "type"))
			plain := domain.Private(&domain.EntryRejected{Reason: domain.Secret{Plain: "plain"}})
			if _, err := c.AppendData(nil, plain); !errors.Is(err, ErrUnsealed) {
				t.Fatalf("plain text: %v", err)
			}
			got, err := c.AppendData([]byte("before "), e)
			want, wantErr := AppendData([]byte("before "), e)
			if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
				t.Fatalf("%s\n%s, %v\nwant\n%s, %v", e.Type(), got, err, want, wantErr)
			}
		}
	})
}
