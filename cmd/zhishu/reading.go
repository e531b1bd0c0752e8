package main

import (
	"context"
	"time"

	"zhishu/domain"
	"zhishu/projections"
)

// readView opens the read side of a directory without writing anything, also
// beside a running server, and answers with a point of view.
func readView(ctx context.Context, log reader, place location, at projections.AsOf) (*projections.View, error) {
	engine, err := projections.Open(ctx, projections.Options{Log: log, Dir: place.existingSnapshots()})
	if err != nil {
		return nil, err
	}
	if err := engine.CatchUp(ctx); err != nil {
		return nil, err
	}
	return come(engine, at)
}

// come makes a point of view of what has come.
func come(engine *projections.Engine, at projections.AsOf) (*projections.View, error) {
	now, err := engine.At(projections.Now())
	if err != nil {
		return nil, err
	}
	if err := at.Come(newestDay(now)); err != nil {
		return nil, err
	}
	return engine.At(at)
}

// newestDay is today by this clock, or the ledger's last day.
func newestDay(now *projections.View) domain.Day {
	return max(now.Day(), domain.Instant(time.Now().UnixMilli()).Day())
}
