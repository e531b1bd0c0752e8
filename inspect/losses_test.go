package inspect

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/domain/wire"
)

// failing are the steps of a report that did not pass.
func failing(r *Report) (names []string) {
	for _, s := range r.Steps {
		if !s.Passed {
			names = append(names, s.Name)
		}
	}
	return names
}

func opened(t testing.TB, note []byte) proof.Checkpoint {
	t.Helper()
	n, err := proof.ParseNote(note)
	noErr(t, err)
	c, err := proof.ParseCheckpoint(n.Text)
	noErr(t, err)
	return c
}

// A loss that the ledger declared is told, and nothing that tells of it is sound;
// checkpoints of the name from before agree with what remained, and with what is
// gone as far as that was admitted.
func TestDeclaredLoss(t *testing.T) {
	w := newLossy(t, t.TempDir(), 10, 1)
	bundle := w.bundle(t)
	first := opened(t, w.before[0])
	lost := []proof.Checkpoint{opened(t, w.lost[0]), opened(t, w.lost[1]), opened(t, w.lost[2])}
	changed := func(c proof.Checkpoint, change func(*proof.Checkpoint)) proof.Checkpoint {
		change(&c)
		return c
	}
	for _, c := range []struct {
		name    string
		known   []proof.Checkpoint
		verdict Verdict
		failing []string
	}{
		{"nothing was kept", nil, Incomplete, []string{"losses"}},
		{"a checkpoint of what remained", []proof.Checkpoint{first}, Incomplete, []string{"losses"}},
		{"one of what is gone", lost, Incomplete, []string{"losses"}},
		{"one of the present name", []proof.Checkpoint{opened(t, w.notes[0])}, Incomplete, []string{"losses"}},
		{"one of what remained, rewritten", []proof.Checkpoint{changed(first, func(c *proof.Checkpoint) { c.Root[0] ^= 1 })}, Tampered, []string{"losses", "known"}},
		{"the last one, of other facts", []proof.Checkpoint{changed(lost[2], func(c *proof.Checkpoint) { c.Root[0] ^= 1 })}, Tampered, []string{"losses", "known"}},
		{"more than was declared", []proof.Checkpoint{changed(lost[2], func(c *proof.Checkpoint) { c.Size += 100 })}, Tampered, []string{"losses", "known"}},
		{"of another log", []proof.Checkpoint{changed(first, func(c *proof.Checkpoint) { c.Origin += "x" })}, Tampered, []string{"losses", "known"}},
		{"of another log, and newer", []proof.Checkpoint{changed(lost[2], func(c *proof.Checkpoint) { c.Origin, c.Size = "x", 1<<40 })}, Tampered, []string{"losses", "known"}},
		{"newer", []proof.Checkpoint{changed(opened(t, w.notes[2]), func(c *proof.Checkpoint) { c.Size++ })}, Incomplete, []string{"losses", "known"}},
		{"of a name that comes later", []proof.Checkpoint{changed(first, func(c *proof.Checkpoint) { c.Origin += "/3" })}, Incomplete, []string{"losses", "known"}},
		{"newer, and another rewritten", []proof.Checkpoint{
			changed(opened(t, w.notes[2]), func(c *proof.Checkpoint) { c.Size++ }), changed(first, func(c *proof.Checkpoint) { c.Root[0] ^= 1 }),
		}, Tampered, []string{"losses", "known"}},
	} {
		o := w.options()
		o.Keys, o.Known = append(o.Keys, signerOf(t, origin).Key), c.known
		report := verify(t, bundle, o)
		if report.Verdict != c.verdict || !slices.Equal(failing(report), c.failing) {
			t.Errorf("%s: %s, failing %v\n%s", c.name, report.Verdict, failing(report), report.Text())
		}
		if len(report.Losses) != 1 || report.Losses[0].Kept != first.Size || report.Losses[0].Size != lost[2].Size || report.Losses[0].Origin != origin ||
			!strings.Contains(report.Text(), "账本声明过丢失") || !strings.Contains(report.Text(), "A loss was declared") {
			t.Errorf("%s: the loss is not told: %+v\n%s", c.name, report.Losses, report.Text())
		}
	}
}

