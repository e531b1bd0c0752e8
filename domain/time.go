package domain

import "errors"

// Instant is a moment in UTC, in milliseconds since 1970-01-01T00:00:00Z. Zero
// means "not given".
type Instant int64

// Day is a civil date at fixed UTC+08:00, in days since 1970-01-01. Negative
// days are dates before 1970; NoDay means "not given".
type Day int32

// Month is a civil month: year*12 + month-1.
type Month int32

// Minutes is whole minutes of service or study.
type Minutes int64

const (
	NoDay  Day = -1 << 31 // not given
	MinDay Day = -1 << 30 // before every date: "from the beginning of time"
	MaxDay Day = 1 << 30  // after every date

	millisPerMinute     = 60_000
	millisPerDay        = 24 * 60 * millisPerMinute
	beijingOffsetMillis = 8 * 60 * millisPerMinute

	// What can be written: 0001-01-01 to 9999-12-31.
	firstWritten Day = -719162
	lastWritten  Day = 2932896

	// DayMinutes is the length of a civil day.
	DayMinutes Minutes = 24 * 60
)

var (
	ErrDay     = errors.New("a date is written YYYY-MM-DD")
	ErrInstant = errors.New("an instant is written YYYY-MM-DDThh:mm:ssZ")
	ErrPeriod  = errors.New("a period is a year (2026), a month (2026-03) or two dates (2026-01-01..2026-06-30)")
	// ErrPeriodLong: longer than a figure is asked of.
	ErrPeriodLong = errors.New("a period has at most 20 years, unless it is all")
)

// Day is the civil date of the instant at UTC+08:00.
func (t Instant) Day() Day { return Day(floorDiv(int64(t)+beijingOffsetMillis, millisPerDay)) }

// Start is the instant the civil day begins at UTC+08:00.
func (d Day) Start() Instant { return Instant(int64(d)*millisPerDay - beijingOffsetMillis) }

// DayOf makes a civil date; ok is false for a date that does not exist.
func DayOf(year, month, day int) (d Day, ok bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return NoDay, false
	}
	d = civil(year, month, day)
	if yy, mm, dd := d.Date(); yy != year || mm != month || dd != day {
		return NoDay, false
	}
	return d, true
}

// civil counts the days to a date of any year, after Howard Hinnant: years
// begin in March.
func civil(y, m, day int) Day {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	doy := (153*int64(m-3)+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Day(era*146097 + doe - 719468)
}

// Date is the civil year, month and day.
func (d Day) Date() (year, month, day int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
	}
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

// Month is the civil month of the day.
func (d Day) Month() Month {
	y, m, _ := d.Date()
	return Month(y*12 + m - 1)
}

// Year is the civil year of the day.
func (d Day) Year() int { y, _, _ := d.Date(); return y }

// Year is the civil year of the month.
func (m Month) Year() int { return int(floorDiv(int64(m), 12)) }

// First is the first day of the month.
func (m Month) First() Day { return civil(m.Year(), int(m)-m.Year()*12+1, 1) }

// Last is the last day of the month.
func (m Month) Last() Day { return (m + 1).First() - 1 }

// String is YYYY-MM, or empty outside the years that are written with four digits.
func (m Month) String() string {
	d := m.First().String()
	return d[:min(len(d), len("2006-01"))]
}

// String is YYYY-MM-DD; the two ends of time, NoDay and days outside the years
// 0001 to 9999 are the empty string.
func (d Day) String() string { return string(d.AppendText(nil)) }

// AppendText appends what String returns.
func (d Day) AppendText(b []byte) []byte {
	if d < firstWritten || d > lastWritten {
		return b
	}
	y, m, dd := d.Date()
	b = appendMonth(b, y, m)
	return append(b, '-', byte('0'+dd/10), byte('0'+dd%10))
}

func appendMonth(b []byte, y, m int) []byte {
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10),
		'-', byte('0'+m/10), byte('0'+m%10))
}

// ParseDay reads YYYY-MM-DD.
func ParseDay[T string | []byte](s T) (Day, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return NoDay, ErrDay
	}
	y, ok1 := digits(s[0:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:10])
	day, ok := DayOf(y, m, d)
	if !ok1 || !ok2 || !ok3 || !ok {
		return NoDay, ErrDay
	}
	return day, nil
}

// String is RFC 3339 in UTC, with milliseconds only where they are not zero;
// outside the years 0001 to 9999 it is the empty string.
func (t Instant) String() string { return string(t.AppendText(nil)) }

