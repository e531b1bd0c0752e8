package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhishu/audit/proof"
	"zhishu/domain"
	"zhishu/eventstore"
)

// part is a bundle of the first community of a city of three; hide, when set,
// takes streams out that belong to it.
func (w *world) part(t testing.TB, hide func(*belonging)) []byte {
	t.Helper()
	order := w.order()
	order.Sample, order.Division = nil, firstCommunity(t, w.store).String()
	var out bytes.Buffer
	if hide == nil {
		_, err := Write(t.Context(), &out, w.source(), order)
		noErr(t, err)
		return out.Bytes()
	}
	note, err := proof.ParseNote(order.Checkpoint)
	noErr(t, err)
	cut, err := proof.ParseCheckpoint(note.Text)
	noErr(t, err)
	b := &bundler{zip: zip.NewWriter(&out), at: order.At, src: w.source(), order: order, cut: cut}
	b.manifest = Manifest{Format: Format, Case: order.Case, Origin: cut.Origin, Size: cut.Size, Exporter: order.Exporter, Exported: "2026-07-01T09:00:00Z"}
	noErr(t, b.choose(t.Context()))
	hide(b.of)
	b.manifest.Queries = Queries(b.manifest.division(), order.Case.Period, nil)
	noErr(t, b.evidence(t.Context()))
	noErr(t, b.facts(t.Context()))
	noErr(t, b.results(t.Context()))
	_, err = b.close(t.Context())
	noErr(t, err)
	return out.Bytes()
}

// open has facts opened by their place in the ledger, as a server would.
func (w *world) open(t testing.TB, indices []uint64) (receipts []proof.Receipt) {
	t.Helper()
	wanted, at := map[uint64]bool{}, uint64(0)
	for _, i := range indices {
		wanted[i] = true
	}
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if wanted[at] {
			receipt, err := w.audit.Receipt(t.Context(), r.Stream, uint64(r.Revision))
			noErr(t, err)
			receipts = append(receipts, receipt)
		}
		at++
	}
	return receipts
}

// challenging are the options of an inspector who had some of what a bundle
// withholds opened.
func (w *world) challenging(t testing.TB, bundle []byte, count int) VerifyOptions {
	t.Helper()
	o := w.options()
	var err error
	o.Challenged, err = Challenge(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), o.Keys, count)
	noErr(t, err)
	o.Opened = w.open(t, o.Challenged)
	return o
}

// A bundle of a division is sound, holds nobody else's personal facts, and its
// figures are those of the whole ledger unless it says otherwise.
func TestBundleOfADivision(t *testing.T) {
	w := newCity(t, t.TempDir(), 12, 3)
	bundle := w.part(t, nil)
	report := verify(t, bundle, w.options())
	if report.Verdict != Incomplete || report.passed("challenge") || !report.passed("range") || !report.passed("results") {
		t.Errorf("nothing was opened\n%s", report.Text())
	}
	report = verify(t, bundle, w.challenging(t, bundle, 5))
	if report.Verdict != Sound || report.Range == nil || report.Range.Withheld == 0 || report.Range.Included == 0 {
		t.Fatalf("%s", report.Text())
	}
	t.Logf("%d included, %d withheld, other figures in %v", report.Range.Included, report.Range.Withheld, report.Range.Differ)
	if report.Facts != report.Range.Included || report.Range.Included+report.Range.Withheld != report.Size {
		t.Errorf("%d facts, %+v", report.Facts, report.Range)
	}
	d := firstCommunity(t, w.store)
	streams := map[string]bool{}
	u := unpack(t, bundle)
	for _, line := range u.lines() {
		if len(line) == 0 {
			continue
		}
		f, err := parsed(line)
		noErr(t, err)
		if mayWithhold(f.Stream) && slices.Contains(codesIn(f.Data), d) {
			streams[f.Stream] = true
		}
	}
	for _, line := range u.lines() {
		if len(line) == 0 {
			continue
		}
		f, _ := parsed(line)
		if mayWithhold(f.Stream) && !streams[f.Stream] && !strings.HasPrefix(f.Stream, domain.AccountCategory) {
			t.Fatalf("%s is of another division", f.Stream)
		}
	}
	for _, kept := range w.notes[:2] {
		o := w.challenging(t, bundle, 5)
		c, _, err := proof.OpenCheckpoint(kept, o.Keys...)
		noErr(t, err)
		o.Known = append(o.Known, c)
		if report := verify(t, bundle, o); report.Verdict != Sound {
			t.Errorf("against a checkpoint kept from before\n%s", report.Text())
		}
	}

	// Opened at random, all of it is of others.
	report = verify(t, bundle, w.challenging(t, bundle, 60))
	if report.Verdict != Sound || report.Opened != 60 || report.Hidden == 0 || !strings.Contains(report.Text(), "均不属本区划") {
		t.Errorf("%s", report.Text())
	}
}

