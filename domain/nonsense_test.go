package domain_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// TestNonsense gives every kind of stream events that make no sense, of its own
// and of others, and then commands that make none. Nothing panics; Decide
// changes neither the state nor the command, and answers with events or with a
// refusal that is in the list.
func TestNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		category := rapid.SampledFrom(categories).Draw(t, "category")
		state := domain.NewState(category)
		var history []recorded
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			r := recorded{event: draw(t, anyEvent, "event")}
			fill(t, reflect.ValueOf(&r.meta).Elem(), "meta")
			history = append(history, r)
			state.Evolve(deepCopy(r.event), r.meta)
		}
		if !reflect.DeepEqual(state, foldCopies(category, history)) {
			t.Fatal("two folds of the same events differ")
		}
		c := draw(t, anyCommand, "command")
		asked := deepCopy(c)
		var by domain.Actor
		fill(t, reflect.ValueOf(&by).Elem(), "actor")
		by.Role = rapid.SampledFrom(roles).Draw(t, "role")
		now := domain.Instant(rapid.Int64Range(0, 1_773_000_000_000).Draw(t, "now"))

		events, err := state.Decide(c, by, now)
		if !reflect.DeepEqual(state, foldCopies(category, history)) {
			t.Fatalf("deciding %s changed the state", c.Operation())
		}
		if !reflect.DeepEqual(c, asked) {
			t.Fatalf("deciding %s changed the command", c.Operation())
		}
		checkAnswer(t, events, err)
		for _, e := range events {
			state.Evolve(e, domain.Meta{})
		}
		again, err := foldCopies(category, history).Decide(asked, by, now)
		if len(again) != len(events) || !reflect.DeepEqual(again, events) && len(events) > 0 {
			t.Fatalf("deciding %s twice gave different answers: %v", c.Operation(), err)
		}
	})
}

func checkAnswer(t *rapid.T, events []domain.Event, err error) {
	if err == nil {
		return
	}
	var refusal *domain.Refusal
	if !errors.As(err, &refusal) || len(events) > 0 {
		t.Fatalf("%v with %d events", err, len(events))
	}
	if _, ok := domain.InfoOf(refusal.Code); !ok {
		t.Fatalf("%s is not in the list", refusal.Code)
	}
}

// TestForeignCommands: a stream refuses what belongs to another, and says so.
func TestForeignCommands(t *testing.T) {
	for _, category := range categories {
		for _, c := range anyCommand {
			owner, _, _ := strings.Cut(c.Target(), "-")
			events, err := domain.NewState(category).Decide(c, founder, 0)
			if err == nil && len(events) > 0 {
				t.Errorf("%s accepted an empty %s", category, c.Operation())
			}
			var refusal *domain.Refusal
			if owner != category && !errors.As(err, &refusal) {
				t.Errorf("%s answered %s with %v", category, c.Operation(), err)
			}
		}
	}
	if domain.NewState("award") != nil {
		t.Error("a state for a category that does not exist")
	}
}

// TestEventsKeepTheirNames: the stored names, and every sealed field of every
// event under a name of its own.
func TestEventsKeepTheirNames(t *testing.T) {
	names := map[string]bool{}
	for _, e := range anyEvent {
		if names[e.Type()] || e.Type() == "" {
			t.Errorf("%T: %q is taken or empty", e, e.Type())
		}
		names[e.Type()] = true
		secrets := secretsIn(reflect.ValueOf(e).Elem())
		p, private := e.(domain.Private)
		if private != (secrets > 0) {
			t.Errorf("%s has %d personal fields, Private: %v", e.Type(), secrets, private)
		}
		if !private {
			continue
		}
		fields := map[string]bool{}
		p.Secrets(func(field string, s *domain.Secret) {
			if fields[field] || s == nil {
				t.Errorf("%s: field %s twice", e.Type(), field)
			}
			fields[field] = true
		})
		if len(fields) != secrets {
			t.Errorf("%s visits %d of %d personal fields", e.Type(), len(fields), secrets)
		}
	}
	study := &domain.EntryClaimed{Deed: domain.Deed{Kind: domain.Study}}
	if study.Type() != domain.StudyClaimed || names[domain.StudyClaimed] {
		t.Error("study is claimed under its own name")
	}
}

// TestOperations: each command has a name of its own and the stream of the
// subject it names; each sealed event has a subject whose key seals it.
func TestOperations(t *testing.T) {
	names := map[string]bool{}
	for _, c := range anyCommand {
		if name := c.Operation(); names[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%T is called %q", c, name)
		}
		names[c.Operation()] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		e := draw(t, anyEvent, "event")
		p, ok := e.(domain.Private)
		if !ok {
			return
		}
		v := reflect.ValueOf(e).Elem()
		for _, field := range []string{"Donor", "Person", "Account", "Import", "Group"} { // a donor's name is sealed under the donor's key
			if f := v.FieldByName(field); f.IsValid() {
				if want := f.FieldByName("UUID").Interface(); p.Subject() != want {
					t.Fatalf("%s is sealed under %s, not %s", e.Type(), p.Subject(), want)
				}
				return
			}
		}
		if code := v.FieldByName("Code"); code.IsValid() {
			if want := code.Interface().(domain.CommunityCode).Subject(); p.Subject() != want {
				t.Fatalf("%s is sealed under %s, not %s", e.Type(), p.Subject(), want)
			}
			return
		}
		t.Fatalf("%s has no subject", e.Type())
	})
}

// secretsIn counts the fields of type Secret, one for each external number.
func secretsIn(v reflect.Value) (n int) {
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.Type() == reflect.TypeFor[domain.Secret]():
			n++
		case f.Type() == reflect.TypeFor[[]domain.ExternalNumber]():
			f.Set(reflect.ValueOf([]domain.ExternalNumber{{}}))
			n++
		}
	}
	return n
}
