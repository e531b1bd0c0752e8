package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answer is what a server said, or err why none did.
type answer struct {
	status   int
	position string
	body     []byte
	err      error
}

func (a answer) code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.body, &p) // no problem: no code
	return p.Code
}

// crowd is the clients' side of all connections.
var crowd = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func ask(method, target, key string, body any) answer {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return answer{err: err}
		}
	}
	req, err := http.NewRequest(method, target, bytes.NewReader(content))
	if err != nil {
		return answer{err: err}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", key)
	}
	account := "clerk"
	if strings.HasSuffix(target, "/confirm") {
		account = "reviewer"
	}
	req.Header.Set("Zhishu-Account", account)
	resp, err := crowd.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, position: resp.Header.Get("Zhishu-Position")}
	a.body, a.err = io.ReadAll(resp.Body)
	return a
}

const somewhere = "430702001007"

func person(name, idNumber string) map[string]any {
	return map[string]any{
		"name": name, "idNumber": idNumber, "community": somewhere, "memberFrom": "2024-01-01",
		"consent": map[string]any{"basis": "paper", "from": "2024-01-01"},
	}
}

func TestServersOfOneLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three servers, an event store and a database")
	}
	f := newFleet(t)
	if a := ask(http.MethodPost, f.base(0)+"/v1/communities", "place", map[string]any{"code": somewhere, "name": "半边街社区"}); a.status != http.StatusCreated {
		t.Fatal(string(a.body), a.err)
	}
	t.Run("one ID number on two servers at once", f.oneNumber)
	t.Run("readiness follows the read models", f.readiness)
	t.Run("every command once, through a rolling restart", f.everyCommandOnce)
	t.Run("metrics tell of the store", f.metrics)
	t.Run("replay agrees", f.replay)
	t.Run("a log that was rolled back stops the read models", f.rolledBack)
}

// oneNumber enrols two persons with one number on two servers at the same time.
func (f *fleet) oneNumber(t *testing.T) {
	for round := range 20 {
		answers := make([]answer, 2)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = ask(http.MethodPost, f.base(round+i)+"/v1/persons", fmt.Sprintf("twin-%d-%d", round, i), person(fmt.Sprint("双胞", i), idNumber(5000+round)))
			})
		}
		wg.Wait()
		if answers[0].status != http.StatusCreated {
			answers[0], answers[1] = answers[1], answers[0]
		}
		if answers[0].status != http.StatusCreated || answers[1].status != http.StatusConflict || answers[1].code() != "id-number-taken" {
			t.Fatalf("round %d: %d %s %v; %d %s %v", round, answers[0].status, answers[0].body, answers[0].err, answers[1].status, answers[1].body, answers[1].err)
		}
	}
}

// readiness: a server whose subscription says nothing any more still answers,
// and says that it is behind, until it has caught up.
func (f *fleet) readiness(t *testing.T) {
	ready := func(i int) bool {
		a := ask(http.MethodGet, f.base(i)+"/readyz", "", nil)
		if a.err != nil || a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
			t.Fatal(a.status, string(a.body), a.err)
		}
		if a.status == http.StatusServiceUnavailable && !strings.Contains(string(a.body), "behind the log") {
			t.Fatal(string(a.body))
		}
		return a.status == http.StatusOK
	}
	lags := func(i int) bool {
		a := ask(http.MethodGet, f.base(i)+"/metrics", "", nil)
		return !strings.Contains(string(a.body), "\nzhishu_read_model_lag_seconds 0\n")
	}
	for i := range f.servers {
		if !ready(i) || lags(i) {
			t.Fatalf("server %d is not ready at first", i)
		}
	}
	faults := &f.ownStore(t).Faults
	faults.HoldSubscriptions(true)
	defer faults.HoldSubscriptions(false)
	a := ask(http.MethodPost, f.base(0)+"/v1/persons", "unseen", person("未见", idNumber(6000)))
	if a.status != http.StatusCreated {
		t.Fatal(string(a.body), a.err)
	}
	var wg sync.WaitGroup
	for i := range f.servers {
		wg.Go(func() {
			if ready(i) || !lags(i) {
				t.Errorf("server %d is ready while its read models are behind", i)
			}
		})
	}
	wg.Wait()
	faults.HoldSubscriptions(false)
	for i := range f.servers {
		if !ready(i) { // it waits a little before it says no
			t.Errorf("server %d is not ready again", i)
		}
		if lags(i) {
			t.Errorf("server %d reports a lag", i)
		}
	}
}