// What is held back of the division contradicts nothing in the bundle; opening
// finds it.
func TestHeldBackIsFoundByOpening(t *testing.T) {
	w := newCity(t, t.TempDir(), 12, 3)
	var victim string
	bundle := w.part(t, func(of *belonging) {
		for stream := range of.streams {
			if strings.HasPrefix(stream, domain.PersonCategory) && (victim == "" || stream < victim) {
				victim = stream
			}
		}
		delete(of.streams, victim)
	})
	if report := verify(t, bundle, w.options()); report.Verdict != Incomplete || !report.passed("range") || !report.passed("results") {
		t.Fatalf("nothing in it contradicts anything\n%s", report.Text())
	}
	var held []uint64
	at := uint64(0)
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if !eventstore.IsLedger(r.Stream) {
			continue
		}
		if r.Stream == victim {
			held = append(held, at)
		}
		at++
	}
	drawn, err := Challenge(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), w.options().Keys, 40)
	noErr(t, err)
	drawn = slices.DeleteFunc(drawn, func(i uint64) bool { return slices.Contains(held, i) })
	o := w.options()
	o.Challenged, o.Opened = drawn, w.open(t, drawn)
	if report := verify(t, bundle, o); report.Verdict != Sound {
		t.Errorf("none that was opened is of the division\n%s", report.Text())
	}
	named := false // the first event of a person names the community
	for _, i := range held[:1] {
		o.Challenged = append(drawn, i)
		if report := verify(t, bundle, o); report.Verdict != Incomplete {
			t.Errorf("a fact that was chosen was not opened\n%s", report.Text())
		}
		o.Opened = w.open(t, o.Challenged)
		report := verify(t, bundle, o)
		named = report.Verdict == Tampered && report.FirstBad != nil && *report.FirstBad == i
	}
	if !named {
		t.Error("a fact of the division was opened, and nothing came of it")
	}
	o.Opened[0].Event.Data = append(bytes.Clone(o.Opened[0].Event.Data), ' ')
	if report := verify(t, bundle, o); report.Verdict != Tampered {
		t.Error("what was opened is not what was committed to")
	}
}

// TestHidden holds the bound to the chance counted out.
func TestHidden(t *testing.T) {
	for _, c := range []struct{ n, k uint64 }{{100, 100}, {1000, 0}, {10, 9}, {10_000, 300}, {50, 20}} {
		h := hidden(c.n, c.k)
		if c.k == 0 {
			if h != 0 {
				t.Errorf("nothing opened: %d", h)
			}
			continue
		}
		missed := func(h uint64) float64 {
			miss := 1.0
			for i := range c.k {
				miss *= max(0, float64(c.n-i)-float64(h)) / float64(c.n-i)
			}
			return miss
		}
		if missed(h) > 0.05 || h > 1 && missed(h-1) <= 0.05 {
			t.Errorf("of %d, %d opened: %d", c.n, c.k, h)
		}
	}
	if got := hidden(10_000, 300); got < 95 || got > 100 {
		t.Errorf("of 10,000, 300 opened: %d, and one percent is the rule of thumb", got)
	}
}

