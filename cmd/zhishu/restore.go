package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore/embedded"
	"zhishu/internal/durable"
	"zhishu/vault"
)

type restoreCmd struct {
	From       string `placeholder:"DIR" zh:"备份目录；不写则检查 --data 现有的账本" help:"The backup; without one, the ledger in --data is looked at as it is."`
	Data       string `required:"" placeholder:"DIR" zh:"恢复成的新账本目录" help:"The new ledger's directory."`
	MasterKey  string `placeholder:"FILE" zh:"原账本的主密钥文件" help:"The master key of the ledger that was backed up."`
	Guard      string `placeholder:"FILE" zh:"丢失账本的最后一个检查点；它知道而备份里没有的，即为缺失" help:"The last checkpoint of the ledger that was lost; what it knows and the backup has not is missing."`
	AcceptLoss bool   `zh:"有事件缺失也继续：声明丢失，账本改用新名称" help:"Go on although events are missing: they are declared lost, and the log goes on under a new name."`
	Erasures   string `placeholder:"FILE" zh:"比备份中更新的已注销名单" help:"A newer list of erasures than the one in the backup."`
	JSON       bool   `zh:"输出 JSON" help:"Print JSON."`
}

// Run restores a backup, holds it against the last checkpoint that is known, and
// declares what is missing when the operator accepts that.
func (c *restoreCmd) Run(p *program) error {
	if c.From != "" && c.MasterKey == "" {
		return &usageError{"--master-key: the backup's keys cannot be read without it"}
	}
	if c.From == "" && !c.AcceptLoss {
		return &usageError{"--from names the backup; or --accept-loss goes on with the ledger in --data as it is"}
	}
	out := restored{Data: c.Data}
	if c.From != "" {
		if err := c.restore(p, &out); err != nil {
			return err
		}
	}
	if err := c.compare(p, &out); err != nil {
		return err
	}
	return p.print(c.JSON, out, func() { out.text(p) })
}

// restored is what the verb prints.
type restored struct {
	Data       string               `json:"data"`
	Events     uint64               `json:"events,omitempty"`
	WithoutKey []string             `json:"withoutKey"`
	Guarded    bool                 `json:"guarded"` // a checkpoint of the lost ledger was at hand
	Lost       *domain.LossDeclared `json:"lost,omitempty"`
}

func (r *restored) text(p *program) {
	if r.Events > 0 {
		fmt.Fprintf(p.stdout, "已恢复 restored: %d 事件 events → %s\n", r.Events, r.Data)
	}
	if len(r.WithoutKey) > 0 {
		fmt.Fprintf(p.stdout, "%d 个对象没有密钥也未注销，其个人信息无法读出 subjects without a key that nobody erased:\n", len(r.WithoutKey))
		for _, stream := range r.WithoutKey {
			fmt.Fprintln(p.stdout, " ", stream)
		}
	}
	if !r.Guarded {
		fmt.Fprintln(p.stdout, "没有原账本的检查点（--guard），无法得知备份之后是否另有事件。 Without the lost ledger's last checkpoint nobody can tell whether events are missing.")
	}
	if r.Lost != nil {
		fmt.Fprintf(p.stdout, "已声明丢失 declared lost: 第 %d 至 %d 条事件 events %d to %d of %s；此后名称 from now on: %s\n",
			r.Lost.Kept+1, r.Lost.LastSize, r.Lost.Kept, r.Lost.LastSize-1, r.Lost.LastOrigin, r.Lost.Origin)
	}
}

// compare opens the ledger, which holds it against the guard.
func (c *restoreCmd) compare(p *program, out *restored) error {
	at := location{dir: c.Data, acceptLoss: c.AcceptLoss}
	if c.Guard != "" {
		note, err := durable.ReadFile(c.Guard, maxNoteFile)
		if err != nil {
			return err
		}
		// It guards the restored ledger from now on, also when this stops here.
		if err := durable.WriteFile(at.guardFile(), note, 0o644); err != nil {
			return err
		}
	}
	if _, err := os.Stat(at.guardFile()); err == nil {
		out.Guarded = true
	}
	l, err := openLedger(p.ctx, at, commands.Options{})
	if err != nil {
		return err
	}
	if l.lost {
		s, err := l.signingState(p.ctx)
		if err != nil {
			return errors.Join(err, l.close())
		}
		out.Lost = &s.Losses[len(s.Losses)-1]
	}
	return l.close()
}

// restore restores keys before the log, so that a restore that breaks off never
// looks like a ledger; erased people's keys are never written at all.
func (c *restoreCmd) restore(p *program, out *restored) error {
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
	out.Events = copied.Events
	out.WithoutKey, err = c.withoutKey(p)
	return err
}

func (c *restoreCmd) vault(p *program) error {
	if err := os.MkdirAll(vaultDir(c.Data), 0o700); err != nil {
		return err
	}
	key, err := durable.ReadFile(c.MasterKey, maxNoteFile)
	if err != nil {
		return withHint(err, "the master key is kept apart from backups; without it no personal field can be read")
	}
	if err := durable.WriteFile(filepath.Join(vaultDir(c.Data), "master.key"), key, 0o600); err != nil {
		return err
	}
	erasures, err := c.erased(p)
	if err != nil {
		return err
	}
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

// erased are those whom the log itself calls erased, whatever the lists say.
func (c *restoreCmd) erased(p *program) ([]vault.Erasure, error) {
	log, err := embedded.OpenReader(filepath.Join(c.From, "log"))
	if err != nil {
		return nil, explainOpen(c.From, err)
	}
	defer log.Close()
	return commands.ErasedIn(p.ctx, log)
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
	gaps, err := commands.CompareKeys(p.ctx, log, func(s vault.Subject) error {
		_, err := v.Key(p.ctx, s)
		return err
	})
	return gaps.Missing, err
}