const (
	clients = 64
	claims  = 12 // of each client, each confirmed afterwards: 1,536 commands
)

// workload sends every command to two servers.
type workload struct {
	f        *fleet
	done     atomic.Int64 // commands answered by both
	retries  atomic.Int64
	repeated atomic.Int64 // answers that said so
}

// everyCommandOnce restarts every server while the clients are at work.
func (f *fleet) everyCommandOnce(t *testing.T) {
	w := &workload{f: f}
	var wg sync.WaitGroup
	persons := make([]string, clients)
	for c := range clients {
		wg.Go(func() {
			var err error
			if persons[c], err = w.client(c); err != nil {
				t.Errorf("client %d: %v", c, err)
			}
		})
	}
	const total = clients * (1 + 2*claims)
	reached := func(share int64) func() bool {
		return func() bool { return t.Failed() || w.done.Load() >= total*share/100 }
	}
	eventually(t, "a third of the commands", reached(33))
	for i := range f.servers {
		f.stop(i)
		f.start(i)
	}
	if f.store != nil {
		f.store.Lead((f.store.Leader() + 1) % 3)
		f.store.DropSubscriptions(errors.New("dropped by the test"))
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	after := f.head()
	size, rows := f.digests(0, after)
	for i := 1; i < len(f.servers); i++ {
		if n, other := f.digests(i, after); n != size || other != rows {
			t.Errorf("server %d at size %d: %s\nserver 0 at size %d: %s", i, n, other, size, rows)
		}
	}
	for c, id := range persons {
		w.check(t, c, id)
	}
	if w.repeated.Load() == 0 || w.retries.Load() == 0 {
		t.Errorf("%d answers repeated, %d requests retried: the test tested nothing", w.repeated.Load(), w.retries.Load())
	}
	t.Logf("%d commands, each on two servers; %d answers repeated, %d requests retried; ledger size %d", w.done.Load(), w.repeated.Load(), w.retries.Load(), size)
}

// metrics: what docs/eventstoredb.md tells to watch is there, and moves.
func (f *fleet) metrics(t *testing.T) {
	least := map[string]float64{"connected": 1, "connects_total": 1, "connect_failures_total": 0, "subscribes_total": 1, "live": 1, "calls_in_flight": 1}
	if f.store != nil { // the leader was changed and the subscription dropped
		least["connects_total"], least["disconnects_total"], least["subscribes_total"], least["drops_total"] = 2, 1, 2, 1
	}
	for i := range f.servers {
		eventually(t, fmt.Sprintf("server %d follows the store", i), func() bool {
			a := ask(http.MethodGet, f.base(i)+"/metrics", "", nil)
			for name, want := range least {
				_, rest, found := strings.Cut(string(a.body), "\nzhishu_store_"+name+" ")
				value, _, _ := strings.Cut(rest, "\n")
				if n, err := strconv.ParseFloat(value, 64); !found || err != nil || n < want {
					if name == "drops_total" { // it was between two subscriptions when they were dropped
						f.store.DropSubscriptions(errors.New("dropped by the test"))
					}
					return false
				}
			}
			return true
		})
	}
}

// client enrols a person and records hour after hour, each confirmed by a second
// account, and reads what it has written on the third server.
func (w *workload) client(c int) (id string, err error) {
	var made struct{ Person string }
	if _, err := w.twice(c, "/v1/persons", fmt.Sprint("enrol-", c), person(fmt.Sprint("志愿者", c), idNumber(c)), &made); err != nil {
		return "", err
	}
	for n := range claims {
		start := time.Date(2024, 3, 1+n, 1, 0, 0, 0, time.UTC)
		var claimed struct{ Entry uint64 }
		_, err := w.twice(c+n, "/v1/persons/"+made.Person+"/entries", fmt.Sprintf("claim-%d-%d", c, n), map[string]any{
			"kind": "service", "title": title(c, n), "community": somewhere, "start": start.Format(time.RFC3339), "end": start.Add(time.Hour).Format(time.RFC3339),
		}, &claimed)
		if err != nil {
			return "", err
		}
		position, err := w.twice(c+n+1, fmt.Sprintf("/v1/persons/%s/entries/%d/confirm", made.Person, claimed.Entry), fmt.Sprintf("confirm-%d-%d", c, n), nil, nil)
		if err != nil {
			return "", err
		}
		if err := w.seen(c+n, made.Person, position, n+1); err != nil {
			return "", err
		}
	}
	return made.Person, nil
}

func title(c, n int) string { return fmt.Sprintf("值守 %d-%d", c, n) }

// twice gives one command to two servers, every second time at once, and wants
// the same answer from both.
func (w *workload) twice(n int, path, key string, body, into any) (position string, err error) {
	var answers [2]answer
	if n%2 == 0 {
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = w.until(n+i, "POST", path, key, body) })
		}
		wg.Wait()
	} else {
		for i := range answers {
			answers[i] = w.until(n+i, "POST", path, key, body)
		}
	}
	var first, second map[string]any
	for i, into := range []any{&first, &second} {
		if a := answers[i]; a.status != http.StatusCreated && a.status != http.StatusOK {
			return "", fmt.Errorf("%s %s: %d %s (%v)", path, key, a.status, a.body, a.err)
		}
		if err := json.Unmarshal(answers[i].body, into); err != nil {
			return "", err
		}
	}
	if first["repeated"] == true || second["repeated"] == true {
		w.repeated.Add(1)
	}
	delete(first, "repeated")
	delete(second, "repeated")
	if a, b := fmt.Sprint(first), fmt.Sprint(second); a != b || answers[0].position != answers[1].position {
		return "", fmt.Errorf("%s %s: two answers: %s at %s, %s at %s", path, key, a, answers[0].position, b, answers[1].position)
	}
	w.done.Add(1)
	if into != nil {
		err = json.Unmarshal(answers[0].body, into)
	}
	return answers[0].position, err
}

