package audit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhishu/audit/proof"
	"zhishu/eventstore/storetest"
)

func witness(t *testing.T, dir string) (*Witness, *httptest.Server, proof.Key) {
	t.Helper()
	signer, err := NewCosigner("witness.example/w", [32]byte{7})
	noErr(t, err)
	w, err := OpenWitness(dir, signer, identity(t, 1).keys())
	noErr(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		a := w.Add(body)
		out.WriteHeader(a.Status)
		_, _ = out.Write(a.Body)
	}))
	t.Cleanup(s.Close)
	return w, s, signer.Key
}

// TestWitness: each checkpoint comes out with the witness's line, also after the
// witness has forgotten or was away; a fork, a roll-back and a foreign log get
// none.
func TestWitness(t *testing.T) {
	dir := t.TempDir()
	w, server, key := witness(t, dir)
	store := storetest.NewMemory()
	o := options(t, store)
	o.Witnesses = []WitnessAt{{server.URL, key}}
	l := following(t, o)
	for i := range 4 {
		fill(t, store, "person-1", i*100, 100)
		noErr(t, l.WaitFor(t.Context(), uint64(i+1)*100))
		noErr(t, l.Announce(t.Context()))
		l.witnessing.Wait()
		n, err := proof.ParseNote(l.Checkpoint())
		noErr(t, err)
		if at, err := n.SignedBy(key); err != nil || time.Since(time.Unix(int64(at), 0)) > time.Minute {
			t.Fatalf("checkpoint %d: %v", i, err)
		}
		if i == 1 { // the same witness, started again
			w, server, key = witness(t, dir)
			l.o.Witnesses[0].URL = server.URL
		}
	}
	note := func(size uint64, root proof.Hash, id Identity) string {
		return string(id.note(proof.Checkpoint{Origin: id.Origin, Size: size, Root: root}))
	}
	root, err := l.Root(400)
	noErr(t, err)
	early, err := l.Root(300)
	noErr(t, err)
	_, path, err := l.tiles.beginning(300, proof.Checkpoint{Size: 400, Root: root})
	noErr(t, err)
	lines := ""
	for _, h := range path {
		lines += proof.FormatHash(h) + "\n"
	}
	me, foreign := identity(t, 1), identity(t, 2)
	other := Identity{Origin: "elsewhere", Signers: me.Signers}
	for what, c := range map[string]struct {
		request string
		status  int
	}{
		"the same again":            {"old 400\n\n" + note(400, root, me), http.StatusOK},
		"a fork of equal size":      {"old 400\n\n" + note(400, early, me), http.StatusConflict},
		"a roll-back":               {"old 300\n\n" + note(300, early, me), http.StatusConflict},
		"a wrong guess":             {"old 300\n" + lines + "\n" + note(400, root, me), http.StatusConflict},
		"a tree that does not grow": {"old 400\n" + lines + "\n" + note(500, early, me), http.StatusUnprocessableEntity},
		"an unknown log":            {"old 0\n\n" + note(400, root, other), http.StatusNotFound},
		"a foreign key":             {"old 400\n\n" + note(400, root, foreign), http.StatusForbidden},
		"old behind new":            {"old 500\n\n" + note(400, root, me), http.StatusBadRequest},
		"no old":                    {"\n" + note(400, root, me), http.StatusBadRequest},
		"nothing":                   {"", http.StatusBadRequest},
		"a number with a zero":      {"old 0400\n\n" + note(400, root, me), http.StatusBadRequest},
		"a proof of other lines":    {"old 400\nx\n\n" + note(400, root, me), http.StatusBadRequest},
		"a path without end":        {"old 400\n" + strings.Repeat(proof.FormatHash(root)+"\n", 64) + "\n" + note(400, root, me), http.StatusBadRequest},
	} {
		if a := w.Add([]byte(c.request)); a.Status != c.status {
			t.Errorf("%s: %d, want %d", what, a.Status, c.status)
		}
	}
}
