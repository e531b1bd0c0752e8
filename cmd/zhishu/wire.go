package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhishu/api"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// newServer connects the rooms to the HTTP side.
func newServer(l *ledger, metrics *api.Metrics, logger *slog.Logger, hosts []string) (*api.Server, error) {
	key, err := l.vault.Secret(context.Background(), "page-cursors")
	if err != nil {
		return nil, err
	}
	if err := l.watch(metrics); err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Version: version, Hosts: hosts, Log: logger, Metrics: metrics,
		Ready:     l.notReady,
		Position:  func() string { return l.engine.Status().Position.String() },
		WaitFor:   l.waitFor,
		Events:    feed{l},
		CursorKey: key[:],
		Ledger: &api.Ledger{
			Commands: l.handler, Views: l.engine, Imports: l.importer, Vault: l.vault, Stats: l.stats,
			Statement: func(ctx context.Context, v *projections.View, id domain.PersonID) (projections.Statement, error) {
				return v.Statement(ctx, l.log, id)
			},
		},
	})
}

// watch lets the metrics look at the log and the read models.
func (l *ledger) watch(m *api.Metrics) error {
	size := func() uint64 { return uint64(l.engine.Status().Size) }
	lag := func() uint64 {
		// Nothing but ledger events is written to the embedded log so far.
		head := l.log.Stats().Events
		return head - min(head, uint64(l.engine.Status().Size))
	}
	age := func() time.Duration {
		if at := l.engine.Status().Snapshot.At; !at.IsZero() {
			return time.Since(at)
		}
		return 0
	}
	return errors.Join(m.WatchLogHead(size), m.WatchReadModel("all", lag, age))
}

// notReady lists why no traffic should come here now.
func (l *ledger) notReady() (reasons []string) {
	if halt := l.engine.Status().Halted; halt != nil {
		reasons = append(reasons, "the read models have stopped: "+halt.Error())
	}
	if err := l.log.Err(); err != nil {
		reasons = append(reasons, "the log cannot be written")
	}
	return reasons
}

func (l *ledger) waitFor(ctx context.Context, token string) error {
	position, err := eventstore.ParsePosition(token)
	if err != nil {
		return fmt.Errorf("%w: %w", api.ErrPosition, err)
	}
	return l.engine.WaitFor(ctx, position)
}

func (l *ledger) stats() api.Stats {
	s, e := l.log.Stats(), l.engine.Status()
	head, _ := l.log.Head(context.Background())
	return api.Stats{
		LedgerTime: e.LedgerTime, HeadPosition: head.Position.String(), Applied: e.Position.String(),
		Events: uint64(s.Events), Bytes: uint64(s.Bytes), Segments: int(s.Segments), Streams: uint64(s.Streams),
	}
}
