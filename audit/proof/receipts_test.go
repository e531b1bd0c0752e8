package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

type receiptVectors struct {
	Key, ForeignKey, Witness string
	WitnessTime              uint64
	Checkpoint, Foreign      string
	Size                     uint64
	Root                     string
	Receipts                 []Receipt
	Statement                Receipts
}

func receipts(t *testing.T) (v receiptVectors, key, foreign, witness Key) {
	t.Helper()
	load(t, "receipts.json", &v)
	keys := [3]Key{}
	for i, s := range []string{v.Key, v.ForeignKey, v.Witness} {
		k, err := ParseKey(s)
		if err != nil || k.String() != s {
			t.Fatalf("%s: read as %s, %v", s, k, err)
		}
		keys[i] = k
	}
	return v, keys[0], keys[1], keys[2]
}

func TestCheckpoints(t *testing.T) {
	v, key, foreign, witness := receipts(t)
	c, n, err := OpenCheckpoint([]byte(v.Checkpoint), foreign, key)
	if err != nil || c.Size != v.Size || c.Root != hashOf(t, v.Root) || c.Text() != n.Text {
		t.Fatalf("%+v, %v", c, err)
	}
	if at, err := n.SignedBy(witness); err != nil || at != v.WitnessTime {
		t.Errorf("the cosignature: %d, %v", at, err)
	}
	text := n.Text + "\n"
	for _, s := range n.Signatures {
		text += s.Line()
	}
	if text != v.Checkpoint {
		t.Errorf("written as %q", text)
	}
	named := key
	named.Name = "zhishu.example/other"
	for what, k := range map[string]Key{"a foreign key": foreign, "a witness's key": witness, "the key under another name": named} {
		if _, _, err := OpenCheckpoint([]byte(v.Checkpoint), k); !errors.Is(err, ErrSignature) {
			t.Errorf("opened with %s: %v", what, err)
		}
	}
	if _, _, err := OpenCheckpoint([]byte(v.Checkpoint)); !errors.Is(err, ErrSignature) {
		t.Errorf("opened without a key: %v", err)
	}
	if _, _, err := OpenCheckpoint([]byte(v.Foreign), key); !errors.Is(err, ErrSignature) {
		t.Errorf("a foreign signature: %v", err)
	}
	// Any byte of the text or of the log's line matters.
	end := strings.Index(v.Checkpoint, "\n— witness.example")
	for i := range v.Checkpoint[:end] {
		bad := []byte(v.Checkpoint)
		bad[i] ^= 1
		if _, _, err := OpenCheckpoint(bad, key); err == nil {
			t.Errorf("opened with byte %d changed", i)
		}
	}
	// A line under the pinned key that does not verify is no line to ignore.
	doubled := strings.Replace(v.Checkpoint, "— witness.example", n.Signatures[0].Line()[:len("— "+key.Name)]+" "+strings.Fields(v.Foreign)[len(strings.Fields(v.Foreign))-1]+"\n— witness.example", 1)
	if _, _, err := OpenCheckpoint([]byte(doubled), key); err != nil {
		t.Errorf("a line of another key beside ours: %v", err)
	}
	n.Signatures = append(n.Signatures, Signature{key.Name, key.Hash, make([]byte, 64)})
	if _, err := n.SignedBy(key); !errors.Is(err, ErrSignature) {
		t.Errorf("a second, false signature of the key: %v", err)
	}
}

func TestReceipts(t *testing.T) {
	v, key, foreign, _ := receipts(t)
	for _, r := range v.Receipts {
		shown, err := r.Verify(key)
		if err != nil || shown.Checkpoint.Size != v.Size || EventOf(shown.Frame).ID != r.Event.ID {
			t.Fatalf("%+v, %v", shown, err)
		}
		p, err := ParseInclusion([]byte(r.Proof))
		if err != nil || string(p.Text()) != r.Proof {
			t.Errorf("the proof is written as %q, %v", p.Text(), err)
		}
		if _, err := r.Verify(foreign); !errors.Is(err, ErrSignature) {
			t.Errorf("with a foreign key: %v", err)
		}
		for what, change := range map[string]func(*Receipt){
			"stream":   func(r *Receipt) { r.Event.Stream += "x" },
			"revision": func(r *Receipt) { r.Event.Revision++ },
			"id":       func(r *Receipt) { r.Event.ID = strings.Repeat("0", 8) + r.Event.ID[8:] },
			"id case":  func(r *Receipt) { r.Event.ID = "A" + r.Event.ID[1:] },
			"type":     func(r *Receipt) { r.Event.Type = "study-claimed" },
			"data":     func(r *Receipt) { r.Event.Data = append(bytes.Clone(r.Event.Data), ' ') },
			"metadata": func(r *Receipt) { r.Event.Metadata = nil },
			"format":   func(r *Receipt) { r.Format = "zhishu-receipt/2" },
			"salt":     func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "extra ", "extra AAAA", 1) },
			"no salt":  func(r *Receipt) { r.Proof = r.Proof[:23] + r.Proof[strings.Index(r.Proof, "index"):] },
			"index":    func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index ", "index 1", 1) },
			"zero":     func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index ", "index 0", 1) },
			"path":     func(r *Receipt) { i := strings.Index(r.Proof, "\n\n"); r.Proof = r.Proof[:i-45] + r.Proof[i:] },
			"other":    func(r *Receipt) { r.Proof = strings.Replace(r.Proof, v.Checkpoint, v.Foreign, 1) },
		} {
			bad := r
			change(&bad)
			if _, err := bad.Verify(key); err == nil {
				t.Errorf("a receipt passes with another %s", what)
			}
		}
	}
}

