package main

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"zhishu/eventstore/esdb/esdbtest"
	"zhishu/internal/served"
)

const community = "430702001007"

// workload is the clients and what they were answered.
type workload struct {
	servers []*served.Server
	client  *http.Client
	clients int
	total   int // commands in all
	entries int // of each client

	persons []string
	wg      sync.WaitGroup

	done, requests, repeated, retries, mostRetries, reads atomic.Int64

	mu     sync.Mutex
	failed []error
}

func newWorkload(servers []*served.Server, commands, clients int) *workload {
	entries := (commands + clients - 1) / clients / 2 // each is two commands; enrolling is one more
	return &workload{
		servers: servers, clients: clients, entries: entries, total: clients * (1 + 2*entries), persons: make([]string, clients),
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * clients}},
	}
}

func (w *workload) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, err)
}

func (w *workload) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.failed) == 0 {
		return nil
	}
	return fmt.Errorf("%d clients failed, the first: %w", len(w.failed), w.failed[0])
}

// prepare registers the community, and enrols one number on two servers at
// once, again and again: one of the two must be refused each time.
func (w *workload) prepare() error {
	place := command{path: "/v1/communities", key: "place", account: "clerk", body: map[string]any{"code": community, "name": "半边街社区"}}
	if _, err := w.until(0, http.MethodPost, place); err != nil {
		return err
	}
	const twins = 100
	for n := range twins {
		var errs [2]error
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = w.once(w.servers[(n+i)%len(w.servers)], http.MethodPost, enrolment(fmt.Sprintf("twin-%d-%d", n, i), fmt.Sprint("twin-", n)))
			})
		}
		wg.Wait()
		var refused *refusedError
		if (errs[0] == nil) == (errs[1] == nil) || !errors.As(errors.Join(errs[0], errs[1]), &refused) {
			return fmt.Errorf("one number enrolled on two servers at once: %v and %v", errs[0], errs[1])
		}
	}
	fmt.Printf("%d numbers enrolled on two servers at once: one won each time\n", twins)
	return nil
}

func enrolment(key, number string) command {
	return command{path: "/v1/persons", key: key, account: "clerk", body: map[string]any{
		"name": "志愿者", "community": community, "memberFrom": "2024-01-01", "consent": map[string]any{"basis": "paper", "from": "2024-01-01"},
		"external": []map[string]any{{"issuer": community, "number": number}},
	}}
}

func (w *workload) start() {
	for c := range w.clients {
		w.wg.Go(func() {
			if err := w.run(c); err != nil {
				w.fail(fmt.Errorf("client %d: %w", c, err))
			}
		})
	}
}

func (w *workload) wait() { w.wg.Wait() }

// run enrols a person and records hour after hour, each confirmed by a second
// account. Some writes are read at once on another server.
func (w *workload) run(c int) error {
	var made struct{ Person string }
	if _, err := w.twice(c, enrolment(fmt.Sprint("enrol-", c), fmt.Sprint("V-", c)), &made); err != nil {
		return err
	}
	w.persons[c] = made.Person
	path := "/v1/persons/" + made.Person
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range w.entries {
		start := first.Add(time.Duration(n) * time.Hour)
		var claimed struct{ Entry uint64 }
		_, err := w.twice(c+n, command{path: path + "/entries", key: fmt.Sprintf("claim-%d-%d", c, n), account: "clerk", body: map[string]any{
			"kind": "service", "title": title(c, n), "community": community,
			"start": start.Format(time.RFC3339), "end": start.Add(time.Hour).Format(time.RFC3339),
		}}, &claimed)
		if err != nil {
			return err
		}
		confirm := command{path: fmt.Sprintf("%s/entries/%d/confirm", path, claimed.Entry), key: fmt.Sprintf("confirm-%d-%d", c, n), account: "reviewer"}
		position, err := w.twice(c+n+1, confirm, nil)
		if err != nil {
			return err
		}
		if n%10 == 0 {
			if err := w.seen(c+n, path, position, n+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func title(c, n int) string { return fmt.Sprintf("值守 %d-%d", c, n) }

// seen reads one's own write on the server that it was not given to.
func (w *workload) seen(n int, path, position string, entries int) error {
	var star struct{ Entries int }
	if err := w.read(n, path+"/stars?after="+position, &star); err != nil {
		return err
	}
	if star.Entries != entries {
		return fmt.Errorf("%s: %d entries after %s, want %d", path, star.Entries, position, entries)
	}
	w.reads.Add(1)
	return nil
}

// restartInTheMiddle stops and starts one server after the other when half of
// the work is done; then the store gets another leader and drops every
// subscription.
func (w *workload) restartInTheMiddle(store *esdbtest.Cluster) error {
	for w.done.Load() < int64(w.total)/2 {
		if err := w.failure(); err != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	began, at := time.Now(), w.done.Load()
	var slowest time.Duration
	for i, s := range w.servers {
		if err := s.Stop(); err != nil {
			return fmt.Errorf("server %d: %w", i, err)
		}
		back, err := s.Start()
		if err != nil {
			return fmt.Errorf("server %d: %w", i, err)
		}
		slowest = max(slowest, back)
	}
	fmt.Printf("rolling restart at command %d: %.1f s, a server ready again within %d ms; %d commands done meanwhile\n",
		at, time.Since(began).Seconds(), slowest.Milliseconds(), w.done.Load()-at)
	store.Lead((store.Leader() + 1) % 3)
	store.DropSubscriptions(errors.New("dropped by the campaign"))
	return nil
}
