package esdb

import (
	"time"

	"zhishu/eventstore"
)

// Stats is a glance at the store's connection for metrics.
type Stats struct {
	Connected bool
	// Since Open:
	Connects        uint64
	Disconnects     uint64
	ConnectFailures uint64
	Subscribes      uint64 // of the shared subscription
	Drops           uint64

	CallsInFlight int // of the client, callers that left included
	// The shared subscription: whether it follows the log live, the last event it
	// passed on, how far the server says it has looked, and when it last said
	// anything.
	Live       bool
	Passed     eventstore.Position
	Looked     eventstore.Position
	LastHeard  time.Time
	Subscriber int // callers of Subscribe that are following
}

// Stats may be called at any time.
func (s *Store) Stats() Stats {
	s.links.mu.Lock()
	out := s.links.counts
	out.Connected = s.links.current != nil
	for l := range s.links.all {
		l.mu.Lock()
		out.CallsInFlight += l.calls
		l.mu.Unlock()
	}
	s.links.mu.Unlock()
	s.feed.stats(&out)
	return out
}
