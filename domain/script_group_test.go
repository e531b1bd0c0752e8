package domain_test

import (
	"strconv"
	"strings"

	"zhishu/domain"
)

// groupVerbs: 户 一号 登记 …, and the like for 楼院, 单位 and 队.
func (l *ledger) groupVerbs() map[string]func() domain.Command {
	w := l.args
	ref := groupRef(w.at(0), w.at(1))
	return map[string]func() domain.Command{
		"登记": func() domain.Command {
			return &domain.RegisterGroup{
				Group: ref, Community: community(w.at(3)), Name: w.option("名称", w.at(1)), Door: w.option("门牌", ""),
				Within: group(w.option("属", "")), CreditCode: w.option("信用代码", ""), From: since(w.option("自", "起初")),
			}
		},
		"更名": func() domain.Command {
			return &domain.RenameGroup{Group: ref, Name: w.at(3), Door: w.option("门牌", ""), From: day(w.option("自", ""))}
		},
		"划归": func() domain.Command {
			return &domain.MoveGroup{Group: ref, Community: community(w.at(3)), From: day(w.option("自", ""))}
		},
		"撤销": func() domain.Command {
			return &domain.CloseGroup{Group: ref, To: day(w.option("至", ""))}
		},
	}
}

// succession: 社区 代码 接替 后继代码,后继代码 自 日期.
func (l *ledger) succession() domain.Command {
	w := l.args
	c := &domain.SucceedCommunity{Code: community(w.at(1)), From: day(w.option("自", "")), Source: w.option("来源", "批复")}
	if w.at(3) == "无" {
		return c
	}
	for _, code := range strings.Split(w.at(3), ",") {
		c.Successors = append(c.Successors, community(code))
	}
	return c
}

// counted: 社区 代码 登记数 类别 日期 [名称= 数= 人数= 时长= 凭据=].
func (l *ledger) counted() domain.Command {
	w := l.args
	c := &domain.CountFact{
		Code: community(w.at(1)), Kind: domain.CountKind(w.at(3)), Day: day(w.at(4)), Title: w.option("名称", ""),
		Count: w.number("数"), People: w.number("人数"), Minutes: l.optionalMinutes("时长"),
	}
	for _, kind := range w.list("凭据") {
		c.Evidence = append(c.Evidence, domain.Evidence{Kind: domain.EvidenceKind(literal(kind))})
	}
	return c
}

func (l *ledger) guardian() domain.PersonID {
	if label := l.args.option("监护人", ""); label != "" {
		return l.person(label)
	}
	return domain.PersonID{}
}

func layers(list []string) (out []domain.Layer) {
	for _, layer := range list {
		out = append(out, domain.Layer(literal(layer)))
	}
	return out
}

// groupQuery answers what is asked about a group: 户 一号 现状.
func (l *ledger) groupNow() string {
	g := l.state(groupRef(l.args.at(0), l.args.at(1)).Stream()).(*domain.Group)
	if !g.Exists {
		return "无"
	}
	text := g.Name + " " + g.Community.String()
	if g.To < domain.MaxDay {
		text += " 至" + g.To.String()
	}
	return text
}

// learning lists what a community has named: 社区 代码 学习型 日期.
func (l *ledger) learning() string {
	s := l.state(community(l.args.at(1)).Stream()).(*domain.Community)
	n := 0
	for _, d := range s.Learning {
		if on := day(l.args.at(3)); d.From <= on && on <= d.To {
			n++
		}
	}
	return strconv.Itoa(n) + "个"
}

// membershipsNow lists a person's memberships of a kind: 甲 各属 户.
func (l *ledger) membershipsNow() string {
	var out []string
	for _, m := range l.personState(l.args.at(0)).Memberships {
		if m.Kind == membershipKinds[l.args.at(2)] {
			out = append(out, m.From.String()+"…"+m.To.String())
		}
	}
	if len(out) == 0 {
		return "无"
	}
	return strings.Join(out, " ")
}

// consentsFrom is the day from which a person consents alone.
func (l *ledger) consentsFrom() string {
	if d := l.personState(l.args.at(0)).Enrolled.ConsentsFrom(); d != domain.MinDay {
		return d.String()
	}
	return "不限"
}

// overlapping lists what two numbers of one person have at the same time.
func (l *ledger) overlapping() string {
	var out []string
	for _, p := range domain.Overlapping(l.personState(l.args.at(0)), l.personState(l.args.at(2))) {
		out = append(out, "记录"+strconv.Itoa(int(p[0]))+"与记录"+strconv.Itoa(int(p[1])))
	}
	if len(out) == 0 {
		return "无"
	}
	return strings.Join(out, " ")
}
