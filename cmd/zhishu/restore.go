package main

import (
	"fmt"
	"os"
	"path/filepath"

	"zhishu/commands"
	"zhishu/eventstore/embedded"
	"zhishu/internal/durable"
	"zhishu/vault"
)

type restoreCmd struct {
	From      string `required:"" placeholder:"DIR" help:"The backup."`
	Data      string `required:"" placeholder:"DIR" help:"The new ledger's directory."`
	MasterKey string `required:"" placeholder:"FILE" help:"The master key of the ledger that was backed up."`
	Erasures  string `placeholder:"FILE" help:"A newer list of erasures than the one in the backup."`
	JSON      bool   `help:"Print JSON."`
}

// Run restores keys before the log, so that a restore that breaks off never
// looks like a ledger; erased people's keys are never written at all.
func (c *restoreCmd) Run(p *program) error {
	if err := c.vault(p); err != nil {
		return err
	}
	reader, err := embedded.OpenReader(filepath.Join(c.From, "log"))
	if err != nil {
		return explainOpen(c.From, err)
	}
	defer reader.Close()
	copied, err := reader.Backup(p.ctx, logDir(c.Data))
	if err != nil {
		return withHint(err, "give a new, empty directory with --data")
	}
	missing, err := c.withoutKey(p)
	if err != nil {
		return err
	}
	return p.print(c.JSON, map[string]any{"data": c.Data, "events": copied.Events, "withoutKey": missing}, func() {
		fmt.Fprintf(p.stdout, "已恢复 restored: %d 事件 events → %s\n", copied.Events, c.Data)
		if len(missing) > 0 {
			fmt.Fprintf(p.stdout, "%d 个对象没有密钥也未注销，其个人信息无法读出 subjects without a key that nobody erased:\n", len(missing))
			for _, stream := range missing {
				fmt.Fprintln(p.stdout, " ", stream)
			}
		}
	})
}

func (c *restoreCmd) vault(p *program) error {
	if err := os.MkdirAll(vaultDir(c.Data), 0o700); err != nil {
		return err
	}
	key, err := os.ReadFile(c.MasterKey)
	if err != nil {
		return withHint(err, "the master key is kept apart from backups; without it no personal field can be read")
	}
	if err := durable.WriteFile(filepath.Join(vaultDir(c.Data), "master.key"), key, 0o600); err != nil {
		return err
	}
	var erasures []vault.Erasure
	for _, path := range []string{filepath.Join(c.From, erasuresFile), c.Erasures} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		more, err := vault.ReadErasures(f)
		f.Close()
		if err != nil {
			return err
		}
		erasures = append(erasures, more...)
	}
	keys, err := os.Open(filepath.Join(c.From, keysFile))
	if err != nil {
		return err
	}
	defer keys.Close()
	v, err := vault.Restore(p.ctx, vault.Config{Dir: vaultDir(c.Data)}, keys, erasures)
	if err != nil {
		return err
	}
	return v.Close()
}

func (c *restoreCmd) withoutKey(p *program) ([]string, error) {
	log, err := embedded.OpenReader(logDir(c.Data))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	v, err := vault.Open(p.ctx, vault.Config{Dir: vaultDir(c.Data)})
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return commands.WithoutKey(p.ctx, log, v)
}
