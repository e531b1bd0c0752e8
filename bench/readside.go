package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"zhishu/eventstore/embedded"
	"zhishu/projections"
)

// readSide measures P4, P5, P8 and P9 on the reference city and on the large one.
func (r *run) readSide() error {
	small, err := r.replay(r.Events, 0)
	if err != nil || r.Large == 0 {
		return err
	}
	_, err = r.replay(r.Large, small)
	return err
}

// replay builds a city, replays it, and starts a fresh process on it. It
// returns the cost of an event; reference is that of the smaller city, or 0.
func (r *run) replay(events int, reference float64) (perEvent float64, err error) {
	dir := r.dir(fmt.Sprintf("city-%d", events))
	defer os.RemoveAll(dir)
	began := time.Now()
	built, err := city(r.ctx, dir, events)
	if err != nil {
		return 0, err
	}
	rate := float64(built.Events) / time.Since(began).Seconds()
	fmt.Fprintf(r.Notes, "built %d events of %d persons through the command handler: %.0f events/s\n", built.Events, built.People, rate)
	if r.wanted("P4") {
		if perEvent, err = r.fold(dir, reference); err != nil {
			return 0, err
		}
	}
	if r.wanted("P5", "P9") {
		if err := r.starts(dir, built.Events, built.People); err != nil {
			return 0, err
		}
	}
	if r.wanted("P8") {
		err = r.timeMachine(dir, built)
	}
	return perEvent, err
}

// fold compares a full replay with decoding alone, three times in turn, and
// takes the best of each.
func (r *run) fold(dir string, reference float64) (float64, error) {
	log, err := embedded.OpenReader(LogDir(dir))
	if err != nil {
		return 0, err
	}
	defer log.Close()
	var decode, fold time.Duration
	var n uint64
	for range 3 {
		debug.FreeOSMemory()
		events, d, err := projections.DecodeOnly(r.ctx, log, projections.ReplayOptions{})
		if err != nil {
			return 0, err
		}
		debug.FreeOSMemory()
		result, err := projections.Replay(r.ctx, log, projections.ReplayOptions{})
		if err != nil {
			return 0, err
		}
		if n = events; decode == 0 || d < decode {
			decode = d
		}
		if fold == 0 || result.Duration < fold {
			fold = result.Duration
		}
	}
	rate := func(d time.Duration) float64 { return float64(n) / d.Seconds() }
	r.report(Row{ID: "P4", Work: fmt.Sprintf("full replay of all read models, %d events", n), Figure: rate(fold), Limit: rate(decode),
		Unit: "events/s", Target: "≥ 0.50", Met: rate(fold) >= 0.5*rate(decode), Detail: "limit: decoding alone with the same codec and workers"})
	perEvent := fold.Seconds() / float64(n)
	if reference > 0 {
		r.report(Row{ID: "P4", Work: "cost per event against the smaller city", Figure: perEvent * 1e9, Limit: reference * 1e9, Unit: "ns/event",
			Target: "≤ 1.15", Met: perEvent <= 1.15*reference})
	}
	return perEvent, nil
}

// Start is what a fresh process measured of its own start.
type Start struct {
	Seconds  float64 `json:"seconds"`
	Resident int64   `json:"resident"` // bytes, at rest after the start
	Peak     int64   `json:"peak"`
	Streams  uint64  `json:"streams"`
	Size     uint64  `json:"size"`
}

// starts measures a start of an empty ledger, then one with a snapshot.
func (r *run) starts(dir string, events, people int) error {
	empty := r.dir("empty")
	l, err := newLedger(r.ctx, empty, func() (t instant) { return instant(time.Now().UnixMilli()) })
	if err != nil {
		return err
	}
	if err := l.close(); err != nil {
		return err
	}
	defer os.RemoveAll(empty)
	// The first start folds from the first event and writes the snapshot.
	if err := snapshot(r.ctx, dir); err != nil {
		return err
	}
	base, err := r.start(empty)
	if err != nil {
		return err
	}
	full, err := r.start(dir)
	if err != nil {
		return err
	}
	r.report(Row{ID: "P5", Work: fmt.Sprintf("start with a snapshot at %d events", full.Size), Figure: full.Seconds, Limit: base.Seconds, Unit: "s",
		Target: "≤ 2 s", Met: full.Seconds <= 2,
		Detail: fmt.Sprintf("limit: start of an empty ledger; %.2f s more per million of %d streams", (full.Seconds-base.Seconds)/float64(full.Streams)*1e6, full.Streams)})
	r.report(Row{ID: "P9", Work: fmt.Sprintf("resident memory, %d events, %d persons", events, people), Figure: float64(full.Resident) / (1 << 20), Limit: float64(base.Resident) / (1 << 20), Unit: "MiB",
		Target: "≤ 2048 MiB", Met: full.Resident <= 2<<30,
		Detail: fmt.Sprintf("peak during start %d MiB; %.0f bytes more per event than an empty ledger", full.Peak>>20, float64(full.Resident-base.Resident)/float64(events))})
	return nil
}

func snapshot(ctx context.Context, dir string) error {
	log, engine, err := following(ctx, dir)
	if err != nil {
		return err
	}
	defer log.Close()
	return engine.Snapshot(ctx)
}

// start runs this program afresh on a directory; the kernel's page cache is
// warm in both cases.
func (r *run) start(dir string) (Start, error) {
	var best Start
	for i := range 3 {
		out, err := exec.CommandContext(r.ctx, r.Self, "bench", "--start", dir).Output()
		if err != nil {
			return best, err
		}
		var s Start
		if err := json.Unmarshal(out, &s); err != nil {
			return best, err
		}
		if i == 0 || s.Seconds < best.Seconds {
			best = s
		}
	}
	return best, nil
}

// MeasureStart opens log, vault and read models of a directory as a server
// does, and tells what it took.
func MeasureStart(ctx context.Context, dir string) (Start, error) {
	began := time.Now()
	l, engine, err := openWhole(ctx, dir)
	if err != nil {
		return Start{}, err
	}
	s := Start{Seconds: time.Since(began).Seconds(), Streams: uint64(l.log.Stats().Streams)}
	s.Peak = status("VmHWM:")
	debug.FreeOSMemory()
	s.Resident = status("VmRSS:")
	view, err := engine.At(projections.Now())
	if err == nil {
		s.Size = uint64(view.Size())
	}
	runtime.KeepAlive(engine)
	return s, l.close()
}

// status reads a figure of /proc/self/status in bytes; 0 where there is none.
func status(key string) int64 {
	content, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == key {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}
