package domain_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// written are the days that have a date of four digits.
var written = rapid.Custom(func(t *rapid.T) domain.Day {
	first, _ := domain.DayOf(1, 1, 1)
	last, _ := domain.DayOf(9999, 12, 31)
	return domain.Day(rapid.Int32Range(int32(first), int32(last)).Draw(t, "day"))
})

// TestDayAgreesWithTime: every date, written, read and taken apart as package
// time does it.
func TestDayAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := written.Draw(t, "d")
		want := time.Unix(int64(d)*86_400, 0).UTC()
		y, m, dd := d.Date()
		if y != want.Year() || m != int(want.Month()) || dd != want.Day() || d.Year() != y {
			t.Fatalf("%d is %d-%d-%d, time says %s", d, y, m, dd, want)
		}
		if d.String() != want.Format(time.DateOnly) {
			t.Fatalf("%d reads %s, time says %s", d, d, want)
		}
		if back, err := domain.ParseDay(d.String()); err != nil || back != d {
			t.Fatalf("%s comes back as %v, %v", d, back, err)
		}
		if back, ok := domain.DayOf(y, m, dd); !ok || back != d {
			t.Fatalf("DayOf: %v", back)
		}
		midnight := time.Date(want.Year(), want.Month(), want.Day(), 0, 0, 0, 0, beijing)
		if int64(d.Start()) != midnight.UnixMilli() || d.Start().Day() != d || (d.Start()-1).Day() != d-1 {
			t.Fatalf("%s begins at %s", d, d.Start())
		}
		month := d.Month()
		if month.Year() != y || month.First() > d || d > month.Last() || month.String() != d.String()[:7] {
			t.Fatalf("%s lies in %s", d, month)
		}
		if month.First().Month() != month || month.Last().Month() != month || (month.Last()+1).Month() != month+1 {
			t.Fatalf("%s goes from %s to %s", month, month.First(), month.Last())
		}
	})
}

func TestInstantAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999).Draw(t, "ms")
		i, want := domain.Instant(ms), time.UnixMilli(ms).UTC()
		text := want.Format("2006-01-02T15:04:05Z")
		if ms%1000 != 0 {
			text = want.Format("2006-01-02T15:04:05.000Z")
		}
		if i.String() != text {
			t.Fatalf("%d reads %s, time says %s", ms, i, text)
		}
		if back, err := domain.ParseInstant(i.String()); err != nil || back != i {
			t.Fatalf("%s comes back as %v, %v", i, back, err)
		}
		zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "offset")*60)
		local := want.In(zone)
		if y := local.Year(); y >= 1 && y <= 9999 {
			there := local.Format("2006-01-02T15:04:05.000-07:00")
			if back, err := domain.ParseInstant(there); err != nil || back != i {
				t.Fatalf("%s read as %v, %v", there, back, err)
			}
		}
		if slowDay(i) != i.Day() {
			t.Fatalf("%s is on %s", i, i.Day())
		}
	})
}

// TestCalendarEdges: leap years, the turn of 1991 to 1992 (China's last summer
// time was in 1991; days here stay at UTC+08:00 throughout), days before 1970,
// and the ends of what can be written.
func TestCalendarEdges(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"2000-02-29", true}, {"1900-02-29", false}, {"2024-02-29", true}, {"2023-02-29", false}, {"2100-02-29", false},
		{"2400-02-29", true}, {"1991-12-31", true}, {"1992-01-01", true}, {"1969-12-31", true}, {"0001-01-01", true},
		{"9999-12-31", true}, {"0000-12-31", false}, {"2026-04-31", false}, {"2026-13-01", false}, {"2026-00-10", false},
		{"2026-01-00", false}, {"2026-1-01", false}, {"2026/01/01", false}, {" 026-01-01", false}, {"+026-01-01", false},
		{"2026-01-01 ", false}, {"", false}, {"２０２６-01-01", false}, {"10000-01-01", false},
	} {
		d, err := domain.ParseDay(c.text)
		if (err == nil) != c.ok || c.ok && d.String() != c.text {
			t.Errorf("%q: %v, %v", c.text, d, err)
		}
		if err != nil && (!errors.Is(err, domain.ErrDay) || d != domain.NoDay) {
			t.Errorf("%q: %v with %d", c.text, err, d)
		}
	}
	if d, _ := domain.ParseDay("1970-01-01"); d != 0 {
		t.Errorf("1970-01-01 is day %d", d)
	}
	if a, b := day("1991-12-31"), day("1992-01-01"); b != a+1 || b.Start()-a.Start() != 86_400_000 {
		t.Error("1991 does not meet 1992")
	}
	if a, b := day("1986-05-04"), day("1986-05-05"); b.Start()-a.Start() != 86_400_000 {
		t.Error("a day of the year summer time began has not 24 hours")
	}
	if d, ok := domain.DayOf(2026, 1, 1<<32+1); ok {
		t.Errorf("day 1<<32+1 of January is %s", d)
	}
	for _, d := range []domain.Day{domain.NoDay, domain.MinDay, domain.MaxDay, day("0001-01-01") - 1, day("9999-12-31") + 1} {
		if d.String() != "" {
			t.Errorf("day %d reads %q", d, d)
		}
	}
	if m := day("9999-12-01").Month(); m.Last() != day("9999-12-31") || (m+1).String() != "" {
		t.Errorf("December 9999 ends on %s", m.Last())
	}
	if y := (day("0001-01-01") - 1).Year(); y != 0 {
		t.Errorf("the day before 0001-01-01 lies in %d", y)
	}
	if domain.EarliestDay != day("1900-01-01") {
		t.Errorf("facts begin on %s", domain.EarliestDay)
	}
}

