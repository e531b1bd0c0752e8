package wire

import "zhishu/domain"

const (
	dateLength    = len("2006-01-02")
	secondsLength = len("2006-01-02T15:04:05Z")
	millisLength  = len("2006-01-02T15:04:05.000Z")
	millisPerDay  = 24 * 60 * 60 * 1000
)

// date is a civil date that must be there.
func (r *reader) date(key string) domain.Day {
	if !r.need(key) {
		return domain.NoDay
	}
	return r.dateValue()
}

// dateOr is a civil date with a meaning of its own where it is left out.
func (r *reader) dateOr(key string, absent domain.Day) domain.Day {
	if !r.at(key) {
		return absent
	}
	return r.dateValue()
}

func (r *reader) dateValue() domain.Day {
	b := r.token(dateLength)
	if r.err != nil {
		return domain.NoDay
	}
	d, ok := r.day(b)
	if !ok {
		r.fail("a date is written YYYY-MM-DD")
	}
	return d
}

// knownDay is a date's text with what it means: neighbouring events share
// dates, and a calendar is slower than a comparison.
type knownDay struct {
	text [dateLength]byte
	set  bool
	day  domain.Day
}

// day reads the first bytes of b as a date.
func (r *reader) day(b []byte) (domain.Day, bool) {
	text := [dateLength]byte(b)
	if r.known == nil {
		d, err := domain.ParseDay(text[:])
		return d, err == nil
	}
	k := &r.known.days[(text[9]+text[8]*10+text[6]*31)%64]
	if k.set && k.text == text {
		return k.day, true
	}
	d, err := domain.ParseDay(b[:dateLength])
	if err != nil {
		return d, false
	}
	*k = knownDay{text, true, d}
	return d, true
}

// instant reads what domain.Instant's AppendText writes, and only that:
// domain.ParseInstant also takes offsets and needless zeros.
func (r *reader) instant(key string) domain.Instant {
	if !r.at(key) {
		return 0
	}
	n := secondsLength
	if p := r.pos + secondsLength; p < len(r.data) && r.data[p] != 'Z' {
		n = millisLength
	}
	b := r.token(n)
	if r.err != nil {
		return 0
	}
	day, ok := r.day(b)
	ms, clockOK := clock(b[dateLength:])
	t := domain.Instant(int64(day)*millisPerDay + ms)
	switch {
	case !ok || !clockOK:
		r.fail("an instant is written in UTC, without needless zeros")
		return 0
	case t == 0:
		r.zero()
	}
	return t
}

// clock reads T15:04:05Z or T15:04:05.000Z as milliseconds of the day.
func clock(b []byte) (ms int64, ok bool) {
	if b[0] != 'T' || b[3] != ':' || b[6] != ':' || b[len(b)-1] != 'Z' {
		return 0, false
	}
	bad := false
	digit := func(at int, limit byte) int64 {
		c := b[at] - '0'
		bad = bad || c > limit
		return int64(c)
	}
	hours := digit(1, 2)*10 + digit(2, 9)
	ms = hours*3_600_000 + (digit(4, 5)*10+digit(5, 9))*60_000 + (digit(7, 5)*10+digit(8, 9))*1000
	if len(b) > len("T15:04:05Z") {
		part := digit(10, 9)*100 + digit(11, 9)*10 + digit(12, 9)
		bad = bad || b[9] != '.' || part == 0
		ms += part
	}
	return ms, !bad && hours < 24
}
