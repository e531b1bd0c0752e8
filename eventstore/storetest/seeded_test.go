package storetest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"zhishu/eventstore"
)

// TestSuiteFindsBugs: a suite that passes a broken store is no suite, and a
// case that never fails proves nothing.
func TestSuiteFindsBugs(t *testing.T) {
	var mu sync.Mutex
	finds := make(map[string]bool)
	t.Run("bugs", func(t *testing.T) {
		for _, b := range bugs() {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				found := findings(t.Context(), b, t.TempDir, 500*time.Millisecond)
				if len(found) == 0 {
					t.Error("no case of the suite fails")
				}
				t.Logf("found by: %s", strings.Join(found, ", "))
				mu.Lock()
				defer mu.Unlock()
				for _, c := range found {
					finds[c] = true
				}
			})
		}
	})
	for _, c := range Cases() {
		if !finds[c.Name] {
			t.Errorf("no seeded bug makes %q fail", c.Name)
		}
	}
}

// TestRecorderPassesASoundStore: the recorder itself must not invent failures.
func TestRecorderPassesASoundStore(t *testing.T) {
	sound := bug{name: "none", open: withoutBug}
	if found := findings(t.Context(), sound, t.TempDir, time.Minute); len(found) > 0 {
		t.Errorf("a sound store fails %q", found)
	}
}

func withoutBug(m *Memory) eventstore.Store { return m }
