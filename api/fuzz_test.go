package api

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// wire is a connection whose other side has said all it will say.
type wire struct {
	in  *bytes.Reader
	out bytes.Buffer
}

func (w *wire) Read(p []byte) (int, error)       { return w.in.Read(p) }
func (w *wire) Write(p []byte) (int, error)      { return w.out.Write(p) }
func (w *wire) Close() error                     { return nil }
func (w *wire) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (w *wire) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// Whatever bytes arrive, every answer is below 500, and every refusal is a
// problem with a code of the table.
func FuzzRequest(f *testing.F) {
	for _, c := range malformedRequests {
		if len(c.raw) < 4096 {
			f.Add([]byte(c.raw))
		}
	}
	f.Add([]byte(noteWith(good)))
	f.Add([]byte(target("/v1/notes/a?limit=2") + noteWith(good) + target("/problems/validation")))
	s, err := newServer(testConfig(io.Discard), defaultTuning, product, notes)
	if err != nil {
		f.Fatal(err)
	}
	s.app.Handler() // builds the routing tree
	f.Fuzz(func(t *testing.T, raw []byte) {
		if bytes.Contains(raw, []byte("panic")) || bytes.Contains(raw, []byte("fail")) || bytes.Contains(raw, []byte("slow")) || bytes.Contains(raw, []byte(`\u`)) {
			t.Skip("the test operation fails on purpose when asked to")
		}
		w := &wire{in: bytes.NewReader(raw)}
		_ = s.app.Server().ServeConn(w)
		answers := bufio.NewReader(&w.out)
		for {
			resp, err := http.ReadResponse(answers, nil)
			if err != nil {
				return
			}
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode >= http.StatusInternalServerError {
				t.Fatalf("%d %s for %q", resp.StatusCode, body, raw)
			}
			if resp.StatusCode >= http.StatusBadRequest && resp.Header.Get("Content-Type") != ProblemType {
				t.Fatalf("%d without a problem for %q", resp.StatusCode, raw)
			}
			if bytes.HasPrefix(raw, []byte("HEAD")) {
				return // the answers have lengths and no bodies
			}
		}
	})
}
