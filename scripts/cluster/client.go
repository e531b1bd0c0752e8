package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"
	"time"

	"zhishu/internal/served"
)

// answer is what a server said.
type answer struct {
	position string
	body     []byte
}

type refusedError struct{ status, body string }

func (r *refusedError) Error() string { return r.status + " " + r.body }

// command is one request for a fact.
type command struct {
	path, key, account string
	body               map[string]any
}

// twice gives a command to two servers, every second time at once, and wants
// the same answer from both.
func (w *workload) twice(n int, c command, into any) (position string, err error) {
	var answers [2]answer
	var errs [2]error
	give := func(i int) { answers[i], errs[i] = w.until(n+i, http.MethodPost, c) }
	if n%2 == 0 {
		var wg sync.WaitGroup
		wg.Go(func() { give(0) })
		wg.Go(func() { give(1) })
		wg.Wait()
	} else {
		give(0)
		give(1)
	}
	var said [2]map[string]any
	repeated := false
	for i := range answers {
		if errs[i] != nil {
			return "", fmt.Errorf("%s %s: %w", c.path, c.key, errs[i])
		}
		if err := json.Unmarshal(answers[i].body, &said[i]); err != nil {
			return "", err
		}
		repeated = repeated || said[i]["repeated"] == true
		delete(said[i], "repeated")
	}
	if !reflect.DeepEqual(said[0], said[1]) || answers[0].position != answers[1].position {
		return "", fmt.Errorf("%s %s: two answers: %v at %s, %v at %s", c.path, c.key, said[0], answers[0].position, said[1], answers[1].position)
	}
	if repeated {
		w.repeated.Add(1)
	}
	w.done.Add(1)
	if into != nil {
		err = json.Unmarshal(answers[0].body, into)
	}
	return answers[0].position, err
}

// patience is how long a command is given again before the campaign has failed.
const patience = 30 * time.Second

// until asks one server after the other, with the same key, until one answers
// with more than that it cannot serve now.
func (w *workload) until(n int, method string, c command) (answer, error) {
	deadline := time.Now().Add(patience)
	for try := 0; ; try++ {
		a, err := w.once(w.servers[(n+try)%len(w.servers)], method, c)
		if _, final := err.(*refusedError); err == nil || final || time.Now().After(deadline) {
			w.note(int64(try))
			return a, err
		}
		w.retries.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
}

// note keeps the most retries that one request needed.
func (w *workload) note(tries int64) {
	for {
		most := w.mostRetries.Load()
		if tries <= most || w.mostRetries.CompareAndSwap(most, tries) {
			return
		}
	}
}

func (w *workload) once(s *served.Server, method string, c command) (a answer, err error) {
	w.requests.Add(1)
	var content []byte
	if c.body != nil {
		if content, err = json.Marshal(c.body); err != nil {
			return a, &refusedError{err.Error(), ""}
		}
	}
	req, err := http.NewRequest(method, s.Base+c.path, bytes.NewReader(content))
	if err != nil {
		return a, &refusedError{err.Error(), ""}
	}
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		req.Header.Set("Zhishu-Account", c.account)
		req.Header.Set("Idempotency-Key", c.key)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	a.position = resp.Header.Get("Zhishu-Position")
	a.body, err = io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return a, err
	case resp.StatusCode >= 500:
		return a, fmt.Errorf("%s %s", resp.Status, a.body)
	case resp.StatusCode >= 400:
		return a, &refusedError{resp.Status, string(a.body)}
	}
	return a, nil
}

// read asks for JSON.
func (w *workload) read(n int, path string, into any) error {
	a, err := w.until(n, http.MethodGet, command{path: path})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return json.Unmarshal(a.body, into)
}
