package inspect

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
)

var trials = flag.Int("trials", 1, "trials of every kind of tampering")

// tampering is one kind of it. Named kinds must name the first bad fact. What a
// kind leaves behind may be incomplete, rather than wrong: see lacking.
type tampering struct {
	name  string
	named bool
	with  func(t testing.TB, g *gang)
}

// lacking are the kinds of which nothing that is there is wrong: something is
// missing, or cannot be told from what is honest. A bundle of a log that was rolled
// back is one that was made before, byte for byte. All others are tampered.
var lacking = []string{
	"piece of the facts dropped", "facts cut off at the end", "figure left out", "file missing", "tile missing", "archive cut short",
	"seed chosen, and the inspector kept no checkpoint", "rolled back", "list of ends left out",
}

// judge holds a verdict against what the kind deserves.
func (k *tampering) judge(t testing.TB, report *Report) {
	t.Helper()
	want := Tampered
	if slices.Contains(lacking, k.name) {
		want = Incomplete
	}
	if report.Verdict != want {
		t.Errorf("%s: judged %s, and is %s\n%s", k.name, report.Verdict, want, report.Text())
	}
}

// gang has everything an attacker may have: the bundle, the log's key, chance.
type gang struct {
	*unpacked
	r       *rand.Rand
	w       *world
	options VerifyOptions
	raw     []byte // the bundle as bytes, when it is not to be packed
}

func (g *gang) resigned(t testing.TB) { g.resign(t, g.w.identity) }

// line picks a line that is neither the first nor the last.
func (g *gang) line() int { return g.lineOf(g.lines()) }

// lineOf is the same of lines that were unpacked already.
func (g *gang) lineOf(lines [][]byte) int { return 1 + g.r.IntN(len(lines)-3) }

func (g *gang) known(t testing.TB, notes ...[]byte) {
	for _, n := range notes {
		c, _, err := proof.OpenCheckpoint(n, g.w.identity.Signers[0].Key)
		noErr(t, err)
		g.options.Known = append(g.options.Known, c)
	}
}

