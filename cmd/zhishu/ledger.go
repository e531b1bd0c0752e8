package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"zhishu/audit"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/eventstore/esdb"
	"zhishu/imports"
	"zhishu/internal/durable"
	"zhishu/projections"
	"zhishu/vault"
)

func logDir(dir string) string      { return filepath.Join(dir, "log") }
func vaultDir(dir string) string    { return filepath.Join(dir, "vault") }
func snapshotDir(dir string) string { return filepath.Join(dir, "snapshots") }

// ledger is an open ledger of which this process is the one writer.
type ledger struct {
	location
	log      eventstore.Store
	local    *embedded.Log // the same when it is embedded, else nil
	vault    *vault.Vault
	engine   *projections.Engine
	handler  *commands.Handler
	importer *imports.Importer
	tree     *audit.Log

	stop  context.CancelFunc
	done  chan error            // what ended the read side
	ended atomic.Pointer[error] // the same, for who asks before the end
	lag   lag

	treeDone chan error // what ended the tree
	lost     bool       // a loss was declared when it was opened
}

// hooks are told what happens, for metrics.
type hooks struct {
	onGroup   func(embedded.Group)
	onRefusal func(domain.Code)
	onChange  func(esdb.Change)
	logger    *slog.Logger
}

// openLedger opens a ledger for writing and brings its read models up to the
// head of the log.
func openLedger(ctx context.Context, at location, opts commands.Options) (*ledger, error) {
	return openObserved(ctx, at, opts, hooks{})
}

func openObserved(ctx context.Context, at location, opts commands.Options, h hooks) (*ledger, error) {
	log, local, err := at.openLog(ctx, h)
	if err != nil {
		return nil, err
	}
	l := &ledger{location: at, log: log, local: local, done: make(chan error, 1)}
	if err := l.start(ctx, opts, h); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *ledger) start(ctx context.Context, opts commands.Options, h hooks) (err error) {
	if l.vault, err = l.openVault(ctx); err != nil {
		return withHint(err, "the vault holds the keys of all personal fields: restore it from its backup; never make a new one for an old log")
	}
	snapshots, err := l.snapshots()
	if err != nil {
		return err
	}
	if l.engine, err = projections.Open(ctx, projections.Options{Log: l.log, Dir: snapshots, Logger: h.logger}); err != nil {
		return err
	}
	if err := l.engine.CatchUp(ctx); err != nil {
		return err
	}
	opts.AcceptClock = l.AcceptClock
	opts.Refuse = func() error {
		if l.tree == nil {
			return nil // a loss is being declared
		}
		return l.tree.Err()
	}
	opts.LedgerTime = func() domain.Instant { return l.engine.Status().LedgerTime }
	if h.onRefusal != nil {
		opts.OnRefusal = h.onRefusal
	}
	l.handler = commands.New(l.log, l.vault, opts)
	l.importer = imports.New(l.handler, l.vault, imports.Following(l.engine, l.log))
	if err := l.openTree(ctx, h); err != nil {
		return err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.followTree(run)
	go func() {
		err := l.engine.Run(run)
		if err != nil {
			l.ended.Store(&err)
			if h.logger != nil {
				h.logger.Error("the read models have stopped", "error", err)
			}
		}
		l.done <- err
	}()
	return nil
}

// close stops the read side, announces a last checkpoint, then closes the vault
// and the log.
func (l *ledger) close() error {
	var errs []error
	if l.stop != nil {
		l.stop()
		errs = append(errs, <-l.done, l.keepSnapshot())
	}
	errs = append(errs, l.closeTree())
	if l.vault != nil {
		errs = append(errs, l.vault.Close())
	}
	return errors.Join(append(errs, l.log.Close())...)
}

// worthKeeping is how many events a start should not have to fold again.
const worthKeeping = 100_000

// keepSnapshot saves the next start from folding what this process has seen.
func (l *ledger) keepSnapshot() error {
	s := l.engine.Status()
	if s.Halted != nil || s.Size-min(s.Size, s.Snapshot.Size) < worthKeeping {
		return nil
	}
	return l.engine.Snapshot(context.Background())
}

// explainOpen turns the ways a log may not open into sentences with a hint.
func explainOpen(dir string, err error) error {
	var held *durable.Locked
	switch {
	case errors.Is(err, embedded.ErrNoLog):
		return withHint(fmt.Errorf("%s 里没有账本 holds no ledger: %w", dir, err), "核对 --data 或 ZHISHU_DATA check --data；新建账本 a new ledger: zhishu init --data "+dir)
	case errors.As(err, &held) && held.Holder.Address != "":
		return withHint(fmt.Errorf("账本正由服务使用 %w", err), "用其 API http://"+held.Holder.Address+"，或先停下它 a server has this ledger open: use its API, or stop it")
	case errors.As(err, &held):
		return withHint(fmt.Errorf("账本正由另一个程序使用 %w", err), "等它结束 another zhishu works on this ledger; wait until it ends")
	}
	return err
}

const (
	lockPatience = 5 * time.Minute
	lockRetry    = 100 * time.Millisecond
)

// openWaiting is openLedger for verbs that may meet another verb at work: it
// waits for that one to end, and returns the address when it is a server.
func openWaiting(ctx context.Context, at location) (l *ledger, address string, err error) {
	deadline := time.Now().Add(lockPatience)
	for {
		if address, ok := at.server(); ok {
			return nil, address, nil
		}
		l, err := openLedger(ctx, at, commands.Options{})
		var held *durable.Locked
		if !errors.As(err, &held) || time.Now().After(deadline) {
			return l, "", err
		}
		select {
		case <-ctx.Done():
			return nil, "", ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}