// The same of one division; and names of the sample open, for what the bundle holds
// is as certain as ever.
func TestDeclaredLossElsewhere(t *testing.T) {
	w := newLossy(t, t.TempDir(), 12, 3)
	part := w.part(t, nil)
	o := w.challenging(t, part, 20)
	if report := verify(t, part, o); report.Verdict != Incomplete || !slices.Equal(failing(report), []string{"losses"}) {
		t.Errorf("%s", report.Text())
	}
	// The declaration is held back, and where its stream ends is signed for to fit.
	g := &gang{unpacked: unpack(t, part), w: w, options: o}
	lines := g.lines()
	at := slices.IndexFunc(lines, func(line []byte) bool { return bytes.Contains(line, []byte(`"type":"loss-declared"`)) })
	g.setLines(slices.Delete(lines, at, at+1))
	g.edit(t, func(m *Manifest) { m.Range.Included--; m.Range.Withheld++ })
	g.editEnds(t, func(ends []streamEnd) []streamEnd {
		i := slices.IndexFunc(ends, func(e streamEnd) bool { return strings.HasPrefix(e.Stream, namingPrefix) })
		ends[i].Revision--
		return ends
	})
	g.refigure(t)
	g.resigned(t)
	if report := verify(t, g.pack(t), o); report.Verdict != Tampered || !slices.Equal(failing(report), []string{"name"}) {
		t.Errorf("the declaration was held back\n%s", report.Text())
	}

	bundle, identity := w.withKeys(t, func([]PersonKey) {})
	report, opened, err := OpenSample(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), identity, w.options())
	if err != nil || len(opened.Fields) == 0 || len(report.Losses) != 1 {
		t.Errorf("%+v, %v", opened, err)
	}
}

// What a loss does to a case that was open cannot be followed, and is no fault.
func TestLossWhileACaseIsOpen(t *testing.T) {
	w := newWorld(t, t.TempDir(), 10)
	w.lose(t)
	w.sample.Checkpoint = string(w.notes[0])
	o := VerifyOptions{Keys: []proof.Key{w.identity.Signers[0].Key}}
	if report := verify(t, w.bundle(t), o); report.Verdict != Incomplete || !slices.Equal(failing(report), []string{"losses", "sample"}) {
		t.Errorf("%s", report.Text())
	}
}

// A declaration stands where what remained ends, follows the name in force, and
// gives the next one.
func TestDeclarationsThatCannotBe(t *testing.T) {
	fact := func(index uint64, e domain.Event) *fact {
		data, err := wire.AppendData(nil, e)
		noErr(t, err)
		return &fact{index: index, frame: proof.Frame{
			Stream: domain.SigningID{UUID: domain.UUID{1, 6: 0x40, 8: 0x80}}.Stream(), Revision: index, Type: e.Type(), Data: data, Metadata: wire.AppendMeta(nil, domain.Meta{}),
		}}
	}
	id := domain.SigningID{UUID: domain.UUID{1, 6: 0x40, 8: 0x80}}
	root := strings.Repeat("ab", 32)
	begun := &domain.SigningBegun{Signing: id, Origin: "a", Key: root}
	good := domain.LossDeclared{Signing: id, Origin: "a/2", Kept: 9, LastOrigin: "a", LastSize: 12, LastRoot: root}
	var n naming
	n.take(fact(0, begun))
	n.take(fact(9, &good))
	if n.bad != nil || n.state.Origin != "a/2" || len(n.losses) != 1 {
		t.Fatalf("%v %+v", n.bad, n.state)
	}
	for what, change := range map[string]func(*domain.LossDeclared){
		"kept less than stands before it":  func(e *domain.LossDeclared) { e.Kept = 5 },
		"kept more":                        func(e *domain.LossDeclared) { e.Kept = 10 },
		"of another log":                   func(e *domain.LossDeclared) { e.LastOrigin = "b" },
		"of nothing":                       func(e *domain.LossDeclared) { e.LastSize = 9 },
		"with a name that does not follow": func(e *domain.LossDeclared) { e.Origin = "a/3" },
		"that keeps the name":              func(e *domain.LossDeclared) { e.Origin = "a" },
		"without a root":                   func(e *domain.LossDeclared) { e.LastRoot = "" },
	} {
		bad, n := good, naming{}
		change(&bad)
		n.take(fact(0, begun))
		if n.take(fact(9, &bad)); n.bad == nil || len(n.losses) != 0 {
			t.Errorf("a loss is declared %s: %v", what, n.bad)
		}
	}
	again := naming{}
	again.take(fact(0, begun))
	if again.take(fact(9, begun)); again.bad == nil {
		t.Error("a log begins twice")
	}
	second := fact(9, &good)
	second.frame.Stream = strings.Replace(second.frame.Stream, "01", "02", 1)
	again = naming{}
	again.take(fact(0, begun))
	if again.take(second); again.bad == nil {
		t.Error("two streams name the log")
	}
}
