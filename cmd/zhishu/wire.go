package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhishu/api"
	"zhishu/api/reference"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/esdb"
	"zhishu/projections"
	"zhishu/registers"
)

// newServer connects the rooms to the HTTP side.
func newServer(l *ledger, metrics *api.Metrics, logger *slog.Logger, hosts []string, look ...reference.Link) (*api.Server, error) {
	key, err := l.vault.Secret(context.Background(), "page-cursors")
	if err != nil {
		return nil, err
	}
	if err := l.watch(metrics); err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Version: version, Hosts: hosts, Look: look, Log: logger, Metrics: metrics,
		Ready:     l.notReady,
		Position:  func() string { return l.engine.Status().Position.String() },
		WaitFor:   l.waitFor,
		Events:    feed{l},
		CursorKey: key[:],
		Ledger: &api.Ledger{
			Commands: l.handler, Views: l.engine, Imports: l.importer, Vault: l.vault, Stats: l.stats,
			Evidence: l.tree, Signing: logSigning{l}, Bundles: bundles{l},
			Statement: func(ctx context.Context, v *projections.View, id domain.PersonID) (projections.Statement, error) {
				return v.Statement(ctx, l.log, id)
			},
			DiffStatement: func(ctx context.Context, before, after *projections.View, id domain.PersonID) (projections.StatementDiff, error) {
				return after.DiffStatement(ctx, l.log, before, id)
			},
			Gifts: func(ctx context.Context, v *projections.View, id domain.PersonID) ([]projections.StatementGift, error) {
				return v.GiftsOf(ctx, l.log, id)
			},
			DiffGifts: func(ctx context.Context, before, after *projections.View, id domain.PersonID) ([]projections.GiftChange, error) {
				return after.DiffGifts(ctx, l.log, before, id)
			},
			NameMoves: func(ctx context.Context, v *projections.View, moves []*projections.FactMove) error {
				return v.NameMoves(ctx, l.log, moves)
			},
			Donor: func(ctx context.Context, v *projections.View, id domain.DonorID) (projections.DonorAccount, error) {
				return v.Donor(ctx, l.log, id)
			},
			Register: func(ctx context.Context, v *projections.View, names registers.Names, kind registers.Kind, community domain.CommunityCode, period domain.Period) (*registers.Register, error) {
				return registers.Make(ctx, registers.Source{View: v, Streams: l.log, Names: names}, kind, community, period)
			},
		},
	})
}

// watch lets the metrics look at the log and the read models.
func (l *ledger) watch(m *api.Metrics) error {
	size := func() uint64 { return uint64(l.engine.Status().Size) }
	var behind func() uint64
	if l.local != nil { // a cluster's log does not count its events
		behind = func() uint64 {
			head := l.local.Stats().Events
			return head - min(head, uint64(l.engine.Status().Size)+l.tree.Heads())
		}
	}
	age := func() time.Duration {
		if at := l.engine.Status().Snapshot.At; !at.IsZero() {
			return time.Since(at)
		}
		return 0
	}
	err := errors.Join(m.WatchLogHead(size), m.WatchReadModel("all", behind, age))
	if store, ok := l.log.(*esdb.Store); ok {
		err = errors.Join(err, l.watchStore(m.Registry(), store))
	}
	return err
}

// notReady lists why no traffic should come here now.
func (l *ledger) notReady() (reasons []string) {
	if status := l.engine.Status(); status.Halted != nil || l.ended.Load() != nil {
		reasons = append(reasons, fmt.Sprintf("the read models have stopped at ledger size %d; the log says why", status.Size))
	}
	if err := l.tree.Err(); err != nil {
		reasons = append(reasons, "the ledger contradicts a checkpoint that was signed before; the log says which")
	}
	if l.local != nil && l.local.Err() != nil {
		reasons = append(reasons, "the log cannot be written")
	}
	if behind, err := l.behind(); err != nil {
		reasons = append(reasons, "the log does not answer")
	} else if behind {
		reasons = append(reasons, "the read models are behind the log")
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
	e := l.engine.Status()
	ctx, cancel := context.WithTimeout(context.Background(), headPatience)
	defer cancel()
	head, _ := l.log.Head(ctx)
	out := api.Stats{LedgerTime: e.LedgerTime, HeadPosition: head.Position.String(), Applied: e.Position.String(), Events: uint64(e.Size)}
	if l.local != nil {
		s := l.local.Stats()
		out.Events, out.Bytes, out.Segments, out.Streams = s.Events, s.Bytes, s.Segments, s.Streams
	}
	return out
}

const (
	headPatience = time.Second
	// tolerated is how long the read models may lag before traffic should go
	// elsewhere: a write in flight is not a fault.
	tolerated = 2 * time.Second
)

// behind reports whether the read models have missed what the log held a while
// ago.
func (l *ledger) behind() (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), headPatience)
	defer cancel()
	head, err := l.log.Head(ctx)
	if err != nil {
		return false, err
	}
	l.lag.seen(head.Position, l.engine.Status().Position, time.Now())
	wait, cancel := context.WithTimeout(context.Background(), tolerated)
	defer cancel()
	return l.engine.WaitFor(wait, head.Position) != nil, nil
}
