package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhishu/eventstore"
)

// newDir makes an empty log of the smallest segments.
func newDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "log")
	if err := Create(dir, MinSegmentSize); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustOpen(t testing.TB, dir string) *Log {
	t.Helper()
	l, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, l) })
	return l
}

func mustClose(t testing.TB, l interface{ Close() error }) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

// batch makes n events with data of the given size, the first numbered from.
func batch(from, n, size int) []eventstore.Event {
	var es []eventstore.Event
	for i := from; i < from+n; i++ {
		e := eventstore.Event{ID: eventstore.ID{1, byte(i >> 16), byte(i >> 8), byte(i)}, Type: "t", Metadata: []byte("{}")}
		e.Data = make([]byte, size)
		for k := range e.Data {
			e.Data[k] = byte(i + k)
		}
		es = append(es, e)
	}
	return es
}

func mustAppend(t testing.TB, l eventstore.Appender, stream string, count uint64, es []eventstore.Event) eventstore.Appended {
	t.Helper()
	done, err := l.Append(context.Background(), stream, eventstore.After(count), es)
	if err != nil {
		t.Fatalf("Append to %s after %d: %v", stream, count, err)
	}
	return done
}

// contents reads everything in every way and fails unless they agree.
func contents(l interface {
	eventstore.StreamReader
	eventstore.LogReader
}) ([]eventstore.Recorded, error) {
	var all []eventstore.Recorded
	for e, err := range l.ReadAll(context.Background(), eventstore.Position{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	streams := make(map[string][]eventstore.Recorded)
	for _, e := range all {
		streams[e.Stream] = append(streams[e.Stream], e)
	}
	for name, want := range streams {
		var got []eventstore.Recorded
		for e, err := range l.ReadStream(context.Background(), name, 0, eventstore.Forwards) {
			if err != nil {
				return nil, err
			}
			got = append(got, e)
		}
		if err := same(got, want); err != nil {
			return nil, fmt.Errorf("stream %s beside the log: %w", name, err)
		}
	}
	return all, nil
}

func same(got, want []eventstore.Recorded) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.ID != w.ID || g.Type != w.Type || g.Stream != w.Stream || g.Revision != w.Revision || g.Position != w.Position ||
			string(g.Data) != string(w.Data) || string(g.Metadata) != string(w.Metadata) {
			return fmt.Errorf("event %d is %s revision %d at %s, want %s revision %d at %s, or its bytes differ",
				i, g.Stream, g.Revision, g.Position, w.Stream, w.Revision, w.Position)
		}
	}
	return nil
}

func mustContents(t testing.TB, l interface {
	eventstore.StreamReader
	eventstore.LogReader
}) []eventstore.Recorded {
	t.Helper()
	all, err := contents(l)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantContents(t testing.TB, l interface {
	eventstore.StreamReader
	eventstore.LogReader
}, want []eventstore.Recorded) {
	t.Helper()
	if err := same(mustContents(t, l), want); err != nil {
		t.Fatal(err)
	}
}

// copyDir copies the files of a log but for its lock.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, lockName)); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return to
}

func remove(t testing.TB, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func files(t testing.TB, dir, suffix string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range paths {
		paths[i] = filepath.Base(p)
	}
	slices.Sort(paths)
	return paths
}

// segmentsLog makes a closed log of n segments with an index for each sealed
// one, and says what it holds.
func segmentsLog(t testing.TB, n int) (dir string, all []eventstore.Recorded) {
	t.Helper()
	dir = newDir(t)
	l := mustOpen(t, dir)
	for i := 0; l.Stats().Segments < n; i++ {
		mustAppend(t, l, fmt.Sprintf("person-%d", i%7), uint64(i/7*3), batch(3*i, 3, 20_000))
	}
	mustAppend(t, l, "last-1", 0, batch(1<<16, 2, 100))
	mustAppend(t, l, "last-2", 0, batch(1<<16+2, 1, 100))
	all = mustContents(t, l)
	mustClose(t, l)
	mustClose(t, mustOpen(t, dir)) // indexes what was sealed last
	return dir, all
}
