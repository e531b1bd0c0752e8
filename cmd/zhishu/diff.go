package main

import (
	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type diffCmd struct {
	Statement     diffStatement     `cmd:"" zh:"个人清单：哪些记录和捐赠新增、去除、改变，由哪些事件引起" help:"Entries and gifts that came, went or changed, and the events that did it." example:"zhishu diff statement --person 430702001007/R-0001 --from 2000"`
	Stars         diffStars         `cmd:"" zh:"星级榜：哪些人新增、去除、变星、变名次" help:"Persons who came, went, changed or moved." example:"zhishu diff stars --division 430702001007 --from 2000"`
	Standings     diffStandings     `cmd:"" zh:"学习之星：哪些人新增、去除、变数、变名次" help:"Persons who came, went, changed or moved." example:"zhishu diff standings --division 430702001007 --from 2000"`
	Participation diffParticipation `cmd:"" zh:"参学率：分子、分母、口径与有关事实的变动" help:"Numerator, denominator, definition and facts." example:"zhishu diff participation --division 430702001007 --from 2000"`
}

// twoPoints are the two points of view of a difference.
type twoPoints struct {
	Data      string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；不影响正在运行的服务" help:"The ledger's directory (${default}); a running server is not disturbed."`
	From      asOfFlag `required:"" placeholder:"SIZE|DATE" zh:"较早的时点：账本位置（120000）或日期（2026-03-31）" help:"The earlier point of view."`
	To        asOfFlag `placeholder:"SIZE|DATE" zh:"较晚的时点（默认现在）；与 --from 相同并写 --under，即比较两种规则" help:"The later one (default: now). The same as --from, with --under, compares two rules."`
	Under     string   `placeholder:"RULE" zh:"较晚的时点假如适用某规则：已通过的版本（counting-all/1）或范例名；不作记录" help:"Suppose an adopted version (counting-all/1) or an example at the later point; nothing is recorded."`
	FromUnder string   `placeholder:"RULE" zh:"较早的时点假如适用某规则" help:"Suppose one at the earlier point."`
	JSON      bool     `xor:"form" zh:"输出 JSON，与接口的答复相同" help:"Print JSON, as the API answers."`
	CSV       bool     `name:"csv" xor:"form" zh:"输出 CSV（UTF-8 带 BOM），可用表格软件打开" help:"Print CSV (UTF-8 with BOM) for a spreadsheet."`
	XLSX      string   `name:"xlsx" xor:"form" placeholder:"FILE" zh:"写成 Excel 工作簿" help:"Write a workbook."`
	backend
}

// differ opens the ledger for reading, compares and prints.
func differ[T any](p *program, s twoPoints, goesBy []domain.PolicyKind, make func(before, after *projections.View, log reader) (T, *figures.Between, error), tabulate func(T) table) error {
	asOf := view{Data: s.Data, AsOf: s.To, JSON: s.JSON, CSV: s.CSV, XLSX: s.XLSX, backend: s.backend}
	return report(p, asOf, func(v *projections.View, log reader) (out T, err error) {
		if err := s.From.Come(newestDay(v)); err != nil {
			return out, err
		}
		if s.From.LaterThan(s.To.AsOf) {
			return out, projections.ErrBackwards
		}
		before, err := v.BackTo(s.From.AsOf)
		if err != nil {
			return out, err
		}
		before, after, suppose, err := figures.Differ(before, v, s.FromUnder, s.Under, goesBy)
		if err != nil {
			return out, notSupposed(err)
		}
		out, between, err := make(before, after, log)
		if err == nil {
			suppose(between)
		}
		return out, err
	}, tabulate)
}

// between says which two points of view a table compares.
func (t *table) between(b figures.Between, later figures.Footing) {
	t.footing(later)
	t.line("自账本位置 from ledger size %d（截至 %s）%s", b.From.LedgerSize, b.From.Day, ruledBy(b.From.Policies))
	for _, r := range b.Rules {
		t.line("其间通过 adopted between: 《%s》 %s，账本位置 ledger size %d", r.Title, r.Policy, r.LedgerSize)
	}
	if b.FromUnder != "" || b.Under != "" {
		t.line("假如适用 supposed: %s → %s；并未记录 nothing is recorded", ruleOr(b.FromUnder), ruleOr(b.Under))
	}
}

func ruleOr(rule string) string {
	if rule == "" {
		return "现行 in force"
	}
	return rule
}

type diffStatement struct {
	personFlag
	twoPoints
}

func (c *diffStatement) Run(p *program) error {
	id, err := c.id(p, c.at(c.Data))
	if err != nil {
		return err
	}
	return differ(p, c.twoPoints, projections.ServiceRules, func(before, after *projections.View, log reader) (*figures.StatementDiff, *figures.Between, error) {
		d, err := after.DiffStatement(p.ctx, log, before, id)
		if err != nil {
			return nil, nil, err
		}
		gifts, err := after.DiffGifts(p.ctx, log, before, id)
		out := figures.StatementDiffOf(d)
		out.Giving = figures.GiftChangesOf(gifts)
		return &out, &out.Between, err
	}, diffStatementTable)
}

type diffStars struct {
	place
	rows
	twoPoints
}

func (c *diffStars) Run(p *program) error {
	return differ(p, c.twoPoints, projections.ServiceRules, func(before, after *projections.View, log reader) (*figures.StarsDiff, *figures.Between, error) {
		diff := after.DiffStars(before, c.division(), c.most())
		err := after.NameMoves(p.ctx, log, diff.Moves())
		out := figures.StarsDiffOf(diff)
		return &out, &out.Between, err
	}, diffStarsTable)
}

type diffStandings struct {
	place
	dated
	rows
	twoPoints
}

func (c *diffStandings) Run(p *program) error {
	return differPeriod(p, c.place, c.dated, c.rows, c.twoPoints, projections.StudyRules, (*projections.View).DiffStanding, figures.StandingDiffOf,
		func(d *figures.StandingDiff) *figures.Between { return &d.Between }, diffStandingTable)
}

type diffParticipation struct {
	place
	dated
	rows
	twoPoints
}

func (c *diffParticipation) Run(p *program) error {
	return differPeriod(p, c.place, c.dated, c.rows, c.twoPoints, projections.RateRules, (*projections.View).DiffParticipation, figures.ParticipationDiffOf,
		func(d *figures.ParticipationDiff) *figures.Between { return &d.Between }, diffParticipationTable)
}

// differPeriod compares a figure of a division and a period.
func differPeriod[D projections.Differs, T any](p *program, in place, of dated, shown rows, s twoPoints, goesBy []domain.PolicyKind,
	compare func(after, before *projections.View, d domain.Division, period domain.Period, limit int) (D, error),
	tell func(D) T, between func(*T) *figures.Between, tabulate func(*T) table,
) error {
	return differ(p, s, goesBy, func(before, after *projections.View, log reader) (*T, *figures.Between, error) {
		diff, err := compare(after, before, in.division(), of.period(after), shown.most())
		if err != nil {
			return nil, nil, err
		}
		if err := after.NameMoves(p.ctx, log, diff.Moves()); err != nil {
			return nil, nil, err
		}
		out := tell(diff)
		return &out, between(&out), nil
	}, tabulate)
}
