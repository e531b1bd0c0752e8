package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhishu/api"
	"zhishu/commands"
	"zhishu/domain"
)

// TestYear plays domain/testdata/year.txt, a community's year, through the API,
// and holds what the API, a replay in another process's place, and the command
// line say against the figures that stand there, worked out by hand.
func TestYear(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	y := &year{t: t, ids: map[string]string{}, names: map[string]string{}, entries: map[string]*entryLabel{}, macros: map[string]macro{}}
	y.now = mustInstant(t, "2025-01-01", "08:00")
	l, err := createLedger(t.Context(), location{dir: dir}, commands.Options{Clock: func() domain.Instant { return y.now }})
	if err != nil {
		t.Fatal(err)
	}
	y.use(l)
	text, err := os.ReadFile("../../domain/testdata/year.txt")
	if err != nil {
		t.Fatal(err)
	}
	y.play(strings.Split(string(text), "\n"))
	if len(y.checks) == 0 {
		t.Fatal("the year expects nothing")
	}
	t.Run("api", func(t *testing.T) { y.check(t, y.overAPI) })
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	t.Run("cli", func(t *testing.T) { y.check(t, func(q *question) (any, error) { return y.overCLI(dir, q) }) })
	t.Run("chinese", func(t *testing.T) { y.speakChinese(t, dir) })

	// Log and secrets alone, elsewhere: everything is folded from the first event.
	other := filepath.Join(t.TempDir(), "replayed")
	for _, part := range []string{"log", "vault"} {
		if err := os.CopyFS(filepath.Join(other, part), os.DirFS(filepath.Join(dir, part))); err != nil {
			t.Fatal(err)
		}
	}
	secrets, err := filepath.Glob(filepath.Join(other, "vault", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range secrets {
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(other, "vault"), 0o700); err != nil {
		t.Fatal(err)
	}
	replayed, err := openLedger(t.Context(), location{dir: other}, commands.Options{Clock: func() domain.Instant { return y.now }})
	if err != nil {
		t.Fatal(err)
	}
	defer replayed.close()
	y.written = ""
	y.use(replayed)
	t.Run("replay", func(t *testing.T) { y.check(t, y.overAPI) })
}

// year is the play under way.
type year struct {
	t       *testing.T
	now     domain.Instant
	client  *http.Client
	doc     *document
	ids     map[string]string // of labels: persons, groups, activities, donations
	names   map[string]string // back
	entries map[string]*entryLabel
	macros  map[string]macro
	checks  []*question
	keys    int
	line    string
	written string // position of the last fact: what is asked afterwards waits for it
}

// entryLabel is an entry with a name in the script, and what waits on it.
type entryLabel struct {
	person            string
	no, dispute, open uint64
}

type macro struct {
	parameter string
	lines     []string
}

func mustInstant(t testing.TB, day, clock string) domain.Instant {
	t.Helper()
	i, err := domain.ParseInstant(day + "T" + clock + ":00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// use speaks to a ledger in this process.
func (y *year) use(l *ledger) {
	s, err := newServer(l, api.NewMetrics(), slog.New(slog.NewTextHandler(io.Discard, nil)), nil)
	if err != nil {
		y.t.Fatal(err)
	}
	y.client = s.InProcess()
	if y.doc, err = theDocument(); err != nil {
		y.t.Fatal(err)
	}
}

func (y *year) fail(format string, args ...any) {
	y.t.Helper()
	y.t.Fatalf("year.txt: %s\n\t%s", y.line, fmt.Sprintf(format, args...))
}

// until moves the clock forward, never back.
func (y *year) until(day, clock string) { y.now = max(y.now, mustInstant(y.t, day, clock)) }

// call gives a command and returns what was recorded.
func (y *year) call(operation, as string, words ...string) map[string]any {
	y.t.Helper()
	out, err := y.request(operation, as, words...)
	if err != nil {
		y.fail("%s %v: %v", operation, words, err)
	}
	answer, _ := out.(map[string]any)
	if refused := answer["refused"]; refused != nil && fmt.Sprint(refused) != "0" {
		y.fail("%s: %v", operation, answer)
	}
	return answer
}

func (y *year) request(operation, as string, words ...string) (any, error) {
	op, ok := y.doc.operation(operation)
	if !ok {
		return nil, fmt.Errorf("there is no operation %s", operation)
	}
	a, err := y.doc.ask(op, words)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if a.body != nil {
		content, err := json.Marshal(a.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(y.t.Context(), op.method, "http://localhost"+a.target(), body)
	if err != nil {
		return nil, err
	}
	y.keys++
	req.Header.Set("Idempotency-Key", fmt.Sprintf("year-%d", y.keys))
	req.Header.Set("Zhishu-Account", as)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := y.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		return nil, fmt.Errorf("%s: %s %w", resp.Status, content, err)
	}
	if op.method == http.MethodPost {
		y.written = resp.Header.Get("Zhishu-Position")
	}
	var out any
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	return out, d.Decode(&out)
}
