package bench

import (
	"context"
	"errors"
	"os"

	"zhishu/commands"
	"zhishu/demo"
	"zhishu/domain"
	"zhishu/eventstore/embedded"
	"zhishu/projections"
	"zhishu/vault"
)

// ledger is a ledger for measuring, opened the way the program opens its own.
type ledger struct {
	dir     string
	log     *embedded.Log
	vault   *vault.Vault
	handler *commands.Handler
}

// LogDir, VaultDir and SnapshotDir are where the program looks for them.
func LogDir(dir string) string      { return dir + "/log" }
func VaultDir(dir string) string    { return dir + "/vault" }
func SnapshotDir(dir string) string { return dir + "/snapshots" }

func newLedger(ctx context.Context, dir string, clock func() domain.Instant) (*ledger, error) {
	for _, d := range []string{dir, SnapshotDir(dir)} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := embedded.Create(LogDir(dir), 0); err != nil {
		return nil, err
	}
	log, err := embedded.Open(LogDir(dir), embedded.Options{})
	if err != nil {
		return nil, err
	}
	v, err := vault.Create(ctx, vault.Config{Dir: VaultDir(dir)})
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	l := &ledger{dir: dir, log: log, vault: v}
	l.handler = commands.New(log, v, commands.Options{Clock: clock})
	return l, l.found(ctx)
}

// found opens two accounts and adopts the default policies.
func (l *ledger) found(ctx context.Context) error {
	operator := commands.Caller{Account: l.handler.AccountOf("operator"), Authentication: domain.Asserted, Source: "bench", Founding: true}
	do := func(key string, c domain.Command) error {
		_, err := l.handler.Do(ctx, commands.Request{Caller: operator, Key: key, Command: c})
		return err
	}
	for _, handle := range []string{"operator", "clerk", "reviewer"} {
		if err := do(handle, &domain.OpenAccount{Account: l.handler.AccountOf(handle), Handle: handle, Role: domain.RoleOperator}); err != nil {
			return err
		}
	}
	for _, v := range domain.DefaultPolicies() {
		if err := do(v.ID.String(), &domain.AdoptPolicy{Policy: v, Beginning: true}); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) close() error { return errors.Join(l.vault.Close(), l.log.Close()) }

// city builds the reference workload: a synthetic city of about so many events.
func city(ctx context.Context, dir string, events int) (demo.Summary, error) {
	last, _ := domain.DayOf(2026, 6, 30)
	cfg := demo.Scaled(events, last)
	clock := demo.NewClock(cfg)
	l, err := newLedger(ctx, dir, clock.Now)
	if err != nil {
		return demo.Summary{}, err
	}
	s, err := demo.Build(ctx, l.handler, l.vault, clock, l.handler.AccountOf("operator"), cfg, func(int, int) {})
	return s, errors.Join(err, l.close())
}

// following opens the read side of a directory nobody writes to.
func following(ctx context.Context, dir string) (*embedded.Reader, *projections.Engine, error) {
	log, err := embedded.OpenReader(LogDir(dir))
	if err != nil {
		return nil, nil, err
	}
	engine, err := projections.Open(ctx, projections.Options{Log: log, Dir: SnapshotDir(dir)})
	if err == nil {
		err = engine.CatchUp(ctx)
	}
	return log, engine, err
}
