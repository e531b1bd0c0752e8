package main

import (
	"context"

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
	return engine.At(at)
}
