package main

import (
	"errors"
	"fmt"
	"math"

	"zhishu/domain"
	"zhishu/projections"
)

// A report embeds of these what it uses, and nothing else: a flag that is taken
// and ignored gives a figure that is not the one asked for.

// place is the division a figure is of.
type place struct {
	Division divisionFlag `placeholder:"CODE" zh:"区划代码（2、4、6、9 或 12 位）；不写即全部" help:"Division code (2, 4, 6, 9 or 12 digits); empty: everywhere."`
}

func (p place) division() domain.Division { return domain.Division(p.Division) }

// dated is the period of a figure that is of a year where nothing is said.
type dated struct {
	Period periodFlag `placeholder:"2026|2026-03|A..B|all" zh:"期间：年 2026、月 2026-03、两个日期 2026-01-01..2026-06-30 或 all（默认观察点所在的年）" help:"Year, month or range of days (default: the year of the point of view)."`
}

// period is that of the flag, or the year of the point of view, as the API has
// it: the year on the clock would be empty of what --as-of looks back on.
func (s dated) period(v *projections.View) domain.Period {
	if s.Period.given == nil {
		return domain.YearPeriod(v.Day().Year())
	}
	return *s.Period.given
}

// everyDay is the period of a list that is of every day where nothing is said.
type everyDay struct {
	Period periodFlag `default:"all" placeholder:"2026|2026-03|A..B" zh:"期间：年 2026、月 2026-03 或两个日期 2026-01-01..2026-06-30（默认 ${default}，即全部）" help:"Year, month or range of days (default: ${default}, every day)."`
}

func (s everyDay) period() domain.Period { return *s.Period.given }

// rows is how much of a list is printed.
type rows struct {
	Limit int `default:"50" zh:"最多列多少行（默认 ${default}），0 为全部" help:"Rows to print (${default}); 0 for all."`
}

// pages asks for one page after the other until there are enough rows.
func (r rows) pages(next func(projections.Page) (after string, rows int, err error)) error {
	page := projections.Page{Limit: projections.MaxLimit}
	for have := 0; ; {
		if r.Limit > 0 {
			page.Limit = min(projections.MaxLimit, r.Limit-have)
		}
		after, rows, err := next(page)
		if err != nil || after == "" || r.Limit > 0 && rows >= r.Limit {
			return err
		}
		have, page.After = rows, after
	}
}

// most is the number of rows asked for.
func (r rows) most() int {
	if r.Limit <= 0 {
		return math.MaxInt
	}
	return r.Limit
}

type divisionFlag domain.Division

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *divisionFlag) UnmarshalText(text []byte) error {
	d, err := domain.ParseDivision(string(text))
	*f = divisionFlag(d)
	return unreadable(text, "区划代码为 2、4、6、9 或 12 位数字，以省级代码开头", err)
}

type communityFlag domain.CommunityCode

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *communityFlag) UnmarshalText(text []byte) error {
	code, err := domain.ParseCommunityCode(string(text))
	*f = communityFlag(code)
	return unreadable(text, "社区代码为 12 位数字，末三位不是 000，如 430702001007", err)
}

func (f communityFlag) code() domain.CommunityCode { return domain.CommunityCode(f) }

type periodFlag struct{ given *domain.Period }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *periodFlag) UnmarshalText(text []byte) error {
	p, err := domain.AskPeriod(string(text))
	f.given = &p
	if errors.Is(err, domain.ErrPeriodLong) {
		return unreadable(text, "期间超过 20 年；请每次查 20 年以内，或用 all", err)
	}
	return unreadable(text, "期间写作 2026（年）、2026-03（月）、2026-01-01..2026-06-30（两个日期）或 all（全部）", err)
}

type asOfFlag struct{ projections.AsOf }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *asOfFlag) UnmarshalText(text []byte) (err error) {
	f.AsOf, err = projections.ParseAsOf(string(text))
	return unreadable(text, "时点写作账本位置（120000）或日期（2026-03-31）", err)
}

// unreadable says in both languages what a flag's value should look like.
func unreadable(text []byte, zh string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%q 无法识别：%s / %w", text, zh, err)
}
