package bench

import (
	"fmt"

	"zhishu/eventstore/embedded/logbench"
)

// log measures P1 to P3: appending and scanning.
func (r *run) log() error {
	if r.wanted("P1") {
		for _, p := range []struct {
			writers, events int
			target          float64
		}{{1, 20_000, 0.85}, {16, 300_000, 0.70}, {64, 600_000, 0.35}} {
			if err := r.append("P1", p.writers, 1, p.events, p.target); err != nil {
				return err
			}
		}
	}
	if r.wanted("P2") {
		// Two calls of 500 make a batch of 1,000: the port's limit is 500.
		if err := r.append("P2", 2, 500, r.Events, 0.3); err != nil {
			return err
		}
	}
	if !r.wanted("P3") {
		return nil
	}
	settle()
	f, err := logbench.Scan(r.ctx, r.dir("scan"), r.Events)
	if err != nil {
		return err
	}
	r.figure("P3", fmt.Sprintf("ordered scan with checksums, %d events", r.Events), f, 0.7)
	return nil
}

func (r *run) append(id string, writers, batch, events int, target float64) error {
	settle()
	f, err := logbench.Append(r.ctx, r.dir("append"), writers, batch, events)
	if err != nil {
		return err
	}
	r.figure(id, fmt.Sprintf("durable append, %d writers, %d events a call", writers, batch), f, target)
	return nil
}

func (r *run) figure(id, work string, f logbench.Figure, target float64) {
	r.report(Row{ID: id, Work: work, Figure: f.Figure, Limit: f.Limit, Unit: f.Unit, Detail: f.Detail,
		Target: fmt.Sprintf("≥ %.2f", target), Met: f.Ratio() >= target})
}
