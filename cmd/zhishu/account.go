package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"zhishu/api"
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
	Person string `arg:"" help:"The person's volunteer number (UUID), or ISSUER/NUMBER."`
	accountTarget
}

type accountCloseCmd struct {
	Handle string `arg:"" help:"The account."`
	accountTarget
}

type accountTarget struct {
	Data string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" help:"The ledger's directory, to be named; its running server is used."`
	JSON bool   `help:"Print JSON."`
	backend
}

func (c *accountOpenCmd) Run(p *program) error {
	fields := []string{"handle=" + c.Handle, "role=" + c.Role}
	for name, value := range map[string]string{"scope": c.Scope, "holder": c.Holder} {
		if value != "" {
			fields = append(fields, name+"="+value)
		}
	}
	return c.do(p, "open-account", c.Handle, fields...)
}

func (c *accountLinkCmd) Run(p *program) error {
	if err := p.mayWrite(c.at(c.Data)); err != nil {
		return err
	}
	person, err := personCalled(p, c.at(c.Data), "operator", c.Person)
	if err != nil {
		return err
	}
	return c.do(p, "link-person", c.Handle, "handle="+c.Handle, "person="+person.String())
}

func (c *accountCloseCmd) Run(p *program) error {
	return c.do(p, "close-account", c.Handle, "handle="+c.Handle)
}

// do asks the server that has the ledger open, or its handlers in this process.
func (t accountTarget) do(p *program, operation, handle string, fields ...string) error {
	if !domain.ValidHandle(handle) {
		return domain.Refuse(domain.FieldInvalid, "handle")
	}
	var answer bytes.Buffer
	one := *p
	one.stdout = &answer
	do := doCmd{Operation: operation, Fields: fields, As: "operator", Data: t.Data, JSON: true, backend: t.backend}
	if err := do.Run(&one); err != nil {
		return err
	}
	var recorded api.Recorded
	if err := json.Unmarshal(answer.Bytes(), &recorded); err != nil {
		return err
	}
	return p.print(t.JSON, map[string]any{"account": recorded.Account, "handle": handle, "events": recorded.Events}, func() {
		fmt.Fprintf(p.stdout, "%s %s\n", handle, recorded.Account)
	})
}