// AppendText appends what String returns.
func (t Instant) AppendText(b []byte) []byte {
	if !t.written() {
		return b
	}
	day := floorDiv(int64(t), millisPerDay)
	ms := int(int64(t) - day*millisPerDay)
	b = Day(day).AppendText(b)
	two := func(sep byte, n int) { b = append(b, sep, byte('0'+n/10), byte('0'+n%10)) }
	two('T', ms/3_600_000)
	two(':', ms/60_000%60)
	two(':', ms/1000%60)
	if f := ms % 1000; f != 0 {
		b = append(b, '.', byte('0'+f/100), byte('0'+f/10%10), byte('0'+f%10))
	}
	return append(b, 'Z')
}

// written reports an instant whose date in UTC has a year of four digits.
func (t Instant) written() bool {
	day := floorDiv(int64(t), millisPerDay)
	return int64(firstWritten) <= day && day <= int64(lastWritten)
}

// ParseInstant reads what String writes; an offset such as +08:00 is accepted
// in place of Z.
func ParseInstant[T string | []byte](s T) (Instant, error) {
	if len(s) < 20 || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, ErrInstant
	}
	day, err := ParseDay(s[0:10])
	hh, ok1 := digits(s[11:13])
	mm, ok2 := digits(s[14:16])
	ss, ok3 := digits(s[17:19])
	if err != nil || !ok1 || !ok2 || !ok3 || hh > 23 || mm > 59 || ss > 59 {
		return 0, ErrInstant
	}
	t := int64(day)*millisPerDay + int64(hh*3600+mm*60+ss)*1000
	rest := s[19:]
	if rest[0] == '.' {
		if len(rest) < 5 {
			return 0, ErrInstant
		}
		f, ok := digits(rest[1:4])
		if !ok {
			return 0, ErrInstant
		}
		t += int64(f)
		rest = rest[4:]
	}
	switch {
	case len(rest) == 1 && rest[0] == 'Z':
	case len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':':
		oh, ok1 := digits(rest[1:3])
		om, ok2 := digits(rest[4:6])
		if !ok1 || !ok2 || oh > 14 || om > 59 {
			return 0, ErrInstant
		}
		off := int64(oh*60+om) * millisPerMinute
		if rest[0] == '-' {
			off = -off
		}
		t -= off
	default:
		return 0, ErrInstant
	}
	if !Instant(t).written() { // the offset led out of the calendar
		return 0, ErrInstant
	}
	return Instant(t), nil
}

func digits[T string | []byte](s T) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, len(s) > 0
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// Period is a range of civil days, both ends inclusive.
type Period struct{ From, To Day }

// AllTime is the period without bounds.
var AllTime = Period{MinDay, MaxDay}

// YearPeriod is a calendar year.
func YearPeriod(year int) Period {
	a, _ := DayOf(year, 1, 1)
	b, _ := DayOf(year, 12, 31)
	return Period{a, b}
}

// Contains reports whether the day lies in the period.
func (p Period) Contains(d Day) bool { return p.From <= d && d <= p.To }

func (p Period) String() string {
	if p == AllTime {
		return "all"
	}
	fy, fm, fd := p.From.Date()
	ty, tm, td := p.To.Date()
	switch {
	case fy == ty && fm == 1 && fd == 1 && tm == 12 && td == 31:
		return p.From.String()[:4]
	case p.From.Month() == p.To.Month() && fd == 1 && p.To == p.To.Month().Last():
		return p.From.String()[:7]
	}
	return p.From.String() + ".." + p.To.String()
}

// ParsePeriod reads 2026, 2026-03, 2026-01-01..2026-06-30 or "all".
func ParsePeriod(s string) (Period, error) {
	switch {
	case s == "all":
		return AllTime, nil
	case len(s) == 4:
		if y, ok := digits(s); ok && y > 0 {
			return YearPeriod(y), nil
		}
	case len(s) == 7 && s[4] == '-':
		if d, err := ParseDay(s + "-01"); err == nil {
			return Period{d, d.Month().Last()}, nil
		}
	case len(s) == 22 && s[10:12] == "..":
		a, err1 := ParseDay(s[:10])
		b, err2 := ParseDay(s[12:])
		if err1 == nil && err2 == nil && a <= b {
			return Period{a, b}, nil
		}
	}
	return Period{}, ErrPeriod
}

// MaxPeriodYears is the longest period with two ends that a figure is asked of.
// A figure tells of every week of its period, whether anything happened in it or
// not, so that the period decides how much has to be kept and sent. All time has
// no ends: it tells of what there is.
const MaxPeriodYears = 20

// AskPeriod is ParsePeriod for whoever asks for a figure.
func AskPeriod(s string) (Period, error) {
	p, err := ParsePeriod(s)
	if err != nil || p == AllTime {
		return p, err
	}
	year, month, day := p.From.Date()
	if y, m, d := p.To.Date(); y-year > MaxPeriodYears || y-year == MaxPeriodYears && (m > month || m == month && d >= day) {
		return Period{}, ErrPeriodLong
	}
	return p, nil
}
