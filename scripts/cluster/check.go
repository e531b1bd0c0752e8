package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// check: every command stands in the ledger once, and none failed.
func (w *workload) check() error {
	if err := w.failure(); err != nil {
		return err
	}
	if int(w.done.Load()) != w.total {
		return fmt.Errorf("%d commands were answered, want %d", w.done.Load(), w.total)
	}
	entries := 0
	for c, person := range w.persons {
		var statement struct {
			Entries []struct {
				Status string
				Deed   struct{ Title string }
			}
		}
		if err := w.read(c, "/v1/persons/"+person+"/statement", &statement); err != nil {
			return err
		}
		held := map[string]int{}
		for _, e := range statement.Entries {
			held[e.Deed.Title]++
			if e.Status != "confirmed" {
				return fmt.Errorf("client %d: %s is %s", c, e.Deed.Title, e.Status)
			}
		}
		for n := range w.entries {
			if held[title(c, n)] != 1 {
				return fmt.Errorf("client %d: %s stands %d times", c, title(c, n), held[title(c, n)])
			}
		}
		if len(held) != w.entries {
			return fmt.Errorf("client %d: %d entries, want %d", c, len(held), w.entries)
		}
		entries += len(held)
	}
	if w.repeated.Load() == 0 || w.retries.Load() == 0 {
		return errors.New("nothing was repeated or retried: the campaign tested nothing")
	}
	fmt.Printf("statements: %d entries claimed and confirmed, each once; commands failed beyond a retry: 0\n", entries)
	return nil
}

type digests struct {
	LedgerSize uint64
	Rows       []digest
}

type digest struct {
	Model  string
	SHA256 string
}

// compare holds the figures of all servers, and a replay, against each other.
func (w *workload) compare() error {
	var head struct{ HeadPosition string }
	if err := w.read(0, "/v1/ledger", &head); err != nil {
		return err
	}
	all := make([]digests, len(w.servers))
	for i, s := range w.servers {
		a, err := w.once(s, "GET", command{path: "/v1/digests?after=" + head.HeadPosition})
		if err != nil {
			return fmt.Errorf("server %d: %w", i, err)
		}
		if err := json.Unmarshal(a.body, &all[i]); err != nil {
			return err
		}
		fmt.Printf("server %d, ledger size %d:", i, all[i].LedgerSize)
		for _, d := range all[i].Rows {
			fmt.Printf(" %s %.12s", d.Model, d.SHA256)
		}
		fmt.Println()
		if !reflect.DeepEqual(all[i], all[0]) {
			return fmt.Errorf("servers 0 and %d hold different figures", i)
		}
	}
	out, err := w.servers[0].Run("replay", "--json")
	if err != nil {
		return err
	}
	var again struct {
		Events  uint64
		Digests []digest
		Agrees  bool
	}
	if err := json.Unmarshal(out, &again); err != nil {
		return fmt.Errorf("replay: %w\n%s", err, out)
	}
	if !again.Agrees || again.Events != all[0].LedgerSize || !reflect.DeepEqual(again.Digests, all[0].Rows) {
		return fmt.Errorf("a replay holds other figures:\n%s", out)
	}
	fmt.Printf("three servers and a replay of %d events hold the same figures\n", again.Events)
	return w.checkpoints(again.Events)
}

// checkpoints: each server builds the tree by itself, and they take turns at
// announcing its head; in the end all have signed the same one.
func (w *workload) checkpoints(size uint64) error {
	var heads []string
	for i, s := range w.servers {
		for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
			a, err := w.once(s, http.MethodGet, command{path: "/checkpoint"})
			if err != nil {
				return fmt.Errorf("server %d: %w", i, err)
			}
			head, _, _ := strings.Cut(string(a.body), "\n\n") // before the signatures
			lines := strings.Split(head, "\n")
			if len(lines) == 3 && lines[1] == fmt.Sprint(size) {
				heads = append(heads, head)
				break
			}
			if time.Since(began) > patience {
				return fmt.Errorf("server %d has signed %q, want one of size %d", i, head, size)
			}
		}
		if heads[i] != heads[0] {
			return fmt.Errorf("servers 0 and %d have signed different trees: %q and %q", i, heads[0], heads[i])
		}
	}
	fmt.Printf("three servers have signed the same tree: %q\n", heads[0])
	return nil
}
