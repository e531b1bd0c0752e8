package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
)

type initCmd struct {
	Data   string `required:"" placeholder:"DIR" zh:"新账本的目录；里面不能已有账本" help:"The new ledger's directory; it must not hold a ledger yet."`
	Origin string `placeholder:"NAME" zh:"账本在检查点中的名称，如 ledger.example.org/zhishu，定后不改（默认按账本编号取名）" help:"Name of the log in signed checkpoints, such as ledger.example.org/zhishu; it never changes (default: made from the ledger's id)."`
	JSON   bool   `zh:"输出 JSON" help:"Print JSON."`
	backend
}

// standardAccounts let the first import be given without further ado: one
// account enters, a second one confirms.
var standardAccounts = []struct {
	handle string
	role   domain.Role
}{
	{"operator", domain.RoleOperator},
	{"clerk", domain.RoleRecorder},
	{"reviewer", domain.RoleConfirmer},
}

func (c *initCmd) Run(p *program) error {
	if c.Origin != "" && !domain.ValidOrigin(c.Origin) {
		return &usageError{"--origin: at most 200 bytes without space or +"}
	}
	l, err := createNamed(p.ctx, c.at(c.Data), c.Origin, commands.Options{})
	if err != nil {
		return err
	}
	defer l.close()
	var handles []string
	for _, a := range standardAccounts {
		handles = append(handles, a.handle)
	}
	keys, err := l.keys(p.ctx)
	if err != nil {
		return err
	}
	return p.print(c.JSON, map[string]any{"data": c.Data, "accounts": handles, "keys": keys}, func() {
		fmt.Fprintf(p.stdout, "已建立账本 ledger made: %s\n账号 accounts: %s（clerk 录入，reviewer 确认）\n", c.Data, strings.Join(handles, ", "))
		fmt.Fprintf(p.stdout, "密钥在 %s，请单独保管备份；没有它，已封存的个人信息无法读出。\n", filepath.Join(c.Data, "vault"))
		fmt.Fprintf(p.stdout, "检查点签名公钥，请交给核查人保存 public key of the checkpoints, for whoever verifies them:\n  %s\n最近的检查点在 the last checkpoint is kept in %s\n", keys.Keys[0].Verifier, l.guardFile())
		fmt.Fprintf(p.stdout, "下一步 next: zhishu import communities FILE --data %s\n", c.Data)
	})
}

// createLedger makes a ledger with its standard accounts and the default
// policies, in force from the beginning of time. An init that was interrupted
// anywhere is finished by giving it again: what it has made is found, and
// nothing else is taken for it.
func createLedger(ctx context.Context, at location, opts commands.Options) (*ledger, error) {
	return createNamed(ctx, at, "", opts)
}

// createNamed gives the log a name of the operator's choice.
func createNamed(ctx context.Context, at location, origin string, opts commands.Options) (*ledger, error) {
	if err := at.check(); err != nil {
		return nil, err
	}
	if err := at.checkGuard(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(at.dir, 0o755); err != nil {
		return nil, err
	}
	begun, err := at.createLog(ctx)
	if err != nil {
		return nil, err
	}
	if begun == 0 { // else there must be a vault, and opening it says so
		if _, err := os.Stat(at.guardFile()); err == nil {
			return nil, withHint(fmt.Errorf("%s holds the last checkpoint of a ledger that was here before", at.guardFile()), "move it away if that ledger is gone for good, or give another file with --guard")
		}
		if err := at.createVault(ctx); err != nil {
			return nil, err
		}
	}
	l, err := openLedger(ctx, at, opts)
	if err != nil {
		return nil, err
	}
	signing, err := l.beginSigning(ctx, origin)
	if err == nil {
		err = found(ctx, l.handler, signing, begun, at.holdsLedger())
	}
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// initSource stands in the metadata of what init records.
const initSource = "init"

// foundation is what a ledger begins with, one event each.
func foundation(h *commands.Handler, signing domain.Command) (all []commands.Request) {
	operator := commands.Caller{Account: h.AccountOf("operator"), Authentication: domain.Asserted, Source: initSource, Founding: true}
	add := func(key string, c domain.Command) {
		all = append(all, commands.Request{Caller: operator, Key: "init/" + key, Command: c})
	}
	for _, a := range standardAccounts {
		add(a.handle, &domain.OpenAccount{Account: h.AccountOf(a.handle), Handle: a.handle, Role: a.role})
	}
	for _, v := range domain.DefaultPolicies() {
		add(v.ID.String(), &domain.AdoptPolicy{Policy: v, Beginning: true})
	}
	add("signing", signing)
	return all
}

// found records what of the foundation the log does not hold yet. It holds
// begun events, all of an init; when they are others than this vault makes of
// it, the vault is not the one the ledger was begun with.
func found(ctx context.Context, h *commands.Handler, signing domain.Command, begun int, whole error) error {
	requests, standing := foundation(h, signing), 0
	for _, r := range requests {
		there, err := h.Exists(ctx, r.Command.Target())
		if err != nil {
			return err
		}
		if there {
			standing++
		}
	}
	switch {
	case standing != begun:
		return withHint(errors.New("the ledger was begun with another vault"), "give init the vault and the master key it was given first")
	case begun == len(requests):
		return whole
	}
	for _, r := range requests {
		if _, err := h.Do(ctx, r); err != nil {
			return err
		}
	}
	return nil
}
