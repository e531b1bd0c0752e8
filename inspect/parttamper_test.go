package inspect

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhishu/domain"
)

var partTamperings = []tampering{
	{"fact of the division dropped, counts put right", true, func(t testing.TB, g *gang) {
		lines := g.lines()
		for {
			i := g.lineOf(lines)
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
	{"last fact of a stream dropped", false, func(t testing.TB, g *gang) {
		g.dropEnd(t)
		g.resigned(t)
	}},
	{"last fact of a stream dropped, its end lowered, and one opened", true, func(t testing.TB, g *gang) {
		index := g.dropEnd(t)
		g.lowerEnd(t, index)
		g.resigned(t)
		// Without luck nothing is found: what was opened is of others, and the bundle agrees with itself.
		if report := verify(t, g.pack(t), g.options); report.Verdict != Sound {
			t.Errorf("only a challenge was to tell\n%s", report.Text())
		}
		g.options.Challenged = append(slices.Clone(g.options.Challenged), index)
		g.options.Opened = append(slices.Clone(g.options.Opened), g.w.open(t, []uint64{index})...)
	}},
	{"list of ends left out", false, func(t testing.TB, g *gang) { g.drop(endsPath); g.resigned(t) }},
	{"end of a stream overstated", false, func(t testing.TB, g *gang) {
		g.editEnds(t, func(ends []streamEnd) []streamEnd { ends[g.r.IntN(len(ends))].Revision++; return ends })
		g.resigned(t)
	}},
	{"end of a stream not signed for", false, func(t testing.TB, g *gang) {
		g.editEnds(t, func(ends []streamEnd) []streamEnd {
			i := g.r.IntN(len(ends))
			return slices.Delete(ends, i, i+1)
		})
		g.resigned(t)
	}},
	{"fact that goes with every bundle dropped", false, func(t testing.TB, g *gang) {
		lines := g.lines()
		for {
			i := g.lineOf(lines)
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
	{"bit in a fact of the division", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, factsDir)); g.resigned(t) }},
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

// dropEnd takes the last fact of a stream out of the bundle, of a stream that goes
// with the division all the same and that nothing was judged on, and puts counts
// and figures right.
func (g *gang) dropEnd(t testing.TB) (index uint64) {
	t.Helper()
	lines := g.lines()
	judged := map[string]bool{}
	for _, line := range lines {
		if len(line) > 0 {
			f, err := parsed(line)
			noErr(t, err)
			var e struct{ Read struct{ Stream string } }
			if json.Unmarshal(f.Data, &e) == nil {
				judged[e.Read.Stream] = true
			}
		}
	}
	for {
		i := g.lineOf(lines)
		f, err := parsed(lines[i])
		noErr(t, err)
		if f.Revision == 0 || judged[f.Stream] || len(codesIn(f.Data)) > 0 || tied(passingOf(&f)) != "" || !lastOf(t, lines, i, f.Stream) {
			continue
		}
		index = indexOf(lines[i])
		g.setLines(slices.Delete(lines, i, i+1))
		g.edit(t, func(m *Manifest) { m.Range.Included--; m.Range.Withheld++ })
		g.refigure(t)
		return index
	}
}

// refigure computes what follows from the facts that are left.
func (g *gang) refigure(t testing.TB) {
	t.Helper()
	g.resigned(t)
	bundle := g.pack(t)
	v := &verification{ctx: t.Context(), o: g.options, report: &Report{}}
	var err error
	v.archive, err = openArchive(bytes.NewReader(bundle), int64(len(bundle)))
	noErr(t, err)
	for _, step := range []func() (string, error){v.openManifest, v.checkpoint, v.facts} {
		_, err = step()
		noErr(t, err)
	}
	for i := range len(v.manifest.Queries) + 2 {
		path, content, err := v.result(i)
		noErr(t, err)
		g.files[path] = content
	}
}

// lowerEnd has the ledger sign that the stream of a fact ends before it.
func (g *gang) lowerEnd(t testing.TB, index uint64) {
	t.Helper()
	receipt := g.w.open(t, []uint64{index})[0]
	g.editEnds(t, func(ends []streamEnd) []streamEnd {
		i := slices.IndexFunc(ends, func(e streamEnd) bool { return e.Stream == receipt.Event.Stream })
		ends[i].Revision--
		return ends
	})
}

func (g *gang) editEnds(t testing.TB, change func([]streamEnd) []streamEnd) {
	t.Helper()
	var ends []streamEnd
	noErr(t, json.Unmarshal(g.files[endsPath], &ends))
	content, err := canonical(change(ends))
	noErr(t, err)
	g.files[endsPath] = content
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
			kind.judge(t, report)
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
