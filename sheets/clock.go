package sheets

import (
	"math"
	"strconv"
	"strings"
)

// Clock is a time of day, in seconds after midnight; 24:00 is the end of a day.
type Clock struct{ Seconds int }

// Hour, Minute and Second of the time of day.
func (c Clock) Hour() int   { return c.Seconds / 3600 }
func (c Clock) Minute() int { return c.Seconds / 60 % 60 }
func (c Clock) Second() int { return c.Seconds % 60 }

// String is the form 09:30, or 09:30:15 where there are seconds.
func (c Clock) String() string {
	b := []byte{byte('0' + c.Hour()/10), byte('0' + c.Hour()%10), ':', byte('0' + c.Minute()/10), byte('0' + c.Minute()%10)}
	if s := c.Second(); s != 0 {
		b = append(b, ':', byte('0'+s/10), byte('0'+s%10))
	}
	return string(b)
}

// Moment is a civil date and a time of day at UTC+08:00.
type Moment struct {
	Date  Date
	Clock Clock
}

// String is the form 2026-03-05 09:00.
func (m Moment) String() string { return m.Date.String() + " " + m.Clock.String() }

const secondsOfDay = 24 * 3600

// ParseClock reads a time of day: 09:30, 9：30, 9:30:15, 上午9点, 下午2时30分,
// 9点半, 2:30 PM, or a fraction of a day as spreadsheets keep it (0.375).
func ParseClock(s string) (Clock, Code) {
	s = strings.ToLower(narrow(s))
	if s == "" {
		return Clock{}, CodeValueMissing
	}
	if plain(s) && strings.Contains(s, ".") {
		return fractionClock(s)
	}
	half, s := dayHalf(s)
	seconds, code := clockSeconds(s)
	if code != "" {
		return Clock{}, code
	}
	return half.apply(seconds)
}

// ParseClockRange reads a span of times in one cell, such as 9:00-11:30 or
// 下午2点至4点. The half of the day is said once for both when it is only said
// before the first.
func ParseClockRange(s string) (from, to Clock, code Code) {
	s = strings.ToLower(narrow(s))
	if s == "" {
		return Clock{}, Clock{}, CodeValueMissing
	}
	first, second, found := "", "", false
	for _, mark := range []string{"至", "到", "~", "—", "--", "–", "-", "−"} {
		if first, second, found = strings.Cut(s, mark); found {
			break
		}
	}
	if !found {
		return Clock{}, Clock{}, CodeTimeForm
	}
	second = strings.TrimLeft(second, "—-~ ")
	if from, code = ParseClock(first); code != "" {
		return Clock{}, Clock{}, code
	}
	if half, _ := dayHalf(strings.TrimSpace(first)); half.pm {
		if own, _ := dayHalf(strings.TrimSpace(second)); !own.said {
			second = "下午" + second
		}
	}
	to, code = ParseClock(second)
	return from, to, code
}

// ParseMoment reads a date with a time of day: 2026-03-05 09:00,
// 2026年3月5日 上午9点, 2026-03-05T01:00:00Z, or a serial with a fraction.
func ParseMoment(s string, o DateOptions) (Moment, Code) {
	text := dateText(s)
	if plain(text) && strings.Contains(text, ".") && strings.Count(text, ".") == 1 {
		return serialMoment(text, o)
	}
	d, rest, code := leadingDate(text, o)
	switch {
	case code != "":
		return Moment{}, code
	case rest == "":
		return Moment{Date: d}, CodeTimeMissing
	case rangeMark(rest):
		return Moment{}, CodeDateRange
	}
	return dayAndClock(d, rest)
}

func serialMoment(s string, o DateOptions) (Moment, Code) {
	d, _, code := leadingDate(s, o)
	if code != "" {
		return Moment{}, code
	}
	number, _ := strconv.ParseFloat(s, 64)
	seconds := int(math.Round((number - math.Floor(number)) * secondsOfDay))
	return shift(d, seconds), ""
}

// dayAndClock reads the time after a date; a zone moves it to UTC+08:00.
func dayAndClock(d Date, rest string) (Moment, Code) {
	rest, iso := strings.CutPrefix(strings.ToUpper(rest), "T")
	body, offset, zoned, code := cutZone(strings.TrimSpace(rest), iso)
	if code != "" {
		return Moment{}, code
	}
	if i := strings.LastIndexByte(body, '.'); i > 0 && strings.Count(body, ":") == 2 && allDigits(body[i+1:]) {
		body = body[:i] // fractions of a second are never meant
	}
	c, code := ParseClock(body)
	if code != "" {
		return Moment{}, code
	}
	if !zoned {
		return Moment{d, c}, ""
	}
	return shift(d, c.Seconds-offset+8*3600), ""
}

// shift gives the moment that lies seconds after the beginning of a day.
func shift(d Date, seconds int) Moment {
	days := seconds / secondsOfDay
	if seconds < 0 {
		days = -((secondsOfDay - 1 - seconds) / secondsOfDay)
	}
	return Moment{dateOf(dayNumber(d) + days), Clock{seconds - days*secondsOfDay}}
}

// cutZone takes Z or an offset off. West of Greenwich only counts in the ISO
// form, because 09:00-11:00 is a span of times.
func cutZone(s string, iso bool) (body string, offset int, zoned bool, code Code) {
	if body, ok := strings.CutSuffix(s, "Z"); ok {
		return body, 0, true, ""
	}
	i := strings.LastIndexAny(s, "+-")
	if i <= 0 || s[i] == '-' && !iso {
		return s, 0, false, ""
	}
	zone := strings.ReplaceAll(s[i+1:], ":", "")
	if len(zone) != 4 || !allDigits(zone) || zone[:2] > "14" || zone[2:] > "59" {
		return "", 0, false, CodeTimeForm
	}
	offset = atoi(zone[:2])*3600 + atoi(zone[2:])*60
	if s[i] == '-' {
		offset = -offset
	}
	return strings.TrimSpace(s[:i]), offset, true, ""
}

func fractionClock(s string) (Clock, Code) {
	number, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return Clock{}, CodeTimeForm
	}
	if number >= 1 {
		return Clock{}, CodeTimeImpossible
	}
	return Clock{int(math.Round(number * secondsOfDay))}, ""
}
