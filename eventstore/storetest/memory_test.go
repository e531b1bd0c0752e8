package storetest

import (
	"testing"

	"zhishu/eventstore"
)

func memoryFactory(t T) func() (eventstore.Store, error) {
	m := NewMemory()
	return func() (eventstore.Store, error) {
		m.Reopen()
		return m, nil
	}
}

func TestMemory(t *testing.T) { Run(t, memoryFactory) }
