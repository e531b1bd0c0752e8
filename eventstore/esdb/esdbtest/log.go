package esdbtest

import (
	"encoding/json"
	"math"
	"strings"
	"sync"
	"time"
)

// record is one event. Its position serves as commit and prepare position, as
// in every server that writes no explicit transactions.
type record struct {
	id          [16]byte
	stream      string
	revision    uint64
	kind        string
	contentType string
	data, meta  []byte
	position    uint64
	created     int64 // 100-ns ticks since 1970
}

// log is what all nodes of a cluster serve.
type log struct {
	mu      sync.RWMutex
	records []*record // in order of position
	streams map[string]*stream
	end     uint64        // where the next record will stand
	grown   chan struct{} // closed at the next append
	writes  int
}

type stream struct {
	records    []*record
	tombstoned bool
	limits     limits
}

// limits are what a metastream says about its stream.
type limits struct {
	TruncateBefore uint64 `json:"$tb"`
	MaxCount       uint64 `json:"$maxCount"`
	MaxAgeSeconds  int64  `json:"$maxAge"`
}

func newLog() *log {
	l := &log{streams: make(map[string]*stream), grown: make(chan struct{}), end: 1<<10 + 7}
	l.write("$users", []proposed{{kind: "$User", contentType: "application/json", data: []byte(`"admin"`)}})
	return l
}

// proposed is an event on its way into the log.
type proposed struct {
	id          [16]byte
	kind        string
	contentType string
	data, meta  []byte
}

// size counts as the server does for the limit of an append.
func (p *proposed) size() int { return len(p.data) + len(p.meta) + 2*len(p.kind) }

// statsEvery is how many appends lie between two of the server's own events.
const statsEvery = 16

// write adds events whatever the stream holds; the caller holds the lock (or is
// the only one who knows the log).
func (l *log) write(name string, events []proposed) *record {
	var last *record
	s := l.streams[name]
	if s == nil {
		s = &stream{}
		l.streams[name] = s
	}
	for _, e := range events {
		last = &record{
			id: e.id, stream: name, revision: uint64(len(s.records)), kind: e.kind, contentType: e.contentType,
			data: e.data, meta: e.meta, position: l.end, created: time.Now().UnixNano() / 100,
		}
		if e.kind == tombstoneType {
			last.revision, s.tombstoned = math.MaxInt64, true
		}
		l.end += uint64(100 + len(name) + e.size())
		l.records = append(l.records, last)
		s.records = append(s.records, last)
	}
	if of, ok := strings.CutPrefix(name, "$$"); ok {
		l.limit(of, last.data)
	}
	if l.writes++; l.writes%statsEvery == 0 {
		l.write("$stats-127.0.0.1:2113", []proposed{{kind: "$statsCollected", contentType: "application/json", data: []byte(`{}`)}})
	}
	close(l.grown)
	l.grown = make(chan struct{})
	return last
}

// limit applies the newest event of a metastream.
func (l *log) limit(name string, data []byte) {
	s := l.streams[name]
	if s == nil {
		s = &stream{}
		l.streams[name] = s
	}
	var now limits
	_ = json.Unmarshal(data, &now) // metadata that is no JSON limits nothing
	s.limits = now
}

// visible is what a read of the stream may show.
func (s *stream) visible() []*record {
	from := min(s.limits.TruncateBefore, uint64(len(s.records)))
	if n := s.limits.MaxCount; n > 0 && uint64(len(s.records)) > n {
		from = max(from, uint64(len(s.records))-n)
	}
	records := s.records[from:]
	if age := s.limits.MaxAgeSeconds; age > 0 {
		oldest := time.Now().Add(-time.Duration(age)*time.Second).UnixNano() / 100
		for len(records) > 0 && records[0].created < oldest {
			records = records[1:]
		}
	}
	return records
}

// softDeleted reports a deleted stream that may be written again.
func (s *stream) softDeleted() bool { return s.limits.TruncateBefore == math.MaxInt64 }

// decision is what becomes of an append.
type decision uint8

const (
	accept decision = iota
	repeat          // written before: answer as the first time
	wrongVersion
	deleted
)

// expected revisions beyond those of events.
const (
	expectAny = -2 - iota
	expectNoStream
	expectExists
)

// decide judges an append to a stream; at is the last of the events written
// before when it is a repetition. The caller holds the lock.
func (l *log) decide(name string, expected int64, events []proposed) (d decision, at *record) {
	s := l.streams[name]
	if s == nil {
		s = &stream{}
	}
	next := int64(len(s.records))
	exists := next > 0 && !s.softDeleted()
	from := expected + 1 // where the events stand if this is a repetition
	switch {
	case s.tombstoned:
		return deleted, nil
	case expected == next-1, expected == expectNoStream && !exists, expected == expectAny && next == 0:
		return accept, nil
	case expected == expectExists && !exists:
		return wrongVersion, nil
	case expected == expectAny || expected == expectExists:
		if from = s.find(events); from < 0 {
			return accept, nil
		}
	case expected == expectNoStream:
		from = 0
	case expected >= next:
		return wrongVersion, nil
	}
	if at := s.repeats(from, events); at != nil {
		return repeat, at
	}
	return wrongVersion, nil
}

// find returns where the first of the events stands, or -1.
func (s *stream) find(events []proposed) int64 {
	if len(events) == 0 {
		return -1
	}
	for i := len(s.records) - 1; i >= 0; i-- {
		if s.records[i].id == events[0].id {
			return int64(i)
		}
	}
	return -1
}

// repeats compares ids, never bodies.
func (s *stream) repeats(from int64, events []proposed) *record {
	if from+int64(len(events)) > int64(len(s.records)) || len(events) == 0 {
		return nil
	}
	for i := range events {
		if s.records[from+int64(i)].id != events[i].id {
			return nil
		}
	}
	return s.records[from+int64(len(events))-1]
}

// last returns the newest revision of a stream; false when it does not exist.
func (l *log) last(name string) (uint64, bool) {
	s := l.streams[name]
	if s == nil || len(s.records) == 0 || s.softDeleted() {
		return 0, false
	}
	return s.records[len(s.records)-1].revision, true
}
