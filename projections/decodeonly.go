package projections

import (
	"context"
	"iter"
	"time"

	"zhishu/eventstore"
)

// DecodeOnly reads and decodes a whole log with the pipeline that Replay uses
// and applies nothing: the limit that a replay is measured against.
func DecodeOnly(ctx context.Context, log eventstore.LogReader, o ReplayOptions) (events uint64, took time.Duration, err error) {
	limits := Options{Batch: o.Batch, Workers: o.Workers}.withDefaults()
	p := pipeline{limits.Batch, limits.Workers, func(in *batch) error {
		for i := range in.facts {
			if err := in.facts[i].err; err != nil {
				return err
			}
		}
		events += uint64(len(in.facts))
		return nil
	}}
	began := time.Now()
	err = p.run(ctx, func(ctx context.Context) iter.Seq2[eventstore.Recorded, error] {
		return log.ReadAll(ctx, eventstore.Position{})
	})
	return events, time.Since(began), err
}
