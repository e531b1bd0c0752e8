package main

import (
	"fmt"
	"strings"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type giftsReport struct {
	place
	everyDay
	rows
	view
}

// Run prints the list without names: they lie in the vault, which a report does
// not open.
func (c *giftsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.GiftList, error) {
		var list projections.GiftList
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.GiftList(projections.DonationFilter{Division: c.division(), Period: c.period()}, page)
			part.Rows = append(list.Rows, part.Rows...)
			list = part
			return part.Next, len(list.Rows), err
		})
		if err != nil {
			return figures.GiftList{}, err
		}
		return figures.GiftListOf(list, func(projections.GiftRow) (string, error) { return "（允许列名）", nil })
	}, giftsTable)
}

type giftUsesReport struct {
	place
	everyDay
	view
}

func (c *giftUsesReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.GiftUses, error) {
		uses, err := v.GiftUses(projections.DonationFilter{Division: c.division(), Period: c.period()})
		return figures.GiftUsesOf(uses), err
	}, giftUsesTable)
}

type donorReport struct {
	Donor    string `arg:"" optional:"" zh:"捐赠人编号" help:"The donor's own number."`
	Donation string `zh:"不知编号时，写该人的一笔捐赠的编号" help:"Instead of the number: one of the donor's donations."`
	view
}

func (c *donorReport) Run(p *program) error {
	text, name := c.Donor, "DONOR"
	if c.Donation != "" {
		text, name = c.Donation, "--donation"
	}
	id, err := domain.ParseUUID(text)
	if err != nil || c.Donor != "" && c.Donation != "" {
		return &usageError{name + ": 写捐赠人编号，或用 --donation 写其一笔捐赠的编号 the donor's number, or --donation with the number of a gift"}
	}
	return report(p, c.view, func(v *projections.View, log reader) (figures.Donor, error) {
		donor := domain.DonorID{UUID: id}
		if c.Donation != "" {
			if donor, err = v.DonorOf(domain.DonationID{UUID: id}); err != nil {
				return figures.Donor{}, err
			}
		}
		account, err := v.Donor(p.ctx, log, donor)
		return figures.DonorOf(account), err
	}, donorTable)
}

func giftsTable(l figures.GiftList) table {
	t := table{title: titled("捐赠公示", l.Division, periodWords(l.Period)), heads: []string{"捐赠", "日期", "捐赠人", "类别", "金额(元)", "物品", "更正说明"}}
	t.footing(l.Footing)
	t.line("现金 %d 笔 %s 元；物资 %d 笔，计价 %s 元", l.Total.Cash.Count, l.Total.Cash.Amount.Yuan, l.Total.Goods.Count, l.Total.Goods.Valued.Yuan)
	for _, x := range l.Total.Unvalued {
		t.line("未计价 %s %s%s（%d 笔）", x.Name, x.Quantity, x.Unit, x.Gifts)
	}
	for _, s := range l.Total.Support {
		t.line("%s %d 次 %s", s.SupportZh, s.Gifts, thingsText(s.Things))
	}
	for _, r := range l.Rows {
		var notes []string
		for _, c := range r.Corrections {
			notes = append(notes, fmt.Sprintf("%s 更正：%s→%s %s", c.Day, c.Before.Yuan, c.After.Yuan, c.Note))
		}
		t.add(words(r.Donation), words(r.Day), words(r.Shown), words(r.KindZh), fen(r.Amount), words(itemsText(r.Items)), words(strings.Join(notes, "；")))
	}
	return t
}

func thingsText(list []figures.ThingCount) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = x.Name + x.Quantity + x.Unit
	}
	return strings.Join(texts, "、")
}

func itemsText(list []figures.Item) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = x.Name + x.Quantity + x.Unit
		switch {
		case x.Value != nil:
			texts[i] += "（" + x.BasisZh + x.Value.Yuan + "元）"
		case x.BasisZh != "":
			texts[i] += "（" + x.BasisZh + "）"
		}
	}
	return strings.Join(texts, "、")
}

// given lists what a person gave after the entries of a statement, whose columns of
// minutes stay empty.
func (t *table) given(g *figures.Giving) {
	if g == nil {
		return
	}
	t.line("%s", g.Note.Zh)
	for _, x := range g.Gifts {
		what := x.KindZh + " " + x.Amount.Yuan + "元"
		if len(x.Items) > 0 {
			what = x.KindZh + " " + itemsText(x.Items)
		}
		var life, stands string
		for _, s := range x.Story {
			if s.Revision != nil {
				life += s.Zh
			} else {
				stands += s.Zh
			}
		}
		t.add(words(x.Donation), words(x.Day), words("捐赠"), words(what), words(""), words(""), words("票据"+x.Receipt.StateZh), words(stands), words(life))
	}
}

func giftUsesTable(u figures.GiftUses) table {
	t := table{title: titled("捐赠去向", u.Division, periodWords(u.Period)), heads: []string{"社区", "款物", "单位", "收到", "拨付", "交付", "退还", "剩余"}}
	t.footing(u.Footing)
	add := func(where string, c figures.CommunityUse) {
		m := c.Money
		t.add(words(where), words("现金"), words("元"), fen(m.Received), fen(m.Allocated), fen(m.Delivered), fen(m.Returned), fen(m.Left))
		for _, x := range c.Things {
			t.add(words(where), words(x.Name), words(x.Unit), words(x.Received), words(x.Allocated), words(x.Delivered), words(x.Returned), words(x.Left))
		}
	}
	add("合计", u.Total)
	for _, c := range u.Communities {
		where := c.Community
		if where == "" {
			where = "未注明社区"
		}
		add(where, c)
	}
	return t
}

func donorTable(d figures.Donor) table {
	t := table{title: titled("捐赠人", d.Donor), heads: []string{"捐赠", "日期", "事项", "用途", "金额(元)", "物品", "说明"}}
	t.footing(d.Footing)
	for _, g := range d.Gifts {
		r := g.Receipt
		t.add(words(g.Donation), words(g.Day), words(g.KindZh), words(g.Purpose), fen(g.Amount), words(itemsText(g.Items)),
			words(strings.Join(strings.Fields("票据"+r.StateZh+" "+r.Code+" "+r.Number+" "+r.Check), " ")))
		for _, a := range g.Allocations {
			for _, s := range a.Steps {
				t.add(words(""), words(s.Day), words(s.Zh), words(strings.Join(strings.Fields(a.Purpose+" "+a.Community+" "+a.Organisation), " ")),
					fen(s.Share.Amount), words(itemsText(s.Share.Items)), words(""))
			}
		}
		for _, s := range g.Returns {
			t.add(words(""), words(s.Day), words(s.Zh), words(""), fen(s.Share.Amount), words(itemsText(s.Share.Items)), words(""))
		}
		for _, q := range g.Enquiries {
			state := "待答复"
			if q.Answered {
				state = "已答复 " + wallDay(q.AnsweredAt)
			}
			t.add(words(""), words(wallDay(q.AskedAt)), words("查询"), words(""), words(""), words(""), words(state))
		}
		t.add(words(""), words(""), words("剩余"), words(""), fen(g.Left.Amount), words(itemsText(g.Left.Items)), words(""))
	}
	return t
}
