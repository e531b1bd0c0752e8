package sheets

import (
	"math"
	"strconv"
	"strings"
)

// Date is a civil date. The zero value is no date.
type Date struct{ Year, Month, Day int }

// String is the form 2026-03-05.
func (d Date) String() string {
	b := make([]byte, 0, 10)
	return string(d.append(b))
}

func (d Date) append(b []byte) []byte {
	b = append(b, byte('0'+d.Year/1000%10), byte('0'+d.Year/100%10), byte('0'+d.Year/10%10), byte('0'+d.Year%10), '-')
	b = append(b, byte('0'+d.Month/10), byte('0'+d.Month%10), '-')
	return append(b, byte('0'+d.Day/10), byte('0'+d.Day%10))
}

// DateOptions say how serials and short years are meant.
type DateOptions struct {
	Date1904 bool // serials count from 1904, as old Macintosh workbooks do
	ROC      bool // years of two or three digits are of the ROC calendar (1 = 1912)
}

// Serials outside this range are refused: below lie years (2020) and month.day
// numbers (6.3), above lie months (202001) and whole dates (20200123).
const (
	firstSerial = 3_654  // 1910-01-02
	lastSerial  = 73_415 // 2100-12-31
)

// ParseDate reads a civil date in the forms that sheets use: 2020-01-23,
// 2020.1.23, 2020/1/23, 2020年1月23日, 20200123, a serial such as 43860, any of
// them with a time of day or a span of times after it, which is left out. A
// time with a zone is turned to the day at UTC+08:00.
func ParseDate(s string, o DateOptions) (Date, Code) {
	if d, ok := isoDate(s); ok {
		return d, d.check()
	}
	d, rest, code := leadingDate(dateText(s), o)
	if code != "" || rest == "" {
		return d, code
	}
	if rangeMark(rest) {
		return Date{}, CodeDateRange
	}
	moment, code := dayAndClock(d, rest)
	if code == "" {
		return moment.Date, ""
	}
	if _, _, code := ParseClockRange(rest); code == "" {
		return d, ""
	}
	return Date{}, CodeDateForm
}

// isoDate is the quick path for dddd-dd-dd with any of the three separators.
func isoDate(s string) (Date, bool) {
	if len(s) != 10 || s[4] != s[7] || s[4] != '-' && s[4] != '.' && s[4] != '/' {
		return Date{}, false
	}
	for i := 0; i < 10; i++ {
		if i != 4 && i != 7 && (s[i] < '0' || s[i] > '9') {
			return Date{}, false
		}
	}
	return Date{atoi(s[:4]), atoi(s[5:7]), atoi(s[8:])}, true
}

// dateText folds widths and takes away what stands around a date in sheets:
// weekdays and brackets.
func dateText(s string) string {
	s = narrow(s)
	for _, day := range []string{"星期", "周", "礼拜"} {
		for _, name := range []string{"一", "二", "三", "四", "五", "六", "日", "天"} {
			if i := strings.Index(s, day+name); i >= 0 {
				s = s[:i] + " " + s[i+len(day+name):]
			}
		}
	}
	s = strings.ReplaceAll(s, "( )", " ")
	return strings.TrimSpace(s)
}

// leadingDate reads the date at the beginning and gives what follows it.
func leadingDate(s string, o DateOptions) (d Date, rest string, code Code) {
	if s == "" {
		return Date{}, "", CodeValueMissing
	}
	if strings.HasPrefix(s, "民国") || strings.HasPrefix(s, "民國") {
		if !o.ROC {
			return Date{}, "", CodeDateROC
		}
		s = strings.TrimLeft(s[len("民国"):], " ")
	}
	if d, rest, code, ok := serialOrCompact(s, o); ok {
		return d, rest, code
	}
	return separatedDate(s, o)
}

