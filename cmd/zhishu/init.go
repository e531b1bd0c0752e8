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
	"zhishu/vault"
)

type initCmd struct {
	Data string `required:"" placeholder:"DIR" help:"The new ledger's directory; it must not hold a ledger yet."`
	JSON bool   `help:"Print JSON."`
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
	l, err := createLedger(p.ctx, c.at(c.Data), commands.Options{})
	if err != nil {
		return err
	}
	defer l.close()
	var handles []string
	for _, a := range standardAccounts {
		handles = append(handles, a.handle)
	}
	return p.print(c.JSON, map[string]any{"data": c.Data, "accounts": handles}, func() {
		fmt.Fprintf(p.stdout, "已建立账本 ledger made: %s\n账号 accounts: %s（clerk 录入，reviewer 确认）\n", c.Data, strings.Join(handles, ", "))
		fmt.Fprintf(p.stdout, "密钥在 %s，请单独保管备份；没有它，已封存的个人信息无法读出。\n", filepath.Join(c.Data, "vault"))
		fmt.Fprintf(p.stdout, "下一步 next: zhishu import communities FILE --data %s\n", c.Data)
	})
}

// createLedger makes a ledger with its standard accounts and the default
// policies, in force from the beginning of time. An init that was interrupted
// is finished by giving it again.
func createLedger(ctx context.Context, at location, opts commands.Options) (*ledger, error) {
	if err := at.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(at.dir, 0o755); err != nil {
		return nil, err
	}
	if err := at.createLog(ctx); err != nil {
		return nil, err
	}
	v, err := at.createVault(ctx)
	if errors.Is(err, vault.ErrExists) {
		return nil, withHint(err, "a vault without a log: move it away, or restore the log it belongs to")
	}
	if err != nil {
		return nil, err
	}
	if err := v.Close(); err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, at, opts)
	if err != nil {
		return nil, err
	}
	if err := found(ctx, l.handler); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func found(ctx context.Context, h *commands.Handler) error {
	operator := commands.Caller{Account: h.AccountOf("operator"), Authentication: domain.Asserted, Source: "init"}
	do := func(key string, c domain.Command) error {
		_, err := h.Do(ctx, commands.Request{Caller: operator, Key: "init/" + key, Command: c})
		return err
	}
	for _, a := range standardAccounts {
		if err := do(a.handle, &domain.OpenAccount{Account: h.AccountOf(a.handle), Handle: a.handle, Role: a.role}); err != nil {
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
