package embedded

import (
	"sync"
)

// Stats is a glance at the log for metrics.
type Stats struct {
	Events   uint64 // in the log
	Bytes    uint64 // taken by segments up to the committed end
	Segments int
	Streams  uint64
	// TableBytes is the memory of the table of streams.
	TableBytes uint64

	// Since Open:
	Groups         uint64 // writes and syncs
	Appends        uint64
	AppendedEvents uint64
	AppendedBytes  uint64
	// IndexError is why the last sealed segment could not be indexed, "" if it
	// was. It costs time at the next Open and nothing else.
	IndexError string
}

// Stats may be called at any time.
func (l *Log) Stats() Stats {
	s := l.stats()
	c := &l.counters
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Groups, s.Appends, s.AppendedEvents, s.AppendedBytes = c.groups, c.appends, c.events, c.bytes
	if c.indexErr != nil {
		s.IndexError = c.indexErr.Error()
	}
	return s
}

func (v *view) stats() Stats {
	end := v.tail.get()
	s := Stats{Events: end.seq, Streams: v.table.streams(), TableBytes: v.table.bytes()}
	v.mu.RLock()
	defer v.mu.RUnlock()
	s.Segments = len(v.segs)
	for i := range v.segs {
		if i+1 < len(v.segs) {
			s.Bytes += uint64(v.segs[i+1].prevEnd)
		} else {
			s.Bytes += uint64(end.end.offset())
		}
	}
	return s
}

// counters are what happened since Open.
type counters struct {
	mu                             sync.Mutex
	groups, appends, events, bytes uint64
	indexErr                       error
}

func (c *counters) add(g Group) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.groups++
	c.appends += uint64(g.Appends)
	c.events += uint64(g.Events)
	c.bytes += uint64(g.Bytes)
}

func (c *counters) indexed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.indexErr = err
}
