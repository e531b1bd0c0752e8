package projections

import "context"

type snapshots struct{}

func (e *Engine) load(context.Context) error { e.books = newBooks(); return nil }

func (e *Engine) snapshotAtIntervals(context.Context) func() { return func() {} }

func (s *snapshots) status() SnapshotStatus { return SnapshotStatus{} }
