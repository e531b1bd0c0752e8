package sqlitestore

import (
	"path/filepath"
	"testing"

	"zhishu/eventstore"
	"zhishu/eventstore/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t storetest.T) func() (eventstore.Store, error) {
		path := filepath.Join(t.TempDir(), "events.db")
		return func() (eventstore.Store, error) { return Open(path, Full) }
	})
}
