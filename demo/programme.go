package demo

import (
	"zhishu/domain"
)

// programme queues what a community says about its programme: counts of what
// there is and what was put up, and which units and households it has named
// learning ones. Now and then something is left out, so that something is
// missing on the scorecard.
func (p *player) programme(c *community, day domain.Day, weekday, index int) {
	_, month, date := day.Date()
	if weekday == 1 && c.own.IntN(100) < 90 {
		p.count(c, day, domain.NoticeBoard, "", 0)
	}
	switch {
	case date == 8:
		p.count(c, day, domain.Posters, "", int64(1+c.own.IntN(6)))
	case date == 12 && c.own.IntN(100) < 92:
		p.count(c, day, domain.CommitteeMeeting, "", 0)
	}
	if index%182 == 20 {
		p.count(c, day, domain.LibraryBooks, "", int64(1500+index/2+c.own.IntN(600)))
		p.count(c, day, domain.ActivityRoom, "多功能活动室", int64(30+10*c.own.IntN(5)))
		p.count(c, day, domain.ExercisePoint, "中心广场", int64(1+c.own.IntN(3)))
	}
	if index%365 == 60 {
		p.designate(c, day, index/365)
	}
	switch {
	case month == 4 && date == 23:
		p.campaign(c, day, domain.Deed{Kind: domain.Study, Title: "家庭读书月", Category: "家庭活动"}, c.homes, 12)
	case month == 10 && date == 18:
		p.campaign(c, day, domain.Deed{Kind: domain.Service, Title: "楼院清洁日", Category: "楼院活动"}, c.buildings, 85)
	}
}

func (p *player) count(c *community, day domain.Day, kind domain.CountKind, title string, n int64) {
	p.do([]domain.AccountID{c.clerk}, &domain.CountFact{
		Code: c.code, Kind: kind, Day: day, Title: title, Count: n, Evidence: []domain.Evidence{{Kind: "照片", Place: "社区档案柜"}},
	})
}

// designate names a unit and some households each year, others than the year
// before.
func (p *player) designate(c *community, day domain.Day, year int) {
	name := func(g *group) {
		p.do([]domain.AccountID{c.clerk}, &domain.DesignateLearning{Code: c.code, Subject: g.Group, From: day})
	}
	name(&c.units[year%len(c.units)])
	for i := year; i < len(c.homes); i += 40 {
		name(&c.homes[i])
	}
}

// campaign has one or two people each of a share of groups take part, out of a
// hundred: of those who are there and have nothing else on that day.
func (p *player) campaign(c *community, day domain.Day, deed domain.Deed, of []group, share int) {
	deed.Place, deed.Community, deed.Span = c.name, c.code, domain.Span{Day: day, Minutes: 60}
	deed.Activity = domain.ActivityID{UUID: seeded(c.own, 7)}
	for i := range of {
		if c.own.IntN(100) >= share {
			continue
		}
		most := 1 + c.own.IntN(2)
		for _, j := range of[i].people {
			x := &c.people[j]
			if most == 0 {
				break
			}
			if x.joined > day || x.busy == day {
				continue
			}
			most--
			p.do([]domain.AccountID{c.clerk, c.reviewer}, &domain.ClaimEntry{Person: x.id, Deed: deed}, &domain.ConfirmEntry{Person: x.id, Activity: deed.Activity})
		}
	}
}
