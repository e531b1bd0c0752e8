package registers

import (
	"slices"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

func (s Source) participation(r *Register) error {
	p, err := s.View.Participation(r.Community.Division(), r.Period)
	if err != nil {
		return err
	}
	r.Footing, r.Unit = p.Footing, "单位：人、人次、%"
	r.Blocks = []Block{rates(p), sessions(p)}
	open := p.Suppressed == projections.NotSuppressed
	if !open {
		r.Trace = []Line{{Item: "参学率", Value: Words(withheld), How: reasonsZh[p.Suppressed], HowEn: string(p.Suppressed)}}
		return nil
	}
	r.Trace = []Line{
		{"参学人数", Whole(p.Participants), "人", p.PersonTimes, nil, "期间内有已确认学习、当日属于本社区的不同的人", "different members with confirmed study in the period"},
		{"参学人次", Whole(p.PersonTimes), "人次", p.PersonTimes, nil, "同一人同一场次计一次；没有场次的，同日同一内容计一次", "one person counts once in a named session, else once a day and content"},
		{"学习时长", Whole(int64(p.Minutes)), "分钟", p.PersonTimes, nil, "这些人学习时长之和", "their minutes added up"},
	}
	visitors := Line{"外来人次", Whole(p.Outside.PersonTimes), "人次", p.Outside.Entries, nil, "本社区记录而当日不属于本社区的人，另计，不进入分子",
		"recorded here of people who belonged elsewhere; they enter no numerator"}
	if p.Outside.Suppressed != projections.NotSuppressed {
		visitors.Value, visitors.Facts, visitors.How = Words(withheld), 0, reasonsZh[p.Outside.Suppressed]
	}
	r.Trace = append(r.Trace, visitors)
	for _, x := range p.Rates {
		if x.Suppressed != projections.NotSuppressed {
			continue
		}
		zh := basesZh[x.Basis]
		r.Trace = append(r.Trace,
			Line{"参学人数率·" + zh, Percent(x.PersonsPerTenThousand), "%", x.Participants, &Ratio{x.Participants, x.Population},
				"参学人数÷" + zh + "人口（" + p.On.String() + "），向下取两位小数", "participants ÷ population, rounded down"},
			Line{"参学人次比·" + zh, Percent(x.TimesPerTenThousand), "%", x.PersonTimes, &Ratio{x.PersonTimes, x.Population},
				"参学人次÷" + zh + "人口，可以超过100", "person-times ÷ population; may exceed 100"})
	}
	return nil
}

// Why a figure is withheld, as the boards say it.
const withheld = "不公布"

var reasonsZh = map[projections.Suppression]string{
	projections.SmallGroup: "人数过少，不予公布", projections.Complementary: "为使另一项不能由相减得出，不予公布",
	projections.Difference: "与今天的数相减会显出个别人，不予公布", projections.PartOfBasis: "部分社区没有此口径的人口数",
}

var basesZh = map[domain.PopulationBasis]string{
	domain.RegisteredMembers: "登记成员", domain.Resident: "常住", domain.Household: "户籍",
}

// rates has a row for each basis, with numerators and denominator.
func rates(p projections.Participation) Block {
	b := Block{Heads: []string{"口径", "参学人数", "参学人次", "基数", "参学人数率(%)", "参学人次比(%)", "说明"}}
	if p.Suppressed != projections.NotSuppressed {
		b.Rows = [][]Cell{{{}, {}, {}, {}, {}, {}, Words(reasonsZh[p.Suppressed])}}
		return b
	}
	for _, r := range p.Rates {
		switch r.Suppressed {
		case projections.NotSuppressed:
			b.Rows = append(b.Rows, []Cell{
				Words(basesZh[r.Basis]), Whole(r.Participants), Whole(r.PersonTimes), Whole(r.Population),
				Percent(r.PersonsPerTenThousand), Percent(r.TimesPerTenThousand),
			})
		case projections.PartOfBasis:
			var missing []string
			for _, c := range r.Missing {
				missing = append(missing, c.String())
			}
			b.Rows = append(b.Rows, []Cell{Words(basesZh[r.Basis]), {}, {}, {}, {}, {}, Words("缺人口数：" + strings.Join(missing, "、"))})
		default:
			b.Rows = append(b.Rows, []Cell{Words(basesZh[r.Basis]), {}, {}, {}, {}, {}, Words(reasonsZh[r.Suppressed])})
		}
	}
	return b
}

// sessions has a row for each month, with what was held for each layer.
func sessions(p projections.Participation) Block {
	b := Block{Caption: "各月学习", Heads: []string{"月份", "参学人次", "学习时长(分钟)"}}
	var layers []domain.Layer
	for _, m := range p.Months {
		for _, s := range m.Sessions {
			if !slices.Contains(layers, s.Layer) {
				layers = append(layers, s.Layer)
			}
		}
	}
	slices.Sort(layers)
	for _, l := range layers {
		b.Heads = append(b.Heads, layerZh(l)+"场次")
	}
	open := p.Suppressed == projections.NotSuppressed
	totals, partly := make([]int64, len(layers)), make([]bool, len(layers))
	for _, m := range p.Months {
		row := []Cell{Words(m.Month.String()), {}, {}}
		if open && p.Monthly == projections.NotSuppressed {
			row[1], row[2] = Whole(m.PersonTimes), Whole(int64(m.Minutes))
		}
		for i, l := range layers {
			held, shown := sessionsOf(m, l)
			if totals[i] += held; !shown {
				partly[i] = true
				row = append(row, Words(withheld))
				continue
			}
			row = append(row, Whole(held))
		}
		b.Rows = append(b.Rows, row)
	}
	b.Total = []Cell{Words("合计"), {}, {}}
	if open {
		b.Total[1], b.Total[2] = Whole(p.PersonTimes), Whole(int64(p.Minutes))
	}
	for i, n := range totals {
		if partly[i] {
			b.Total = append(b.Total, Words(withheld))
			continue
		}
		b.Total = append(b.Total, Whole(n))
	}
	return b
}

// sessionsOf counts a layer's sessions of a month. They are not shown where those
// without a number are withheld, or the layer may have gone with them.
func sessionsOf(m projections.StudyMonth, layer domain.Layer) (held int64, shown bool) {
	for _, s := range m.Sessions {
		if s.Layer == layer {
			return s.Named + s.Unnamed, s.Suppressed == projections.NotSuppressed
		}
	}
	return 0, m.Withheld == projections.NotSuppressed
}

func layerZh(l domain.Layer) string {
	if l == "" {
		return "未分层"
	}
	return string(l)
}
