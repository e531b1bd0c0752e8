package inspect

import (
	"bytes"
	"context"
	"encoding/hex"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/demo"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/projections"
	"zhishu/vault"
)

const origin = "zhishu.example/test"

func noErr(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is a ledger with a case on it.
type world struct {
	store    eventstore.Store
	audit    *audit.Log
	identity audit.Identity
	saltKey  [32]byte
	handler  *commands.Handler
	vault    *vault.Vault
	notes    [][]byte
	of       Case
	nonce    Nonce
	sample   *Sample
}

// newWorld builds a small town of about so many days and opens a case on it.
func newWorld(t testing.TB, dir string, days int) *world { return newCity(t, dir, days, 1) }

// newCity is the same of several communities.
func newCity(t testing.TB, dir string, days, communities int) *world {
	t.Helper()
	return newCase(t, dir, days, communities, "")
}

// newWorldFor is a small town whose case names who keys are for.
func newWorldFor(t testing.TB, dir, recipient string) *world {
	t.Helper()
	return newCase(t, dir, 10, 1, recipient)
}

func newCase(t testing.TB, dir string, days, communities int, recipient string) *world {
	t.Helper()
	w := &world{store: storetest.NewMemory(), saltKey: [32]byte{7}}
	v, err := vault.Create(t.Context(), vault.Config{Dir: filepath.Join(dir, "vault")})
	noErr(t, err)
	t.Cleanup(func() { v.Close() })
	w.vault = v
	last, _ := domain.DayOf(2026, 6, 30)
	cfg := demo.Config{Seed: 5, Communities: communities, Residents: 100, Last: last, Days: days}
	clock := demo.NewClock(cfg)
	w.handler = commands.New(w.store, v, commands.Options{Clock: clock.Now})
	operator := w.handler.AccountOf("operator")
	caller := commands.Caller{Account: operator, Authentication: domain.Asserted, Source: "test", Founding: true}
	do := func(c domain.Command, by commands.Caller) {
		t.Helper()
		_, err := w.handler.Do(t.Context(), commands.Request{Caller: by, Key: c.Operation() + c.Target() + time.Now().String(), Command: c})
		noErr(t, err)
	}
	do(&domain.OpenAccount{Account: operator, Handle: "operator", Role: domain.RoleOperator}, caller)
	for _, p := range domain.DefaultPolicies() {
		do(&domain.AdoptPolicy{Policy: p, Beginning: true}, caller)
	}
	_, err = demo.Build(t.Context(), w.handler, v, clock, operator, cfg, func(int, int) {})
	noErr(t, err)

	signer, err := audit.NewSigner(origin, [32]byte{1})
	noErr(t, err)
	w.identity = audit.Identity{Origin: origin, Signers: []audit.Signer{signer}}
	w.audit, err = audit.Open(t.Context(), audit.Options{
		Store: w.store, SaltKey: w.saltKey, Every: time.Hour,
		Identify: func(context.Context) (audit.Identity, error) { return w.identity, nil },
	})
	noErr(t, err)
	run, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { w.audit.Run(run) })
	t.Cleanup(func() { stop(); ended.Wait(); w.audit.Close() })
	w.announce(t)

	// A case is opened, a checkpoint signed, a sample drawn.
	inspector := w.handler.AccountOf("inspector")
	county, _ := domain.ParseDivision("43")
	do(&domain.OpenAccount{Account: inspector, Handle: "inspector", Role: domain.RoleInspector, Scope: county}, caller)
	w.nonce = Nonce{1, 2, 3}
	commitment := w.nonce.Commit()
	id := domain.InspectionID{UUID: domain.UUID{15: 9, 6: 0x40, 8: 0x80}}
	period, _ := domain.ParsePeriod("2026")
	opened := w.size(t)
	do(&domain.OpenInspection{Inspection: id, Scope: county, Period: period, Committed: hex.EncodeToString(commitment[:]), Recipient: recipient, Purpose: "抽查"},
		commands.Caller{Account: inspector, Authentication: domain.Asserted, Source: "test"})
	w.of = Case{ID: id.String(), Division: "43", Period: "2026", Inspector: inspector.String(), Committed: hex.EncodeToString(commitment[:]), Opened: opened}
	w.announce(t)
	w.draw(t, county)
	do(&domain.RecordPopulation{Code: firstCommunity(t, w.store), Day: last, Basis: domain.Resident, Count: 5816, Source: "年报"}, caller)
	w.announce(t)
	return w
}

func firstCommunity(t testing.TB, log eventstore.LogReader) domain.CommunityCode {
	for r, err := range log.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if ref, ok := domain.ParseStream(r.Stream); ok && ref.Category == domain.CommunityCategory {
			return ref.Community
		}
	}
	t.Fatal("no community")
	return 0
}

func (w *world) size(t testing.TB) (n uint64) {
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if eventstore.IsLedger(r.Stream) {
			n++
		}
	}
	return n
}

// announce has everything recorded so far signed.
func (w *world) announce(t testing.TB) {
	t.Helper()
	noErr(t, w.audit.WaitFor(t.Context(), w.size(t)))
	noErr(t, w.audit.Announce(t.Context()))
	w.notes = append(w.notes, w.audit.Checkpoint())
}

func (w *world) draw(t testing.TB, d domain.Division) {
	t.Helper()
	note := w.notes[len(w.notes)-1]
	c, _, err := proof.OpenCheckpoint(note, w.identity.Signers[0].Key)
	noErr(t, err)
	folded, err := projections.Replay(t.Context(), w.store, projections.ReplayOptions{To: projections.AtSize(domain.Size(c.Size))})
	noErr(t, err)
	population := Population(folded.View, d)
	seed := SeedOf(w.nonce, c.Root)
	w.sample = &Sample{Nonce: hex.EncodeToString(w.nonce[:]), Checkpoint: string(note), Seed: hex.EncodeToString(seed[:]), Population: len(population)}
	for _, id := range Draw(seed, population, 5) {
		w.sample.Persons = append(w.sample.Persons, id.String())
	}
}

func (w *world) source() Source {
	return Source{
		Log: w.store, Streams: w.store, Evidence: w.audit,
		Salt: func(id eventstore.ID) proof.Salt { return proof.SaltOf(w.saltKey, id) },
		Sign: func(_ context.Context, text string) ([]byte, error) { return w.identity.Attest(text) },
	}
}

func (w *world) order() Order {
	return Order{
		Case: w.of, Exporter: "operator", At: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC),
		Checkpoint: w.notes[len(w.notes)-1], Heads: w.notes, Sample: w.sample,
	}
}

func (w *world) bundle(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := Write(t.Context(), &b, w.source(), w.order())
	noErr(t, err)
	return b.Bytes()
}

// options are those of an inspector who kept the first checkpoint after the opening.
func (w *world) options() VerifyOptions {
	key := w.identity.Signers[0].Key
	seed, _, err := proof.OpenCheckpoint(w.notes[1], key)
	if err != nil {
		panic(err) // it was signed by that key
	}
	return VerifyOptions{Keys: []proof.Key{key}, Seed: &seed}
}

func verify(t testing.TB, bundle []byte, o VerifyOptions) *Report {
	t.Helper()
	return Verify(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), o)
}
