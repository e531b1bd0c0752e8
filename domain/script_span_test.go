package domain_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhishu/domain"
)

var beijing = time.FixedZone("UTC+8", 8*3600)

// at is a civil date and clock time at UTC+08:00, read by package time.
func at(day, clock string) domain.Instant {
	layout := "2006-01-02 15:04"
	if strings.Count(clock, ":") == 2 {
		layout = "2006-01-02 15:04:05"
	}
	t, err := time.ParseInLocation(layout, day+" "+clock, beijing)
	if err != nil {
		bad("%v", err)
	}
	return domain.Instant(t.UnixMilli())
}

func day(s string) domain.Day {
	if s == "" || s == "无日期" {
		return domain.NoDay
	}
	d, err := domain.ParseDay(s)
	if err != nil {
		bad("%q: %v", s, err)
	}
	return d
}

func period(s string) domain.Period {
	if d, err := domain.ParseDay(s); err == nil {
		return domain.Period{From: d, To: d}
	}
	p, err := domain.ParsePeriod(s)
	if err != nil {
		bad("%q: %v", s, err)
	}
	return p
}

var (
	durations = regexp.MustCompile(`^(?:(-?\d+)小时)?(?:(-?\d+)分)?$`)
	clocks    = regexp.MustCompile(`^(\d\d:\d\d(?::\d\d)?)-(?:(次日|\d+日后)?(\d\d:\d\d(?::\d\d)?))?$`)
)

func minutes(s string) domain.Minutes {
	m := durations.FindStringSubmatch(s)
	if m == nil || s == "" {
		bad("%q is not a duration such as 1小时30分", s)
	}
	h, _ := strconv.ParseInt(m[1], 10, 64)
	n, _ := strconv.ParseInt(m[2], 10, 64)
	return domain.Minutes(h*60 + n)
}

// span reads a date and either clock times (09:00-10:00, 22:00-次日02:00,
// 22:00-3日后02:00) or a duration; 时长= gives the minutes of a span with a
// break in it.
func (l *ledger) span(date, what string) domain.Span {
	m := clocks.FindStringSubmatch(what)
	if m == nil {
		return domain.Span{Day: day(date), Minutes: minutes(what)}
	}
	s := domain.Span{Start: at(date, m[1])}
	if m[3] != "" {
		later := 0
		if m[2] == "次日" {
			later = 1
		} else if m[2] != "" {
			later, _ = strconv.Atoi(strings.TrimSuffix(m[2], "日后"))
		}
		s.End = at((day(date) + domain.Day(later)).String(), m[3])
	}
	if v := l.args.option("时长", ""); v != "" {
		s.Minutes = minutes(v)
	}
	return s
}

func hours(m domain.Minutes) string { return fmt.Sprintf("%d小时%d分", m/60, m%60) }
