package projections

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"zhishu/domain"
	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
)

// tb is what *testing.T and *rapid.T have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// world decides commands on the fly and appends what they come to, so that
// every history in these tests is one the write side could have made.
type world struct {
	t      tb
	store  *storetest.Memory
	states map[string]domain.State
	counts map[string]uint64
	steps  []step // ledger events only, in order
	now    domain.Instant
	ids    uint64
}

// step is a ledger event with what a model needs to know of it.
type step struct {
	stream string
	event  domain.Event
	meta   domain.Meta
}

var (
	recorder  = domain.Actor{Account: domain.AccountID{UUID: testID(1, 1)}, Role: domain.RoleRecorder}
	confirmer = domain.Actor{Account: domain.AccountID{UUID: testID(1, 2)}, Role: domain.RoleConfirmer}
	operator  = domain.Actor{Account: domain.AccountID{UUID: testID(1, 3)}, Role: domain.RoleOperator}
)

// testID makes identities that are spread like random ones.
func testID(kind, n uint64) (u domain.UUID) {
	x := (kind<<32 | n) * 0x9e3779b97f4a7c15
	x ^= x >> 29
	binary.BigEndian.PutUint64(u[:8], x*0xbf58476d1ce4e5b9)
	binary.BigEndian.PutUint64(u[8:], kind<<56|n)
	return u
}

func person(n int) domain.PersonID     { return domain.PersonID{UUID: testID(2, uint64(n))} }
func donation(n int) domain.DonationID { return domain.DonationID{UUID: testID(3, uint64(n))} }
func sheet(n int) domain.ImportID      { return domain.ImportID{UUID: testID(4, uint64(n))} }
func activity(n int) domain.ActivityID { return domain.ActivityID{UUID: testID(5, uint64(n))} }

