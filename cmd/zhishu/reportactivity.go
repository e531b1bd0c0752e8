package main

import (
	"fmt"
	"strings"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type timetableReport struct {
	place
	dated
	rows
	view
}

func (c *timetableReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Timetable, error) {
		var table projections.Timetable
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Timetable(c.division(), c.period(v), page)
			part.Rows = append(table.Rows, part.Rows...)
			table = part
			return part.Next, len(table.Rows), err
		})
		return figures.TimetableOf(table, c.sight()), err
	}, timetableTable)
}

// sight of whoever reads the ledger's directory.
func (v *view) sight() figures.Sight {
	return figures.Sight{Within: figures.Everywhere, Today: v.AsOf.IsNow()}
}

type activitiesReport struct {
	place
	dated
	view
}

func (c *activitiesReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.ActivityTotals, error) {
		return figures.ActivityTotalsOf(v.ActivityTotals(c.division(), c.period(v)), figures.Everywhere), nil
	}, activityTotalsTable)
}

type activityReport struct {
	Activity string `arg:"" zh:"活动编号，见 zhishu report timetable" help:"The activity's id."`
	view
}

func (c *activityReport) Run(p *program) error {
	id, err := domain.ParseUUID(c.Activity)
	if err != nil {
		return wrongNumber("ACTIVITY", c.Activity, "zhishu report timetable")
	}
	return report(p, c.view, func(v *projections.View, _ reader) (figures.ActivityDetail, error) {
		a, err := v.Activity(domain.ActivityID{UUID: id})
		return figures.ActivityOf(a, c.sight()), err
	}, activityTable)
}

type rosterReport struct {
	Activity string `arg:"" zh:"活动编号，见 zhishu report timetable" help:"The activity's id."`
	view
}

func (c *rosterReport) Run(p *program) error {
	id, err := domain.ParseUUID(c.Activity)
	if err != nil {
		return wrongNumber("ACTIVITY", c.Activity, "zhishu report timetable")
	}
	return report(p, c.view, func(v *projections.View, _ reader) (figures.ActivityRoster, error) {
		var roster projections.Roster
		err := rows{}.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Roster(domain.ActivityID{UUID: id}, page)
			part.Rows = append(roster.Rows, part.Rows...)
			roster = part
			return part.Next, len(roster.Rows), err
		})
		return figures.RosterOf(roster, c.sight()), err
	}, rosterTable)
}

var activityHeads = []string{"编号", "种类", "名称", "地点", "开始", "结束", "名额", "报名", "候补", "未签退", "待确认", "已确认", "时长(分钟)", "状态", "公告"}

func timetableTable(f figures.Timetable) table {
	t := table{title: titled("课表", f.Division, periodWords(f.Period)), heads: activityHeads}
	t.footing(f.Footing)
	t.line("共 %d 次活动", f.Total)
	for i := range f.Rows {
		t.activity(&f.Rows[i])
	}
	return t
}

func (t *table) activity(a *figures.Activity) {
	t.add(words(a.ID), words(a.KindZh), words(a.Title), words(a.Place), words(wallClock(a.Start)), words(wallClock(a.End)), placesOf(int64(a.Capacity)),
		whole(a.Places), whole(a.Waiting), whole(a.Pending), whole(a.Claimed), whole(a.Confirmed), spent(a.Time), words(a.StatusZh), words(a.Notice))
}

// placesOf is the number of places of an activity, or that there is no limit.
func placesOf(n int64) cell {
	if n == 0 {
		return words("不限")
	}
	return whole(n)
}

// wallClock writes an instant of a figure as a clock in China shows it.
func wallClock(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return t.In(time.FixedZone("UTC+8", 8*3600)).Format("2006-01-02 15:04")
}

// wallDay is the civil day of an instant in China.
func wallDay(s string) string {
	day, _, _ := strings.Cut(wallClock(s), " ")
	return day
}

