package embedded

import (
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"zhishu/eventstore"
	"zhishu/eventstore/storetest/sqlitestore"
)

// pair is the embedded log beside the oracle, given the same calls.
type pair struct {
	dir    string
	log    *Log
	oracle *sqlitestore.Store
	all    [2][]eventstore.Recorded // what each holds, as last read
	ids    int
}

// TestDifferential gives random histories to the embedded log and to the store
// on SQLite, with retries, wrong expectations and restarts. Their answers agree,
// and what they hold agrees but for the positions.
func TestDifferential(t *testing.T) {
	if err := flag.Set("rapid.checks", strconv.Itoa(8*soak(t))); err != nil {
		t.Fatal(err)
	}
	if err := flag.Set("rapid.nofailfile", "true"); err != nil { // the seed is printed
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := newPair(t, rt)
		defer p.close(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"append":      p.append,
			"retry":       p.retry,
			"read stream": p.readStream,
			"resume":      p.resume,
			"restart":     p.restart,
			"":            p.compare,
		})
	})
}

// unsynced is a disk without the cost of durability.
var unsynced = disk{
	write: realDisk.write,
	sync:  func(*os.File) error { return nil },
	grow:  func(path string, _, to int64) error { return os.Truncate(path, to) },
	spare: realDisk.spare,
}

func newPair(t *testing.T, rt *rapid.T) *pair {
	dir := newDir(t)
	log, err := openWith(dir, Options{}, unsynced)
	if err != nil {
		rt.Fatal(err)
	}
	oracle, err := sqlitestore.Open(filepath.Join(t.TempDir(), "oracle.db"), sqlitestore.Off)
	if err != nil {
		rt.Fatal(err)
	}
	return &pair{dir: dir, log: log, oracle: oracle}
}

func (p *pair) close(rt *rapid.T) {
	if err := errors.Join(p.log.Close(), p.oracle.Close()); err != nil {
		rt.Error(err)
	}
}

func (p *pair) stores() [2]eventstore.Store { return [2]eventstore.Store{p.log, p.oracle} }

var names = rapid.SampledFrom([]string{"a", "a-", "A", "person-1", "person-10", "$no", "checkpoint"})

func expectations(rt *rapid.T, n uint64) eventstore.Expected {
	switch rapid.IntRange(0, 9).Draw(rt, "expectation") {
	case 0:
		return eventstore.Expected{}
	case 1:
		return eventstore.After(n + rapid.Uint64Range(1, 3).Draw(rt, "too far"))
	case 2:
		return eventstore.After(rapid.Uint64Range(0, n).Draw(rt, "behind"))
	default:
		return eventstore.After(n)
	}
}

func (p *pair) count(stream string) (n uint64) {
	for _, e := range p.all[0] {
		if e.Stream == stream {
			n++
		}
	}
	return n
}

func (p *pair) append(rt *rapid.T) {
	stream := names.Draw(rt, "stream")
	var es []eventstore.Event
	for range rapid.IntRange(0, 4).Draw(rt, "events") {
		p.ids++
		es = append(es, eventstore.Event{
			ID: eventstore.ID{1, 15: byte(p.ids), 14: byte(p.ids >> 8)}, Type: rapid.StringN(0, 9, -1).Draw(rt, "type"),
			Data: rapid.SliceOfN(rapid.Byte(), 0, 90).Draw(rt, "data"), Metadata: rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(rt, "metadata"),
		})
	}
	p.both(rt, stream, expectations(rt, p.count(stream)), es)
}

// retry appends what a stream holds already, whole or changed.
func (p *pair) retry(rt *rapid.T) {
	if len(p.all[0]) == 0 {
		rt.Skip("nothing to retry")
	}
	first := rapid.SampledFrom(p.all[0]).Draw(rt, "first")
	var es []eventstore.Event
	for _, e := range p.all[0] {
		if e.Stream == first.Stream && e.Revision >= first.Revision {
			es = append(es, e.Event)
		}
	}
	es = es[:rapid.IntRange(1, len(es)).Draw(rt, "events")]
	switch rapid.IntRange(0, 3).Draw(rt, "change") {
	case 0:
		es[len(es)-1].ID[0] ^= 1
	case 1:
		es = append(es, eventstore.Event{ID: eventstore.ID{2}})
	case 2:
		es[0].Data = []byte("another body")
	}
	p.both(rt, first.Stream, eventstore.After(uint64(first.Revision)), es)
}

