package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhishu/api/figures"
)

func starTable(b figures.StarBoard) table {
	t := table{title: titled("星级榜", b.Division), heads: []string{"志愿者编号", "星级", "认定时长(分钟)", "信用时数(分钟)", "荣誉时数(分钟)", "达到日期", "说明"}}
	t.footing(b.Footing)
	if t.withheld(b.Suppressed) {
		return t
	}
	t.line("成员 %d，有已确认服务 %d，认定 %s；外来 %d 人 %s", b.Members, b.Active, b.Total.Recognised.Text, b.Outside.Persons, b.Outside.Time.Text)
	for _, r := range b.Rows {
		t.add(words(r.Person), whole(int64(r.Rating.Stars)), spent(r.Rating.Recognised), spent(r.Rating.Credit), spent(r.Rating.Honour),
			words(r.Rating.ReachedOn), words(explain(r.Rating.Explanation)))
	}
	return t
}

func standingTable(b figures.StandingBoard) table {
	t := table{title: titled("学习之星", b.Division, periodWords(b.Period)), heads: []string{"名次", "学员编号", "次数", "月数", "时长(分钟)", "说明"}}
	t.footing(b.Footing)
	if t.withheld(b.Suppressed) {
		return t
	}
	t.line("方案 %s；列入排名 %d，未达起点 %d；外来 %d 人次", b.Policy, b.Ranked, b.Unranked, b.Outside.PersonTimes)
	for _, r := range b.Rows {
		t.add(whole(r.Rank), words(r.Person), whole(r.Study.PersonTimes), whole(r.Study.Months), spent(r.Study.Time), words(explain(r.Explanation)))
	}
	return t
}

func participationTable(p figures.Participation) table {
	t := table{title: titled("参学率", p.Division, periodWords(p.Period)), heads: []string{"口径", "参学人数", "参学人次", "基数", "参学人数率", "参学人次比", "说明"}}
	t.footing(p.Footing)
	t.line("定义 %s，人口截至 %s", p.Policy, p.On)
	t.withheld(p.Suppressed)
	if t.withheld(p.Monthly) {
		t.line("以上仅指各月 of the months only")
	}
	for _, r := range p.Rates {
		if r.Suppressed != nil {
			t.add(words(r.BasisZh), words(""), words(""), words(""), words(""), words(""), words(r.Suppressed.Zh))
			continue
		}
		t.add(words(r.BasisZh), whole(r.Persons.Numerator), whole(r.Times.Numerator), whole(r.Persons.Denominator),
			words(r.Persons.Percent), words(r.Times.Percent), words(strings.Join(r.Missing, " ")))
	}
	for _, m := range p.Months {
		t.line("%s 场次 sessions: %s", m.Month, sessionWords(m.Sessions, m.Withheld))
	}
	return t
}

// sessionWords lists the sessions of a month by layer, and says that some are
// withheld.
func sessionWords(layers []figures.LayerSessions, why *figures.Suppressed) string {
	var out []string
	for _, s := range layers {
		if s.Unnamed == nil {
			out = append(out, fmt.Sprintf("%s ≥%d", layerWords(s.Layer), s.Named))
			continue
		}
		out = append(out, fmt.Sprintf("%s %d", layerWords(s.Layer), s.Named+*s.Unnamed))
	}
	if why != nil {
		out = append(out, "其余无场次编号的："+why.Zh)
	}
	return strings.Join(out, "，")
}

// withheld says why a figure is not shown, if it is not.
func (t *table) withheld(s *figures.Suppressed) bool {
	if s != nil {
		t.line("%s %s", s.Zh, s.En)
	}
	return s != nil
}

func donationsTable(d figures.Donations) table {
	t := table{title: titled("捐赠合计", d.Division, periodWords(d.Period)), heads: []string{"项", "笔数", "金额(元)"}}
	t.footing(d.Footing)
	t.line("已更正 corrected %d，待批更正 pending %d", d.Corrected, d.Pending)
	add := func(what string, g figures.Gifts) { t.add(words(what), whole(g.Count), fen(g.Amount)) }
	add("合计", d.Total)
	for _, m := range d.ByMonth {
		add(m.Month, m.Gifts)
	}
	for _, m := range d.ByDonor {
		add("捐赠人 "+donorWords.of(m.DonorKind), m.Gifts)
	}
	for _, m := range d.ByImport {
		add("导入 "+m.Import, m.Gifts)
	}
	return t
}

var trailHeads = []string{"捐赠", "状态", "日期", "金额(元)", "起(账本位置)", "止", "来源导入", "行"}

func trailTable(d figures.DonationTrail) table {
	t := table{title: titled("捐赠", d.Donation), heads: trailHeads}
	t.footing(d.Footing)
	t.trail(d)
	return t
}

func correctionsTable(c figures.Corrections) table {
	t := table{title: "更正", heads: trailHeads}
	t.footing(c.Footing)
	for _, d := range c.Rows {
		t.trail(d)
	}
	return t
}

func (t *table) trail(d figures.DonationTrail) {
	for _, v := range d.Versions {
		t.add(words(d.Donation), words(v.StateZh), words(v.Day), fen(v.Amount), words(size(v.From)), words(size(v.To)), words(v.Import), whole(int64(v.Row)))
	}
}