var tamperings = []tampering{
	{"bit in the facts", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, factsDir)) }},
	{"bit in the facts, signed anew", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, factsDir)); g.resigned(t) }},
	{"facts packed otherwise", false, func(t testing.TB, g *gang) {
		name := g.some(g.r, factsDir)
		g.files[name] = append(bytes.Clone(g.files[name]), 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0) // an empty frame that readers skip
	}},
	{"piece of the facts dropped", true, func(t testing.TB, g *gang) {
		g.setLines(g.lines())
		g.resigned(t)
		g.drop(piecePath(g.r.IntN(2)))
	}},
	{"piece of the facts dropped, the rest numbered anew", true, func(t testing.TB, g *gang) {
		g.setLines(g.lines())
		n := g.r.IntN(2)
		for ; g.files[piecePath(n+1)] != nil; n++ {
			g.files[piecePath(n)] = g.files[piecePath(n+1)]
		}
		g.drop(piecePath(n))
		g.resigned(t)
	}},
	{"two pieces of the facts swapped", true, func(t testing.TB, g *gang) {
		g.setLines(g.lines())
		g.files[piecePath(0)], g.files[piecePath(1)] = g.files[piecePath(1)], g.files[piecePath(0)]
		g.resigned(t)
	}},
	{"piece of the facts left out of their numbers", false, func(t testing.TB, g *gang) {
		g.setLines(g.lines())
		g.drop(piecePath(1))
		g.resigned(t)
	}},
	{"bit in an entry bundle", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, "tile/entries/")); g.resigned(t) }},
	{"bit in a hash tile", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, "tile/0/")); g.resigned(t) }},
	{"bit in a tile of the first level", true, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, "tile/1/")); g.resigned(t) }},
	{"bit in the checkpoint", false, func(t testing.TB, g *gang) { g.flip(g.r, checkpointPath); g.resigned(t) }},
	{"bit in the list of checkpoints", false, func(t testing.TB, g *gang) { g.flip(g.r, headsPath) }},
	{"bit in the manifest", false, func(t testing.TB, g *gang) { g.flip(g.r, manifestPath) }},
	{"bit in the manifest's signature", false, func(t testing.TB, g *gang) { g.flip(g.r, signaturePath) }},
	{"bit in a figure", false, func(t testing.TB, g *gang) { g.flip(g.r, g.some(g.r, resultsDir)) }},
	{"bit in the policies", false, func(t testing.TB, g *gang) { g.flip(g.r, policiesPath) }},
	{"bit in the list of erasures", false, func(t testing.TB, g *gang) { g.flip(g.r, erasuresPath) }},
	{"bit in the page for people", false, func(t testing.TB, g *gang) { g.flip(g.r, readmePath) }},
	{"fact dropped", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		g.setLines(slices.Delete(lines, i, i+1))
		g.resigned(t)
	}},
	{"fact dropped, the rest numbered anew", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		g.setLines(renumber(slices.Delete(lines, i, i+1)))
		g.resigned(t)
	}},
	{"fact inserted twice", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		g.setLines(renumber(slices.Insert(lines, i, lines[i])))
		g.resigned(t)
	}},
	{"two facts swapped", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		lines[i], lines[i+1] = lines[i+1], lines[i]
		g.setLines(renumber(lines))
		g.resigned(t)
	}},
	{"facts cut off at the end", true, func(t testing.TB, g *gang) {
		g.setLines(g.lines()[:g.line()])
		g.resigned(t)
	}},
	{"facts added beyond the cut", true, func(t testing.TB, g *gang) {
		lines := g.lines()
		n := len(lines) - 1
		g.setLines(renumber(append(lines[:n:n], lines[g.line()])))
		g.resigned(t)
	}},
	{"salts of two facts swapped", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		a, b := saltAt(lines[i]), saltAt(lines[i+1])
		lines[i] = bytes.Replace(lines[i], a, b, 1)
		lines[i+1] = bytes.Replace(lines[i+1], b, a, 1)
		g.setLines(lines)
		g.resigned(t)
	}},
	{"fact moved to another stream", true, func(t testing.TB, g *gang) {
		lines, i := g.lines(), g.line()
		lines[i] = bytes.Replace(lines[i], []byte(`"stream":"person-`), []byte(`"stream":"parson-`), 1)
		lines[i] = bytes.Replace(lines[i], []byte(`"stream":"community-`), []byte(`"stream":"communityy-`), 1)
		lines[i] = bytes.Replace(lines[i], []byte(`"revision":`), []byte(`"revision":1`), 1)
		g.setLines(lines)
		g.resigned(t)
	}},
	{"fact and entry changed together", true, func(t testing.TB, g *gang) {
		g.forge(t, 1+g.r.IntN(len(g.lines())-3))
		g.resigned(t)
	}},
	{"figure edited and signed for", false, func(t testing.TB, g *gang) {
		name := g.some(g.r, resultsDir+"00")
		g.files[name] = bytes.Replace(g.files[name], []byte(`"ledgerSize": `), []byte(`"ledgerSize": 1`), 1)
		g.resigned(t)
	}},
	{"policy edited and signed for", false, func(t testing.TB, g *gang) {
		g.files[policiesPath] = bytes.Replace(g.files[policiesPath], []byte(`"version": 1`), []byte(`"version": 2`), 1)
		g.resigned(t)
	}},
	{"erasure invented", false, func(t testing.TB, g *gang) {
		g.files[erasuresPath] = []byte("[\n  {\n    \"person\": \"x\",\n    \"index\": 1\n  }\n]\n")
		g.resigned(t)
	}},
	{"figure left out", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Queries = m.Queries[:len(m.Queries)-1] })
		g.resigned(t)
	}},
	{"file missing", false, func(t testing.TB, g *gang) { g.drop(g.some(g.r, resultsDir)) }},
	{"tile missing", false, func(t testing.TB, g *gang) { g.drop(g.some(g.r, "tile/")); g.resigned(t) }},
	{"file smuggled in", false, func(t testing.TB, g *gang) { g.add("results/999-stars.json", []byte("{}")) }},
	{"archive cut short", false, func(t testing.TB, g *gang) {
		b := g.pack(t)
		g.raw = b[:1+g.r.IntN(len(b)-1)]
	}},
	{"another division", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Case.Division = "44" })
		g.resigned(t)
	}},
	{"another inspector", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Case.Inspector = g.w.of.ID })
		g.resigned(t)
	}},
	{"sample chosen by hand", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { slices.Reverse(m.Sample.Persons) })
		g.resigned(t)
	}},
	{"another nonce", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Sample.Nonce = strings.Repeat("ab", NonceSize) })
		g.resigned(t)
	}},
	{"seed of a later checkpoint", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Sample.Checkpoint = string(g.w.notes[2]) })
		g.resigned(t)
	}},
	{"checkpoint left out to choose the seed", false, func(t testing.TB, g *gang) { g.chooseSeed(t) }},
	{"seed chosen, and the inspector kept no checkpoint", false, func(t testing.TB, g *gang) {
		g.chooseSeed(t)
		g.options.Seed = nil
	}},
	{"population understated", false, func(t testing.TB, g *gang) {
		g.edit(t, func(m *Manifest) { m.Sample.Population-- })
		g.resigned(t)
	}},
	{"key of somebody not drawn", false, func(t testing.TB, g *gang) {
		g.add(keysPath, []byte("age"))
		g.edit(t, func(m *Manifest) { m.Keys = []string{g.w.of.ID} })
		g.resigned(t)
	}},
	{"foreign key", false, func(t testing.TB, g *gang) {
		s, err := audit.NewSigner(origin, [32]byte{99})
		noErr(t, err)
		g.resign(t, audit.Identity{Origin: origin, Signers: []audit.Signer{s}})
	}},
	{"stale checkpoint", false, func(t testing.TB, g *gang) {
		g.files[checkpointPath] = g.w.notes[g.r.IntN(2)]
		g.resigned(t)
	}},
	{"checkpoints out of order", false, func(t testing.TB, g *gang) {
		content, err := canonical([]string{string(g.w.notes[1]), string(g.w.notes[0])})
		noErr(t, err)
		g.files[headsPath] = content
		g.resigned(t)
	}},
	{"signature of a witness in the log's place", false, func(t testing.TB, g *gang) {
		s, err := audit.NewCosigner(origin, [32]byte{1})
		noErr(t, err)
		g.options.Keys = []proof.Key{s.Key}
	}},
	{"history rewritten and signed anew", false, func(t testing.TB, g *gang) {
		g.rewrite(t, g.r.IntN(200), g.w.notes...)
	}},
	{"fork of equal size", false, func(t testing.TB, g *gang) {
		g.rewrite(t, 0, g.w.notes[len(g.w.notes)-1])
	}},
	{"rolled back", false, func(t testing.TB, g *gang) { g.rollBack(t, 1) }},
	{"rolled back to before the case", false, func(t testing.TB, g *gang) { g.rollBack(t, 0) }},
	{"rolled back, rewritten and signed anew", false, func(t testing.TB, g *gang) {
		g.rewrite(t, g.r.IntN(200), g.w.notes[0])
		newer := g.options.Known[0]
		newer.Size += 1 << 20
		g.options.Known = append(g.options.Known, newer)
	}},
	{"under a name that no fact gives", false, func(t testing.TB, g *gang) { g.renamed(t, origin+"/2") }},
	{"under a name that a second stream gives", false, func(t testing.TB, g *gang) {
		public := signerOf(t, origin+"/2").Key.Public
		g.renamed(t, origin+"/2", &domain.BeginSigning{
			Signing: domain.SigningID{UUID: domain.UUID{15: byte(g.r.IntN(256)), 6: 0x40, 8: 0x80}}, Origin: origin + "/2", Key: hex.EncodeToString(public[:]),
		})
	}},
	{"loss declared of facts that stand, to excuse that they were changed", true, func(t testing.TB, g *gang) {
		last := opened(t, g.w.notes[2])
		g.renamed(t, origin+"/2", &domain.DeclareLoss{
			Signing: g.w.signing(), Kept: int64(1 + g.r.IntN(int(last.Size)-1)), LastOrigin: origin, LastSize: int64(last.Size), LastRoot: hex.EncodeToString(last.Root[:]),
		})
	}},
}