// serialOrCompact reads what begins with a bare number of five or more digits
// or is nothing but a number.
func serialOrCompact(s string, o DateOptions) (d Date, rest string, code Code, ok bool) {
	digits := leadingDigits(s)
	if len(digits) == 8 {
		d = Date{atoi(digits[:4]), atoi(digits[4:6]), atoi(digits[6:])}
		return d, strings.TrimSpace(s[8:]), d.check(), true
	}
	number, err := strconv.ParseFloat(s, 64)
	if err != nil || !plain(s) {
		return Date{}, "", "", false
	}
	day := math.Floor(number)
	switch {
	case day >= firstSerial && day <= lastSerial:
		d = fromSerial(int(day), o)
		return d, "", d.check(), true
	case len(digits) == 6 && day >= 190_001 && day <= 210_012 && int(day)%100 >= 1 && int(day)%100 <= 12:
		return Date{}, "", CodeDateNoDay, true
	case strings.Contains(s, ".") && day >= 1 && day <= 12:
		return Date{}, "", CodeDateNoYear, true
	case len(digits) == 6, len(digits) == 7:
		return Date{}, "", CodeDateTwoDigitYear, true
	case day >= 1900 && day <= 2100:
		return Date{}, "", CodeDateNoDay, true
	case strings.Count(s, ".") > 1:
		return Date{}, "", "", false
	}
	return Date{}, "", CodeDateForm, true
}

// separatedDate reads three numbers with . - / 、 or 年 月 日 between them.
func separatedDate(s string, o DateOptions) (Date, string, Code) {
	year := leadingDigits(s)
	rest := s[len(year):]
	rest, cut := cutDateMark(rest, "年")
	if year == "" || !cut {
		return Date{}, "", dateShape(s)
	}
	month := leadingDigits(rest)
	rest = rest[len(month):]
	rest, cut = cutDateMark(rest, "月")
	day := leadingDigits(rest)
	rest = rest[len(day):]
	switch {
	case month == "":
		return Date{}, "", CodeDateForm
	case len(year) <= 2 && len(day) == 4:
		return Date{}, "", CodeDateOrder
	case len(year) == 4 && (!cut || day == "") && strings.Trim(rest, " ") == "":
		return Date{}, "", CodeDateNoDay
	case len(year) <= 2 && day == "" && strings.Trim(rest, " 日号") == "":
		return Date{}, "", CodeDateNoYear
	case len(month) > 2 || len(day) > 2 || day == "":
		return Date{}, "", CodeDateForm
	}
	y, code := fullYear(year, o)
	if code != "" {
		return Date{}, "", code
	}
	rest = strings.TrimLeft(rest, " ")
	for _, mark := range []string{"日", "号"} {
		rest = strings.TrimPrefix(rest, mark)
	}
	d := Date{y, atoi(month), atoi(day)}
	return d, strings.TrimSpace(rest), d.check()
}

// dateShape finds the reason for text that does not begin like a date.
func dateShape(s string) Code {
	if digits := leadingDigits(s); len(digits) >= 1 && len(digits) <= 2 && strings.HasPrefix(s[len(digits):], "月") {
		return CodeDateNoYear
	}
	return CodeDateForm
}

func fullYear(year string, o DateOptions) (int, Code) {
	switch n := atoi(year); {
	case len(year) == 4:
		return n, ""
	case o.ROC && len(year) <= 3 && n > 0:
		return n + 1911, ""
	case len(year) == 3:
		return 0, CodeDateROC
	case len(year) <= 2:
		return 0, CodeDateTwoDigitYear
	}
	return 0, CodeDateForm
}

func cutDateMark(s, word string) (string, bool) {
	s = strings.TrimLeft(s, " ")
	for _, mark := range []string{word, "-", ".", "/", "、", "−", "–", "。"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			return strings.TrimLeft(rest, " "), true
		}
	}
	return s, false
}

func leadingDigits(s string) string {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i]
}

func rangeMark(rest string) bool {
	for _, mark := range []string{"-", "—", "~", "至", "到", "–", ",", "、", "和"} {
		if strings.HasPrefix(rest, mark) {
			return true
		}
	}
	return false
}

// check refuses days that do not exist and years no sheet of ours can mean.
func (d Date) check() Code {
	if d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > daysIn(d.Year, d.Month) {
		return CodeDateImpossible
	}
	if d.Year < 1900 || d.Year > 2100 {
		return CodeDateOutOfRange
	}
	return ""
}
