package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhishu/audit"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
)

var (
	tamperTrials = flag.Int("tamper.trials", 1, "trials of every kind of tampering with a data directory")
	tamperFirst  = flag.Int("tamper.first", 0, "number of the first trial, for a campaign in parts")
	tamperEvents = flag.Int("tamper.events", 900, "about how many events the directory has; from 5,000 on a demo ledger of at least 19,000")
	tamperSound  = flag.Int("tamper.sound", 3, "sound directories that must be found sound")
)

// target is a copy of a sound directory that is about to be changed.
type target struct {
	t   *testing.T
	rnd *rand.Rand
	dir string
	key string
}

// tampering changes a directory, and tells which ledger event is the first that
// is wrong: known when it can be, and nothing when only a note is expected.
type tampering struct {
	name string
	// change returns the index of the first bad event, or one of what follows.
	change func(x *target) int64
}

const (
	someIndex  = -1 // some index must be named
	noIndex    = -2 // none can be: it concerns no event
	onlyNoted  = -3 // no record is touched, so a note is enough
	impossible = -4 // it cannot be done to this directory
	foundNoted = -5 // found where a record stands, noted where none does
	notAtHand  = -6 // nothing can be compared any more, and it says so
	holdsNone  = -7 // space whose content belongs to nobody: no alarm
)

func (x *target) path(name string) string { return filepath.Join(x.dir, name) }

func (x *target) flip(file string, from, to int64) int64 {
	b, err := os.ReadFile(file)
	must(x.t, err)
	if to < 0 || to > int64(len(b)) {
		to = int64(len(b))
	}
	at := from + x.rnd.Int64N(to-from)
	b[at] ^= 1 << x.rnd.IntN(8)
	must(x.t, os.WriteFile(file, b, 0o600))
	return at
}

func (x *target) pick(pattern string) (string, bool) {
	files, err := filepath.Glob(x.path(pattern))
	must(x.t, err)
	if len(files) == 0 {
		return "", false
	}
	return files[x.rnd.IntN(len(files))], true
}

// record is an event as it is appended again.
type stored struct {
	stream string
	event  eventstore.Event
}

func (x *target) read() (all []stored) {
	log, err := embedded.OpenReader(logDir(x.dir))
	must(x.t, err)
	defer log.Close()
	for r, err := range log.ReadAll(x.t.Context(), eventstore.Position{}) {
		must(x.t, err)
		all = append(all, stored{r.Stream, r.Event})
	}
	return all
}

// write makes a log of events that nothing in it contradicts.
func (x *target) write(all []stored) {
	must(x.t, os.RemoveAll(logDir(x.dir)))
	must(x.t, embedded.Create(logDir(x.dir), 0))
	log, err := embedded.Open(logDir(x.dir), embedded.Options{})
	must(x.t, err)
	counts := map[string]uint64{}
	for i := 0; i < len(all); {
		run := []eventstore.Event{all[i].event}
		stream := all[i].stream
		for i++; i < len(all) && all[i].stream == stream && len(run) < 100; i++ {
			run = append(run, all[i].event)
		}
		_, err := log.Append(x.t.Context(), stream, eventstore.After(counts[stream]), run)
		must(x.t, err)
		counts[stream] += uint64(len(run))
	}
	must(x.t, log.Close())
}

// rewrite changes the sequence of events; f gets the place of ledger event
// index in it.
func (x *target) rewrite(f func(all []stored, at int) []stored) int64 {
	all := x.read()
	var ledger []int
	for i, s := range all {
		if eventstore.IsLedger(s.stream) {
			ledger = append(ledger, i)
		}
	}
	index := x.rnd.IntN(len(ledger) - 2)
	x.write(f(all, ledger[index]))
	return int64(index)
}

func edited(change func(*stored)) func(x *target) int64 {
	return func(x *target) int64 {
		return x.rewrite(func(all []stored, at int) []stored {
			change(&all[at])
			return all
		})
	}
}

// resign makes tiles, heads and signatures anew for the log as it is now, as an
// operator who holds every key can.
func (x *target) resign() {
	must(x.t, os.RemoveAll(auditDir(x.dir)))
	at := location{dir: x.dir}
	v, err := at.openVault(x.t.Context())
	must(x.t, err)
	defer v.Close()
	log, err := embedded.Open(logDir(x.dir), embedded.Options{})
	must(x.t, err)
	l := &ledger{location: at, log: log, vault: v, handler: commands.New(log, v, commands.Options{})}
	tree, err := audit.Open(x.t.Context(), audit.Options{Store: log, Dir: auditDir(x.dir), SaltKey: v.Mac("log-salt-key"), Identify: l.identify})
	must(x.t, err)
	must(x.t, tree.Announce(x.t.Context()))
	must(x.t, tree.Close())
	must(x.t, log.Close())
}

func withoutHeads(all []stored) []stored {
	return slices.DeleteFunc(all, func(s stored) bool { return s.stream == eventstore.CheckpointStream })
}

// cutOff leaves the log without its end; keepCommitted puts back the file that
// said how far it had come.
func (x *target) cutOff(keepCommitted bool) int64 {
	all := x.read()
	keep := len(all)/2 + x.rnd.IntN(len(all)/2-1)
	ledger := int64(0)
	for _, s := range all[:keep] {
		if eventstore.IsLedger(s.stream) {
			ledger++
		}
	}
	said, err := os.ReadFile(filepath.Join(logDir(x.dir), "committed"))
	must(x.t, err)
	x.write(all[:keep])
	if keepCommitted { // of the longer log: another id, so it says nothing
		must(x.t, os.WriteFile(filepath.Join(logDir(x.dir), "committed"), said, 0o644))
	}
	return ledger
}