func TestStatement(t *testing.T) {
	v, key, _, _ := receipts(t)
	shown, err := v.Statement.Verify(key)
	if err != nil || len(shown) != 7 || shown[6].Index != 18 {
		t.Fatalf("%d receipts, %v", len(shown), err)
	}
	for what, change := range map[string]func(*Receipts){
		"one dropped":   func(s *Receipts) { s.Receipts = append(append([]Receipt{}, s.Receipts[:2]...), s.Receipts[3:]...) },
		"two exchanged": func(s *Receipts) { s.Receipts[2], s.Receipts[3] = s.Receipts[3], s.Receipts[2] },
		"one twice":     func(s *Receipts) { s.Receipts[3] = s.Receipts[2] },
		"a foreign one": func(s *Receipts) { s.Receipts[0] = v.Receipts[1] },
		"its stream":    func(s *Receipts) { s.Stream = "person-x" },
		"its format":    func(s *Receipts) { s.Format = "" },
	} {
		bad := v.Statement
		bad.Receipts = append([]Receipt{}, bad.Receipts...)
		change(&bad)
		if _, err := bad.Verify(key); err == nil {
			t.Errorf("a statement passes with %s", what)
		}
	}
}

// TestStatementWithGifts: the receipts of gifts are checked as those of the person are.
func TestStatementWithGifts(t *testing.T) {
	v, key, _, _ := receipts(t)
	var gift Receipt
	for _, r := range v.Receipts {
		if r.Event.Stream != v.Statement.Stream && r.Event.Revision == 0 {
			gift = r
		}
	}
	given := Receipts{Format: StatementFormat, Stream: gift.Event.Stream, Receipts: []Receipt{gift}}
	s := v.Statement
	s.Gifts = []Receipts{given}
	if shown, err := s.Verify(key); err != nil || len(shown) != len(v.Statement.Receipts)+1 || shown[len(shown)-1].Frame.Stream != given.Stream {
		t.Fatalf("%d receipts, %v", len(shown), err)
	}
	for what, change := range map[string]func(*Receipts){
		"another stream":    func(g *Receipts) { g.Stream = "donation-x" },
		"another format":    func(g *Receipts) { g.Format = "" },
		"another event":     func(g *Receipts) { g.Receipts = []Receipt{v.Statement.Receipts[0]} },
		"the person's":      func(g *Receipts) { *g = v.Statement },
		"gifts of its own":  func(g *Receipts) { g.Gifts = []Receipts{given} },
		"a changed receipt": func(g *Receipts) { r := gift; r.Event.Type = "x"; g.Receipts = []Receipt{r} },
	} {
		bad := given
		change(&bad)
		s.Gifts = []Receipts{bad}
		if _, err := s.Verify(key); err == nil {
			t.Errorf("a statement passes with a gift with %s", what)
		}
	}
	if s.Gifts = []Receipts{given, given}; true {
		if _, err := s.Verify(key); err == nil {
			t.Error("a statement passes with a gift twice")
		}
	}
}

// TestBad holds the readers to what they must refuse.
func TestBad(t *testing.T) {
	var bad []struct{ Kind, Why, Text string }
	load(t, "bad.json", &bad)
	readers := map[string]func(string) error{
		"note":       func(s string) error { _, err := ParseNote([]byte(s)); return err },
		"checkpoint": func(s string) error { _, err := ParseCheckpoint(s); return err },
		"key":        func(s string) error { _, err := ParseKey(s); return err },
		"tile":       func(s string) error { _, err := ParseTile(s); return err },
		"proof":      func(s string) error { _, err := ParseInclusion([]byte(s)); return err },
		"bundle":     func(s string) error { _, err := ParseBundle(unhex(t, s), 2); return err },
		"receipt": func(s string) error {
			var r Receipt
			if err := json.Unmarshal([]byte(s), &r); err != nil {
				return nil // not what this file is for
			}
			_, err := r.Verify()
			return err
		},
	}
	seen := map[string]int{}
	for _, c := range bad {
		read, ok := readers[c.Kind]
		if !ok {
			t.Fatalf("no reader of a %s", c.Kind)
		}
		if err := read(c.Text); !errors.Is(err, ErrFormat) {
			t.Errorf("%s, %s: %v", c.Kind, c.Why, err)
		}
		seen[c.Kind]++
	}
	for kind := range readers {
		if seen[kind] == 0 {
			t.Errorf("no bad %s", kind)
		}
	}
}
