package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"zhishu/api"
	"zhishu/domain"
)

// personFlag names whom a figure is of.
type personFlag struct {
	Person string `required:"" placeholder:"UUID|ISSUER/NUMBER" zh:"志愿者编号（36 位），或 发号单位/编号：430702001007/R-0001" help:"The volunteer number (UUID), or who gave a number and the number: 430702001007/R-0001."`
	As     string `default:"clerk" placeholder:"HANDLE" zh:"以哪个账号查编号（默认 ${default}）" help:"Account that looks such a number up (${default})."`
}

func (c personFlag) id(p *program, at location) (domain.PersonID, error) {
	return personCalled(p, at, c.As, c.Person)
}

// personCalled reads a volunteer number, or finds the one behind a number that
// somebody else gave.
func personCalled(p *program, at location, as, text string) (domain.PersonID, error) {
	issuer, number, given := strings.Cut(text, "/")
	if given {
		found, err := findPerson(p, at, as, issuer, number)
		text = found.Person
		if found.Into != "" {
			text = found.Into
		}
		if err != nil {
			return domain.PersonID{}, err
		}
	}
	id, err := domain.ParseUUID(text)
	if err != nil {
		return domain.PersonID{}, &usageError{fmt.Sprintf("%q 不是志愿者编号：写 36 位编号，或 发放单位/编号，如 430702001007/R-0001；zhishu report person 可查 / "+
			"--person: %v: write the volunteer number, or ISSUER/NUMBER such as 430702001007/R-0001; zhishu report person finds it", text, err)}
	}
	return domain.PersonID{UUID: id}, nil
}

// findPerson asks the server that has the ledger open, or its handlers in this
// process: numbers are hashed under a secret of the vault.
func findPerson(p *program, at location, as, issuer, number string) (found api.Found, err error) {
	answer, quiet := answerOf(p)
	do := doCmd{Operation: "find-person", Fields: []string{"issuer=" + issuer, "number=" + number}, As: as, Data: at.dir, JSON: true, backend: at.backend}
	if err := do.Run(quiet); err != nil {
		return found, err
	}
	return found, json.Unmarshal(answer.Bytes(), &found)
}

// answerOf is a program whose answer is kept instead of shown.
func answerOf(p *program) (answer *bytes.Buffer, quiet *program) {
	copied := *p
	answer = &bytes.Buffer{}
	copied.stdout = answer
	return answer, &copied
}

// personReport finds the volunteer number behind a number that a community or a
// platform gave.
type personReport struct {
	Issuer string `required:"" placeholder:"CODE" zh:"发号单位：社区代码、平台名称 …" help:"Who gave the number: a community's code, a platform …"`
	Number string `required:"" zh:"编号，如 R-0001" help:"The number, such as R-0001."`
	As     string `default:"clerk" placeholder:"HANDLE" zh:"以哪个账号查询，只能查到它辖区内的人（默认 ${default}）" help:"Account that asks; it finds the people of its scope (${default})."`
	Data   string `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；服务正在运行时经由服务办理" help:"The ledger's directory (${default}); its running server is used."`
	JSON   bool   `zh:"输出 JSON，与接口的答复相同" help:"Print JSON, as the API answers."`
	backend
}

func (c *personReport) Run(p *program) error {
	found, err := findPerson(p, c.at(c.Data), c.As, c.Issuer, c.Number)
	if err != nil {
		return err
	}
	return p.print(c.JSON, found, func() {
		fmt.Fprintf(p.stdout, "志愿者编号 volunteer number: %s\n", found.Person)
		if found.Into != "" {
			fmt.Fprintf(p.stdout, "已并入 merged into: %s\n", found.Into)
		}
		if found.Community != "" {
			fmt.Fprintf(p.stdout, "所属社区 community: %s\n", found.Community)
		}
	})
}