// rollBack is a bundle of the ledger as it was at one of its checkpoints, and the
// inspector kept the last one.
func (g *gang) rollBack(t testing.TB, n int) {
	t.Helper()
	order := g.w.order()
	order.Checkpoint, order.Heads, order.Sample = order.Heads[n], order.Heads[:n+1], nil
	var b bytes.Buffer
	_, err := Write(t.Context(), &b, g.w.source(), order)
	noErr(t, err)
	g.raw = b.Bytes()
	g.known(t, g.w.notes[2])
}

// renamed is a bundle of the same ledger under another name, after what is to give
// it that name was recorded.
func (g *gang) renamed(t testing.TB, name string, by ...domain.Command) {
	t.Helper()
	other := *g.w
	other.store, other.notes, other.sample = copyOf(t, g.w.store, eventstore.IsLedger), nil, nil
	other.handler = commands.New(other.store, other.vault, commands.Options{Clock: other.now})
	for _, c := range by {
		other.do(t, c, other.operator)
	}
	other.follow(t, name)
	other.announce(t)
	g.raw = other.bundle(t)
	g.options.Keys = append(g.options.Keys, other.identity.Signers[0].Key)
}

func mustDivision(t testing.TB, s string) domain.Division {
	d, err := domain.ParseDivision(s)
	noErr(t, err)
	return d
}