func (p *pair) both(rt *rapid.T, stream string, expected eventstore.Expected, es []eventstore.Event) {
	var answers [2]string
	for i, s := range p.stores() {
		done, err := s.Append(rt.Context(), stream, expected, es)
		answers[i] = fmt.Sprintf("revision %d at event %d, %v", done.Revision, p.index(i, s, rt, done.Position), err)
	}
	if answers[0] != answers[1] {
		rt.Fatalf("Append of %d to %s expecting %s:\nembedded %s\noracle   %s", len(es), stream, expected, answers[0], answers[1])
	}
}

// index is the number of the event at a position, which differs between stores.
func (p *pair) index(i int, s eventstore.Store, rt *rapid.T, at eventstore.Position) int {
	p.all[i] = collect(rt, s.ReadAll(rt.Context(), eventstore.Position{}))
	for n, e := range p.all[i] {
		if e.Position == at {
			return n
		}
	}
	return -1
}

func collect(rt *rapid.T, seq iter.Seq2[eventstore.Recorded, error]) []eventstore.Recorded {
	var got []eventstore.Recorded
	for e, err := range seq {
		if err != nil {
			rt.Fatal(err)
		}
		got = append(got, e)
	}
	return got
}

func (p *pair) readStream(rt *rapid.T) {
	stream := names.Draw(rt, "stream")
	from := eventstore.Revision(rapid.Uint64Range(0, 12).Draw(rt, "from"))
	dir := eventstore.Direction(rapid.IntRange(0, 1).Draw(rt, "direction"))
	var got [2][]eventstore.Recorded
	var errs [2]error
	for i, s := range p.stores() {
		for e, err := range s.ReadStream(rt.Context(), stream, from, dir) {
			if errs[i] = err; err == nil {
				got[i] = append(got[i], e)
			}
		}
	}
	if !errors.Is(errs[0], errs[1]) {
		rt.Fatalf("ReadStream %s: embedded %v, oracle %v", stream, errs[0], errs[1])
	}
	agree(rt, "ReadStream "+stream, got[0], got[1])
}

// resume reads on from the same event in both.
func (p *pair) resume(rt *rapid.T) {
	if len(p.all[0]) == 0 {
		rt.Skip("nothing to resume from")
	}
	n := rapid.IntRange(0, len(p.all[0])-1).Draw(rt, "event")
	var got [2][]eventstore.Recorded
	for i, s := range p.stores() {
		got[i] = collect(rt, s.ReadAll(rt.Context(), p.all[i][n].Position))
	}
	agree(rt, fmt.Sprintf("ReadAll after event %d", n), got[0], got[1])
	agree(rt, "Scan", collect(rt, cloned(p.log.Scan(rt.Context(), p.all[0][n].Position))), got[0])
}

// cloned copies what Scan lends.
func cloned(seq iter.Seq2[eventstore.Recorded, error]) iter.Seq2[eventstore.Recorded, error] {
	return func(yield func(eventstore.Recorded, error) bool) {
		for e, err := range seq {
			e.Data, e.Metadata = append([]byte(nil), e.Data...), append([]byte(nil), e.Metadata...)
			if !yield(e, err) {
				return
			}
		}
	}
}

func (p *pair) restart(rt *rapid.T) {
	if err := p.log.Close(); err != nil {
		rt.Fatal(err)
	}
	var err error
	if p.log, err = openWith(p.dir, Options{}, unsynced); err != nil {
		rt.Fatal(err)
	}
}

func (p *pair) compare(rt *rapid.T) {
	for i, s := range p.stores() {
		p.all[i] = collect(rt, s.ReadAll(rt.Context(), eventstore.Position{}))
	}
	agree(rt, "ReadAll", p.all[0], p.all[1])
}

func agree(rt *rapid.T, what string, log, oracle []eventstore.Recorded) {
	if len(log) != len(oracle) {
		rt.Fatalf("%s: embedded %d events, oracle %d", what, len(log), len(oracle))
	}
	for i := range log {
		a, b := log[i], oracle[i]
		if a.ID != b.ID || a.Type != b.Type || a.Stream != b.Stream || a.Revision != b.Revision ||
			string(a.Data) != string(b.Data) || string(a.Metadata) != string(b.Metadata) {
			rt.Fatalf("%s: event %d is %s revision %d in the embedded log, %s revision %d in the oracle, or its bytes differ",
				what, i, a.Stream, a.Revision, b.Stream, b.Revision)
		}
	}
}