// until asks one server after the other until one answers with more than that
// it cannot serve now.
func (w *workload) until(n int, method, path, key string, body any) answer {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for try := n; ; try++ {
		a := ask(method, w.f.base(try)+path, key, body)
		if a.err == nil && a.status < http.StatusInternalServerError {
			return a
		}
		w.retries.Add(1)
		select {
		case <-ctx.Done():
			return a
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// seen reads one's own write on another server.
func (w *workload) seen(n int, id, position string, entries int) error {
	a := w.until(n, "GET", "/v1/persons/"+id+"/stars?after="+position, "", nil)
	var star struct{ Entries int }
	if a.status != http.StatusOK {
		return fmt.Errorf("stars: %d %s (%v)", a.status, a.body, a.err)
	}
	if err := json.Unmarshal(a.body, &star); err != nil {
		return err
	}
	if star.Entries != entries {
		return fmt.Errorf("%d entries after %s, want %d", star.Entries, position, entries)
	}
	return nil
}

// check: the statement holds every claim once, confirmed.
func (w *workload) check(t *testing.T, c int, id string) {
	var statement struct {
		Entries []struct {
			Status string
			Deed   struct{ Title string }
		}
	}
	a := ask("GET", w.f.base(c)+"/v1/persons/"+id+"/statement", "", nil)
	if a.status != http.StatusOK {
		t.Fatalf("client %d: %d %s %v", c, a.status, a.body, a.err)
	}
	must(t, json.Unmarshal(a.body, &statement))
	held := map[string]int{}
	for _, e := range statement.Entries {
		held[e.Deed.Title]++
		if e.Status != "confirmed" {
			t.Errorf("client %d: %s is %s", c, e.Deed.Title, e.Status)
		}
	}
	for n := range claims {
		if held[title(c, n)] != 1 {
			t.Errorf("client %d: %s stands %d times", c, title(c, n), held[title(c, n)])
		}
	}
	if len(held) != claims {
		t.Errorf("client %d: %d titles, want %d", c, len(held), claims)
	}
}

// replay folds the log of the cluster from the first event.
func (f *fleet) replay(t *testing.T) {
	at := f.servers[0].at
	var said output
	code := run(t.Context(), []string{"replay", "--data", at.dir, "--esdb", at.ESDB, "--esdb-prefix", at.ESDBPrefix, "--vault", at.Vault, "--statements"}, strings.NewReader(""), &said, &said)
	if code != exitOK || !strings.Contains(said.String(), "agrees with the live state") {
		t.Fatal(code, said.String())
	}
}

// rolledBack: the store comes back from a backup older than what the servers
// have seen. None goes on as if nothing had happened.
func (f *fleet) rolledBack(t *testing.T) {
	store := f.ownStore(t)
	store.Truncate(store.Len() - 10)
	store.DropSubscriptions(nil)
	for i := range f.servers {
		eventually(t, fmt.Sprintf("server %d is not ready", i), func() bool {
			a := ask(http.MethodGet, f.base(i)+"/readyz", "", nil)
			return a.status == http.StatusServiceUnavailable && strings.Contains(string(a.body), "have stopped")
		})
	}
}
