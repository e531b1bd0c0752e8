package commands_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/vault"
)

func TestSameKeyAnswersAsTheFirstTime(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	first := b.must(h.Do(t.Context(), b.by(h, "clerk", "k1", b.claim(1, 9))))
	again := b.must(h.Do(t.Context(), b.by(h, "clerk", "k1", b.claim(1, 9))))
	// Another server has nothing in its cache.
	elsewhere := b.handler(b.store)
	third := b.must(elsewhere.Do(t.Context(), b.by(elsewhere, "clerk", "k1", b.claim(1, 9))))
	for _, o := range []commands.Outcome{again, third} {
		if !o.Repeated || o.First != first.First || o.Last != first.Last || o.Position != first.Position {
			t.Fatalf("first %+v, again %+v", first, o)
		}
	}
	if got := types(recorded(t, b.store, b.person.Stream())); got != "person-enrolled membership-started consent-given service-claimed" {
		t.Fatal(got)
	}
}

func TestSameKeyWithAnotherRequestIsRefused(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k1", b.claim(1, 9))))
	_, err := h.Do(t.Context(), b.by(h, "clerk", "k1", b.claim(1, 11)))
	wantCode(t, err, commands.IdempotencyKeyReused)
	// The key belongs to its account: another account may use the same words.
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "k1", b.claim(1, 11))))
}

func TestLostRequestsAndRepliesLoseAndDoubleNothing(t *testing.T) {
	for _, fault := range []storetest.Fault{storetest.Refuse, storetest.LoseRequest, storetest.LoseReply} {
		b := newBench(t)
		// Every second append fails, so every command meets the fault once.
		plan := storetest.Plan{Append: func(call int) storetest.Fault {
			if call%2 == 0 {
				return fault
			}
			return storetest.NoFault
		}}
		h := b.handler(storetest.Faulty(b.store, plan))
		for i := range 8 {
			b.must(h.Do(t.Context(), b.by(h, "clerk", fmt.Sprint("k", i), b.claim(1, 8+i))))
		}
		if n := len(recorded(t, b.store, b.person.Stream())); n != 3+8 {
			t.Fatalf("fault %v: %d events, want 11", fault, n)
		}
	}
}

func TestCallerThatGivesUpLearnsThatTheOutcomeIsUnknownAndMayRetry(t *testing.T) {
	b := newBench(t)
	lost := b.handler(storetest.Faulty(b.store, storetest.Plan{Append: func(int) storetest.Fault { return storetest.LoseReply }}))
	// The account is read and cached before the context ends.
	b.must(lost.Do(t.Context(), b.by(lost, "clerk", "consent", &domain.GiveConsent{Person: b.person, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: b.clock.Day()}})))
	ctx := cancelled(t)
	_, err := lost.Do(ctx, b.by(lost, "clerk", "k1", b.claim(1, 9)))
	if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, ctx.Err()) {
		t.Fatal(err)
	}
	h := b.handler(b.store)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k1", b.claim(1, 9))))
	if n := len(recorded(t, b.store, b.person.Stream())); n != 4 {
		t.Fatalf("%d events, want 4", n)
	}
}

