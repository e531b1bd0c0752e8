package main

import (
	"strings"

	"zhishu/api/figures"
	"zhishu/projections"
)

type remainingReport struct {
	place
	rows
	view
}

func (c *remainingReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Remaining, error) {
		var list projections.Remaining
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Remaining(c.division(), page)
			part.Rows = append(list.Rows, part.Rows...)
			list = part
			return part.Next, len(list.Rows), err
		})
		return figures.RemainingOf(list), err
	}, remainingTable)
}

func remainingTable(f figures.Remaining) table {
	t := table{title: titled("待迁", f.Division), heads: []string{"原社区", "种类", "编号", "名称", "自", "怎样迁", "说明"}}
	t.footing(f.Footing)
	for _, c := range f.Communities {
		t.line("%s 自 %s 起由 %s 接替，尚有居民 %d、户组 %d", c.Community, c.From, strings.Join(c.Successors, "、"), c.Persons, c.Groups)
	}
	for _, x := range f.Rows {
		how, why := "", ""
		if x.Operation != nil {
			how = x.Operation.Operation
		}
		if x.Blocked != nil {
			why = x.Blocked.Zh
		}
		t.add(words(x.Community), words(memberWords.of(x.Kind)), words(x.Person+x.Group), words(x.Name), words(x.Since), words(how), words(why))
	}
	return t
}

type comingOfAgeReport struct {
	place
	everyDay
	rows
	view
}

func (c *comingOfAgeReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.ComingOfAge, error) {
		var list projections.ComingOfAge
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.ComingOfAge(c.division(), c.period(), page)
			part.Rows = append(list.Rows, part.Rows...)
			list = part
			return part.Next, len(list.Rows), err
		})
		return figures.ComingOfAgeOf(list), err
	}, comingOfAgeTable)
}

func comingOfAgeTable(f figures.ComingOfAge) table {
	t := table{title: titled("满十四周岁", f.Division, periodWords(f.Period)), heads: []string{"志愿者编号", "社区", "满十四周岁", "监护人", "同意的事项", "现状"}}
	t.footing(f.Footing)
	t.line("已到日期 due %d，将到 coming %d，年龄不明 unknown %d", f.Due, f.Coming, f.Unknown)
	for _, x := range f.Rows {
		now := "监护人同意"
		if x.Due {
			now = "应由本人同意"
		}
		if x.State.Name != "" {
			now = x.State.Name
		}
		t.add(words(x.Person), words(x.Community), words(x.Day), words(x.Guardian), words(consentWords.list(x.Kinds)), words(now))
	}
	return t
}