// fewEvents makes a ledger of accounts that are opened and closed.
func fewEvents(t *testing.T, dir string, events int) {
	l, err := createLedger(t.Context(), location{dir: dir}, commands.Options{})
	must(t, err)
	for i := range events {
		account := l.handler.AccountOf(fmt.Sprint("account-", i/2))
		var c domain.Command = &domain.OpenAccount{Account: account, Handle: fmt.Sprint("account-", i/2), Role: domain.RoleRecorder}
		if i%2 == 1 {
			c = &domain.CloseAccount{Account: account}
		}
		_, err := l.handler.Do(t.Context(), commands.Request{Caller: l.operator("test"), Key: fmt.Sprint(i), Command: c})
		must(t, err)
	}
	must(t, l.close())
}

// tamperBase makes a directory with several checkpoints and a snapshot.
func tamperBase(t *testing.T, events int) (dir, key string) {
	dir = filepath.Join(t.TempDir(), "base")
	if events < 5000 {
		fewEvents(t, dir, events)
	} else {
		quiet := &program{ctx: t.Context(), stdout: &output{}, stderr: &output{}}
		_, err := buildDemo(quiet, dir, events)
		must(t, err)
	}
	for i := range 3 {
		l, err := openLedger(t.Context(), location{dir: dir}, commands.Options{})
		must(t, err)
		must(t, l.engine.Snapshot(t.Context()))
		_, err = l.handler.Do(t.Context(), commands.Request{
			Caller: l.operator("test"), Key: fmt.Sprint("more-", i),
			Command: &domain.OpenAccount{Account: l.handler.AccountOf(fmt.Sprint("more-", i)), Handle: fmt.Sprint("more-", i), Role: domain.RoleRecorder},
		})
		must(t, err)
		keys, err := l.keys(t.Context())
		must(t, err)
		key = keys.Keys[0].Verifier
		must(t, l.close())
	}
	return dir, key
}

func (x *target) verify() (code int, out audit.Checked, text string) {
	var stdout, stderr output
	code = run(x.t.Context(), []string{"verify", "--data", x.dir, "--json", "--key", x.key}, nil, &stdout, &stderr)
	_ = json.Unmarshal([]byte(stdout.String()), &out)
	return code, out, stdout.String() + stderr.String()
}

func copyLedger(t *testing.T, base, to string) {
	must(t, os.CopyFS(to, os.DirFS(base)))
	must(t, filepath.WalkDir(filepath.Join(to, "vault"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		if err == nil {
			return os.Chmod(path, 0o600)
		}
		return err
	}))
	guard, err := os.ReadFile(location{dir: base}.guardFile())
	must(t, err)
	must(t, os.WriteFile(location{dir: to}.guardFile(), guard, 0o644))
}

// TestTampering changes a data directory in every way there is, and verify
// must find each: the first bad event named, a change where no record is told
// from one in a record, and nothing found in a directory that is sound.
func TestTampering(t *testing.T) {
	base, key := tamperBase(t, *tamperEvents)
	room := t.TempDir()
	began := time.Now()
	fresh := func(rnd *rand.Rand) *target {
		dir := filepath.Join(room, "x")
		must(t, os.RemoveAll(dir))
		copyLedger(t, base, dir)
		return &target{t: t, rnd: rnd, dir: dir, key: key}
	}
	for i := range *tamperSound {
		x := fresh(rand.New(rand.NewPCG(uint64(i), 1)))
		if code, out, text := x.verify(); code != 0 || out.Verdict != audit.Sound || len(out.Notes) > 0 || out.Checkpoints < 3 {
			t.Fatalf("a sound directory: exit %d\n%s", code, text)
		}
	}
	var table strings.Builder
	trials, found := 0, 0
	for _, k := range tamperings {
		hit, named := 0, 0
		for trial := range *tamperTrials {
			x := fresh(rand.New(rand.NewPCG(uint64(*tamperFirst+trial), uint64(len(k.name)))))
			want := k.change(x)
			if want == impossible {
				hit, named = hit+1, named+1
				continue
			}
			code, out, text := x.verify()
			switch {
			case want == onlyNoted:
				if code == 0 && len(out.Notes) > 0 {
					hit, named = hit+1, named+1
				}
			case want == foundNoted:
				if code == 1 || code == 0 && len(out.Notes) > 0 {
					hit, named = hit+1, named+1
				}
			case want == holdsNone:
				if code == 0 && len(out.Notes) == 0 {
					hit, named = hit+1, named+1
				}
			case want == noIndex && code == 1, want == notAtHand && code == 2:
				hit, named = hit+1, named+1
			case code == 1:
				hit++
				if out.FirstBad != nil && (want == someIndex || *out.FirstBad == uint64(want)) {
					named++
				}
			}
			if hit != trial+1 || named != trial+1 {
				t.Errorf("%s, trial %d: exit %d, want index %d\n%s", k.name, trial, code, want, text)
			}
		}
		trials, found = trials+*tamperTrials, found+hit
		fmt.Fprintf(&table, "%-45s %4d %4d %4d\n", k.name, *tamperTrials, hit, named)
	}
	t.Logf("%d kinds, %d trials, %d found, %d sound directories without alarm, %.0f s\n%-45s trials found named\n%s",
		len(tamperings), trials, found, *tamperSound, time.Since(began).Seconds(), "kind", table.String())
}
