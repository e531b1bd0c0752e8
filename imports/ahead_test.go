package imports

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"zhishu/domain"
)

// TestReadingAheadEnds: a sheet that nobody wants any more, or whose rows cannot
// be hashed, leaves no goroutine behind.
func TestReadingAheadEnds(t *testing.T) {
	l := newLedger(t)
	by, err := l.handler.Actor(t.Context(), l.recorder)
	if err != nil {
		t.Fatal(err)
	}
	// A job is read once: its file is a stream.
	job := func() Job {
		return l.job(domain.ImportService, "long.csv", serviceSheet(20*rowsAhead)).withDefaults(l.handler.DerivedID)
	}
	running := goleak.IgnoreCurrent()
	defer goleak.VerifyNone(t, running)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := read(stopped, job(), l.handler, by, noon, nil, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("a reading that was stopped: %v", err)
	}
	defer func() {
		if p := recover(); p != "no hash" {
			t.Fatalf("a panic of the goroutine came as %v", p)
		}
	}()
	_, err = read(t.Context(), job(), &failingMacs{macs: l.handler, left: 3 * rowsAhead}, by, noon, nil, nil)
	t.Fatalf("a reading without hashes: %v", err)
}

// failingMacs panics after so many hashes.
type failingMacs struct {
	macs
	left int
}

func (f *failingMacs) Mac(purpose string, parts ...[]byte) [32]byte {
	if f.left--; f.left < 0 {
		panic("no hash")
	}
	return f.macs.Mac(purpose, parts...)
}
