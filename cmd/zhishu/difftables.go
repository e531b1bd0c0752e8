package main

import (
	"math"
	"strings"

	"zhishu/api/figures"
)

// most is the number of rows asked for.
func (s scope) most() int {
	if s.Limit <= 0 {
		return math.MaxInt
	}
	return s.Limit
}

func diffStatementTable(s *figures.StatementDiff) table {
	t := table{title: "个人清单的变动 " + s.Person, heads: []string{"序号", "变动", "认定之差(分钟)", "事件", "账号", "账本位置", "经过", "in English"}}
	t.between(s.Between, s.Footing)
	t.line("%s %d 星 → %s %d 星；相差 %d 分钟", s.Before.Service.Recognised.Text, s.Before.Service.Stars,
		s.After.Service.Recognised.Text, s.After.Service.Stars, s.Change)
	t.line("学习 %d 次 → %d 次", s.Before.Study.Sessions, s.After.Study.Sessions)
	for _, why := range s.Why {
		t.line("%s %s", why.Zh, why.En)
	}
	kinds := map[string]string{"came": "新增", "went": "去除", "changed": "改变"}
	for _, e := range s.Entries {
		line := func(change cell, event, by, at, zh, en string) {
			t.add(whole(int64(e.Entry)), words(kinds[e.Kind]), change, words(event), words(by), words(at), words(zh), words(en))
		}
		for i, told := range e.Story {
			change := words("")
			if i == len(e.Story)-1 {
				change = whole(e.Change)
			}
			if i < len(e.Events) {
				did := e.Events[i]
				line(change, did.Event, did.By, size(did.LedgerSize), told.Zh, told.En)
				continue
			}
			line(change, "", "", "", told.Zh, told.En)
		}
	}
	return t
}

// board says of all persons of a difference of boards.
func (t *table) board(b figures.BoardDiff) (shown bool) {
	if t.withheld(b.Suppressed) {
		return false
	}
	t.line("新列 came %d，退出 went %d，有变动 changed %d，仅名次移动 moved %d；未列出 left out %d", b.Came, b.Went, b.Changed, b.Moved, b.Left)
	return true
}

func diffStarsTable(d *figures.StarsDiff) table {
	t := table{title: "星级榜的变动 " + d.Division, heads: []string{"志愿者编号", "原名次", "现名次", "说明", "in English", "事实"}}
	t.between(d.Between, d.Footing)
	if !t.board(d.BoardDiff) {
		return t
	}
	for _, r := range d.Rows {
		was, is := words(""), words("")
		if r.Before != nil {
			was = whole(r.Before.Rank)
		}
		if r.After != nil {
			is = whole(r.After.Rank)
		}
		t.add(words(r.Person), was, is, words(r.Zh), words(r.En), words(factWords(r.Facts)))
	}
	return t
}

func diffStandingTable(d *figures.StandingDiff) table {
	t := table{title: "学习之星的变动 " + d.Division + " " + d.Period, heads: []string{"学员编号", "原名次", "现名次", "说明", "in English", "事实"}}
	t.between(d.Between, d.Footing)
	if !t.board(d.BoardDiff) {
		return t
	}
	for _, r := range d.Rows {
		was, is := words(""), words("")
		if r.Before != nil {
			was = whole(r.Before.Rank)
		}
		if r.After != nil {
			is = whole(r.After.Rank)
		}
		t.add(words(r.Person), was, is, words(r.Zh), words(r.En), words(factWords(r.Facts)))
	}
	return t
}

func factWords(facts []figures.FactMove) string {
	var list []string
	for _, f := range facts {
		list = append(list, f.Zh)
	}
	return strings.Join(list, "")
}

func diffParticipationTable(d *figures.ParticipationDiff) table {
	t := table{title: "参学率的变动 " + d.Division + " " + d.Period, heads: []string{"", "口径", "参学人数", "参学人次", "基数", "参学人数率", "参学人次比"}}
	t.between(d.Between, d.Footing)
	t.line("定义 definition %s → %s", d.Definition.Before, d.Definition.After)
	if t.withheld(d.Suppressed) {
		return t
	}
	t.line("计入的记录 facts：新增 came %d，去除 went %d，涉及 persons %d 人", d.Came, d.Went, d.Persons)
	for _, side := range []struct {
		name string
		of   *figures.Participation
	}{{"原 before", d.Before}, {"现 after", d.After}} {
		for _, r := range side.of.Rates {
			if r.Suppressed != nil {
				t.add(words(side.name), words(r.BasisZh), words(r.Suppressed.Zh), words(""), words(""), words(""), words(""))
				continue
			}
			t.add(words(side.name), words(r.BasisZh), whole(r.Persons.Numerator), whole(r.Times.Numerator), whole(r.Persons.Denominator),
				words(r.Persons.Percent), words(r.Times.Percent))
		}
	}
	for _, f := range d.Facts {
		t.below = append(t.below, f.Zh+" "+f.En)
	}
	return t
}