func importsTable(b figures.Imports) table {
	t := table{title: "导入记录", heads: []string{"编号", "类别", "开始", "状态", "行", "接受", "拒绝", "更正", "疑似相同", "合计(元)"}}
	t.footing(b.Footing)
	for _, i := range b.Rows {
		state := "完成"
		if i.Status == "running" {
			state = "未完成"
		}
		o := i.Outcome
		if o == nil {
			o = &figures.ImportOutcome{}
		}
		t.add(words(i.Import), words(importWords.of(i.Kind)), words(i.StartedOn), words(state), whole(i.Rows), whole(o.Accepted), whole(o.Refused),
			whole(o.Corrected), whole(o.LookAlikes), fen(o.Amount))
	}
	return t
}

func statementTable(s figures.Statement) table {
	t := table{title: titled("个人清单", s.Person), heads: []string{"序号", "日期", "类别", "内容", "时长(分钟)", "认定(分钟)", "状态", "为什么", "经过"}}
	t.footing(s.Footing)
	t.line("服务 %s，%d 星；%s", s.Service.Recognised.Text, s.Service.Stars, explain(s.Service.Explanation))
	t.line("学习 %d 次，%d 个月，%s", s.Study.PersonTimes, s.Study.Months, s.Study.Time.Text)
	for _, c := range s.CheckIns {
		under := ""
		if c.Person != "" {
			under = "（编号 " + c.Person + "）"
		}
		t.line("未签退 %s %s%s：%s", wallClock(c.At), c.Title, under, c.Why.Zh)
	}
	for _, k := range s.KeyExports {
		t.line("%s", k.Zh)
	}
	var under []string
	for _, e := range s.Entries {
		under = append(under, cmp.Or(e.Person, s.Person))
		recognised := words("")
		if e.Recognised != nil {
			recognised = spent(*e.Recognised)
		}
		var life []string
		for _, step := range e.Life {
			life = append(life, wallDay(step.At)+" "+step.Zh)
		}
		t.add(whole(int64(e.Entry)), words(e.Deed.Day), words(entryWords.of(e.Kind)), words(e.Deed.Title), spent(e.Raw), recognised, words(e.StatusZh),
			words(explain(e.Why)), words(strings.Join(life, "；")))
	}
	t.given(s.Giving)
	if s.Giving != nil {
		for _, g := range s.Giving.Gifts {
			under = append(under, cmp.Or(g.Person, s.Person))
		}
	}
	t.numbered(s, under)
	return t
}

func flagTable(f figures.Flags) table {
	t := table{title: titled("核查标记", f.Division), heads: []string{"标记", "种类", "日期", "社区", "志愿者编号", "说明", "现状", "依据"}}
	t.footing(f.Footing)
	t.line("待核查 open %d，已核查 reviewed %d", f.Open, f.Reviewed)
	for _, x := range f.Rows {
		status := flagStates.of(x.Status)
		if x.Review != nil {
			status = findingWords.of(x.Review.Outcome) + " " + x.Review.By
		}
		var facts []string
		for _, fact := range x.Facts {
			facts = append(facts, fact.Stream+"@"+strconv.FormatUint(fact.Revision, 10))
		}
		t.add(words(x.Flag), words(flagWords.of(x.Kind)), words(x.Day), words(x.Community), words(x.Person), words(x.Zh), words(status), words(strings.Join(facts, " ")))
	}
	return t
}

// storyTable tells a statement sentence by sentence.
func storyTable(s figures.Statement) table {
	t := table{title: titled("个人清单（经过）", s.Person), heads: []string{"记录", "经过", "in English"}}
	t.footing(s.Footing)
	var under []string
	tell := func(what, number string, story []figures.Sentence) {
		for _, line := range story {
			t.add(words(what), words(line.Zh), words(line.En))
			under = append(under, number)
		}
	}
	for _, e := range s.Entries {
		tell(strconv.FormatUint(uint64(e.Entry), 10), cmp.Or(e.Person, s.Person), e.Story)
	}
	for _, r := range s.Reports {
		tell("漏记 "+strconv.FormatUint(uint64(r.Report), 10), cmp.Or(r.Person, s.Person), r.Story)
	}
	if s.Giving != nil {
		t.line("%s %s", s.Giving.Note.Zh, s.Giving.Note.En)
		for _, g := range s.Giving.Gifts {
			tell("捐赠 "+g.Donation, cmp.Or(g.Person, s.Person), g.Story)
		}
	}
	tell("本人", "", s.Changes) // the sentences say which numbers
	for _, k := range s.KeyExports {
		tell("督查", cmp.Or(k.Person, s.Person), []figures.Sentence{k.Sentence})
	}
	t.numbered(s, under)
	return t
}

// numbered puts beside the first column of a statement under which of the person's
// numbers each row stands, as commands ask for it, where there is more than one.
func (t *table) numbered(s figures.Statement, under []string) {
	if !s.SeveralNumbers() {
		return
	}
	t.heads = slices.Insert(t.heads, 1, "志愿者编号")
	for i, number := range under {
		t.rows[i] = slices.Insert(t.rows[i], 1, words(number).value)
		t.texts[i] = slices.Insert(t.texts[i], 1, number)
	}
}

func explain(clauses []figures.Clause) string {
	texts := make([]string, len(clauses))
	for i, c := range clauses {
		texts[i] = c.Zh
	}
	return strings.Join(texts, "；")
}

// size is a ledger size, or nothing where there is none.
func size(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
