package main

import "zhishu/api/figures"

type policyCmd struct {
	Examples policyExamplesCmd `cmd:"" help:"List counting policies and star schemes found in practice, and the working calendars of 2025 and 2026."`
}

type policyExamplesCmd struct {
	JSON bool `help:"Print them whole, as the API takes them."`
}

func (c *policyExamplesCmd) Run(p *program) error {
	list := figures.Examples()
	return p.print(c.JSON, list, func() {
		t := table{title: "规则范例 policy examples", heads: []string{"name", "中文", "English"}}
		for _, e := range list.Rows {
			t.add(words(e.Name), words(e.Title), words(e.En))
		}
		t.print(p) // what cannot be written to a terminal cannot be told there either
	})
}
