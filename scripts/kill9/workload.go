package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	community = "430702001007"
	firstDay  = "2024-01-01"
)

// workload claims hours and imports sheets, and remembers what was answered.
type workload struct {
	base    string
	client  *http.Client
	persons []string
	wg      sync.WaitGroup

	mu      sync.Mutex
	acked   map[string]map[string]bool // person -> titles acknowledged
	sheets  []sheet                    // finished imports
	retries int
	failed  error // the first request that was refused: none should be
}

func (w *workload) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
}

func newWorkload(base string) *workload {
	return &workload{base: base, client: &http.Client{Timeout: 20 * time.Second}, acked: map[string]map[string]bool{}}
}

// call sends a request again and again, with the same key, until it is
// answered by something other than a server that is down or not sure.
func (w *workload) call(ctx context.Context, method, path, key, contentType string, body []byte, answer any) error {
	for {
		err := w.once(method, path, key, contentType, body, answer)
		if err == nil {
			return nil
		}
		if final, ok := err.(*refusedError); ok {
			return final
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.mu.Lock()
		w.retries++
		w.mu.Unlock()
		time.Sleep(10 * time.Millisecond)
	}
}

type refusedError struct{ status, body string }

func (r *refusedError) Error() string { return r.status + " " + r.body }

func (w *workload) once(method, path, key, contentType string, body []byte, answer any) error {
	req, err := http.NewRequest(method, w.base+path, bytes.NewReader(body))
	if err != nil {
		return &refusedError{err.Error(), ""}
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Zhishu-Account", "clerk")
	req.Header.Set("Zhishu-File-Name", "kill9.csv")
	req.Header.Set("Idempotency-Key", key)
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= 500:
		return fmt.Errorf("%s %s", resp.Status, content)
	case resp.StatusCode >= 400:
		return &refusedError{resp.Status, string(content)}
	case answer == nil:
		return nil
	}
	return json.Unmarshal(content, answer)
}

func (w *workload) postJSON(ctx context.Context, path, key string, body map[string]any, answer any) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return w.call(ctx, http.MethodPost, path, key, "application/json", content, answer)
}

// prepare registers a community and a person for each client.
func (w *workload) prepare(clients int) error {
	ctx := context.Background()
	if err := w.postJSON(ctx, "/v1/communities", "community", map[string]any{"code": community, "name": "半边街社区"}, nil); err != nil {
		return err
	}
	for i := range clients {
		var made struct {
			Person string `json:"person"`
		}
		err := w.postJSON(ctx, "/v1/persons", fmt.Sprint("person-", i), map[string]any{
			"name": fmt.Sprint("志愿者", i), "community": community, "memberFrom": firstDay, "consent": map[string]any{"basis": "paper", "from": firstDay},
		}, &made)
		if err != nil {
			return err
		}
		w.persons = append(w.persons, made.Person)
		w.acked[made.Person] = map[string]bool{}
	}
	return nil
}

func (w *workload) start(ctx context.Context, clients int) {
	for i := range clients {
		w.wg.Go(func() { w.claimHours(ctx, i) })
	}
	w.wg.Go(func() { w.importSheets(ctx) })
}

func (w *workload) wait() { w.wg.Wait() }

// claimHours claims one hour after the other for one person.
func (w *workload) claimHours(ctx context.Context, i int) {
	first, _ := time.Parse(time.DateOnly, firstDay)
	for n := 0; ctx.Err() == nil && n < 20_000; n++ {
		title := fmt.Sprintf("值守 %d-%d", i, n)
		start := first.Add(time.Duration(n) * time.Hour)
		body := map[string]any{
			"kind": "service", "title": title, "community": community,
			"start": start.Format(time.RFC3339), "end": start.Add(time.Hour).Format(time.RFC3339),
		}
		// A claim that was begun is finished even when the campaign ends.
		err := w.postJSON(context.Background(), "/v1/persons/"+w.persons[i]+"/entries", fmt.Sprintf("claim-%d-%d", i, n), body, nil)
		if err != nil {
			w.fail(err)
			return
		}
		w.mu.Lock()
		w.acked[w.persons[i]][title] = true
		w.mu.Unlock()
	}
}
