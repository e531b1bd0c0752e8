package main

import (
	"fmt"
	"strings"

	"zhishu/api/figures"
)

func diffStatementTable(s *figures.StatementDiff) table {
	t := table{title: titled("个人清单的变动", s.Person), heads: []string{"序号", "变动", "认定之差(分钟)", "事件", "账号", "账本位置", "经过", "in English"}}
	t.between(s.Between, s.Footing)
	t.line("%s %d 星 → %s %d 星；相差 %s", s.Before.Service.Recognised.Text, s.Before.Service.Stars,
		s.After.Service.Recognised.Text, s.After.Service.Stars, changed(s.Change).text)
	t.line("学习 %d 次 → %d 次", s.Before.Study.PersonTimes, s.After.Study.PersonTimes)
	for _, why := range s.Why {
		t.line("%s %s", why.Zh, why.En)
	}
	for _, e := range s.Entries {
		t.told(whole(int64(e.Entry)), changeWords.of(e.Kind), e.Change, e.Events, e.Story)
	}
	for _, r := range s.Reports {
		t.told(whole(int64(r.Report)), "漏记申报"+changeWords.of(r.Kind), 0, r.Events, r.Story)
	}
	for _, c := range s.CheckIns {
		t.told(whole(int64(c.CheckIn)), "未签退"+changeWords.of(c.Kind), 0, c.Events, c.Story)
	}
	if s.Giving != nil {
		for _, g := range *s.Giving {
			t.told(words(g.Donation), "捐赠"+changeWords.of(g.Kind), 0, g.Events, g.Story)
		}
	}
	return t
}

// told adds the story of a change line by line: first the events, each with its
// name, and at the end what it comes to.
func (t *table) told(what cell, kind string, minutes int64, events []figures.ChangeEvent, story []figures.DiffSentence) {
	for i, told := range story {
		change, event, by, at := words(""), "", "", ""
		if i == len(story)-1 {
			change = changed(minutes)
		}
		if i < len(events) {
			event, by, at = events[i].Event, events[i].By, size(events[i].LedgerSize)
		}
		t.add(what, words(kind), change, words(event), words(by), words(at), words(told.Zh), words(told.En))
	}
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
	t := boardTable("星级榜的变动 "+d.Division, "志愿者编号", d.Between, d.Footing)
	if t.board(d.BoardDiff) {
		for i := range d.Rows {
			t.moved(&d.Rows[i].MovedPerson)
		}
	}
	return t
}

func diffStandingTable(d *figures.StandingDiff) table {
	t := boardTable("学习之星的变动 "+d.Division+" "+d.Period, "学员编号", d.Between, d.Footing)
	if t.board(d.BoardDiff) {
		for i := range d.Rows {
			t.moved(&d.Rows[i].MovedPerson)
		}
	}
	return t
}

func boardTable(title, person string, b figures.Between, later figures.Footing) table {
	t := table{title: title, heads: []string{person, "原名次", "现名次", "说明", "in English", "事实"}}
	t.between(b, later)
	return t
}

// moved adds a person's line.
func (t *table) moved(m *figures.MovedPerson) {
	var ranks [2]cell
	for i, rank := range m.Ranks {
		if ranks[i] = words(""); rank != 0 {
			ranks[i] = whole(rank)
		}
	}
	t.add(words(m.Person), ranks[0], ranks[1], words(m.Zh), words(m.En), words(factWords(m.Facts)))
}

func factWords(facts []figures.FactMove) string {
	var list []string
	for _, f := range facts {
		list = append(list, f.Zh)
	}
	return strings.Join(list, "")
}

func diffParticipationTable(d *figures.ParticipationDiff) table {
	t := table{title: titled("参学率的变动", d.Division, periodWords(d.Period)), heads: []string{"时点", "口径", "参学人数", "参学人次", "基数", "参学人数率", "参学人次比"}}
	t.between(d.Between, d.Footing)
	t.line("定义 definition %s → %s", d.Policy.Before, d.Policy.After)
	if t.withheld(d.Suppressed) {
		return t
	}
	t.line("计入的记录 facts：新增 came %d，去除 went %d，涉及 persons %d 人", d.Came, d.Went, d.Persons)
	for _, side := range []struct {
		name string
		of   *figures.Participation
	}{{"原", d.Before}, {"现", d.After}} {
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
		t.below = append(t.below, fmt.Sprintf("志愿者 %s %s %s", strings.TrimPrefix(f.Stream, "person-"), f.Zh, f.En))
	}
	return t
}
