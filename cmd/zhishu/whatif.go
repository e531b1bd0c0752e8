package main

import (
	"errors"
	"fmt"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type whatIfReport struct {
	Statement     whatIfStatement     `cmd:"" zh:"个人清单：按另一规则计算，逐条列出差别" help:"A person's service, with the difference fact by fact." example:"zhishu report what-if statement --person 430702001007/R-0001 --example counting-half-hours"`
	Stars         whatIfStars         `cmd:"" zh:"星级榜：按另一规则计算" help:"The star board of a division." example:"zhishu report what-if stars --division 430702001007 --example stars-10-to-50"`
	Standings     whatIfStandings     `cmd:"" zh:"学习之星：按另一方案计算" help:"The ranking of learners." example:"zhishu report what-if standings --division 430702001007 --policy standing-all/1"`
	Participation whatIfParticipation `cmd:"" zh:"参学率：按另一定义计算" help:"Both participation rates." example:"zhishu report what-if participation --division 430702001007 --policy participation-all/1"`
}

// supposed names the rule a figure is asked for under.
type supposed struct {
	Policy  string       `xor:"rule" placeholder:"counting-all/1" zh:"已通过的规则版本；与 --example 任写一个" help:"A version that was adopted; this or --example is needed."`
	Example string       `xor:"rule" placeholder:"NAME" zh:"范例名，见 zhishu policy examples" help:"An example (zhishu policy examples)."`
	Scope   divisionFlag `placeholder:"CODE" zh:"假如适用于哪个区划；不写即规则自己的区划，或全部" help:"Division it is supposed for; empty: its own, or everywhere."`
}

const noSuchRule = "没有这样的规则版本或范例 no version and no example is so called; zhishu policy examples"

// Validate is asked by kong before the verb runs.
func (s supposed) Validate() error {
	if s.Policy == "" && s.Example == "" {
		return errors.New("写明 --policy 或 --example one of them is needed")
	}
	return nil
}

// in finds the rule and makes the view under it.
func (s supposed) in(v *projections.View, goesBy []domain.PolicyKind) (*domain.PolicyVersion, *projections.View, error) {
	p, err := figures.Suppose(v, s.Policy, s.Example, goesBy)
	if err != nil {
		return nil, nil, notSupposed(err)
	}
	if d := domain.Division(s.Scope); d != (domain.Division{}) {
		p.ID.Scope = d
	}
	return p, v.WhatIf(p), nil
}

// notSupposed is why a rule cannot be supposed.
func notSupposed(err error) error {
	var other *figures.OtherKindError
	if errors.As(err, &other) {
		return &usageError{fmt.Sprintf("此项数字不依这一类规则 %s；所依的是 the figure does not go by a rule of this kind, but by: %s", other.Kind, other.Kinds())}
	}
	return &usageError{noSuchRule}
}

type whatIfStatement struct {
	personFlag
	supposed
	view
}

func (c *whatIfStatement) Run(p *program) error {
	id, err := c.id(p, c.at(c.Data))
	if err != nil {
		return err
	}
	return report(p, c.view, func(v *projections.View, log reader) (out figures.WhatIfStatement, err error) {
		rule, w, err := c.in(v, projections.ServiceRules)
		if err != nil {
			return out, err
		}
		before, err := v.Statement(p.ctx, log, id)
		if err != nil {
			return out, err
		}
		after, err := w.Statement(p.ctx, log, id)
		return figures.WhatIfStatementOf(rule, before, after), err
	}, whatIfStatementTable)
}

type whatIfStars struct {
	place
	rows
	supposed
	view
}

func (c *whatIfStars) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (out figures.WhatIfStars, err error) {
		rule, w, err := c.in(v, projections.ServiceRules)
		if err != nil {
			return out, err
		}
		before, err := v.Stars(c.division(), projections.Page{Limit: 1})
		if err != nil {
			return out, err
		}
		var board projections.StarBoard
		err = c.pages(func(page projections.Page) (string, int, error) {
			part, err := w.Stars(c.division(), page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, len(board.Rows), err
		})
		if err != nil {
			return out, err
		}
		return figures.WhatIfStarsOf(rule, before, board, func(id domain.PersonID) (domain.StarRating, error) {
			star, err := v.Star(id)
			return star.Rating, err
		})
	}, whatIfStarsTable)
}

