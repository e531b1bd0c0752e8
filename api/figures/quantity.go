package figures

import (
	"strconv"

	"zhishu/domain"
)

// Duration is a length of service or study.
type Duration struct {
	Minutes int64  `json:"minutes" doc:"Whole minutes"`
	Text    string `json:"text" example:"12小时30分"`
}

// Time makes a duration.
func Time(m domain.Minutes) Duration { return Duration{int64(m), hoursZh(m, "")} }

// Money is an amount in renminbi.
type Money struct {
	Fen  int64  `json:"fen" doc:"分, a hundredth of a yuan"`
	Yuan string `json:"yuan" doc:"The same with two decimals" example:"1280.50"`
}

// Amount makes an amount.
func Amount(f domain.Fen) Money { return Money{int64(f), f.String()} }

// hoursZh writes 12小时30分, or with a gap 12 小时 30 分.
func hoursZh(m domain.Minutes, gap string) string {
	hours, minutes := strconv.FormatInt(int64(m/60), 10), strconv.FormatInt(int64(m%60), 10)
	switch {
	case m < 60:
		return minutes + gap + "分"
	case m%60 == 0:
		return hours + gap + "小时"
	}
	return hours + gap + "小时" + gap + minutes + gap + "分"
}

// hoursEn writes 12 h 30 min.
func hoursEn(m domain.Minutes) string {
	hours, minutes := strconv.FormatInt(int64(m/60), 10)+" h", strconv.FormatInt(int64(m%60), 10)+" min"
	switch {
	case m < 60:
		return minutes
	case m%60 == 0:
		return hours
	}
	return hours + " " + minutes
}

// percent writes ten-thousandths as a percentage with two decimals, rounded
// down by whoever made them.
func percent(perTenThousand int64) string {
	rest := strconv.FormatInt(100+perTenThousand%100, 10)[1:]
	return strconv.FormatInt(perTenThousand/100, 10) + "." + rest + "%"
}

// day leaves out what is no date of the calendar.
func day(d domain.Day) string { return d.String() }

// lastDay leaves out the end of what still lasts.
func lastDay(d domain.Day) string {
	if d >= domain.MaxDay {
		return ""
	}
	return d.String()
}
