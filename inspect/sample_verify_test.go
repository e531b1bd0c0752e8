package inspect

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
)

// Only the checkpoint that the inspector took over tells which came first: without
// it a sample says so, and leaves nothing else in doubt.
func TestSampleNeedsItsCheckpoint(t *testing.T) {
	w := newWorld(t, t.TempDir(), 10)
	bundle := w.bundle(t)
	o := w.options()
	if report := verify(t, bundle, o); report.Verdict != Sound {
		t.Fatalf("%s", report.Text())
	}
	o.Seed = nil
	report := verify(t, bundle, o)
	if report.Verdict != Incomplete || !strings.Contains(report.Text(), "--sample-checkpoint") {
		t.Errorf("%s", report.Text())
	}
	for _, s := range report.Steps {
		if s.Passed == (s.Name == "sample") {
			t.Errorf("%s: %v", s.Name, s)
		}
	}
	later, _, err := proof.OpenCheckpoint(w.notes[2], o.Keys...)
	noErr(t, err)
	o.Seed = &later
	if report := verify(t, bundle, o); report.Verdict != Tampered {
		t.Errorf("another checkpoint was kept\n%s", report.Text())
	}
}

// recordedSample has the draw recorded and signed, as a ledger does.
func (w *world) recordedSample(t testing.TB) {
	t.Helper()
	c, _, err := proof.OpenCheckpoint([]byte(w.sample.Checkpoint), w.identity.Signers[0].Key)
	noErr(t, err)
	id, err := domain.ParseUUID(w.of.ID)
	noErr(t, err)
	_, err = w.handler.Do(t.Context(), commands.Request{
		Caller: commands.Caller{Account: w.handler.AccountOf("inspector"), Authentication: domain.Asserted, Source: "test"}, Key: "draw",
		Command: &domain.DrawSample{
			Inspection: domain.InspectionID{UUID: id}, Nonce: w.sample.Nonce, Size: int64(c.Size), Root: hex.EncodeToString(c.Root[:]),
			Population: int64(w.sample.Population), Count: int64(len(w.sample.Persons)),
		},
	})
	noErr(t, err)
	w.announce(t)
}

// A sample that the case recorded cannot be left out, nor the keys that the case
// asked for.
func TestRecordedSampleLeftOut(t *testing.T) {
	w := newWorldFor(t, t.TempDir(), recipient)
	w.recordedSample(t)
	made := func(change func(*Order)) *Report {
		order := w.order()
		change(&order)
		var b bytes.Buffer
		_, err := Write(t.Context(), &b, w.source(), order)
		noErr(t, err)
		return verify(t, b.Bytes(), w.options())
	}
	whole := func(o *Order) { o.Keys, o.Persons = []byte("age"), w.sample.Persons }
	if report := made(whole); report.Verdict != Sound {
		t.Fatalf("%s", report.Text())
	}
	for name, change := range map[string]func(*Order){
		"sample": func(o *Order) { o.Sample = nil },
		"keys":   func(*Order) {},
		"a key":  func(o *Order) { whole(o); o.Persons = o.Persons[1:] },
	} {
		if report := made(change); report.Verdict != Incomplete {
			t.Errorf("%s left out\n%s", name, report.Text())
		}
	}
}

// A fault in the range step is never followed by a sentence that all was well.
func TestReportDoesNotPraiseWhatFailed(t *testing.T) {
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
	o := w.challenging(t, bundle, 5)
	held := w.indices(t, func(stream string) bool { return stream == victim })
	o.Challenged, o.Opened = append(o.Challenged, held[0]), append(o.Opened, w.open(t, held[:1])...)
	report := verify(t, bundle, o)
	if report.Verdict != Tampered || report.Opened == 0 || strings.Contains(report.Text(), "均不属本区划") {
		t.Errorf("%s", report.Text())
	}
}
