package figures

import (
	"strconv"
	"strings"

	"zhishu/domain"
)

// WorkDays is a number of working days, and what it was counted by.
type WorkDays struct {
	Days      int64    `json:"days"`
	Calendars []string `json:"calendars,omitempty" doc:"Versions of working calendars"`
	ByWeek    bool     `json:"byWeek,omitempty" doc:"For some of these days no calendar was in force that speaks of them: Monday to Friday were taken"`
	Zh        string   `json:"zh"`
	En        string   `json:"en"`
}

func workDays(n domain.WorkCount) WorkDays {
	out := WorkDays{Days: n.Days, Calendars: refList(n.Versions), ByWeek: n.ByWeek}
	by := countedBy(out.Calendars, n.ByWeek)
	out.Zh, out.En = strconv.FormatInt(n.Days, 10)+" 个工作日"+by.zh, strconv.FormatInt(n.Days, 10)+" working days"+by.en
	return out
}

// countedBy says by which calendars working days were counted, and that others
// went by the week.
func countedBy(calendars []string, byWeek bool) words {
	switch list := strings.Join(calendars, "、"); {
	case len(calendars) > 0 && byWeek:
		return words{"，按 " + list + "，其余按周一至周五", ", by " + list + ", the others Monday to Friday"}
	case len(calendars) > 0:
		return words{"，按 " + list, ", by " + list}
	case byWeek:
		return words{"，没有工作日历，按周一至周五", ", Monday to Friday for want of a calendar"}
	}
	return words{}
}

func refList(versions []*domain.PolicyVersion) (out []string) {
	for _, v := range versions {
		out = append(out, refOf(v))
	}
	return out
}

func calendarOf(c *domain.Calendar) *CalendarRule {
	out := &CalendarRule{From: day(c.From), To: day(c.To)}
	for _, h := range c.Holidays {
		out.Holidays = append(out.Holidays, Holiday{h.Name, day(h.From), day(h.To)})
	}
	for _, d := range c.Working {
		out.Working = append(out.Working, day(d))
	}
	return out
}

// calendar reads the rule; the field is the one whose day is none.
func (c *CalendarRule) calendar() (out *domain.Calendar, field string) {
	read := func(s, what string) domain.Day {
		d, err := domain.ParseDay(s)
		if err != nil && field == "" {
			field = what
		}
		return d
	}
	out = &domain.Calendar{From: read(c.From, "calendar.from"), To: read(c.To, "calendar.to")}
	for _, h := range c.Holidays {
		out.Holidays = append(out.Holidays, domain.Holiday{Name: h.Name, From: read(h.From, "calendar.holidays"), To: read(h.To, "calendar.holidays")})
	}
	for _, s := range c.Working {
		out.Working = append(out.Working, read(s, "calendar.working"))
	}
	return out, field
}