func saltAt(line []byte) []byte {
	i := bytes.Index(line, []byte(`"salt":"`)) + len(`"salt":"`)
	return bytes.Clone(line[i : i+64])
}

func renumber(lines [][]byte) [][]byte {
	for i, line := range lines {
		if _, rest, ok := bytes.Cut(line, []byte(",")); ok {
			lines[i] = append(fmt.Appendf(nil, `{"index":%d,`, i), rest...)
		}
	}
	return lines
}

// forge changes a fact and makes its entry fit; the root is signed already.
func (g *gang) forge(t testing.TB, i int) {
	lines := g.lines()
	var f fact
	noErr(t, f.parse(lines[i], map[string]string{}))
	f.frame.Metadata = bytes.Replace(f.frame.Metadata, []byte("}"), []byte(" }"), 1)
	var err error
	lines[i], err = appendLine(nil, uint64(i), f.salt, &f.frame)
	noErr(t, err)
	g.setLines(lines)
	entry := proof.Commit(f.salt, f.frame.Append(nil))
	for _, name := range g.names {
		tile, err := proof.ParseTile(name)
		if err != nil || !tile.Entries || tile.Index != uint64(i)/proof.TileWidth {
			continue
		}
		b := bytes.Clone(g.files[name])
		copy(b[i%proof.TileWidth*(2+proof.EntrySize)+2:], entry[:])
		g.files[name] = b
	}
}

