package main

import (
	"fmt"
	"time"

	"zhishu/api"
	"zhishu/api/figures"
	"zhishu/domain"
)

type policyCmd struct {
	Examples policyExamplesCmd `cmd:"" zh:"列出各地的计时规则、星级方案范例，和 2025、2026 年工作日历" help:"List counting policies and star schemes found in practice, and the working calendars of 2025 and 2026." example:"zhishu policy examples\nzhishu policy examples stars-10-to-50 > 星级方案.json"`
}

type policyExamplesCmd struct {
	Name string `arg:"" optional:"" zh:"范例名：只输出这一个，可存成文件交 zhishu do propose-policy @文件" help:"Print this one as the body that zhishu do propose-policy @FILE takes."`
	JSON bool   `zh:"输出完整 JSON，各附 zhishu do propose-policy @文件 所要的内容" help:"Print them whole, each with the body that zhishu do propose-policy @FILE takes."`
}

// exampleBody is an example as it is proposed in a new ledger.
type exampleBody struct {
	Name string          `json:"name"`
	En   string          `json:"en"`
	Body api.ProposeBody `json:"body"`
}

func (c *policyExamplesCmd) Run(p *program) error {
	list := figures.Examples()
	bodies := make([]exampleBody, 0, len(list.Rows))
	for _, e := range list.Rows {
		b := exampleBody{e.Name, e.En, proposalOf(e, domain.Instant(time.Now().UnixMilli()).Day())}
		if c.Name == e.Name {
			return p.print(true, b.Body, nil)
		}
		bodies = append(bodies, b)
	}
	if c.Name != "" {
		return &usageError{fmt.Sprintf("没有范例 there is no example %q; zhishu policy examples 列出全部 lists them", c.Name)}
	}
	return p.print(c.JSON, map[string]any{"rows": bodies}, func() {
		t := table{title: "规则范例 policy examples", heads: []string{"name", "中文", "English"}}
		for _, e := range list.Rows {
			t.add(words(e.Name), words(e.Title), words(e.En))
		}
		t.print(p) // what cannot be written to a terminal cannot be told there either
	})
}

// proposalOf is the body for the whole country, after the version that a new
// ledger begins with; an example without a first day of its own is in force
// from today.
func proposalOf(e figures.PolicyExample, today domain.Day) api.ProposeBody {
	body := api.ProposeBody{Reason: "采用范例 " + e.Name}
	body.Kind, body.Version, body.Title, body.From, body.PolicyBodies = e.Kind, 1, e.Title, e.From, e.PolicyBodies
	if body.From == "" {
		body.From = today.String()
	}
	for _, v := range domain.DefaultPolicies() {
		if string(v.ID.Kind) == e.Kind {
			body.Version = v.Version + 1
		}
	}
	return body
}