var partTamperings = []tampering{
	{"fact of the division dropped, counts put right", true, func(t testing.TB, g *gang) {
		lines := g.lines()
		for {
			i := g.line()
			f, err := parsed(lines[i])
			noErr(t, err)
			if mayWithhold(f.Stream) && !lastOf(t, lines, i, f.Stream) {
				g.setLines(slices.Delete(lines, i, i+1))
				break
			}
		}
		g.edit(t, func(m *Manifest) { m.Range.Included--; m.Range.Withheld++ })
		g.resigned(t)
	}},
	{"end of a stream dropped that a fact was judged on", true, func(t testing.TB, g *gang) {
		lines := g.lines()
		type end struct {
			line     int
			revision uint64
		}
		ends, read := map[string]end{}, map[string]uint64{}
		for i, line := range lines {
			if len(line) == 0 {
				continue
			}
			f, err := parsed(line)
			noErr(t, err)
			ends[f.Stream] = end{i, f.Revision}
			var e struct {
				Read struct {
					Stream   string
					Revision uint64
				}
			}
			if json.Unmarshal(f.Data, &e) == nil && e.Read.Stream != "" {
				read[e.Read.Stream] = max(read[e.Read.Stream], e.Read.Revision)
			}
		}
		var at []int
		for stream, revision := range read {
			// A stream of people that is gone whole may as well be of another division.
			if last, ok := ends[stream]; ok && last.revision == revision && (revision > 0 || !mayWithhold(stream)) {
				at = append(at, last.line)
			}
		}
		if len(at) == 0 {
			t.Fatal("no fact was judged on the end of a stream")
		}
		slices.Sort(at)
		i := at[g.r.IntN(len(at))]
		g.setLines(slices.Delete(lines, i, i+1))
		g.edit(t, func(m *Manifest) { m.Range.Included--; m.Range.Withheld++ })
		g.resigned(t)
	}},
	{"fact that goes with every bundle dropped", false, func(t testing.TB, g *gang) {
		lines := g.lines()
		for {
			i := g.line()
			f, err := parsed(lines[i])
			noErr(t, err)
			if strings.HasPrefix(f.Stream, domain.PolicyCategory) {
				g.setLines(slices.Delete(lines, i, i+1))
				break
			}
		}
		g.edit(t, func(m *Manifest) { m.Range.Included--; m.Range.Withheld++ })
		g.resigned(t)
	}},
	{"commitment of a withheld fact changed", true, func(t testing.TB, g *gang) {
		g.flip(g.r, g.some(g.r, "tile/entries/"))
		g.resigned(t)
	}},
	{"count of withheld facts understated", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Range.Withheld-- })
		g.resigned(t)
	}},
	{"another division named", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Range.Division = m.Range.Division[:11] + "9" })
		g.resigned(t)
	}},
	{"division outside of the case", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Range.Division = "44" })
		g.resigned(t)
	}},
	{"passed off as a bundle of everything", true, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Range = nil })
		g.resigned(t)
	}},
	{"figure of the whole in the part's place", false, func(t testing.TB, g *gang) {
		name := g.some(g.r, resultsDir)
		g.files[name] = append(bytes.Clone(g.files[name]), ' ')
		g.resigned(t)
	}},
	{"bit in a fact of the division", true, func(t testing.TB, g *gang) { g.flip(g.r, framesPath); g.resigned(t) }},
	{"personal fact of another division put in", true, func(t testing.TB, g *gang) {
		whole := unpack(t, g.w.bundle(t)).lines()
		have := map[string]bool{}
		for _, line := range g.lines() {
			if len(line) > 0 {
				f, err := parsed(line)
				noErr(t, err)
				have[f.Stream] = true
			}
		}
		var stranger string
		kept := g.lines()
		for _, line := range whole {
			if len(line) == 0 {
				continue
			}
			f, err := parsed(line)
			noErr(t, err)
			if stranger == "" && strings.HasPrefix(f.Stream, domain.PersonCategory) && !have[f.Stream] {
				stranger = f.Stream
			}
			if f.Stream == stranger {
				kept = append(kept, line)
			}
		}
		kept = slices.DeleteFunc(kept, func(l []byte) bool { return len(l) == 0 })
		slices.SortFunc(kept, func(a, b []byte) int {
			i, k := indexOf(a), indexOf(b)
			return int(int64(i) - int64(k))
		})
		added := uint64(len(kept) - (len(g.lines()) - 1))
		g.setLines(kept)
		g.edit(t, func(m *Manifest) { m.Range.Included += added; m.Range.Withheld -= added })
		g.resigned(t)
	}},
}

// lastOf reports whether a fact is the last of its stream among the lines.
func lastOf(t testing.TB, lines [][]byte, i int, stream string) bool {
	t.Helper()
	for _, line := range lines[i+1:] {
		if len(line) == 0 || !bytes.Contains(line, []byte(stream)) { // it may be named by what was judged on it
			continue
		}
		f, err := parsed(line)
		noErr(t, err)
		if f.Stream == stream {
			return false
		}
	}
	return true
}

func TestTamperingWithAPart(t *testing.T) {
	w := newCity(t, t.TempDir(), 12, 3)
	sound := w.part(t, nil)
	inspector := w.challenging(t, sound, 20) // without it, every bundle of a part is incomplete
	if report := verify(t, sound, inspector); report.Verdict != Sound {
		t.Fatal(report.Text())
	}
	r := rand.New(rand.NewPCG(11, 0))
	for _, kind := range partTamperings {
		caught, indexed := 0, 0
		for range *trials {
			g := &gang{unpacked: unpack(t, sound), r: r, w: w, options: inspector}
			kind.with(t, g)
			report := verify(t, g.pack(t), g.options)
			if report.Verdict == Sound {
				t.Errorf("%s: passed as sound\n%s", kind.name, report.Text())
				continue
			}
			caught++
			if report.FirstBad != nil {
				indexed++
			}
		}
		t.Logf("%-50s found %d of %d, first bad fact named %d", kind.name, caught, *trials, indexed)
		if kind.named && indexed*100 < *trials*95 {
			t.Errorf("%s: the first bad fact is named in %d of %d", kind.name, indexed, *trials)
		}
	}
}