func TestInstantRefuses(t *testing.T) {
	for _, s := range []string{
		"", "2026-03-10", "2026-03-10T09:00Z", "2026-03-10T24:00:00Z", "2026-03-10T09:60:00Z", "2026-03-10T09:00:60Z", "2026-02-30T09:00:00Z",
		"2026-03-10 09:00:00Z", "2026-03-10T09-00:00Z", "2026-03-10T09:00-00Z", "2026-03-10T09:00:00", "2026-03-10T09:00:00z", "2026-03-10T09:00:00.5Z", "2026-03-10T09:00:00.1234Z",
		"2026-03-10T09:00:00.Z", "2026-03-10T09:00:00.123", "2026-03-10T09:00:00+0800", "2026-03-10T09:00:00+15:00", "2026-03-10T09:00:00+08:60",
		"0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-01:00",
	} {
		if i, err := domain.ParseInstant(s); err == nil || !errors.Is(err, domain.ErrInstant) || i != 0 {
			t.Errorf("%q: %v, %v", s, i, err)
		}
	}
}

func TestPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := written.Draw(t, "a"), written.Draw(t, "b")
		p := domain.Period{From: min(a, b), To: max(a, b)}
		for _, p := range []domain.Period{p, domain.YearPeriod(a.Year()), {From: a.Month().First(), To: a.Month().Last()}, domain.AllTime, {From: a, To: a}} {
			back, err := domain.ParsePeriod(p.String())
			if err != nil || back != p {
				t.Fatalf("%v reads %q and comes back as %v, %v", p, p, back, err)
			}
			if !p.Contains(p.From) || !p.Contains(p.To) || p.Contains(p.From-1) && p.From > domain.MinDay || p.Contains(p.To+1) {
				t.Fatalf("%s does not have its own ends", p)
			}
		}
	})
	for _, c := range []struct{ text, want string }{
		{"2026", "2026"}, {"2026-02", "2026-02"}, {"2026-01-01..2026-12-31", "2026"}, {"2024-02-01..2024-02-29", "2024-02"},
		{"2026-01-01..2026-06-30", "2026-01-01..2026-06-30"}, {"all", "all"},
		{"0000", ""}, {"26", ""}, {"2026-13", ""}, {"2026-01-02..2026-01-01", ""}, {"2026-01-01...026-01-02", ""}, {"", ""}, {"..", ""}, {"2026-1", ""},
	} {
		p, err := domain.ParsePeriod(c.text)
		if (err != nil) != (c.want == "") || err == nil && p.String() != c.want {
			t.Errorf("%q: %v, %v", c.text, p, err)
		}
	}
}

// A figure is asked of twenty years at most, to the day, or of all time.
func TestAskPeriod(t *testing.T) {
	for text, want := range map[string]error{
		"2026": nil, "2026-02": nil, "0001": nil, "9999": nil, "all": nil, "2007-01-01..2026-12-31": nil, "2006-02-15..2026-02-14": nil,
		"2006-02-15..2026-02-15": domain.ErrPeriodLong, "2006-02-15..2026-03-01": domain.ErrPeriodLong, "0001-01-01..9999-12-31": domain.ErrPeriodLong,
		"2004-02-29..2024-02-28": nil, "2004-02-29..2024-02-29": domain.ErrPeriodLong, "26": domain.ErrPeriod, "2026-01-02..2026-01-01": domain.ErrPeriod,
	} {
		p, err := domain.AskPeriod(text)
		if read, _ := domain.ParsePeriod(text); err != want || err == nil && p != read {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
}

// TestByDay: the days of a span sum to its minutes, agree with a walk minute by
// minute, and with the short way Decide uses.
func TestByDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomSpan(t)
		if s.Start != 0 {
			s.Day = s.Start.Day()
			if long := domain.Minutes((s.End - s.Start) / 60_000); s.Minutes == 0 || s.Minutes > long {
				s.Minutes = max(0, long)
			}
		}
		got, last, sum := map[domain.Day]domain.Minutes{}, domain.NoDay, domain.Minutes(0)
		for d, m := range s.ByDay {
			if d <= last || m > domain.DayMinutes && s.Start != 0 || m != s.On(d) {
				t.Fatalf("%s after %s with %d minutes, On says %d", d, last, m, s.On(d))
			}
			got[d], last, sum = m, d, sum+m
		}
		if sum != s.Minutes || !maps.Equal(got, slowDays(s)) {
			t.Fatalf("%+v: %v, the slow walk says %v", s, got, slowDays(s))
		}
		if s.On(s.Day-1) != 0 || s.On(last+1) != 0 {
			t.Fatal("minutes on a day outside")
		}
		for d := range s.ByDay { // stopping early is allowed
			if d != s.Day {
				t.Fatalf("begins on %s, not %s", d, s.Day)
			}
			break
		}
	})
}

func ExamplePeriod() {
	p, _ := domain.ParsePeriod("2026-02")
	fmt.Println(p.From, p.To)
	// Output: 2026-02-01 2026-02-28
}
