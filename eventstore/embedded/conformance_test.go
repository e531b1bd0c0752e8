package embedded

import (
	"path/filepath"
	"testing"

	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
)

func factory(t storetest.T) func() (eventstore.Store, error) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := Create(dir, MinSegmentSize); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return func() (eventstore.Store, error) { return Open(dir, Options{}) }
}

func TestConformance(t *testing.T) { storetest.Run(t, factory) }
