package commands_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/vault"
)

const community = domain.CommunityCode(430702001007)

// noon is the fixed clock of these tests: 2026-03-10T04:00:00Z.
var noon = mustInstant("2026-03-10T04:00:00Z")

func mustInstant(s string) domain.Instant {
	t, err := domain.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

// bench is a ledger in memory with two accounts and one enrolled person.
type bench struct {
	t      *testing.T
	store  *storetest.Memory
	vault  *vault.Vault
	clock  domain.Instant
	person domain.PersonID
}

func newBench(t *testing.T) *bench {
	t.Helper()
	v, err := vault.Create(t.Context(), vault.Config{Dir: t.TempDir() + "/vault"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	b := &bench{t: t, store: storetest.NewMemory(), vault: v, clock: noon, person: domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 1}}}
	h := b.handler(b.store)
	for _, handle := range []string{"clerk", "reviewer"} {
		b.must(h.Do(t.Context(), b.by(h, handle, "open", &domain.OpenAccount{Account: h.AccountOf(handle), Handle: handle, Role: domain.RoleOperator})))
	}
	b.enrol(h, b.person, "张三", "11010519491231002X")
	return b
}

func (b *bench) handler(log commands.Log) *commands.Handler {
	return commands.New(log, b.vault, commands.Options{Clock: func() domain.Instant { return b.clock }})
}

func (b *bench) by(h *commands.Handler, handle, key string, c domain.Command) commands.Request {
	caller := commands.Caller{Account: h.AccountOf(handle), Authentication: domain.Asserted, Source: "test"}
	if open, ok := c.(*domain.OpenAccount); ok {
		caller.Founding = open.Account == caller.Account
	}
	return commands.Request{Caller: caller, Key: key, Command: c}
}

func (b *bench) must(out commands.Outcome, err error) commands.Outcome {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) enrol(h *commands.Handler, id domain.PersonID, name, number string) {
	b.t.Helper()
	day := b.clock.Day()
	outs, err := h.DoAll(b.t.Context(), []commands.Request{
		b.by(h, "clerk", "enrol", &domain.EnrolPerson{Person: id, Community: community, Name: name, IDNumber: number, Phone: "13800000000", AgeOn: domain.NoDay, Basis: domain.OnPaper}),
		b.by(h, "clerk", "join", &domain.StartMembership{Person: id, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: community, From: day, Basis: domain.OnPaper}}),
		b.by(h, "clerk", "consent", &domain.GiveConsent{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: day}}),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, o := range outs {
		if o.Err != nil {
			b.t.Fatal(o.Err)
		}
	}
}

// claim is an hour of service that begins h hours after midnight, days ago.
func (b *bench) claim(daysAgo, hour int) *domain.ClaimEntry {
	start := (b.clock.Day() - domain.Day(daysAgo)).Start() + domain.Instant(hour)*3_600_000
	return &domain.ClaimEntry{Person: b.person, Remark: "帮忙搬了三张桌子", Deed: domain.Deed{
		Kind: domain.Service, Title: "文明交通劝导", Community: community,
		Span: domain.Span{Start: start, End: start + 3_600_000},
	}}
}

// recorded reads a stream back.
func recorded(t *testing.T, store eventstore.StreamReader, stream string) (events []eventstore.Recorded) {
	t.Helper()
	for r, err := range store.ReadStream(t.Context(), stream, 0, eventstore.Forwards) {
		if errors.Is(err, eventstore.ErrStreamNotFound) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, r)
	}
	return events
}

func types(events []eventstore.Recorded) string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Type
	}
	return strings.Join(names, " ")
}

func wantCode(t *testing.T, err error, code domain.Code) {
	t.Helper()
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Fatalf("want refusal %s, got %v", code, err)
	}
}

func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
