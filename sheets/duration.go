package sheets

import (
	"math"
	"strings"
)

// TimeUnit is the unit of a bare number in a column of time given.
type TimeUnit uint8

// The units. With NoUnit a bare number is refused, because 2 may be hours or
// minutes.
const (
	NoUnit TimeUnit = iota
	Minutes
	Hours
)

var hourWords = []string{"个小时", "小时", "个钟头", "钟头", "个钟", "小時", "鐘頭", "时", "時", "hours", "hour", "hrs", "hr", "h"}
var minuteWords = []string{"分钟", "分鐘", "分", "minutes", "minute", "mins", "min", "m"}

// ParseMinutes reads a length of time as whole minutes, exactly: 45, 1.5,
// 90分钟, 1小时30分, 1h30m, 1:30 (in a column of hours), 半小时. The unit is that
// of the column; a unit in the cell goes before it. Zero is a value, and for
// the caller to judge.
func ParseMinutes(s string, unit TimeUnit) (int64, Code) {
	if !plain(s) {
		s = strings.ToLower(narrow(s))
		s = strings.Join(strings.Fields(s), "")
	}
	switch {
	case s == "":
		return 0, CodeValueMissing
	case negative(s):
		return 0, CodeValueNegative
	case plain(s):
		return bareMinutes(s, unit)
	case strings.Contains(s, ":"):
		return colonMinutes(s, unit)
	}
	return wordedMinutes(s)
}

func bareMinutes(s string, unit TimeUnit) (int64, Code) {
	switch unit {
	case Minutes:
		return minutesOf(s, 1)
	case Hours:
		return minutesOf(s, 60)
	}
	if _, code := minutesOf(s, 60); code == CodeDurationForm {
		return 0, code
	}
	return 0, CodeDurationUnit
}

// minutesOf multiplies an exact decimal and demands a whole result.
func minutesOf(s string, each int64) (int64, Code) {
	d, code := decimal(s)
	switch code {
	case "":
	case CodeNumberForm:
		return 0, CodeDurationForm
	default:
		return 0, code
	}
	if d.Digits > math.MaxInt64/each {
		return 0, CodeValueTooLarge
	}
	if d.Scale > 17 { // 60 has too few twos and fives to make that whole
		return 0, CodeDurationFraction
	}
	n, power := d.Digits*each, int64(1)
	for range d.Scale {
		power *= 10
	}
	if n%power != 0 {
		return 0, CodeDurationFraction
	}
	return n / power, ""
}

// colonMinutes reads h:mm, and h:mm:00 as spreadsheets show it. In a column of
// minutes 1:30 could be a minute and a half, so it is refused there.
func colonMinutes(s string, unit TimeUnit) (int64, Code) {
	parts := strings.Split(s, ":")
	if unit != Hours || len(parts) > 3 || len(parts[0]) > 6 {
		return 0, CodeDurationForm
	}
	for i, p := range parts {
		if !allDigits(p) || i > 0 && (len(p) != 2 || p > "59") {
			return 0, CodeDurationForm
		}
	}
	if len(parts) == 3 && parts[2] != "00" {
		return 0, CodeDurationFraction
	}
	return int64(atoi(parts[0]))*60 + int64(atoi(parts[1])), ""
}

func wordedMinutes(s string) (int64, Code) {
	hours, rest, hasHours := cutUnit(s, hourWords)
	minutes, tail, hasMinutes := cutUnit(rest, minuteWords)
	if !hasHours && !hasMinutes {
		return 0, CodeDurationForm
	}
	if hasHours && !hasMinutes && allDigits(tail) && len(tail) <= 2 {
		minutes, tail, hasMinutes = tail, "", true // 1小时30
	}
	if tail != "" && tail != "整" && tail != "正" {
		return 0, CodeDurationForm
	}
	total := int64(0)
	if hasHours {
		n, code := halfAware(hours)
		if code != "" {
			return 0, code
		}
		total = n
	}
	if hasMinutes {
		n, code := minutesOf(strings.TrimPrefix(minutes, "零"), 1)
		if code != "" {
			return 0, code
		}
		if total > math.MaxInt64-n {
			return 0, CodeValueTooLarge
		}
		total += n
	}
	return total, ""
}

// halfAware reads the number before 小时: 2, 1.5, 半, 1个半.
func halfAware(s string) (int64, Code) {
	if s == "半" {
		return 30, ""
	}
	if whole, ok := strings.CutSuffix(s, "个半"); ok {
		n, code := minutesOf(whole, 60)
		if code != "" || n > math.MaxInt64-30 {
			return 0, CodeDurationForm
		}
		return n + 30, ""
	}
	return minutesOf(s, 60)
}

// cutUnit splits at the first unit word: the number before, what follows.
func cutUnit(s string, words []string) (number, rest string, found bool) {
	at, length := -1, 0
	for _, w := range words {
		if i := strings.Index(s, w); i >= 0 && (at < 0 || i < at || i == at && len(w) > length) {
			at, length = i, len(w)
		}
	}
	if at < 0 {
		return "", s, false
	}
	return s[:at], s[at+length:], true
}

// atoi reads digits that were checked before.
func atoi(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
