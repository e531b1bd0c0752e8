package commands_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/vault"
)

// gated is the log as one server sees it, with a hold before its appends and a
// look at its reads.
type gated struct {
	commands.Log
	before func(stream string)
	looked func(stream string)
}

func (g *gated) Append(ctx context.Context, stream string, expected eventstore.Expected, events []eventstore.Event) (eventstore.Appended, error) {
	if g.before != nil {
		g.before(stream)
	}
	return g.Log.Append(ctx, stream, expected, events)
}

func (g *gated) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	if g.looked != nil {
		g.looked(stream)
	}
	return g.Log.ReadStream(ctx, stream, from, dir)
}

const contested = "430702196001010015"

func somebody(last byte) domain.PersonID {
	return domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 14: 7, 15: last}}
}

func (b *bench) contest(h *commands.Handler, id domain.PersonID) error {
	_, err := h.Do(b.t.Context(), b.by(h, "clerk", "enrol", &domain.EnrolPerson{Person: id, Community: community, Name: "李四", IDNumber: contested, AgeOn: domain.NoDay}))
	return err
}

// holder is who carries the contested number, for the vault.
func (b *bench) holder(h *commands.Handler) domain.PersonID {
	b.t.Helper()
	id, err := h.PersonByIDNumber(b.t.Context(), contested)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// standing starts to enrol a person on a server that stands still between
// reservation and append until goOn is closed.
func (b *bench) standing(id domain.PersonID) (stopped, goOn chan struct{}, enrolled chan error) {
	stopped, goOn, enrolled = make(chan struct{}), make(chan struct{}), make(chan error, 1)
	first := true
	slow := b.handler(&gated{Log: b.store, before: func(stream string) {
		if stream == id.Stream() && first {
			first = false
			close(stopped)
			<-goOn
		}
	}})
	go func() { enrolled <- b.contest(slow, id) }()
	return stopped, goOn, enrolled
}

func TestAServerThatStoodStillDoesNotEnrolANumberThatWasTakenMeanwhile(t *testing.T) {
	b := newBench(t)
	a, other := somebody(1), somebody(2)
	stopped, goOn, enrolled := b.standing(a)
	<-stopped
	quick := b.handler(b.store)
	if err := b.contest(quick, other); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	wantCode(t, <-enrolled, commands.IDNumberTaken)
	if types(recorded(t, b.store, a.Stream())) != "person-erased" || types(recorded(t, b.store, other.Stream())) != "person-enrolled" {
		t.Fatalf("%s: %s; %s: %s", a, types(recorded(t, b.store, a.Stream())), other, types(recorded(t, b.store, other.Stream())))
	}
	if b.holder(quick) != other {
		t.Fatal("the number belongs to", b.holder(quick))
	}
	// What was given up stays so, whoever asks and however often.
	wantCode(t, b.contest(quick, a), commands.IDNumberTaken)
	wantCode(t, b.contest(b.handler(b.store), a), commands.IDNumberTaken)
	if exists, err := quick.Exists(t.Context(), a.Stream()); exists || err != nil {
		t.Fatal("a person who was given up exists", err)
	}
}

func TestAnEnrolmentElsewhereGetsTimeToFinish(t *testing.T) {
	b := newBench(t)
	a, other := somebody(1), somebody(2)
	stopped, goOn, enrolled := b.standing(a)
	<-stopped
	looks := 0
	waiting := b.handler(&gated{Log: b.store, looked: func(stream string) {
		if stream != a.Stream() {
			return
		}
		if looks++; looks == 2 { // it has looked once and waits
			close(goOn)
			if err := <-enrolled; err != nil {
				t.Error(err)
			}
		}
	}})
	wantCode(t, b.contest(waiting, other), commands.IDNumberTaken)
	if events := recorded(t, b.store, other.Stream()); len(events) != 0 || b.holder(waiting) != a {
		t.Fatal(types(events), b.holder(waiting))
	}
}

func TestWhoIsEnrolledAtTheLastMomentKeepsTheNumber(t *testing.T) {
	b := newBench(t)
	a, other := somebody(1), somebody(2)
	stopped, goOn, enrolled := b.standing(a)
	<-stopped
	taking := b.handler(&gated{Log: b.store, before: func(stream string) {
		if stream == a.Stream() { // the other's person is about to be given up
			close(goOn)
			if err := <-enrolled; err != nil {
				t.Error(err)
			}
		}
	}})
	wantCode(t, b.contest(taking, other), commands.IDNumberTaken)
	if got := types(recorded(t, b.store, a.Stream())); got != "person-enrolled" || b.holder(taking) != a {
		t.Fatal(got, b.holder(taking))
	}
}

// TestATakeoverBrokenOffAnywhereIsFinishedByTheNext: the server that takes a
// number over fails behind each of its steps.
func TestATakeoverBrokenOffAnywhereIsFinishedByTheNext(t *testing.T) {
	for _, broken := range []string{"before giving up", "after giving up"} {
		b := newBench(t)
		a, other, third := somebody(1), somebody(2), somebody(3)
		stopped, goOn, enrolled := b.standing(a)
		<-stopped
		ctx, fail := context.WithCancel(t.Context())
		taking := b.handler(&gated{Log: b.store, before: func(stream string) {
			if stream == a.Stream() && broken == "before giving up" || stream == other.Stream() {
				fail()
			}
		}})
		_, err := taking.Do(ctx, b.by(taking, "clerk", "enrol", &domain.EnrolPerson{Person: other, Community: community, Name: "李四", IDNumber: contested, AgeOn: domain.NoDay}))
		if err == nil {
			t.Fatal(broken, "it was not broken off")
		}
		var r *domain.Refusal
		if errors.As(err, &r) {
			t.Fatal(broken, err)
		}
		close(goOn)
		first := <-enrolled
		second := b.contest(b.handler(b.store), third)
		var carriers []string
		for _, id := range []domain.PersonID{a, other, third} {
			if strings.Contains(types(recorded(t, b.store, id.Stream())), "person-enrolled") {
				carriers = append(carriers, id.String())
			}
		}
		if len(carriers) != 1 {
			t.Fatalf("%s: %d persons carry one number: %v (%v, %v)", broken, len(carriers), carriers, first, second)
		}
		if b.holder(taking).String() != carriers[0] {
			t.Fatalf("%s: the number belongs to %s, enrolled is %s", broken, b.holder(taking), carriers[0])
		}
	}
}

func TestAReservationOfSomebodyGivenUpIsTakenAtOnce(t *testing.T) {
	b := newBench(t)
	gone := somebody(1)
	reserve := func(space, value string) {
		if _, err := b.vault.Reserve(t.Context(), space, b.vault.Mac(space, []byte(value)), vault.Subject(gone.UUID)); err != nil {
			t.Fatal(err)
		}
	}
	reserve("id-number", contested)
	reserve("number/"+community.String(), "0001")
	looks := 0
	h := b.handler(&gated{Log: b.store, looked: func(stream string) {
		if stream == gone.Stream() {
			looks++
		}
	}})
	if err := b.contest(h, somebody(2)); err != nil {
		t.Fatal(err)
	}
	// The event says who wanted the number, and answers no request.
	e := recorded(t, b.store, gone.Stream())[0]
	if !strings.Contains(string(e.Metadata), h.AccountOf("clerk").String()) || strings.Contains(string(e.Metadata), "keyHash") {
		t.Fatal(string(e.Metadata))
	}
	looks = 0
	b.must(h.Do(t.Context(), b.by(h, "clerk", "enrol", &domain.EnrolPerson{Person: somebody(3), Community: community, AgeOn: domain.NoDay,
		External: []domain.NumberFrom{{Issuer: community.String(), Number: "0001"}}})))
	if looks != 1 {
		t.Fatalf("looked %d times at somebody who was given up", looks)
	}
}

func TestARefusalRestsOnWhatOtherServersHaveWritten(t *testing.T) {
	b := newBench(t)
	one, two := b.handler(b.store), b.handler(b.store)
	b.must(two.Do(t.Context(), b.by(two, "clerk", "first", b.claim(2, 9)))) // two remembers the person
	out := b.must(one.Do(t.Context(), b.by(one, "clerk", "second", b.claim(1, 9))))
	b.must(two.Do(t.Context(), b.by(two, "reviewer", "confirm", &domain.ConfirmEntry{Person: b.person, Entry: domain.EntryNo(out.First)})))
	// And what is so already is asked of the log as well: consent was given,
	// was withdrawn by the other server, and is given again.
	consent := domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: b.clock.Day()}
	b.must(one.Do(t.Context(), b.by(one, "clerk", "withdraw", &domain.WithdrawConsent{Person: b.person, Kind: domain.ConsentRecord, From: b.clock.Day()})))
	again := b.must(two.Do(t.Context(), b.by(two, "clerk", "again", &domain.GiveConsent{Person: b.person, Consent: consent})))
	if again.Events != 1 {
		t.Fatal("consent that was withdrawn elsewhere was taken for given")
	}
	kinds := strings.Fields(types(recorded(t, b.store, b.person.Stream())))
	if !slices.Equal(kinds[len(kinds)-3:], []string{"entry-confirmed", "consent-withdrawn", "consent-given"}) {
		t.Fatal(kinds)
	}
}
