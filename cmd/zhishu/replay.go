package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type replayCmd struct {
	Data       string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）" help:"The ledger's directory (${default})."`
	To         asOfFlag `placeholder:"SIZE|DATE" zh:"只重放到这一时点" help:"Fold up to this point only."`
	Batch      int      `zh:"每批处理的事件数；不影响摘要" help:"Events applied at a time; changes no digest."`
	Workers    int      `zh:"并行解码的数目；不影响摘要" help:"Goroutines that decode; changes no digest."`
	Samples    int      `placeholder:"N" zh:"另在账本中均匀取 N 个位置重放，逐一与现有结果比对" help:"Also replay to N sizes spread over the ledger and compare each with the live state as of that size."`
	Statements bool     `zh:"另从各人的流重算个人清单，与读模型核对" help:"Also fold every person's statement from its own stream and hold it against the read models."`
	JSON       bool     `zh:"输出 JSON" help:"Print JSON."`
	backend
}

// replayed is what the verb prints.
type replayed struct {
	Events       domain.Size      `json:"events"`
	Seconds      float64          `json:"seconds"`
	EventsPerSec float64          `json:"eventsPerSecond"`
	Digests      []figures.Digest `json:"digests"`
	Agrees       bool             `json:"agrees"`               // with the live state at the same size
	Snapshots    int              `json:"snapshots"`            // on disk that agree
	Samples      int              `json:"samples,omitempty"`    // sizes that agree
	Statements   int              `json:"statements,omitempty"` // statements that agree
}

var errDisagree = errors.New("replay and live state disagree")

// Run folds every read model from the first event, beside the live state that a
// snapshot gives, and compares their digests. It reads only, also beside a
// running server.
func (c *replayCmd) Run(p *program) error {
	log, err := c.at(c.Data).openReader(p.ctx)
	if err != nil {
		return err
	}
	defer log.Close()
	live, err := readView(p.ctx, log, c.at(c.Data), c.To.AsOf)
	if err != nil {
		return cured(err)
	}
	progress := p.progress("重放 replay")
	var snapshots []projections.SnapshotInfo
	if dir := c.at(c.Data).existingSnapshots(); dir != "" {
		if snapshots, err = projections.Snapshots(dir); err != nil {
			return err
		}
	}
	again, err := projections.Replay(p.ctx, log, projections.ReplayOptions{
		To: projections.AtSize(live.Size()), Batch: c.Batch, Workers: c.Workers, Snapshots: snapshots,
		Progress: func(n domain.Size) { progress(int(n), int(live.Size())) },
	})
	if err != nil {
		return err
	}
	out := replayed{
		Events: again.Size, Seconds: again.Duration.Seconds(), EventsPerSec: float64(again.Size) / again.Duration.Seconds(),
		Digests: figures.DigestsOf(again.Digests, projections.Footing{Size: again.Size, Day: again.Day}).Rows, Agrees: slices.Equal(again.Digests, live.Digests()),
	}
	for _, s := range again.Snapshots {
		switch {
		case s.Err == nil:
			out.Snapshots++
		case errors.Is(s.Err, projections.ErrSnapshotAhead), errors.Is(s.Err, projections.ErrSnapshotVersion), errors.Is(s.Err, os.ErrNotExist):
		default:
			return withHint(fmt.Errorf("the snapshot at ledger size %d: %w", s.Size, s.Err), "delete that snapshot, which costs time and no facts, and report the fault")
		}
	}
	if out.Samples, err = c.sample(p, log, live); err != nil {
		return err
	}
	if c.Statements {
		people := p.progress("清单 statements")
		if out.Statements, err = live.CrossCheck(p.ctx, log, func(n int) { people(n, n) }); err != nil {
			return err
		}
	}
	if err := p.print(c.JSON, out, func() { out.text(p) }); err != nil {
		return err
	}
	if !out.Agrees {
		return withHint(errDisagree, "delete the snapshots directory, which costs time and no facts, and report the fault with both outputs")
	}
	return nil
}

// sample replays to sizes spread over the ledger, from the first event each
// time, and compares with the live state as of that size.
func (c *replayCmd) sample(p *program, log reader, live *projections.View) (int, error) {
	progress := p.progress("抽样重放 sampled replays")
	for i := range c.Samples {
		size := live.Size() * domain.Size(i+1) / domain.Size(c.Samples+1)
		again, err := projections.Replay(p.ctx, log, projections.ReplayOptions{To: projections.AtSize(size), Batch: c.Batch, Workers: c.Workers})
		if err != nil {
			return i, err
		}
		then, err := live.Back(size)
		if err != nil {
			return i, err
		}
		if !slices.Equal(again.Digests, then.Digests()) {
			return i, withHint(fmt.Errorf("at ledger size %d: %w", size, errDisagree), "report the fault with this size")
		}
		progress(i+1, c.Samples)
	}
	return c.Samples, nil
}

func (r replayed) text(p *program) {
	fmt.Fprintf(p.stdout, "重放 replayed %d 事件 events, %.2f s, %.0f events/s\n", r.Events, r.Seconds, r.EventsPerSec)
	for _, d := range r.Digests {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", d.Model, d.SHA256)
	}
	if r.Snapshots > 0 {
		fmt.Fprintf(p.stdout, "%d 个快照与重放一致 snapshots agree\n", r.Snapshots)
	}
	if r.Samples > 0 {
		fmt.Fprintf(p.stdout, "%d 个账本位置重放一致 sampled sizes agree\n", r.Samples)
	}
	if r.Statements > 0 {
		fmt.Fprintf(p.stdout, "%d 份个人清单与榜单一致 statements agree with the read models\n", r.Statements)
	}
	if r.Agrees {
		fmt.Fprintln(p.stdout, "与现有状态一致 agrees with the live state")
	} else {
		fmt.Fprintln(p.stdout, "与现有状态不一致 DISAGREES with the live state")
	}
}
