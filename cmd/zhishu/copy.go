package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"zhishu/domain/wire"
	"zhishu/eventstore"
	"zhishu/eventstore/embedded"
	"zhishu/eventstore/esdb"
	"zhishu/eventstore/transfer"
)

type copyCmd struct {
	From       string `required:"" placeholder:"DIR|URL" zh:"原账本目录，或 esdb://…" help:"The ledger's directory, or esdb://…"`
	To         string `required:"" placeholder:"DIR|URL" zh:"流水的去处：新目录，或 esdb://…" help:"Where its log goes: a new directory, or esdb://…"`
	ESDBPrefix string `name:"esdb-prefix" env:"ZHISHU_ESDB_PREFIX" placeholder:"NAME" zh:"EventStoreDB 中本账本流水名的前缀" help:"Prefix of the ledger's streams in the store."`
	JSON       bool   `zh:"输出 JSON" help:"Print JSON."`
}

// Run moves the log of a ledger. The secrets stay where they are: restore them
// from a backup, or point --vault at them. Nobody may write meanwhile; a copy
// that was interrupted is finished by giving it again.
func (c *copyCmd) Run(p *program) error {
	from, err := c.source(p.ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := c.target(p.ctx)
	if err != nil {
		return err
	}
	bar := p.progress("迁移 copy")
	report, err := transfer.Copy(p.ctx, from, to, transfer.Options{
		SameCommand: sameCommand, Progress: func(n uint64) { bar(int(n), -1) },
	})
	if err = errors.Join(err, to.Close()); err != nil {
		return withHint(err, "stop every writer; if the target holds another ledger, give a new one")
	}
	return p.print(c.JSON, map[string]any{"found": report.Found, "copied": report.Copied, "seconds": report.Took.Seconds()}, func() {
		fmt.Fprintf(p.stdout, "已迁移 copied %d 事件 events（此前已有 found %d），%.1f s，逐条核对一致 compared event by event\n", report.Copied, report.Found, report.Took.Seconds())
	})
}

func isURL(s string) bool { return strings.HasPrefix(s, "esdb") && strings.Contains(s, "://") }

// source holds an embedded log's lock, so that nobody writes to it meanwhile.
func (c *copyCmd) source(ctx context.Context) (eventstore.Store, error) {
	if isURL(c.From) {
		return esdb.Open(ctx, c.From, esdb.Options{Prefix: c.ESDBPrefix})
	}
	log, err := embedded.Open(logDir(c.From), embedded.Options{})
	return log, explainOpen(c.From, err)
}

func (c *copyCmd) target(ctx context.Context) (eventstore.Store, error) {
	if isURL(c.To) {
		return esdb.Open(ctx, c.To, esdb.Options{Prefix: c.ESDBPrefix})
	}
	if _, err := os.Stat(logDir(c.To)); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(c.To, 0o755); err != nil {
			return nil, err
		}
		if err := embedded.Create(logDir(c.To), 0); err != nil {
			return nil, err
		}
	}
	log, err := embedded.Open(logDir(c.To), embedded.Options{})
	return log, explainOpen(c.To, err)
}

// sameCommand: the events of one command carry one idempotency key.
func sameCommand(a, b eventstore.Recorded) bool {
	m, _, err1 := wire.DecodeMeta(a.Metadata)
	n, _, err2 := wire.DecodeMeta(b.Metadata)
	return err1 == nil && err2 == nil && m.KeyHash == n.KeyHash && m.RequestHash == n.RequestHash
}
