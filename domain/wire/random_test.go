package wire

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

var (
	oddText = rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "社区环境清洁日", `"`, `\`, `\"`, `\u0041`, "\x00", "\x1f\x7f\n\r\t", "\u2028\u2029", "陈𬀩", "👨‍👩‍👧‍👦", "e\u0301",
			"\ufeff", "\ufffd", "\U0010ffff", "{}", "}", `{"a":1}`, "</script>", strings.Repeat("长", 80),
		}),
		rapid.String(),
	)
	bytes16 = rapid.Custom(func(t *rapid.T) (b [16]byte) {
		if rapid.Bool().Draw(t, "given") {
			copy(b[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		}
		return b
	})
	communities = rapid.Custom(func(t *rapid.T) domain.CommunityCode {
		above := rapid.Uint64Range(110_000_000, 999_999_999).Draw(t, "street")
		return domain.CommunityCode(above*1000 + rapid.Uint64Range(1, 999).Draw(t, "community"))
	})
	days = rapid.Custom(func(t *rapid.T) domain.Day {
		return domain.Day(rapid.Int32Range(int32(firstDay), int32(lastDay)).Draw(t, "day"))
	})
	instants = rapid.Custom(func(t *rapid.T) domain.Instant {
		at := rapid.Int64Range(int64(firstInstant)+millisPerDay, int64(lastInstant)-millisPerDay).Draw(t, "instant")
		if rapid.Bool().Draw(t, "whole seconds") {
			at -= at % 1000
		}
		return domain.Instant(at)
	})
)

// randomEvent fills every field with what its type may hold.
func randomEvent(t *rapid.T, typ string) (domain.StreamRef, domain.Event) {
	e := emptyEvent(typ)
	ref := domain.StreamRef{Category: codecs[typ].category}
	v := reflect.ValueOf(e).Elem()
	fill(t, v, "", typ)
	switch e := e.(type) {
	case *domain.PolicyAdopted:
		ref.Rest = e.Policy.ID.String()
	case *domain.PolicyProposed:
		ref.Rest = e.Policy.ID.String()
	case *domain.PolicyApproved:
		ref.Rest = e.ID.String()
	case *domain.PolicyRefused:
		ref.Rest = e.ID.String()
	default:
		id := v.FieldByName(identity[ref.Category])
		if id.Kind() == reflect.Struct {
			ref.ID = id.Field(0).Interface().(domain.UUID)
		} else {
			ref.Community = domain.CommunityCode(id.Uint())
		}
	}
	return ref, e
}

func fill(t *rapid.T, v reflect.Value, full, typ string) {
	switch x := v.Addr().Interface().(type) {
	case *domain.UUID:
		*x = bytes16.Draw(t, full)
		return
	case *[16]byte:
		*x = bytes16.Draw(t, full)
		return
	case *domain.Day:
		*x = days.Draw(t, full)
		if absent, optional := leftOut[full]; optional && rapid.Bool().Draw(t, "left out") {
			*x = absent
		}
		return
	case *domain.Instant:
		*x = instants.Draw(t, full)
		return
	case *domain.CommunityCode:
		*x = communities.Draw(t, full)
		return
	case *domain.Division:
		c := communities.Draw(t, full)
		*x = must(domain.ParseDivision(c.String()[:rapid.SampledFrom([]int{0, 2, 4, 6, 9, 12}).Draw(t, "digits")]))
		return
	case *domain.EntryKind:
		*x = rapid.SampledFrom([]domain.EntryKind{domain.Service, domain.Study}).Draw(t, full)
		switch typ {
		case domain.ServiceClaimed:
			*x = domain.Service
		case domain.StudyClaimed:
			*x = domain.Study
		}
		return
	case *domain.HoursKind:
		*x = rapid.SampledFrom([]domain.HoursKind{domain.Honour, domain.Credit}).Draw(t, full)
		return
	case *domain.Span:
		randomSpan(t, x)
		return
	case *domain.Secret:
		if n := rapid.IntRange(0, 40).Draw(t, full); n > 0 {
			x.Cipher = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, full)
		}
		return
	}
	fillKind(t, v, full, typ)
}

