package registers

import (
	"context"
	"fmt"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// scorecard has a row for each item of the standard in force.
func (s Source) scorecard(ctx context.Context, r *Register) error {
	c, err := s.View.Scorecard(r.Community, r.Period)
	if err != nil {
		return err
	}
	r.Footing, r.Unit = c.Footing, "单位：按各项"
	b := Block{Heads: []string{"序号", "项目", "要求", "实际", "基数/期数", "达标", "还差", "说明"}}
	for i, it := range c.Items {
		row := []Cell{Whole(int64(i + 1)), Words(itemsZh[it.Item]), Words(required(it)), {}, {}, {}, {}, {}}
		switch {
		case it.Suppressed != projections.NotSuppressed:
			row[7] = Words(reasonsZh[it.Suppressed])
		case it.Unknown:
			row[7] = Words("尚无记录")
		default:
			row[3] = Whole(it.Value.Num)
			if it.Every != domain.InAll {
				row[4] = Whole(it.Value.Den)
			}
			row[5] = Words(map[bool]string{true: "是", false: "否"}[it.Met])
			if !it.Met {
				row[6] = Whole(it.Missing)
			}
			row[7] = Words(short(it))
		}
		b.Rows = append(b.Rows, row)
		r.Trace = append(r.Trace, scoreLine(it))
	}
	b.Total = []Cell{Words("达标"), Words(fmt.Sprintf("%d 项，共 %d 项", c.Met, len(c.Items)))}
	r.Blocks = []Block{b}
	return nil
}

// scoreLine traces an item to the facts behind it: the first ones by the stream
// and revision that stated them.
func scoreLine(it projections.ScoreItem) Line {
	l := Line{Item: itemsZh[it.Item], Facts: it.FactCount, How: "见“要求”", HowEn: string(it.Item)}
	if it.Suppressed != projections.NotSuppressed || it.Unknown {
		l.Value = Words(withheld)
		if it.Unknown {
			l.Value = Words("尚无记录")
		}
		return l
	}
	l.Value = Whole(it.Value.Num)
	if it.Every != domain.InAll {
		l.Of = &Ratio{it.Value.Num, it.Value.Den}
	}
	if len(it.Facts) > 0 {
		var zh, en []string
		for _, f := range it.Facts {
			zh = append(zh, evidence(f, "次"))
			en = append(en, evidence(f, " sessions"))
		}
		l.How, l.HowEn = "事实 "+strings.Join(zh, "；"), string(it.Item)+": "+strings.Join(en, "; ")
	}
	return l
}

// evidence names a fact: its day, what it was, and where it stands in the ledger.
func evidence(f projections.FactRef, sessions string) string {
	words := []string{f.Day.String()}
	if f.Title != "" {
		words = append(words, f.Title)
	}
	if f.Sessions > 0 {
		words = append(words, fmt.Sprint(f.Sessions, sessions))
	}
	return strings.Join(append(words, f.Place()), " ")
}

// required says what is asked, how often.
func required(it projections.ScoreItem) string {
	switch it.Every {
	case domain.InPercent:
		return fmt.Sprintf("不低于%d%%", it.Target)
	case domain.EveryWeek:
		return fmt.Sprintf("每周%d", it.Target)
	case domain.EveryMonth:
		return fmt.Sprintf("每月%d", it.Target)
	case domain.EveryQuarter:
		return fmt.Sprintf("每季度%d", it.Target)
	}
	return fmt.Sprintf("不少于%d", it.Target)
}

// short names the intervals that fall short.
func short(it projections.ScoreItem) string {
	var spans []string
	for _, x := range it.Short {
		spans = append(spans, fmt.Sprintf("%s至%s仅%d", x.From, x.To, x.Value))
	}
	return strings.Join(spans, "；")
}

var itemsZh = map[domain.ScoreItem]string{
	domain.ScoreSessions: "分层集中学习", domain.ScoreParticipation: "参学人次比", domain.ScoreTraining: "培训率", domain.ScoreCourses: "常设课程",
	domain.ScoreTalks: "宣讲", domain.ScoreTeams: "志愿服务队活动", domain.ScoreDonations: "经常性捐赠", domain.ScoreOrganisations: "学习型单位占比",
	domain.ScoreHouseholds: "家庭活动参与率", domain.ScoreBuildings: "楼院活动参与率", domain.ScoreLibrary: "图书室藏书", domain.ScoreNotices: "公告栏更新",
	domain.ScorePosters: "宣传海报", domain.ScoreRoom: "活动室容纳人数", domain.ScoreInstructors: "健身点指导员", domain.ScoreMeetings: "领导小组会议",
}