func activityTable(a figures.ActivityDetail) table {
	t := table{title: titled("活动", a.Activity.Title), heads: activityHeads}
	t.footing(a.Footing)
	for _, p := range a.Plans {
		t.line("安排 %s %s–%s %s %s（账本位置 %d）", p.Title, wallClock(p.Start), wallClock(p.End), p.Place, p.Notice, p.FromSize)
	}
	for _, w := range a.Windows {
		t.line("签到窗口 %s–%s", wallClock(w.From), wallClock(w.Until))
	}
	if a.Activity.MakeupOf != "" {
		t.line("补课：代替 %s", a.Activity.MakeupOf)
	}
	if len(a.MadeUpBy) > 0 {
		t.line("由这些场次补课：%s", strings.Join(a.MadeUpBy, " "))
	}
	t.activity(&a.Activity)
	return t
}

func activityTotalsTable(f figures.ActivityTotals) table {
	t := table{title: titled("活动合计", f.Division, periodWords(f.Period)),
		heads: []string{"项", "安排", "取消", "举办", "已签字", "补课", "到场", "报名", "出席", "待确认", "未签退", "时长(分钟)"}}
	t.footing(f.Footing)
	t.withheld(f.Suppressed)
	add := func(what string, c figures.ActivityCounts) {
		of := func(count string, shown cell) cell {
			if c.Hides(count) {
				return words("不公布")
			}
			return shown
		}
		t.add(words(what), whole(c.Scheduled), whole(c.Cancelled), whole(c.Held), whole(c.Attested), whole(c.Makeups), of("people", whole(c.People)),
			of("signUps", whole(c.SignUps)), of("attendances", whole(c.Attendances)), of("claimed", whole(c.Claimed)), of("pending", whole(c.Pending)),
			of("attendances", spent(c.Time)))
	}
	for _, k := range f.Kinds {
		add(k.KindZh, k.ActivityCounts)
	}
	for _, m := range f.Months {
		add(m.Month+" "+m.KindZh, m.ActivityCounts)
	}
	for _, s := range f.Series {
		add(fmt.Sprintf("系列 %s %s（%s 至 %s）", s.Community, s.Series, s.First, s.Last), s.ActivityCounts)
	}
	return t
}

// absent is the state of somebody of a roster who was not seen: nobody is absent
// before the day has passed or the activity was closed, nor who had no place.
func absent(r *figures.ActivityRoster, waiting bool) string {
	switch a := &r.Activity; {
	case a.Status == string(projections.ActivityCancelled):
		return "已取消"
	case waiting:
		return "候补"
	case a.Status == string(projections.ActivityAnnounced) && r.Day <= wallDay(a.End):
		return "已报名"
	}
	return "未到"
}

func rosterTable(r figures.ActivityRoster) table {
	t := table{title: titled("名册", r.Activity.Title), heads: []string{"序号", "志愿者编号", "报名", "签到", "开始", "结束", "时长(分钟)", "时数", "状态", "记录"}}
	t.footing(r.Footing)
	t.line("%s–%s %s；报名 %d，候补 %d，未签退 %d，待确认 %d，已确认 %d", wallClock(r.Activity.Start), wallClock(r.Activity.End), r.Activity.StatusZh,
		r.Activity.Places, r.Activity.Waiting, r.Activity.Pending, r.Activity.Claimed, r.Activity.Confirmed)
	for _, row := range r.Rows {
		signedUp := "未报名"
		switch {
		case row.Waiting:
			signedUp = fmt.Sprintf("候补 %d", row.Place)
		case row.SignedUp:
			signedUp = fmt.Sprintf("第 %d", row.Place)
		}
		if len(row.Presence) == 0 {
			t.add(whole(row.Number), words(row.Person), words(signedUp), words(""), words(""), words(""), words(""), words(""), words(absent(&r, row.Waiting)), words(""))
		}
		for _, x := range row.Presence {
			t.add(whole(row.Number), words(row.Person), words(signedUp), words(wallClock(x.In)), words(wallClock(x.Start)), words(wallClock(x.End)),
				spent(x.Time), words(hoursWords.of(x.Hours)), words(x.StatusZh), whole(int64(x.Entry)))
		}
	}
	return t
}
