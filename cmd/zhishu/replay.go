package main

import (
	"errors"
	"fmt"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/eventstore/embedded"
	"zhishu/projections"
)

type replayCmd struct {
	Data    string `default:"${data}" placeholder:"DIR" help:"The ledger's directory (${default})."`
	To      string `placeholder:"SIZE|DATE" help:"Fold up to this point only."`
	Batch   int    `help:"Events applied at a time; changes no digest."`
	Workers int    `help:"Goroutines that decode; changes no digest."`
	JSON    bool   `help:"Print JSON."`
}

// replayed is what the verb prints.
type replayed struct {
	Events       domain.Size      `json:"events"`
	Seconds      float64          `json:"seconds"`
	EventsPerSec float64          `json:"eventsPerSecond"`
	Digests      []figures.Digest `json:"digests"`
	Agrees       bool             `json:"agrees"` // with the live state at the same size
}

var errDisagree = errors.New("replay and live state disagree")

// Run folds every read model from the first event, beside the live state that a
// snapshot gives, and compares their digests. It reads only, also beside a
// running server.
func (c *replayCmd) Run(p *program) error {
	to, err := projections.ParseAsOf(c.To)
	if err != nil {
		return &usageError{"--to: " + err.Error()}
	}
	log, err := embedded.OpenReader(logDir(c.Data))
	if err != nil {
		return explainOpen(c.Data, err)
	}
	defer log.Close()
	live, err := readView(p.ctx, log, c.Data, to)
	if err != nil {
		return err
	}
	progress := p.progress("重放 replay")
	again, err := projections.Replay(p.ctx, log, projections.ReplayOptions{
		To: projections.AtSize(live.Size()), Batch: c.Batch, Workers: c.Workers,
		Progress: func(n domain.Size) { progress(int(n), int(live.Size())) },
	})
	if err != nil {
		return err
	}
	out := replayed{
		Events: again.Size, Seconds: again.Duration.Seconds(), EventsPerSec: float64(again.Size) / again.Duration.Seconds(),
		Digests: figures.DigestsOf(again.Digests, projections.Footing{Size: again.Size, Day: again.Day}).Rows, Agrees: slices.Equal(again.Digests, live.Digests()),
	}
	if err := p.print(c.JSON, out, func() { out.text(p) }); err != nil {
		return err
	}
	if !out.Agrees {
		return withHint(errDisagree, "delete the snapshots directory, which costs time and no facts, and report the fault with both outputs")
	}
	return nil
}

func (r replayed) text(p *program) {
	fmt.Fprintf(p.stdout, "重放 replayed %d 事件 events, %.2f s, %.0f events/s\n", r.Events, r.Seconds, r.EventsPerSec)
	for _, d := range r.Digests {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", d.Model, d.SHA256)
	}
	if r.Agrees {
		fmt.Fprintln(p.stdout, "与现有状态一致 agrees with the live state")
	} else {
		fmt.Fprintln(p.stdout, "与现有状态不一致 DISAGREES with the live state")
	}
}