func TestTwoServersOnOneStreamDecideOnTheNewestState(t *testing.T) {
	b := newBench(t)
	servers := []*commands.Handler{b.handler(b.store), b.handler(b.store)}
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted, overlaps := 0, 0
	for i := range 40 {
		wg.Go(func() {
			h := servers[i%2]
			// Forty claims for ten hours: one of four may win each.
			_, err := h.Do(t.Context(), b.by(h, "clerk", fmt.Sprint("k", i), b.claim(1, 8+i/4)))
			mu.Lock()
			defer mu.Unlock()
			var r *domain.Refusal
			switch {
			case err == nil:
				accepted++
			case errors.As(err, &r) && r.Code == domain.Overlap:
				overlaps++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if accepted != 10 || overlaps != 30 {
		t.Fatalf("%d accepted, %d overlaps", accepted, overlaps)
	}
}

// readCounter counts the events that are read from streams.
type readCounter struct {
	commands.Log
	events int
}

func (c *readCounter) ReadStream(ctx context.Context, stream string, from eventstore.Revision, dir eventstore.Direction) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for r, err := range c.Log.ReadStream(ctx, stream, from, dir) {
			c.events++
			if !yield(r, err) {
				return
			}
		}
	}
}

// TestWhatAnotherServerWroteIsReadAlone: a long stream is not folded again
// because another server added to it, whether the next command is appended,
// refused or given a second time.
func TestWhatAnotherServerWroteIsReadAlone(t *testing.T) {
	b := newBench(t)
	counter := &readCounter{Log: b.store}
	here, there := b.handler(counter), b.handler(b.store)
	const days = 50
	for day := range days {
		b.must(here.Do(t.Context(), b.by(here, "clerk", fmt.Sprint("long", day), b.claim(day+2, 9))))
	}
	read := func(do func()) int {
		before := counter.events
		do()
		return counter.events - before
	}
	elsewhere := b.by(there, "clerk", "elsewhere", b.claim(1, 9))
	first := b.must(there.Do(t.Context(), elsewhere))
	if n := read(func() { b.must(here.Do(t.Context(), b.by(here, "clerk", "after", b.claim(1, 10)))) }); n != 1 {
		t.Errorf("%d events were read after a conflict, want the one that was new", n)
	}
	b.must(there.Do(t.Context(), b.by(there, "clerk", "third", b.claim(1, 11))))
	if n := read(func() {
		_, err := here.Do(t.Context(), b.by(here, "clerk", "overlapping", b.claim(1, 11)))
		wantCode(t, err, domain.Overlap)
	}); n != 1 {
		t.Errorf("%d events were read before a refusal, want the one that was new", n)
	}
	again := b.must(here.Do(t.Context(), elsewhere))
	if first.Repeated, again.Repeated = true, again.Repeated && again.Events == 1; again != first {
		t.Errorf("repeated here: %+v, the first time there: %+v", again, first)
	}
	// Commands that build on one another are folded in before they are stored:
	// then the stream is read whole.
	b.must(there.Do(t.Context(), b.by(there, "clerk", "fourth", b.claim(1, 12))))
	var outs []commands.Outcome
	n := read(func() {
		var err error
		outs, err = here.DoAll(t.Context(), []commands.Request{
			b.by(here, "clerk", "x", b.claim(1, 12)), b.by(here, "clerk", "y", b.claim(1, 13)), b.by(here, "clerk", "z", b.claim(1, 14)),
			b.by(here, "clerk", "z", b.claim(1, 14)),
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	wantCode(t, outs[0].Err, domain.Overlap)
	if outs[1].Events != 1 || outs[2].Events != 1 || !outs[3].Repeated || outs[3].Position != outs[2].Position {
		t.Errorf("%+v", outs)
	}
	if whole := len(recorded(t, b.store, b.person.Stream())) - 2; n != whole {
		t.Errorf("%d events were read, want the %d of the stream", n, whole)
	}
}

func TestManyCommandsAreCutOnlyBetweenCommands(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	var reqs []commands.Request
	for i := range 700 {
		c := b.claim(1+i, 9)
		c.Deed.Activity = domain.ActivityID{UUID: domain.UUID{15: byte(i), 14: byte(i >> 8), 0: 1}}
		reqs = append(reqs,
			b.by(h, "clerk", fmt.Sprint("c", i), c),
			b.by(h, "reviewer", fmt.Sprint("v", i), &domain.ConfirmEntry{Person: b.person, Activity: c.Deed.Activity}))
	}
	outs, err := h.DoAll(t.Context(), reqs)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outs {
		if o.Err != nil || o.Events != 1 || o.Position.IsZero() || o.First != eventstore.Revision(3+i) {
			t.Fatalf("command %d: %+v", i, o)
		}
	}
	if n := len(recorded(t, b.store, b.person.Stream())); n != 3+1400 {
		t.Fatalf("%d events", n)
	}
}

func TestARefusedCommandDoesNotStopTheOthers(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	outs, err := h.DoAll(t.Context(), []commands.Request{
		b.by(h, "clerk", "a", b.claim(1, 9)),
		b.by(h, "clerk", "b", b.claim(1, 9)),
		b.by(h, "clerk", "c", b.claim(1, 10)),
	})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, outs[1].Err, domain.Overlap)
	if outs[0].Events != 1 || outs[1].Events != 0 || outs[2].Events != 1 {
		t.Fatalf("%+v", outs)
	}
}

func TestPersonalFieldsAreSealedBeforeTheyAreStored(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9))))
	for r, err := range b.store.ReadAll(t.Context(), eventstore.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, plain := range []string{"张三", "11010519491231002X", "13800000000", "搬了三张"} {
			if bytes.Contains(r.Data, []byte(plain)) || bytes.Contains(r.Metadata, []byte(plain)) {
				t.Fatalf("%s holds a personal value in the clear", r.Type)
			}
		}
	}
	name, err := h.PersonName(t.Context(), b.person)
	if err != nil || name != "张三" {
		t.Fatal(name, err)
	}
	if err := b.vault.Erase(t.Context(), vault.Subject(b.person.UUID)); err != nil {
		t.Fatal(err)
	}
	if name, err = h.PersonName(t.Context(), b.person); err != nil || name != commands.ErasedName {
		t.Fatal(name, err)
	}
	_, err = h.Do(t.Context(), b.by(h, "clerk", "k2", b.claim(1, 11)))
	wantCode(t, err, domain.SubjectErased)
}

func TestAnIDNumberBelongsToOnePerson(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	enrol := func(last byte, number string) error {
		id := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: last}}
		_, err := h.Do(t.Context(), b.by(h, "clerk", "enrol", &domain.EnrolPerson{Person: id, Community: community, Name: "李四", IDNumber: number, AgeOn: domain.NoDay}))
		return err
	}
	wantCode(t, enrol(2, "11010519491231002x"), commands.IDNumberTaken)

	// A reservation whose person never came to exist is taken over.
	const free = "430702196001010015"
	var ghost vault.Subject
	ghost[15] = 99
	space, number := "id-number", []byte(free)
	if _, err := b.vault.Reserve(t.Context(), space, b.vault.Mac(space, number), ghost); err != nil {
		t.Fatal(err)
	}
	if err := enrol(3, free); err != nil {
		t.Fatal(err)
	}
	wantCode(t, enrol(4, free), commands.IDNumberTaken)
}

