package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"zhishu/api"
	"zhishu/domain"
)

type accountCmd struct {
	Open  accountOpenCmd  `cmd:"" zh:"开设账号" help:"Open an account." example:"zhishu account open clerk-2 --role recorder --scope 430702001007 --data zhishu-data/demo"`
	Link  accountLinkCmd  `cmd:"" zh:"说明账号背后是哪位居民，以免自己确认自己的记录" help:"Say which person stands behind an account, so that nobody decides on their own record." example:"zhishu account link clerk-2 430702001007/R-0002 --data zhishu-data/demo"`
	Close accountCloseCmd `cmd:"" zh:"永久停用账号" help:"Close an account for good." example:"zhishu account close clerk-2 --data zhishu-data/demo"`
}

type accountOpenCmd struct {
	Handle string `arg:"" zh:"账号代号，如 clerk-2：小写字母、数字和连字符，不用姓名" help:"A short code such as clerk-2: lower-case letters, digits and hyphens, never a name."`
	Role   string `default:"recorder" enum:"operator,recorder,confirmer,resident,inspector" zh:"角色：operator 运维、recorder 录入、confirmer 复核、resident 居民、inspector 督查（默认 ${default}）" help:"operator, recorder, confirmer, resident or inspector."`
	Scope  string `zh:"账号的辖区：区划代码（2、4、6、9 或 12 位）；不写即全部" help:"Division code the account works for (2, 4, 6, 9 or 12 digits); empty: everywhere."`
	Holder string `zh:"账号归谁（封存）" help:"Whose account it is; sealed."`
	accountTarget
}

type accountLinkCmd struct {
	Handle string `arg:"" zh:"账号代号" help:"The account."`
	Person string `arg:"" zh:"志愿者编号（36 位），或 发号单位/编号" help:"The person's volunteer number (UUID), or ISSUER/NUMBER."`
	accountTarget
}

type accountCloseCmd struct {
	Handle string `arg:"" zh:"账号代号" help:"The account."`
	accountTarget
}

type accountTarget struct {
	Data string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录，须写明；服务正在运行时经由服务办理" help:"The ledger's directory, to be named; its running server is used."`
	JSON bool   `zh:"输出 JSON" help:"Print JSON."`
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
