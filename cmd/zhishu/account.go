package main

import (
	"fmt"

	"github.com/google/uuid"

	"zhishu/commands"
	"zhishu/domain"
)

type accountCmd struct {
	Open  accountOpenCmd  `cmd:"" help:"Open an account."`
	Link  accountLinkCmd  `cmd:"" help:"Say which person stands behind an account, so that nobody decides on their own record."`
	Close accountCloseCmd `cmd:"" help:"Close an account for good."`
}

type accountOpenCmd struct {
	Handle string `arg:"" help:"A short code such as clerk-2: lower-case letters, digits and hyphens, never a name."`
	Role   string `default:"recorder" enum:"operator,recorder,confirmer,resident,inspector" help:"operator, recorder, confirmer, resident or inspector."`
	Scope  string `help:"Division code the account works for (2, 4, 6, 9 or 12 digits); empty: everywhere."`
	Holder string `help:"Whose account it is; sealed."`
	accountTarget
}

type accountLinkCmd struct {
	Handle string `arg:"" help:"The account."`
	Person string `arg:"" help:"The person's volunteer number (UUID)."`
	accountTarget
}

type accountCloseCmd struct {
	Handle string `arg:"" help:"The account."`
	accountTarget
}

type accountTarget struct {
	Data string `default:"${data}" placeholder:"DIR" help:"The ledger's directory (${default})."`
	JSON bool   `help:"Print JSON."`
	backend
}

func (c *accountOpenCmd) Run(p *program) error {
	scope, err := domain.ParseDivision(c.Scope)
	if err != nil {
		return &usageError{"--scope: " + err.Error()}
	}
	return c.do(p, c.Handle, func(id domain.AccountID) (domain.Command, error) {
		return &domain.OpenAccount{Account: id, Handle: c.Handle, Role: domain.Role(c.Role), Scope: scope, Holder: c.Holder}, nil
	})
}

func (c *accountLinkCmd) Run(p *program) error {
	return c.do(p, c.Handle, func(id domain.AccountID) (domain.Command, error) {
		person, err := domain.ParseUUID(c.Person)
		if err != nil {
			return nil, &usageError{"PERSON: " + err.Error()}
		}
		return &domain.LinkPerson{Account: id, Person: domain.PersonID{UUID: person}}, nil
	})
}

func (c *accountCloseCmd) Run(p *program) error {
	return c.do(p, c.Handle, func(id domain.AccountID) (domain.Command, error) {
		return &domain.CloseAccount{Account: id}, nil
	})
}

func (t accountTarget) do(p *program, handle string, command func(domain.AccountID) (domain.Command, error)) error {
	l, err := openLedger(p.ctx, t.at(t.Data), commands.Options{})
	if err != nil {
		return err
	}
	defer l.close()
	id := l.handler.AccountOf(handle)
	cmd, err := command(id)
	if err != nil {
		return err
	}
	out, err := l.handler.Do(p.ctx, commands.Request{
		Caller:  commands.Caller{Account: l.handler.AccountOf("operator"), Authentication: domain.Asserted, Source: "cli"},
		Key:     uuid.NewString(),
		Command: cmd,
	})
	if err != nil {
		return err
	}
	return p.print(t.JSON, map[string]any{"account": id.String(), "handle": handle, "events": out.Events}, func() {
		fmt.Fprintf(p.stdout, "%s %s\n", handle, id)
	})
}