type whatIfStandings struct {
	place
	dated
	rows
	supposed
	view
}

func (c *whatIfStandings) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (out figures.WhatIfStanding, err error) {
		rule, w, err := c.in(v, projections.StudyRules)
		if err != nil {
			return out, err
		}
		var board projections.StandingBoard
		err = c.pages(func(page projections.Page) (string, int, error) {
			part, err := w.Standing(c.division(), c.period(v), page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, len(board.Rows), err
		})
		if err != nil {
			return out, err
		}
		return figures.WhatIfStandingOf(rule, board, func(id domain.PersonID) (projections.StandingRow, projections.Footing, error) {
			return v.StandingOf(id, c.division(), c.period(v))
		})
	}, whatIfStandingTable)
}

type whatIfParticipation struct {
	place
	dated
	supposed
	view
}

func (c *whatIfParticipation) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (out figures.WhatIfParticipation, err error) {
		rule, w, err := c.in(v, projections.RateRules)
		if err != nil {
			return out, err
		}
		before, err := v.Participation(c.division(), c.period(v))
		if err != nil {
			return out, err
		}
		after, err := w.Participation(c.division(), c.period(v))
		return figures.WhatIfParticipationOf(rule, before, after), err
	}, func(f figures.WhatIfParticipation) table {
		t := participationTable(f.WhatIf)
		t.suppose(f.Supposed)
		if n := f.InForce.Participants; n != nil {
			t.line("现行 in force: 参学人数 %d，人次 %d", *n, *f.InForce.PersonTimes)
		}
		return t
	})
}

// suppose says under which rule a table was made.
func (t *table) suppose(s figures.Supposed) {
	t.line("假如适用 supposed: 《%s》 %s；并未记录 nothing is recorded", s.Policy.Title, s.Policy.Policy)
}

func whatIfStatementTable(s figures.WhatIfStatement) table {
	t := table{title: titled("假如", s.Person), heads: []string{"序号", "日期", "内容", "时长(分钟)", "现行认定(分钟)", "假如认定(分钟)", "相差(分钟)", "现行为什么", "假如为什么"}}
	t.footing(s.Footing)
	t.suppose(s.Supposed)
	t.line("现行 %s %d 星；假如 %s %d 星；相差 %s", s.InForce.Recognised.Text, s.InForce.Stars, s.WhatIf.Recognised.Text, s.WhatIf.Stars, changed(s.Change).text)
	for _, d := range s.Differences {
		t.add(whole(int64(d.Entry)), words(d.Day), words(d.Title), spent(d.Raw), spent(d.InForce), spent(d.WhatIf), changed(d.Change),
			words(explain(d.Before)), words(explain(d.After)))
	}
	return t
}

func whatIfStarsTable(b figures.WhatIfStars) table {
	t := table{title: titled("假如 星级榜", b.Division), heads: []string{"志愿者编号", "现行星级", "假如星级", "现行认定(分钟)", "假如认定(分钟)", "相差(分钟)"}}
	t.footing(b.Footing)
	t.suppose(b.Supposed)
	if t.withheld(b.Suppressed) {
		return t
	}
	t.line("现行 %s；假如 %s；相差 %s", b.InForce.Recognised.Text, b.WhatIf.Recognised.Text, changed(b.Change).text)
	for _, r := range b.Rows {
		t.add(words(r.Person), whole(int64(r.InForce.Stars)), whole(int64(r.Rating.Stars)), spent(r.InForce.Recognised), spent(r.Rating.Recognised), changed(r.Change))
	}
	return t
}

func whatIfStandingTable(b figures.WhatIfStanding) table {
	t := table{title: titled("假如 学习之星", b.Division, periodWords(b.Period)), heads: []string{"学员编号", "现行名次", "假如名次", "次数", "月数", "时长(分钟)"}}
	t.footing(b.Footing)
	t.suppose(b.Supposed)
	t.withheld(b.Suppressed)
	for _, r := range b.Rows {
		t.add(words(r.Person), whole(r.RankInForce), whole(r.Rank), whole(r.Study.PersonTimes), whole(r.Study.Months), spent(r.Study.Time))
	}
	return t
}
