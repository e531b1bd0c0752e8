package registers

import (
	"zhishu/projections"
)

// teams has a row for each volunteer team of the community.
func (s Source) teams(r *Register) error {
	t, err := s.View.Teams(r.Community.Division(), r.Period)
	if err != nil {
		return err
	}
	r.Footing, r.Unit = t.Footing, "单位：人、条、分钟、天"
	b := Block{Heads: []string{"序号", "队伍名称", "队员人数", "参加服务人数", "服务条数", "服务时长(分钟)", "认定时长(分钟)", "服务天数", "说明", "队伍编号"}}
	var entries, minutes, recognised int64
	hidden := false
	for i, x := range t.Rows {
		no, id := Whole(int64(i+1)), Words(x.Team.ID.String())
		if x.Suppressed != projections.NotSuppressed {
			hidden = true
			b.Rows = append(b.Rows, []Cell{no, Words(x.Name), {}, {}, {}, {}, {}, {}, Words(reasonsZh[x.Suppressed]), id})
			continue
		}
		entries += x.Entries
		minutes += int64(x.Minutes)
		recognised += int64(x.Recognised)
		b.Rows = append(b.Rows, []Cell{
			no, Words(x.Name), Whole(x.Members), Whole(x.Active), Whole(x.Entries), Whole(int64(x.Minutes)), Whole(int64(x.Recognised)), Whole(x.Days), {}, id,
		})
	}
	// People of two teams, and days of two, are not added up.
	total, facts := []Cell{Whole(entries), Whole(minutes), Whole(recognised)}, entries
	b.Total = append([]Cell{Words("合计"), {}, {}, {}}, total...)
	if hidden { // the rows that are shown are not all there is
		b.Total, facts = b.Total[:1], 0
		total = []Cell{Words(withheld), Words(withheld), Words(withheld)}
	}
	r.Blocks = []Block{b}
	r.Trace = []Line{
		{"队伍数", Whole(int64(len(t.Rows))), "支", int64(len(t.Rows)), nil, t.On.String() + " 在本社区的志愿服务队", "volunteer teams of the community on that day"},
		{"队员人数", Cell{}, "人", 0, nil, "该日属于该队的人；一人可以属于几支队伍，不合计", "who belonged to the team on that day; one person may belong to several, so they are not added up"},
		{"服务条数", total[0], "条", facts, nil, "队员在属于该队之日已确认的服务；属于几支队伍的，各队都计", "confirmed service of members on days they belonged; it counts for each of several teams"},
		{"服务时长", total[1], "分钟", facts, nil, "上述各条时长之和；有队伍不公布时不合计", "their minutes added up; no total beside teams that are not published"},
		{"认定时长", total[2], "分钟", facts, nil, "上述各条按计时规则认定的分钟之和", "their minutes as the counting policies count them, added up"},
	}
	return nil
}
