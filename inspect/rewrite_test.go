package inspect

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
)

var minutes = regexp.MustCompile(`"minutes":[1-9][0-9]*`)

// rewrite is what an operator can do who holds the key and the whole ledger:
// one fact is changed, the tree made again, checkpoints and manifest signed,
// every figure computed. Nothing in the bundle contradicts anything; only a
// checkpoint kept from before does.
func (g *gang) rewrite(t testing.TB, skip int, kept ...[]byte) {
	store := storetest.NewMemory()
	changed, fitting := false, 0
	for r, err := range g.w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if eventstore.IsLedger(r.Stream) && minutes.Match(r.Data) {
			fitting++
		}
	}
	skip %= max(fitting, 1)
	for r, err := range g.w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if !changed && minutes.Match(r.Data) {
			if skip--; skip < 0 {
				r.Data = minutes.ReplaceAllFunc(slices.Clone(r.Data), func(m []byte) []byte { return append(m[:len(m):len(m)], '0') })
				changed = true
			}
		}
		expected := eventstore.NoStream()
		if r.Revision > 0 {
			expected = eventstore.Exactly(r.Revision - 1)
		}
		_, err = store.Append(t.Context(), r.Stream, expected, []eventstore.Event{r.Event})
		noErr(t, err)
	}
	if !changed {
		t.Fatal("the history holds no such fact: nothing was rewritten")
	}
	log, err := audit.Open(t.Context(), audit.Options{
		Store: store, SaltKey: g.w.saltKey, Every: time.Hour,
		Identify: func(context.Context) (audit.Identity, error) { return g.w.identity, nil },
	})
	noErr(t, err)
	defer log.Close()
	noErr(t, log.Announce(t.Context()))
	other := *g.w
	other.store, other.audit, other.sample = store, log, nil
	other.notes = [][]byte{log.Checkpoint()}
	var b bytes.Buffer
	_, err = Write(t.Context(), &b, other.source(), other.order())
	noErr(t, err)
	if report := verify(t, b.Bytes(), g.options); report.Verdict != Sound {
		t.Errorf("the rewritten history was to be without a contradiction of its own\n%s", report.Text())
	}
	g.raw = b.Bytes()
	g.known(t, kept...)
}
