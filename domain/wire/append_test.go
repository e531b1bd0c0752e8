package wire

import (
	"errors"
	"reflect"
	"testing"

	"zhishu/domain"
)

type strangeEvent struct{ typ string }

func (e strangeEvent) Type() string { return e.typ }

// Every personal field of every event, alone and plain, is refused.
func TestAppendDataRefusesPlainSecrets(t *testing.T) {
	fields := 0
	for typ := range codecs {
		for _, v := range vectorsOf(t, typ) {
			ref := vectorStream(t, typ, v.data)
			e := must(Decode(ref, typ, v.version, v.data))
			p, ok := e.(domain.Private)
			if !ok {
				continue
			}
			p.Secrets(func(field string, s *domain.Secret) {
				fields++
				sealed := *s
				for _, plain := range []domain.Secret{{Plain: "张三"}, {Plain: "张三", Cipher: []byte{1}}} {
					*s = plain
					if got, err := AppendData([]byte("before"), e); !errors.Is(err, ErrUnsealed) || string(got) != "before" {
						t.Errorf("%s %s: %q, %v", v.path, field, got, err)
					}
				}
				*s = sealed
			})
		}
	}
	if fields < 20 {
		t.Errorf("only %d personal fields were tried", fields)
	}
}

func TestAppendDataRefuses(t *testing.T) {
	day, _ := domain.ParseDay("2026-03-05")
	claim := func(change func(*domain.EntryClaimed)) domain.Event {
		e := &domain.EntryClaimed{Deed: domain.Deed{Kind: domain.Service, Span: domain.Span{Day: day, Minutes: 1}}}
		change(e)
		return e
	}
	for name, c := range map[string]struct {
		event domain.Event
		want  error
	}{
		"sound":                 {claim(func(*domain.EntryClaimed) {}), nil},
		"nil":                   {nil, ErrUnknownType},
		"an unknown type":       {strangeEvent{"person-vanished"}, ErrUnknownType},
		"a borrowed type":       {strangeEvent{"person-erased"}, ErrUnwritable},
		"a borrowed private":    {strangeEvent{"entry-rejected"}, ErrUnwritable},
		"broken UTF-8":          {claim(func(e *domain.EntryClaimed) { e.Deed.Title = "\xe6" }), ErrUnwritable},
		"no kind":               {claim(func(e *domain.EntryClaimed) { e.Deed.Kind = 0 }), ErrUnwritable},
		"hours of no kind":      {claim(func(e *domain.EntryClaimed) { e.Deed.Hours = 2 }), ErrUnwritable},
		"no day":                {claim(func(e *domain.EntryClaimed) { e.Deed.Span.Day = domain.NoDay }), ErrUnwritable},
		"the end of time":       {claim(func(e *domain.EntryClaimed) { e.Deed.Span.Day = domain.MaxDay }), ErrUnwritable},
		"year 10000":            {claim(func(e *domain.EntryClaimed) { e.Deed.Span.Day = lastDay + 1 }), ErrUnwritable},
		"an instant too late":   {claim(func(e *domain.EntryClaimed) { e.Deed.Span.End = lastInstant + 1 }), ErrUnwritable},
		"a day unlike start's":  {claim(func(e *domain.EntryClaimed) { e.Deed.Span.Start = day.Start() - 1 }), ErrUnwritable},
		"a code that is none":   {claim(func(e *domain.EntryClaimed) { e.Deed.Community = 330602001000 }), ErrUnwritable},
		"a code of 13 digits":   {claim(func(e *domain.EntryClaimed) { e.Deed.Community = 1330602001001 }), ErrUnwritable},
		"skills not in UTF-8":   {&domain.PersonEnrolled{Skills: []string{"\xff"}, AgeOn: domain.NoDay}, ErrUnwritable},
		"a successor of none":   {&domain.CommunitySucceeded{Successors: []domain.CommunityCode{0}, From: day}, ErrUnwritable},
		"membership from NoDay": {&domain.MembershipStarted{Membership: domain.Membership{From: domain.NoDay, To: domain.MaxDay}}, ErrUnwritable},
		"a scope of no level":   {&domain.AccountOpened{Scope: domain.CommunityCode(330602001000).Division()}, ErrUnwritable},
	} {
		if got, err := AppendData([]byte("before"), c.event); !errors.Is(err, c.want) || c.want != nil && string(got) != "before" {
			t.Errorf("%s: %q, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestAppendMetaRepairsText(t *testing.T) {
	got, _, err := DecodeMeta(AppendMeta(nil, domain.Meta{Source: "a\xffb"}))
	if want := (domain.Meta{Source: "a\uFFFDb"}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A decoder that keeps strings must not mix them up, however many there are.
func TestDecoderKeepsStringsApart(t *testing.T) {
	d := NewDecoder()
	ref, _ := domain.ParseStream(vectorStreams[domain.CommunityCategory])
	for round := range 2 {
		for i := range 20_000 {
			e := &domain.CommunityRegistered{Code: ref.Community, Name: string(rune('一' + i)), From: domain.Day(i), Source: "同一来源"}
			got, err := d.Decode(ref, e.Type(), 1, must(AppendData(nil, e)))
			if err != nil || !reflect.DeepEqual(got, e) {
				t.Fatalf("round %d: %+v, %v, want %+v", round, got, err, e)
			}
		}
	}
}