func fillKind(t *rapid.T, v reflect.Value, full, typ string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(oddText.Draw(t, full))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, full))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, full))
	case reflect.Uint32:
		v.SetUint(uint64(rapid.Uint32().Draw(t, full)))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, full))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), full, typ)
		}
	case reflect.Slice:
		for range rapid.IntRange(0, 3).Draw(t, full) {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			fill(t, v.Index(v.Len()-1), full, typ)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Name()+"."+v.Type().Field(i).Name, typ)
		}
	default:
		panic(v.Type())
	}
}

func randomSpan(t *rapid.T, s *domain.Span) {
	s.Minutes = domain.Minutes(rapid.Int64().Draw(t, "minutes"))
	s.Day = days.Draw(t, "day")
	if rapid.Bool().Draw(t, "start") {
		if s.Start = instants.Draw(t, "start"); s.Start != 0 {
			s.Day = s.Start.Day()
		}
	}
	if rapid.Bool().Draw(t, "end") {
		s.End = instants.Draw(t, "end")
	}
}

func withoutSecrets(e domain.Event) domain.Event {
	if p, ok := e.(domain.Private); ok {
		p.Secrets(func(_ string, s *domain.Secret) { *s = domain.Secret{} })
	}
	return e
}

func TestDecodeUndoesAppendForEveryType(t *testing.T) {
	reused, skipping := NewDecoder(), NewDecoder()
	skipping.SkipSealed = true
	for typ := range codecs {
		t.Run(typ, rapid.MakeCheck(func(t *rapid.T) {
			ref, e := randomEvent(t, typ)
			data := must(AppendData(nil, e))
			if !json.Valid(data) {
				t.Fatalf("not JSON: %s", data)
			}
			for name, decode := range map[string]func(domain.StreamRef, string, int, []byte) (domain.Event, error){
				"function": Decode, "decoder": reused.Decode,
			} {
				// What is decoded must not live in the input.
				input := slices.Clone(data)
				got, err := decode(ref, typ, 1, input)
				clear(input)
				if err != nil {
					t.Fatalf("%s: %v\n%s", name, err, data)
				}
				if !reflect.DeepEqual(got, e) {
					t.Fatalf("%s: decoded %+v\nfrom %s\nencoded %+v", name, got, data, e)
				}
			}
			if got := decodeIndependently(t, ref, typ, data); !reflect.DeepEqual(got, e) {
				t.Fatalf("encoding/json: decoded %+v\nfrom %s\nencoded %+v", got, data, e)
			}
			if got, err := skipping.Decode(ref, typ, 1, data); err != nil || !reflect.DeepEqual(got, withoutSecrets(e)) {
				t.Fatalf("without sealed fields: %v, %+v\nfrom %s", err, got, data)
			}
		}))
	}
}

func TestDecodeMetaUndoesAppendMeta(t *testing.T) {
	reused := NewDecoder()
	rapid.Check(t, func(t *rapid.T) {
		var m domain.Meta
		fill(t, reflect.ValueOf(&m).Elem(), "", "")
		data := AppendMeta(nil, m)
		got, version, err := DecodeMeta(data)
		if err != nil || version != Version || got != m {
			t.Fatalf("decoded %+v, %d, %v\nfrom %s\nencoded %+v", got, version, err, data, m)
		}
		if got, _, err := reused.DecodeMeta(data); err != nil || got != m {
			t.Fatalf("decoder: decoded %+v, %v\nfrom %s", got, err, data)
		}
		at, account, version, err := reused.DecodeMetaHead(data)
		if err != nil || version != Version || at != m.RecordedAt || account != m.Account {
			t.Fatalf("head: %v %v %d %v\nfrom %s", at, account, version, err, data)
		}
		if got := metaIndependently(t, data); got != m {
			t.Fatalf("encoding/json: decoded %+v\nfrom %s", got, data)
		}
	})
}

func metaIndependently(t failer, data []byte) (m domain.Meta) {
	t.Helper()
	doc := parseObject(t, data)
	if doc["v"] != json.Number("1") {
		t.Fatalf("version %v", doc["v"])
	}
	delete(doc, "v")
	d := independent{}
	d.structure(reflect.ValueOf(&m).Elem(), doc, "", "")
	if len(doc) > 0 {
		t.Fatalf("nobody asked for %v", doc)
	}
	return m
}
