package main

import (
	"context"
	"os"

	"zhishu/eventstore/embedded"
	"zhishu/projections"
)

// readView opens the read side of a directory without writing anything, also
// beside a running server, and answers with a point of view.
func readView(ctx context.Context, log *embedded.Reader, dir string, at projections.AsOf) (*projections.View, error) {
	snapshots := snapshotDir(dir)
	if _, err := os.Stat(snapshots); err != nil {
		snapshots = "" // a ledger that was never served: fold from the first event
	}
	engine, err := projections.Open(ctx, projections.Options{Log: log, Dir: snapshots})
	if err != nil {
		return nil, err
	}
	if err := engine.CatchUp(ctx); err != nil {
		return nil, err
	}
	return engine.At(at)
}
