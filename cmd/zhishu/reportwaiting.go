package main

import (
	"fmt"
	"strings"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type waitingReport struct {
	place
	rows
	Kind    string `enum:"claim,correction,void,dispute,remedy,report,merge,unmerge,gift-correction,giver,enquiry,attestation,reopening,policy," default:"" placeholder:"KIND" zh:"只看一种事项：${enum}" help:"One kind only, of those above."`
	Account string `placeholder:"HANDLE" zh:"不列这个账号无权答复的事项" help:"Leave out what this account may not answer."`
	view
}

func (c *waitingReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Waiting, error) {
		filter := projections.WaitFilter{Kind: projections.WaitKind(c.Kind)}
		if c.Account != "" {
			actor, ok := v.Actor(c.Account)
			if !ok {
				return figures.Waiting{}, domain.Refuse(domain.AccountUnknown, "account")
			}
			filter.For = &actor
		}
		var list projections.Waiting
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Waiting(c.division(), filter, page)
			part.Rows = append(list.Rows, part.Rows...)
			list = part
			return part.Next, len(list.Rows), err
		})
		return figures.WaitingOf(list, c.Account), err
	}, waitingTable)
}

func waitingTable(f figures.Waiting) table {
	t := table{title: titled("待办", f.Division, f.Account), heads: []string{"事项", "自", "已等", "提出", "社区", "对象", "谁可以答复", "怎样答复", "说明"}}
	t.footing(f.Footing)
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, fmt.Sprintf("%s %d", k.Zh, k.Count))
	}
	t.line("共 %d 件：%s", f.Total, strings.Join(kinds, "，"))
	for i := range f.Rows {
		x := &f.Rows[i]
		var how []string
		for _, o := range x.Answer.Operations {
			how = append(how, o.Operation)
		}
		why := ""
		if x.Blocked != nil {
			why = x.Blocked.Zh
		}
		t.add(words(x.Zh), words(x.Day), words(x.Waited.Zh), words(x.By), words(x.Community), words(waitingFor(x)), words(x.Answer.Zh), words(strings.Join(how, " ")), words(why))
	}
	return t
}

// waitingFor names what a row is about by the numbers the ledger knows it by.
func waitingFor(x *figures.Wait) string {
	var parts []string
	for _, p := range []struct{ what, is string }{
		{"", x.Person}, {"→ ", x.Into}, {"捐赠 ", x.Donation}, {"活动 ", x.Activity}, {"规则 ", x.Policy}, {"期间 ", x.Period},
	} {
		if p.is != "" {
			parts = append(parts, p.what+p.is)
		}
	}
	if x.Entry != 0 {
		parts = append(parts, fmt.Sprintf("记录 %d", x.Entry))
	}
	if x.No != nil {
		parts = append(parts, fmt.Sprintf("第 %d 号", *x.No))
	}
	return strings.Join(parts, " ")
}

type proposalsReport struct {
	place
	rows
	Kind   string `enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing,integrity,calendar," default:"" placeholder:"KIND" zh:"只看一类规则：${enum}" help:"One kind of policy only, of those above."`
	Status string `enum:"waiting,decided," default:"" zh:"waiting 待批，decided 已有结果；不写即全部" help:"waiting or decided; both without it."`
	view
}

func (c *proposalsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.PolicyProposals, error) {
		var list projections.PolicyProposals
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.PolicyProposals(c.division(), projections.ProposalFilter{Kind: domain.PolicyKind(c.Kind), State: c.Status}, page)
			part.Rows = append(list.Rows, part.Rows...)
			list = part
			return part.Next, len(list.Rows), err
		})
		return figures.PolicyProposalsOf(list), err
	}, proposalsTable)
}

func proposalsTable(f figures.PolicyProposals) table {
	t := table{title: titled("提出的规则", f.Division), heads: []string{"规则", "申请", "名称", "生效自", "追溯", "理由", "提出", "提出日期", "结果", "决定", "决定日期", "不批准的理由"}}
	t.footing(f.Footing)
	t.line("待批 waiting %d，已决定 decided %d", f.Waiting, f.Decided)
	for i := range f.Rows {
		x := &f.Rows[i]
		retroactive, decided := "", figures.Step{}
		if x.Retroactive {
			retroactive = "追溯"
		}
		if x.Decided != nil {
			decided = *x.Decided
		}
		t.add(words(x.Policy.Policy), whole(int64(x.Proposal)), words(x.Title), words(x.From), words(retroactive), words(x.Reason), words(x.Proposed.By),
			words(x.Proposed.Day), words(x.StatusZh), words(decided.By), words(decided.Day), words(x.Refusal))
	}
	return t
}
