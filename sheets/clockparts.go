package sheets

import "strings"

// half is what a cell says about the half of the day.
type half struct{ said, pm, noon bool }

var halfWords = []struct {
	word string
	half half
}{
	{"上午", half{said: true}}, {"早上", half{said: true}}, {"凌晨", half{said: true}}, {"早晨", half{said: true}},
	{"下午", half{said: true, pm: true}}, {"晚上", half{said: true, pm: true}}, {"傍晚", half{said: true, pm: true}},
	{"中午", half{said: true, noon: true}},
	{"a.m.", half{said: true}}, {"p.m.", half{said: true, pm: true}}, {"am", half{said: true}}, {"pm", half{said: true, pm: true}},
}

func dayHalf(s string) (half, string) {
	for _, w := range halfWords {
		if body, ok := strings.CutPrefix(s, w.word); ok {
			return w.half, strings.TrimSpace(body)
		}
		if body, ok := strings.CutSuffix(s, w.word); ok {
			return w.half, strings.TrimSpace(body)
		}
	}
	return half{}, s
}

// apply puts a time into the half of the day that was said. 下午14:00 is what
// people write, so an hour that already lies in the afternoon stays.
func (h half) apply(seconds int) (Clock, Code) {
	hour := seconds / 3600
	switch {
	case !h.said:
	case h.noon && hour >= 1 && hour <= 2, h.pm && hour < 12:
		seconds += 12 * 3600
	case h.noon && (hour < 11 || hour > 14):
		return Clock{}, CodeTimeImpossible
	case !h.pm && !h.noon && hour == 12:
		seconds -= 12 * 3600
	case !h.pm && !h.noon && hour > 12:
		return Clock{}, CodeTimeImpossible
	}
	return Clock{seconds}, ""
}

// clockSeconds reads hour, minute and second with : or 时 分 秒 between them.
func clockSeconds(s string) (int, Code) {
	s = strings.ReplaceAll(s, " ", "")
	hour := leadingDigits(s)
	rest := s[len(hour):]
	if len(hour) == 0 || len(hour) > 2 {
		return 0, CodeTimeForm
	}
	if body, colon := strings.CutPrefix(rest, ":"); colon && len(leadingDigits(body)) != 2 {
		return 0, CodeTimeForm // 9:5 may be five past or fifty past
	}
	rest, ok := cutClockMark(rest, ":", "点", "时", "點", "時")
	if !ok {
		return 0, CodeTimeForm
	}
	minute, rest := minutePart(rest)
	second := leadingDigits(rest)
	rest = strings.TrimSuffix(rest[len(second):], "秒")
	if rest != "" || len(minute) > 2 || len(second) > 2 {
		return 0, CodeTimeForm
	}
	h, m, sec := atoi(hour), atoi(minute), atoi(second)
	if m > 59 || sec > 59 || h > 24 || h == 24 && m+sec > 0 {
		return 0, CodeTimeImpossible
	}
	return h*3600 + m*60 + sec, ""
}

// minutePart knows 半 (half past), 一刻, 三刻 and 整 beside digits.
func minutePart(s string) (minute, rest string) {
	for _, w := range []struct{ word, minute string }{{"半", "30"}, {"一刻", "15"}, {"三刻", "45"}, {"整", "0"}, {"正", "0"}} {
		if rest, ok := strings.CutPrefix(s, w.word); ok {
			return w.minute, rest
		}
	}
	minute = leadingDigits(s)
	rest, _ = cutClockMark(s[len(minute):], ":", "分")
	return minute, rest
}

func cutClockMark(s string, marks ...string) (string, bool) {
	for _, mark := range marks {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			return rest, true
		}
	}
	return s, false
}