func TestOfTwoWhoEnrolOneNumberAtOnceOneWins(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	var wg sync.WaitGroup
	won := make(chan error, 16)
	for i := range 16 {
		wg.Go(func() {
			id := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 14: 1, 15: byte(i)}}
			_, err := h.Do(t.Context(), b.by(h, "clerk", "enrol", &domain.EnrolPerson{Person: id, Community: community,
				Name: "王五", AgeOn: domain.NoDay, External: []domain.NumberFrom{{Issuer: "430702001007", Number: "0001"}}}))
			won <- err
		})
	}
	wg.Wait()
	winners := 0
	for range 16 {
		if err := <-won; err == nil {
			winners++
		} else {
			wantCode(t, err, commands.NumberTaken)
		}
	}
	if winners != 1 {
		t.Fatalf("%d persons carry one number", winners)
	}
}

func TestAClockFarBehindTheLedgerRefusesToWrite(t *testing.T) {
	b := newBench(t)
	h := commands.New(b.store, b.vault, commands.Options{
		Clock:      func() domain.Instant { return noon },
		LedgerTime: func() domain.Instant { return noon + 11*60*1000 },
	})
	_, err := h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9)))
	wantCode(t, err, commands.ClockBehind)
}

func TestAClockFarAheadOfTheLedgerIsDoubted(t *testing.T) {
	b := newBench(t)
	opts := commands.Options{
		Clock:      func() domain.Instant { return noon },
		LedgerTime: func() domain.Instant { return noon - 367*24*3600*1000 },
	}
	h := commands.New(b.store, b.vault, opts)
	_, err := h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9)))
	wantCode(t, err, commands.ClockAhead)
	opts.AcceptClock = true // somebody says that the ledger rested
	h = commands.New(b.store, b.vault, opts)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9))))
}

func TestALostKeyIsNotMadeAnew(t *testing.T) {
	b := newBench(t)
	restored, err := vault.Create(t.Context(), vault.Config{Dir: t.TempDir() + "/vault"})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	h := commands.New(b.store, restored, commands.Options{Clock: func() domain.Instant { return noon }})
	// An account's id follows from the ledger's secret, which is another one now.
	b.must(h.Do(t.Context(), b.by(h, "clerk", "open", &domain.OpenAccount{Account: h.AccountOf("clerk"), Handle: "clerk", Role: domain.RoleRecorder})))
	_, err = h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9)))
	wantCode(t, err, commands.KeyMissing)
	gaps, err := commands.CompareKeys(t.Context(), b.store, func(s vault.Subject) error {
		_, err := restored.Key(t.Context(), s)
		return err
	})
	if err != nil || len(gaps.Missing) != 1 || gaps.Missing[0] != b.person.Stream() || len(gaps.Returned) > 0 {
		t.Fatal(gaps, err)
	}
}

func TestUnknownAndClosedAccountsMayNotAct(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	_, err := h.Do(t.Context(), b.by(h, "nobody", "k", b.claim(1, 9)))
	wantCode(t, err, domain.AccountUnknown)
	b.must(h.Do(t.Context(), b.by(h, "reviewer", "k0", b.claim(2, 9))))
	b.must(h.Do(t.Context(), b.by(h, "clerk", "close", &domain.CloseAccount{Account: h.AccountOf("reviewer")})))
	_, err = h.Do(t.Context(), b.by(h, "reviewer", "k", b.claim(1, 9))) // known a moment ago
	wantCode(t, err, domain.AccountClosedCode)
	other := b.handler(b.store)
	_, err = other.Do(t.Context(), b.by(other, "reviewer", "k", b.claim(1, 9)))
	wantCode(t, err, domain.AccountClosedCode)
}

func TestABrokenReadIsNotAShortStream(t *testing.T) {
	b := newBench(t)
	// The account reads whole; the person's stream breaks after two events.
	h := b.handler(storetest.Faulty(b.store, storetest.BreakReads(2, -1)))
	_, err := h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9)))
	if !errors.Is(err, eventstore.ErrUnavailable) {
		t.Fatalf("want the read's error, got %v", err)
	}
	b.must(h.Do(t.Context(), b.by(h, "clerk", "k", b.claim(1, 9))))
}
