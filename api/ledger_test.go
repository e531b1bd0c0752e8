package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
	"zhishu/imports"
	"zhishu/projections"
	"zhishu/registers"
	"zhishu/vault"
)

// noon is the fixed clock of these tests: 2026-03-10T04:00:00Z.
const noon = domain.Instant(1_773_115_200_000)

const here = "430702001007"

// city is a whole ledger behind a server on a socket: a log in memory, a vault
// on disk, the read models running beside it.
type city struct {
	*running
	store   *storetest.Memory
	vault   *vault.Vault
	engine  *projections.Engine
	handler *commands.Handler
	tree    *audit.Log
	clock   *tick
	bundles testBundles

	keys int
}

type tick struct {
	mu  sync.Mutex
	now domain.Instant
}

func (c *tick) Now() domain.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *tick) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += domain.Instant(d.Milliseconds())
}

// newCity opens a ledger with its default policies, two accounts and nothing
// else. change may put other parts into the configuration.
func newCity(t *testing.T, change func(*Config, *tuning)) *city {
	t.Helper()
	return newCityOn(t, func(s *storetest.Memory) logOf { return s }, change)
}

// newCityOn is newCity whose write side meets the store through another log.
func newCityOn(t *testing.T, log func(*storetest.Memory) logOf, change func(*Config, *tuning)) *city {
	t.Helper()
	t.Parallel() // most of a test's time is waiting for disk and connections
	c := &city{store: storetest.NewMemory(), clock: &tick{now: noon}}
	c.open(t, log(c.store))
	c.running = start(t, func(cfg *Config, tune *tuning) {
		c.configure(cfg)
		if change != nil {
			change(cfg, tune)
		}
	})
	for _, handle := range []string{"clerk", "reviewer"} {
		c.mustPost("/v1/accounts", fmt.Sprintf(`{"handle":%q,"role":"recorder"}`, handle))
	}
	c.mustPost("/v1/communities", `{"code":"430702001007","name":"三岔路社区","source":"统计用区划代码"}`)
	return c
}

// open starts vault, read models and write side, until the test ends.
func (c *city) open(t *testing.T, log logOf) {
	t.Helper()
	var err error
	if c.vault, err = vault.Create(t.Context(), vault.Config{Dir: t.TempDir() + "/vault"}); err != nil {
		t.Fatal(err)
	}
	if c.engine, err = projections.Open(t.Context(), projections.Options{Log: c.store}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.engine.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("read models: %v", err)
		}
		if err := c.vault.Close(); err != nil {
			t.Error(err)
		}
	})
	c.handler = commands.New(log, c.vault, commands.Options{Clock: c.clock.Now})
	c.openTree(t)
	operator := c.handler.AccountOf("operator")
	for i, cmd := range append([]domain.Command{&domain.OpenAccount{Account: operator, Handle: "operator", Role: domain.RoleOperator}}, defaults()...) {
		if _, err := c.handler.Do(t.Context(), commands.Request{Caller: commands.Caller{Account: operator, Founding: true}, Key: fmt.Sprint("init-", i), Command: cmd}); err != nil {
			t.Fatal(err)
		}
	}
}

func defaults() (cmds []domain.Command) {
	for _, p := range domain.DefaultPolicies() {
		cmds = append(cmds, &domain.AdoptPolicy{Policy: p, Beginning: true})
	}
	return cmds
}

// configure puts the real parts into a configuration, as the program does.
func (c *city) configure(cfg *Config) {
	cfg.Position = func() string { return c.engine.Status().Position.String() }
	cfg.WaitFor = func(ctx context.Context, position string) error {
		p, err := eventstore.ParsePosition(position)
		if err != nil {
			return ErrPosition
		}
		return c.engine.WaitFor(ctx, p)
	}
	cfg.Ledger = &Ledger{
		Commands: c.handler, Views: c.engine, Vault: c.vault,
		Imports: imports.New(c.handler, c.vault, imports.Following(c.engine, c.store)),
		Statement: func(ctx context.Context, v *projections.View, id domain.PersonID) (projections.Statement, error) {
			return v.Statement(ctx, c.store, id)
		},
		DiffStatement: func(ctx context.Context, before, after *projections.View, id domain.PersonID) (projections.StatementDiff, error) {
			return after.DiffStatement(ctx, c.store, before, id)
		},
		Gifts: func(ctx context.Context, v *projections.View, id domain.PersonID) ([]projections.StatementGift, error) {
			return v.GiftsOf(ctx, c.store, id)
		},
		DiffGifts: func(ctx context.Context, before, after *projections.View, id domain.PersonID) ([]projections.GiftChange, error) {
			return after.DiffGifts(ctx, c.store, before, id)
		},
		NameMoves: func(ctx context.Context, v *projections.View, moves []*projections.FactMove) error {
			return v.NameMoves(ctx, c.store, moves)
		},
		Register: func(ctx context.Context, v *projections.View, names registers.Names, kind registers.Kind, community domain.CommunityCode, period domain.Period) (*registers.Register, error) {
			return registers.Make(ctx, registers.Source{View: v, Streams: c.store, Names: names}, kind, community, period)
		},
		Donor: func(ctx context.Context, v *projections.View, id domain.DonorID) (projections.DonorAccount, error) {
			return v.Donor(ctx, c.store, id)
		},
		Evidence: c.tree, Signing: testSigning{c}, Bundles: &c.bundles,
		Stats: func() Stats {
			s, head := c.engine.Status(), eventstore.Head{}
			if now, err := c.store.Head(context.Background()); err == nil {
				head = now
			}
			return Stats{LedgerTime: s.LedgerTime, HeadPosition: head.Position.String(), Applied: s.Position.String(), Events: uint64(s.Size)}
		},
	}
}

