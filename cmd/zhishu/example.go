package main

import (
	"fmt"

	"zhishu/api/reference"
	"zhishu/domain"
	"zhishu/projections"
)

// example is a community with active volunteers, its best one, and the kind of
// groups whose ranking shows something: most groups are too small to be.
type example struct {
	community domain.CommunityCode
	name      string
	person    domain.PersonID
	groups    domain.SubjectKind
}

// exampleOf finds one, if there is any.
func exampleOf(v *projections.View, year domain.Period) (found example, ok bool) {
	for _, c := range v.Communities(domain.Division{}).Communities {
		board, err := v.Stars(c.Code.Division(), projections.Page{Limit: 1})
		if err != nil || len(board.Rows) == 0 {
			continue
		}
		x := example{community: c.Code, name: c.Name, person: board.Rows[0].Person}
		for _, kind := range []domain.SubjectKind{domain.SubjectHousehold, domain.SubjectBuilding, domain.SubjectOrganisation} {
			if groups, err := v.GroupStanding(c.Code.Division(), kind, year); err == nil && shows(groups.Rows) {
				x.groups = kind
			}
		}
		if x.groups != "" {
			return x, true
		}
		if !ok {
			found, ok = x, true
		}
	}
	return found, ok
}

// shows reports whether a ranking begins with a row that is not withheld.
func shows(rows []projections.GroupRow) bool {
	return len(rows) > 0 && rows[0].Suppressed == projections.NotSuppressed
}

const aMonth = 30 // days

// looks names one address of every kind of figure, each of which shows
// something.
func looks(l *ledger) []reference.Link {
	links := []reference.Link{{Zh: "接口说明", En: "API reference", Path: "/docs"}}
	v, err := l.engine.At(projections.Now())
	if err != nil {
		return links
	}
	year := (v.Day() - aMonth).Year() // in January the last year has more to show
	x, ok := exampleOf(v, domain.YearPeriod(year))
	if !ok {
		return links
	}
	link := func(zh, en, path string, args ...any) {
		links = append(links, reference.Link{Zh: zh, En: en, Path: fmt.Sprintf(path, args...)})
	}
	link("星级榜（"+x.name+"）", "star board", "/v1/stars?division=%s", x.community)
	link("学习之星", "standing", "/v1/standings/individuals?division=%s&period=%d", x.community, year)
	if x.groups != "" {
		link("学习之星："+starWords.of(string(x.groups)), string(x.groups)+"s", "/v1/standings/%ss?division=%s&period=%d", x.groups, x.community, year)
	}
	link("志愿服务队", "teams", "/v1/teams?division=%s&period=%d", x.community, year)
	link("学习型社区标准", "scorecard", "/v1/communities/%s/scorecard?period=%d", x.community, year)
	link("志愿服务队台账", "register", "/v1/registers/teams?community=%s&period=%d", x.community, year)
	link("参学率（全县区）", "participation (county)", "/v1/participation?division=%s&period=%d", x.community.County(), year)
	link("个人清单", "statement", "/v1/persons/%s/statement", x.person)
	link("课表", "timetable", "/v1/activities?division=%s&period=%d", x.community, year)
	link("活动合计", "activities", "/v1/activity-totals?division=%s&period=%d", x.community, year)
	link("捐赠合计", "donations", "/v1/donations?division=%s&period=%d", x.community, year)
	link("一个月前的星级榜", "as of a day", "/v1/stars?division=%s&asOf=%s", x.community, v.Day()-aMonth)
	return links
}
