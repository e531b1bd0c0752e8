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

const (
	origin    = "zhishu.example/test"
	recipient = "age1h3e5h4kvn62v0g3gtpmtxsy2d2mcyww245karlwkf6ghrh0pd96qvqkf52"
)

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
	now      func() domain.Instant
	operator commands.Caller
	notes    [][]byte
	of       Case
	nonce    Nonce
	sample   *Sample
	before   [][]byte // checkpoints under the name from before a loss, of facts that remained
	lost     [][]byte // checkpoints of facts that were declared lost
}

// newWorld builds a small town of about so many days and opens a case on it.
func newWorld(t testing.TB, dir string, days int) *world { return newCity(t, dir, days, 1) }

// newCity is the same of several communities.
func newCity(t testing.TB, dir string, days, communities int) *world {
	t.Helper()
	return newCase(t, dir, days, communities, "", false)
}

// newLossy is the same of a ledger whose newest facts were declared lost before the
// case was opened.
func newLossy(t testing.TB, dir string, days, communities int) *world {
	t.Helper()
	return newCase(t, dir, days, communities, "", true)
}

// newWorldFor is a small town whose case names who keys are for.
func newWorldFor(t testing.TB, dir, recipient string) *world {
	t.Helper()
	return newCase(t, dir, 10, 1, recipient, false)
}

func newCase(t testing.TB, dir string, days, communities int, recipient string, lossy bool) *world {
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
	w.now, w.operator = clock.Now, commands.Caller{Account: operator, Authentication: domain.Asserted, Source: "test", Founding: true}
	do := func(c domain.Command, by commands.Caller) { t.Helper(); w.do(t, c, by) }
	do(&domain.OpenAccount{Account: operator, Handle: "operator", Role: domain.RoleOperator}, w.operator)
	public := signerOf(t, origin).Key.Public
	do(&domain.BeginSigning{Signing: w.signing(), Origin: origin, Key: hex.EncodeToString(public[:])}, w.operator)
	for _, p := range domain.DefaultPolicies() {
		do(&domain.AdoptPolicy{Policy: p, Beginning: true}, w.operator)
	}
	_, err = demo.Build(t.Context(), w.handler, v, clock, operator, cfg, func(int, int) {})
	noErr(t, err)

	w.follow(t, origin)
	w.announce(t)
	if lossy {
		w.lose(t)
	}

	// A case is opened, a checkpoint signed, a sample drawn.
	inspector := w.handler.AccountOf("inspector")
	county, _ := domain.ParseDivision("43")
	do(&domain.OpenAccount{Account: inspector, Handle: "inspector", Role: domain.RoleInspector, Scope: county}, w.operator)
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
	do(&domain.RecordPopulation{Code: firstCommunity(t, w.store), Day: last, Basis: domain.Resident, Count: 5816, Source: "年报"}, w.operator)
	w.announce(t)
	return w
}

func (w *world) do(t testing.TB, c domain.Command, by commands.Caller) {
	t.Helper()
	_, err := w.handler.Do(t.Context(), commands.Request{Caller: by, Key: c.Operation() + c.Target() + time.Now().String(), Command: c})
	noErr(t, err)
}

func (w *world) signing() domain.SigningID {
	return domain.SigningID{UUID: domain.UUID(w.vault.LedgerID())}
}

// signerOf signs under a name with the one key of these ledgers.
func signerOf(t testing.TB, name string) audit.Signer {
	t.Helper()
	signer, err := audit.NewSigner(name, [32]byte{1})
	noErr(t, err)
	return signer
}

// follow has checkpoints of the store signed under a name.
func (w *world) follow(t testing.TB, name string, losses ...audit.Loss) {
	t.Helper()
	identity := audit.Identity{Origin: name, Signers: []audit.Signer{signerOf(t, name)}, Losses: losses}
	w.identity = identity
	log, err := audit.Open(t.Context(), audit.Options{
		Store: w.store, SaltKey: w.saltKey, Every: time.Hour,
		Identify: func(context.Context) (audit.Identity, error) { return identity, nil },
	})
	noErr(t, err)
	w.audit = log
	run, stop := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() { log.Run(run) })
	t.Cleanup(func() { stop(); ended.Wait(); log.Close() })
}

// copyOf is a store with the same events of the streams that are to be kept.
func copyOf(t testing.TB, from eventstore.LogReader, keep func(stream string) bool) eventstore.Store {
	t.Helper()
	to := storetest.NewMemory()
	for r, err := range from.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if !keep(r.Stream) {
			continue
		}
		expected := eventstore.NoStream()
		if r.Revision > 0 {
			expected = eventstore.Exactly(r.Revision - 1)
		}
		_, err = to.Append(t.Context(), r.Stream, expected, []eventstore.Event{r.Event})
		noErr(t, err)
	}
	return to
}

// lose puts a copy in the store's place from before the newest facts, declares
// them lost, and goes on under another name.
func (w *world) lose(t testing.TB) {
	t.Helper()
	kept, backup := w.size(t), copyOf(t, w.store, func(string) bool { return true })
	for _, handle := range []string{"lost-1", "lost-2", "lost-3"} {
		w.do(t, &domain.OpenAccount{Account: w.handler.AccountOf(handle), Handle: handle, Role: domain.RoleRecorder}, w.operator)
		w.announce(t)
	}
	w.lost, w.notes = w.notes[len(w.notes)-3:], w.notes[:len(w.notes)-3]
	last, _, err := proof.OpenCheckpoint(w.lost[2], w.identity.Signers[0].Key)
	noErr(t, err)
	w.store = backup
	w.handler = commands.New(w.store, w.vault, commands.Options{Clock: w.now})
	w.do(t, &domain.DeclareLoss{
		Signing: w.signing(), Kept: int64(kept), LastOrigin: last.Origin, LastSize: int64(last.Size), LastRoot: hex.EncodeToString(last.Root[:]),
	}, w.operator)
	w.before, w.notes = w.notes, nil
	w.follow(t, origin+"/2", audit.Loss{Last: last, Kept: kept})
	w.announce(t)
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