// TestTampering: every kind is found, and where a fact was touched its index is
// named.
func TestTampering(t *testing.T) {
	w := newWorld(t, t.TempDir(), 20)
	sound := w.bundle(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	found, named, owed := 0, 0, 0
	for _, kind := range tamperings {
		caught, indexed := 0, 0
		for range *trials {
			g := &gang{unpacked: unpack(t, sound), r: r, w: w, options: w.options()}
			kind.with(t, g)
			bundle := g.raw
			if bundle == nil {
				bundle = g.pack(t)
			}
			if !ClaimsBundle(bytes.NewReader(bundle), int64(len(bundle))) {
				t.Errorf("%s: taken for a file that was never a bundle", kind.name)
			}
			report := verify(t, bundle, g.options)
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
		found += caught
		if kind.named {
			named, owed = named+indexed, owed+*trials
		}
		t.Logf("%-45s found %d of %d, first bad fact named %d", kind.name, caught, *trials, indexed)
	}
	t.Logf("%d kinds, %d of %d found, index named in %d of %d", len(tamperings), found, len(tamperings)**trials, named, owed)
	if named*100 < owed*95 {
		t.Errorf("the first bad fact is named in %d of %d", named, owed)
	}
}

// TestNoFalseAlarm: sound bundles of many orders pass.
func TestNoFalseAlarm(t *testing.T) {
	w := newWorld(t, t.TempDir(), 20)
	for i := range 5 * *trials {
		order := w.order()
		n := 1 + i%2 // the cut
		order.Checkpoint, order.Heads = order.Heads[n], order.Heads[i/2%2:n+1]
		switch k := i % 7; k {
		case 0:
			order.Sample = nil
		default:
			sample := *w.sample
			sample.Persons = sample.Persons[:min(k, len(sample.Persons))]
			order.Sample = &sample
		}
		order.At = order.At.Add(time.Duration(i) * time.Hour)
		var b bytes.Buffer
		_, err := Write(t.Context(), &b, w.source(), order)
		noErr(t, err)
		if report := verify(t, b.Bytes(), w.options()); report.Verdict != Sound {
			t.Errorf("%d: a false alarm\n%s", i, report.Text())
		}
	}
}

// TestNoFalseAccusation: what is honest and tells of a loss, or is older than a
// checkpoint that was kept, is never called tampered, nor sound.
func TestNoFalseAccusation(t *testing.T) {
	lossy, w := newLossy(t, t.TempDir(), 10, 1), newWorld(t, t.TempDir(), 10)
	for i := range 3 * *trials {
		of, n := []*world{lossy, lossy, w}[i%3], 1+i%2 // the cut
		order := of.order()
		order.Checkpoint, order.Heads = order.Heads[n], order.Heads[:n+1]
		o := of.options()
		switch i % 3 {
		case 0:
			o.Known = append(o.Known, opened(t, lossy.before[0]), opened(t, lossy.lost[i%len(lossy.lost)]), opened(t, lossy.notes[0]))
		case 1:
			order.Sample = nil
		case 2:
			newer := opened(t, w.notes[2])
			newer.Size += uint64(1 + i)
			o.Known = append(o.Known, opened(t, w.notes[0]), newer)
		}
		var b bytes.Buffer
		_, err := Write(t.Context(), &b, of.source(), order)
		noErr(t, err)
		want := []string{"losses", "losses", "known"}[i%3]
		if report := verify(t, b.Bytes(), o); report.Verdict != Incomplete || !slices.Equal(failing(report), []string{want}) {
			t.Errorf("%d: %s, failing %v\n%s", i, report.Verdict, failing(report), report.Text())
		}
	}
}

// chooseSeed makes the bundle of a ledger that passed over a checkpoint and drew by
// the next one.
func (g *gang) chooseSeed(t testing.TB) {
	t.Helper()
	order := g.w.order()
	other := *g.w
	other.notes = [][]byte{g.w.notes[0], g.w.notes[2]}
	other.draw(t, mustDivision(t, g.w.of.Division))
	order.Heads, order.Sample = other.notes, other.sample
	var b bytes.Buffer
	_, err := Write(t.Context(), &b, g.w.source(), order)
	noErr(t, err)
	g.raw = b.Bytes()
}