// events lists the log: stream and type of each event.
func (c *city) events() (list []string) {
	c.t.Helper()
	for r, err := range c.store.ReadAll(context.Background(), eventstore.Position{}) {
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, r.Stream+" "+r.Type)
	}
	return list
}

// appended runs f and lists the types of the events it appended.
func (c *city) appended(f func()) string {
	c.t.Helper()
	before := len(c.events())
	f()
	var types []string
	for _, e := range c.events()[before:] {
		_, kind, _ := strings.Cut(e, " ")
		types = append(types, kind)
	}
	return strings.Join(types, " ")
}

// key is a fresh idempotency key.
func (c *city) key() string {
	c.keys++
	return fmt.Sprintf("key-%d", c.keys)
}

// post sends a command by the clerk under a fresh key; header may say otherwise.
func (c *city) post(path, body string, header ...string) answer {
	c.t.Helper()
	all := append([]string{"Zhishu-Account", whose(path), "Idempotency-Key", c.key()}, header...)
	if body != "" {
		all = append([]string{"Content-Type", jsonType}, all...)
	}
	return c.do(http.MethodPost, path, body, all...)
}

// whose account asks, where a test does not say so: accounts and what the whole
// ledger vouches for are the operator's.
func whose(path string) string {
	if strings.HasPrefix(path, "/v1/accounts") || strings.HasPrefix(path, "/v1/keys") || strings.HasSuffix(path, "/bundle") {
		return "operator"
	}
	return "clerk"
}

// mustPost is post for what must be recorded.
func (c *city) mustPost(path, body string, header ...string) Recorded {
	c.t.Helper()
	a := c.post(path, body, header...)
	if a.status != http.StatusCreated {
		c.t.Fatalf("POST %s: %d %s", path, a.status, a.body)
	}
	return decode[Recorded](c.t, a)
}

// refused is post for what must be refused with a code, and leave no event.
func (c *city) refused(code, path, body string, header ...string) Problem {
	c.t.Helper()
	var a answer
	if types := c.appended(func() { a = c.post(path, body, header...) }); types != "" {
		c.t.Errorf("POST %s: a refused command appended %s", path, types)
	}
	p := a.problem(c.t)
	if p.Code != code {
		c.t.Fatalf("POST %s: %d %s %s, want %s", path, a.status, p.Code, p.Detail, code)
	}
	return p
}

func decode[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(a.body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// ask reads a figure that holds everything recorded so far.
func ask[T any](c *city, path string, header ...string) (v T) {
	c.t.Helper()
	a := c.fresh(path, header...)
	if a.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return decode[T](c.t, a)
}

// fresh is get after everything recorded so far.
func (c *city) fresh(path string, header ...string) answer {
	c.t.Helper()
	head, err := c.store.Head(context.Background())
	if err != nil {
		c.t.Fatal(err)
	}
	return c.get(path, append([]string{"Zhishu-After", head.Position.String()}, header...)...)
}

const zhang = `{"community":"430702001007","memberFrom":"2026-01-01","consent":{"basis":"paper","from":"2026-01-01"},` +
	`"name":"张三","idNumber":"11010519491231002X","phone":"13800138000","address":"三岔路12号","layers":["老年"],` +
	`"external":[{"issuer":"430702001007","number":"V-0001"}]}`

// enrolled is a new member with nothing but a name.
func (c *city) enrolled(name string) string {
	c.t.Helper()
	return c.mustPost("/v1/persons", fmt.Sprintf(`{"community":%q,"memberFrom":"2026-01-01","consent":{"basis":"paper","from":"2026-01-01"},"name":%q}`, here, name)).Person
}

// merged makes two numbers one person's, as two accounts decide.
func (c *city) merged(person, into string) {
	c.t.Helper()
	proposal := *c.mustPost("/v1/persons/"+person+"/merges", `{"into":"`+into+`","reason":"同一人"}`).Proposal
	c.mustPost(fmt.Sprintf("/v1/persons/%s/merges/%d/approve", person, proposal), `{"into":"`+into+`"}`, "Zhishu-Account", "reviewer")
}

// claimed is a claim of so many minutes on a day, and confirmed one that a
// second account has confirmed.
func (c *city) claimed(person, kind, day string, minutes int) uint64 {
	c.t.Helper()
	body := fmt.Sprintf(`{"kind":%q,"title":"文明劝导","community":%q,"day":%q,"minutes":%d}`, kind, here, day, minutes)
	return *c.mustPost("/v1/persons/"+person+"/entries", body).Entry
}

func (c *city) confirmed(person, kind, day string, minutes int) uint64 {
	c.t.Helper()
	no := c.claimed(person, kind, day, minutes)
	c.mustPost(fmt.Sprintf("/v1/persons/%s/entries/%d/confirm", person, no), "", "Zhishu-Account", "reviewer")
	return no
}

// metadata lists the metadata of a stream's events.
func (c *city) metadata(stream string) (list []string) {
	c.t.Helper()
	for r, err := range c.store.ReadStream(context.Background(), stream, 0, eventstore.Forwards) {
		if err != nil {
			c.t.Fatal(err)
		}
		list = append(list, string(r.Metadata))
	}
	return list
}

// vaultSubject is a person as the vault knows one.
func vaultSubject(person string) vault.Subject { return vault.Subject(uuidOf(person)) }