func day(t tb, s string) domain.Day {
	t.Helper()
	d, err := domain.ParseDay(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func code(t tb, s string) domain.CommunityCode {
	t.Helper()
	c, err := domain.ParseCommunityCode(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return c
}

func division(t tb, s string) domain.Division {
	t.Helper()
	d, err := domain.ParseDivision(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func newWorld(t tb) *world {
	w := &world{t: t, store: storetest.NewMemory(), states: map[string]domain.State{}, counts: map[string]uint64{}}
	w.now = day(t, "2026-01-01").Start()
	return w
}

// withPolicies adopts the defaults a ledger begins with.
func (w *world) withPolicies() *world {
	for _, p := range domain.DefaultPolicies() {
		w.must(recorder, &domain.AdoptPolicy{Policy: p, Beginning: true})
	}
	return w
}

func (w *world) state(stream string) domain.State {
	if w.states[stream] == nil {
		ref, ok := domain.ParseStream(stream)
		if !ok {
			w.t.Fatalf("not a stream: %s", stream)
		}
		w.states[stream] = domain.NewState(ref.Category)
	}
	return w.states[stream]
}

// do decides a command; a refusal records nothing.
func (w *world) do(by domain.Actor, c domain.Command) error {
	w.t.Helper()
	events, err := w.state(c.Target()).Decide(w.judgedOn(c), w.acting(by), w.now)
	if p, ok := c.(domain.Preceded); ok && err == nil && p.Before() != nil {
		w.must(by, p.Before())
	}
	for _, e := range events {
		w.record(c.Target(), e, by)
	}
	return err
}

func (w *world) must(by domain.Actor, c domain.Command) {
	w.t.Helper()
	if err := w.do(by, c); err != nil {
		w.t.Fatalf("%s on %s: %v", c.Operation(), c.Target(), err)
	}
}

// record appends an event as the command handler would.
func (w *world) record(stream string, e domain.Event, by domain.Actor) {
	w.t.Helper()
	if p, ok := e.(domain.Private); ok {
		p.Secrets(func(_ string, s *domain.Secret) {
			if s.Plain != "" {
				*s = domain.Secret{Cipher: []byte{1, 2, 3}}
			}
		})
	}
	meta := domain.Meta{
		RecordedAt: w.now, Account: by.Account, Role: by.Role, Authentication: domain.BySession, Source: "test",
	}
	data, err := wire.AppendData(nil, e)
	if err != nil {
		w.t.Fatalf("%s: %v", e.Type(), err)
	}
	w.append(stream, e.Type(), data, wire.AppendMeta(nil, meta))
	w.state(stream).Evolve(e, meta)
	w.steps = append(w.steps, step{stream, e, meta})
}

func (w *world) append(stream, typ string, data, meta []byte) eventstore.Position {
	w.t.Helper()
	w.ids++
	event := eventstore.Event{ID: eventstore.ID(testID(9, w.ids)), Type: typ, Data: data, Metadata: meta}
	done, err := w.store.Append(context.Background(), stream, eventstore.After(w.counts[stream]), []eventstore.Event{event})
	if err != nil {
		w.t.Fatalf("append %s to %s: %v", typ, stream, err)
	}
	w.counts[stream]++
	return done.Position
}

// aside appends what shares the log without being part of the ledger.
func (w *world) aside() {
	w.append(eventstore.CheckpointStream, "checkpoint-made", []byte("{}"), []byte("{}"))
}

func (w *world) enrol(n int, c domain.CommunityCode, from string) domain.PersonID {
	w.t.Helper()
	id := person(n)
	w.must(recorder, &domain.EnrolPerson{Person: id, Community: c, Name: "某人", Layers: []domain.Layer{"居民"}})
	w.must(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{
		Kind: domain.MemberOfCommunity, Community: c, From: day(w.t, from), Basis: domain.OnPaper,
	}})
	w.must(recorder, &domain.GiveConsent{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper}})
	return id
}

// lastEntry is the number of the person's newest entry.
func (w *world) lastEntry(id domain.PersonID) domain.EntryNo {
	p := w.state(id.Stream()).(*domain.Person)
	if len(p.Entries) == 0 {
		w.t.Fatalf("no entry")
	}
	return p.Entries[len(p.Entries)-1].No
}

func (w *world) confirmed(id domain.PersonID, d domain.Deed) domain.EntryNo {
	w.t.Helper()
	w.must(recorder, &domain.ClaimEntry{Person: id, Deed: d})
	no := w.lastEntry(id)
	w.must(confirmer, &domain.ConfirmEntry{Person: id, Entry: no})
	return no
}

func (w *world) service(c domain.CommunityCode, on string, minutes int64) domain.Deed {
	return domain.Deed{Kind: domain.Service, Title: "社区清洁", Category: "环保", Community: c,
		Span: domain.Span{Day: day(w.t, on), Minutes: domain.Minutes(minutes)}}
}

func (w *world) study(c domain.CommunityCode, on, title string, minutes int64) domain.Deed {
	return domain.Deed{Kind: domain.Study, Title: title, Category: "讲座", Layer: "居民", Community: c,
		Span: domain.Span{Day: day(w.t, on), Minutes: domain.Minutes(minutes)}}
}

// engine folds everything and returns with it caught up.
func (w *world) engine(o Options) *Engine {
	w.t.Helper()
	o.Log = w.store
	e, err := Open(context.Background(), o)
	if err != nil {
		w.t.Fatalf("open: %v", err)
	}
	if err := e.CatchUp(context.Background()); err != nil {
		w.t.Fatalf("catch up: %v", err)
	}
	return e
}

func (w *world) view(e *Engine, a AsOf) *View {
	w.t.Helper()
	v, err := e.At(a)
	if err != nil {
		w.t.Fatalf("at %s: %v", a, err)
	}
	v.everything = true
	return v
}

func want[T comparable](t tb, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s = %v, want %v", what, got, want)
	}
}

func sameDigests(t tb, what string, got, want []Digest) {
	t.Helper()
	if fmt.Sprint(got) == fmt.Sprint(want) {
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: digest of %s is %v with %d subjects, want %v with %d",
				what, want[i].Model, got[i], got[i].Subjects, want[i], want[i].Subjects)
		}
	}
}
