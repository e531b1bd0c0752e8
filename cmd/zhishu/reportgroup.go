package main

import (
	"fmt"
	"strings"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
	"zhishu/sheets"
)

// groupStandings is the board of households, buildings or organisations.
func (c *standingsReport) groupStandings(p *program, kind domain.SubjectKind) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.GroupBoard, error) {
		board, err := v.GroupStanding(c.division(), kind, c.period(v))
		if err != nil {
			return figures.GroupBoard{}, err
		}
		rows := board.Rows
		if c.Limit > 0 {
			rows = rows[:min(len(rows), c.Limit)]
		}
		return figures.GroupBoardOf(board, rows), nil
	}, groupBoardTable)
}

type teamsReport struct {
	place
	dated
	view
}

func (c *teamsReport) Run(p *program) error {
	return spanReport(p, c.place, c.dated, c.view, (*projections.View).Teams, figures.TeamsOf, teamsTable)
}

type trainingReport struct {
	place
	dated
	view
}

func (c *trainingReport) Run(p *program) error {
	return spanReport(p, c.place, c.dated, c.view, (*projections.View).Training, figures.TrainingOf, trainingTable)
}

type sessionsReport struct {
	place
	dated
	view
}

func (c *sessionsReport) Run(p *program) error {
	sessions := func(v *projections.View, d domain.Division, period domain.Period) (projections.LayerMonths, error) {
		return v.Sessions(c.division(), c.period(v)), nil
	}
	return spanReport(p, c.place, c.dated, c.view, sessions, figures.SessionsOf, sessionsTable)
}

type scorecardReport struct {
	Community communityFlag `required:"" placeholder:"CODE" zh:"社区的 12 位代码" help:"The community's 12-digit code."`
	dated
	view
}

func (c scorecardReport) division() domain.Division { return c.Community.code().Division() }

func (c *scorecardReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Scorecard, error) {
		card, err := v.Scorecard(c.Community.code(), c.period(v))
		return figures.ScorecardOf(card), err
	}, scorecardTable)
}

// spanReport prints a figure of a division and period.
func spanReport[P, F any](p *program, in place, of dated, w view, make func(*projections.View, domain.Division, domain.Period) (P, error), tell func(P) F, tabulate func(F) table) error {
	return report(p, w, func(v *projections.View, _ reader) (F, error) {
		made, err := make(v, in.division(), of.period(v))
		return tell(made), err
	}, tabulate)
}

func groupBoardTable(b figures.GroupBoard) table {
	t := table{title: titled("学习之星", starWords.of(b.Kind), b.Division, periodWords(b.Period)), heads: []string{"名次", "编号", "名称", "成员", "参学", "人次", "时长(分钟)", "说明"}}
	t.footing(b.Footing)
	t.line("方案 %s，成员按 %s；列入排名 %d，未达起点 %d", b.Policy, b.On, b.Ranked, b.Unranked)
	for _, r := range b.Rows {
		if r.Suppressed != nil {
			t.add(whole(r.Rank), words(r.Group), words(r.Name), words(""), words(""), words(""), words(""), words(r.Suppressed.Zh))
			continue
		}
		var why []string
		for _, c := range r.Criteria {
			why = append(why, c.Zh)
		}
		t.add(whole(r.Rank), words(r.Group), words(r.Name), whole(*r.Members), whole(*r.Participants), whole(*r.PersonTimes), spent(*r.Time),
			words(strings.Join(append(why, explain(r.Explanation)), "；")))
	}
	return t
}

func teamsTable(f figures.Teams) table {
	t := table{title: titled("志愿服务队", f.Division, periodWords(f.Period)), heads: []string{"编号", "名称", "社区", "成员", "有服务", "记录", "原始时长(分钟)", "认定时长(分钟)", "活动日", "说明"}}
	t.footing(f.Footing)
	for _, r := range f.Rows {
		if r.Suppressed != nil {
			t.add(words(r.Team), words(r.Name), words(r.Community), words(""), words(""), words(""), words(""), words(""), words(""), words(r.Suppressed.Zh))
			continue
		}
		t.add(words(r.Team), words(r.Name), words(r.Community), whole(*r.Members), whole(*r.Active), whole(*r.Entries), spent(*r.Time), spent(*r.Recognised), whole(*r.Days), words(""))
	}
	return t
}

func trainingTable(f figures.Training) table {
	t := table{title: titled("培训率", f.Division, periodWords(f.Period)), heads: []string{"受训成员", "登记成员", "培训率", "说明"}}
	t.footing(f.Footing)
	t.line("定义 %s，计入 %s，成员按 %s", f.Policy, strings.Join(f.Categories, "、"), f.On)
	if f.Suppressed != nil {
		t.add(words(""), words(""), words(""), words(f.Suppressed.Zh))
		return t
	}
	t.add(whole(f.Rate.Numerator), whole(f.Rate.Denominator), words(f.Rate.Percent), words(""))
	return t
}

func sessionsTable(f figures.LayerMonths) table {
	t := table{title: titled("分层学习场次", f.Division, periodWords(f.Period)), heads: []string{"月份", "分层场次", "还差", "各层次"}}
	t.footing(f.Footing)
	t.line("每月目标 %d 次 (%s)", f.Target, f.Policy)
	for _, m := range f.Months {
		missing := whole(m.Missing)
		if m.Unknown {
			missing = words("")
		}
		t.add(words(m.Month), whole(m.Layered), missing, words(sessionWords(m.Layers, m.Withheld)))
	}
	return t
}

func scorecardTable(f figures.Scorecard) table {
	t := table{title: titled("学习型社区标准", f.Community, periodWords(f.Period)), heads: []string{"项目", "目标", "达到", "基数/期数", "达标", "还差", "依据(条)", "说明", "依据"}}
	t.footing(f.Footing)
	t.line("标准 %s；%d 项中达标 %d 项", f.Policy, len(f.Rows), f.Met)
	for _, r := range f.Rows {
		met, value, of := "否", words(""), words("")
		if r.Met {
			met = "是"
		}
		switch {
		case r.Count != nil:
			value = whole(*r.Count)
		case r.Value != nil:
			value, of = whole(r.Value.Numerator), whole(r.Value.Denominator)
		}
		facts := words("")
		if len(r.Facts) > 0 { // in the spreadsheet beside the item, on the terminal below
			facts = cell{sheets.TextValue(evidence(r.Facts)), "见下"}
			t.below = append(t.below, fmt.Sprintf("%s（%d）：%s", r.Name, r.FactCount, evidence(r.Facts)))
		}
		t.add(words(r.Name), whole(r.Target), value, of, words(met), whole(r.Missing), whole(r.FactCount), words(r.Zh), facts)
	}
	return t
}

// evidence names the facts behind an item, the first of them.
func evidence(facts []figures.FactRef) string {
	var lines []string
	for _, f := range facts {
		line := []string{f.Day}
		if f.Title != "" {
			line = append(line, f.Title)
		}
		if f.Sessions > 0 {
			line = append(line, fmt.Sprint(f.Sessions, "次"))
		}
		place := f.Stream
		if f.Revision != nil {
			place = fmt.Sprintf("%s@%d", place, *f.Revision)
		}
		lines = append(lines, strings.Join(append(line, place), " "))
	}
	return strings.Join(lines, "；")
}
