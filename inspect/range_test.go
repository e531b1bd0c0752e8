package inspect

import (
	"archive/zip"
	"bytes"
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

// A confirmation names no community: opened alone it tells nothing of the stream it
// stands in, and opened from the first fact on it does.
func TestAStreamIsOpenedWhole(t *testing.T) {
	w := newCity(t, t.TempDir(), 12, 3)
	var victim string
	silent := uint64(0) // the revision of a fact that names nothing
	for r, err := range w.store.ReadAll(t.Context(), eventstore.Position{}) {
		noErr(t, err)
		if r.Type == (&domain.EntryConfirmed{}).Type() && w.namesFirst(t, r.Stream) {
			victim, silent = r.Stream, uint64(r.Revision)
			break
		}
	}
	bundle := w.part(t, func(of *belonging) { delete(of.streams, victim) })
	all := w.indices(t, func(stream string) bool { return stream == victim })
	o := w.options()
	o.Challenged = all[silent : silent+1]
	o.Opened = w.open(t, o.Challenged)
	if report := verify(t, bundle, o); report.Verdict != Sound || report.Streams != 0 {
		t.Errorf("a confirmation alone\n%s", report.Text())
	}
	o.Whole = true
	if report := verify(t, bundle, o); report.Verdict != Incomplete || report.passed("range") {
		t.Errorf("whole streams were asked for\n%s", report.Text())
	}
	o.Opened = w.open(t, all)
	if report := verify(t, bundle, o); report.Verdict != Tampered || report.FirstBad == nil || *report.FirstBad != all[0] {
		t.Errorf("the stream was opened whole\n%s", report.Text())
	}

	// Streams of others, whole: all is well, and facts of a stream nobody chose are not taken.
	bundle = w.part(t, nil)
	o = w.challenging(t, bundle, 5)
	var streams []string
	for _, r := range o.Opened {
		streams = append(streams, r.Event.Stream)
	}
	slices.Sort(streams)
	streams = slices.Compact(streams)
	o.Whole, o.Opened = true, w.open(t, w.indices(t, func(stream string) bool { return slices.Contains(streams, stream) }))
	report := verify(t, bundle, o)
	if report.Verdict != Sound || report.Opened != 5 || report.Streams != len(streams) || !strings.Contains(report.Text(), "自首条起打开") {
		t.Errorf("%s", report.Text())
	}
	o.Opened = append(o.Opened, w.open(t, []uint64{0})...)
	if report := verify(t, bundle, o); report.Verdict != Tampered {
		t.Errorf("a fact of a stream that nobody chose\n%s", report.Text())
	}
}

// namesFirst reports whether a stream begins with a fact that names the first
// community.
func (w *world) namesFirst(t testing.TB, stream string) bool {
	t.Helper()
	for r, err := range w.store.ReadStream(t.Context(), stream, 0, eventstore.Forwards) {
		noErr(t, err)
		return slices.Contains(codesIn(r.Data), firstCommunity(t, w.store))
	}
	return false
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
