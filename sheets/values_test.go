package sheets

import "testing"

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		in   string
		o    DateOptions
		want string
		code Code
	}{
		{in: "2020-01-23", want: "2020-01-23"},
		{in: "2020.01.23", want: "2020-01-23"},
		{in: "2020-1-3", want: "2020-01-03"},
		{in: "2020/1/3", want: "2020-01-03"},
		{in: "2020年1月3日", want: "2020-01-03"},
		{in: "2020 年 1 月 3 日", want: "2020-01-03"},
		{in: "２０２０．０１．２３", want: "2020-01-23"},
		{in: "2020年1月3日（星期五）", want: "2020-01-03"},
		{in: "2020年1月3日 周五", want: "2020-01-03"},
		{in: "2020、1、3", want: "2020-01-03"},
		{in: "20200123", want: "2020-01-23"},
		{in: "43860", want: "2020-01-30"},
		{in: "43860.75", want: "2020-01-30"},
		{in: "42398", o: DateOptions{Date1904: true}, want: "2020-01-30"},
		{in: "\t2020.01.23\u3000", want: "2020-01-23"},
		{in: "2020-01-23 00:00:00", want: "2020-01-23"},
		{in: "2020-01-23T16:30:00Z", want: "2020-01-24"},
		{in: "2020年1月3日9:00-11:00", want: "2020-01-03"},
		{in: "2020-02-29", want: "2020-02-29"},
		{in: "098/09/01", o: DateOptions{ROC: true}, want: "2009-09-01"},
		{in: "民國98年9月1日", o: DateOptions{ROC: true}, want: "2009-09-01"},
		{in: "098/09/01", code: CodeDateROC},
		{in: "民国98年9月1日", code: CodeDateROC},
		{in: "20.1.23", code: CodeDateTwoDigitYear},
		{in: "98/9/1", code: CodeDateTwoDigitYear},
		{in: "200123", code: CodeDateTwoDigitYear},
		{in: "2019-02-29", code: CodeDateImpossible},
		{in: "20200231", code: CodeDateImpossible},
		{in: "2020-13-01", code: CodeDateImpossible},
		{in: "2020-00-01", code: CodeDateImpossible},
		{in: "1820-01-01", code: CodeDateOutOfRange},
		{in: "2020年1月", code: CodeDateNoDay},
		{in: "2020-01", code: CodeDateNoDay},
		{in: "2020.01", code: CodeDateNoDay},
		{in: "202001", code: CodeDateNoDay},
		{in: "2020", code: CodeDateNoDay},
		{in: "6.30", code: CodeDateNoYear},
		{in: "6月30日", code: CodeDateNoYear},
		{in: "23/01/2020", code: CodeDateOrder},
		{in: "2020.1.3-1.5", code: CodeDateRange},
		{in: "2020-01-03至2020-01-05", code: CodeDateRange},
		{in: "昨天", code: CodeDateForm},
		{in: "2020-01-03 abc", code: CodeDateForm},
		{in: "1.2.3.4", code: CodeDateTwoDigitYear},
		{in: " ", code: CodeValueMissing},
	} {
		d, code := ParseDate(c.in, c.o)
		if code != c.code || code == "" && d.String() != c.want {
			t.Errorf("ParseDate(%q) = %s, %q; want %s, %q", c.in, d, code, c.want, c.code)
		}
	}
}

func TestParseClock(t *testing.T) {
	for _, c := range []struct {
		in, want string
		code     Code
	}{
		{in: "09:30", want: "09:30"}, {in: "9：30", want: "09:30"}, {in: "9:30:15", want: "09:30:15"},
		{in: "上午9点", want: "09:00"}, {in: "下午2点30分", want: "14:30"}, {in: "下午14:00", want: "14:00"},
		{in: "9点半", want: "09:30"}, {in: "中午12点", want: "12:00"}, {in: "中午1点", want: "13:00"}, {in: "14时30分", want: "14:30"},
		{in: "2:30 PM", want: "14:30"}, {in: "12:05 am", want: "00:05"}, {in: "24:00", want: "24:00"},
		{in: "0.375", want: "09:00"}, {in: "9点一刻", want: "09:15"}, {in: "晚上7点", want: "19:00"},
		{in: "9:5", code: CodeTimeForm}, {in: "25:00", code: CodeTimeImpossible}, {in: "09:60", code: CodeTimeImpossible},
		{in: "上午13:00", code: CodeTimeImpossible}, {in: "9", code: CodeTimeForm}, {in: "一点", code: CodeTimeForm}, {in: "", code: CodeValueMissing},
	} {
		got, code := ParseClock(c.in)
		if code != c.code || code == "" && got.String() != c.want {
			t.Errorf("ParseClock(%q) = %s, %q; want %s, %q", c.in, got, code, c.want, c.code)
		}
	}
}

func TestParseClockRange(t *testing.T) {
	for in, want := range map[string]string{
		"9:00-11:30": "09:00 11:30", "9：00～11：30": "09:00 11:30", "下午2点至4点": "14:00 16:00", "上午9:00-下午3:00": "09:00 15:00", "14:00——16:00": "14:00 16:00",
	} {
		from, to, code := ParseClockRange(in)
		if code != "" || from.String()+" "+to.String() != want {
			t.Errorf("ParseClockRange(%q) = %s %s %q, want %s", in, from, to, code, want)
		}
	}
	if _, _, code := ParseClockRange("9:00"); code != CodeTimeForm {
		t.Errorf("a single time gave %q", code)
	}
}

func TestParseMoment(t *testing.T) {
	for _, c := range []struct {
		in, want string
		code     Code
	}{
		{in: "2026-03-05 09:00", want: "2026-03-05 09:00"}, {in: "2026年3月5日 上午9点", want: "2026-03-05 09:00"},
		{in: "2026-03-05T01:00:00Z", want: "2026-03-05 09:00"}, {in: "2026-03-04T20:30:00+00:00", want: "2026-03-05 04:30"},
		{in: "2026-03-05T09:00:00.123+08:00", want: "2026-03-05 09:00"}, {in: "46086.375", want: "2026-03-05 09:00"}, {in: "46085.999999", want: "2026-03-05 00:00"},
		{in: "20260305 0900", code: CodeTimeForm}, {in: "2026-03-05", code: CodeTimeMissing}, {in: "2026-03-05 09:00-11:00", code: CodeTimeForm},
	} {
		got, code := ParseMoment(c.in, DateOptions{})
		if code != c.code || code == "" && got.String() != c.want {
			t.Errorf("ParseMoment(%q) = %s, %q; want %s, %q", c.in, got, code, c.want, c.code)
		}
	}
}

func TestParseMinutes(t *testing.T) {
	for _, c := range []struct {
		in   string
		unit TimeUnit
		want int64
		code Code
	}{
		{"45", Minutes, 45, ""}, {"2", Hours, 120, ""}, {"1.5", Hours, 90, ""}, {"0.1", Hours, 6, ""}, {"１．５", Hours, 90, ""},
		{"1小时30分", NoUnit, 90, ""}, {"90分钟", NoUnit, 90, ""}, {"1.5小时", Minutes, 90, ""}, {"30分钟", Hours, 30, ""},
		{"1h30m", NoUnit, 90, ""}, {"2个小时", NoUnit, 120, ""}, {"半小时", NoUnit, 30, ""}, {"1个半小时", NoUnit, 90, ""}, {"1小时30", NoUnit, 90, ""},
		{"1:30", Hours, 90, ""}, {"0", Minutes, 0, ""}, {"45.0", Minutes, 45, ""}, {"2 小时 5 分钟", NoUnit, 125, ""}, {"2 hours", NoUnit, 120, ""},
		{"0.33", Hours, 0, CodeDurationFraction}, {"1.5", Minutes, 0, CodeDurationFraction}, {"2", NoUnit, 0, CodeDurationUnit},
		{"1:30", Minutes, 0, CodeDurationForm}, {"1:75", Hours, 0, CodeDurationForm}, {"-2", Hours, 0, CodeValueNegative}, {"约2小时", NoUnit, 0, CodeDurationForm},
		{"2小时5分30秒", NoUnit, 0, CodeDurationForm}, {"99999999999999999999", Minutes, 0, CodeValueTooLarge}, {"", Minutes, 0, CodeValueMissing}, {"两小时", NoUnit, 0, CodeDurationForm},
		{"0.00000000000000000001", Hours, 0, CodeDurationFraction},
	} {
		got, code := ParseMinutes(c.in, c.unit)
		if code != c.code || got != c.want {
			t.Errorf("ParseMinutes(%q, %d) = %d, %q; want %d, %q", c.in, c.unit, got, code, c.want, c.code)
		}
	}
}

func TestParseFen(t *testing.T) {
	for _, c := range []struct {
		in     string
		factor int64
		want   int64
		code   Code
	}{
		{"100.00", Yuan, 10000, ""}, {"0.01", Yuan, 1, ""}, {"1,234.56", Yuan, 123456, ""}, {"￥1,234.5", Yuan, 123450, ""}, {"1234.56元", Yuan, 123456, ""},
		{"１２３．４５", Yuan, 12345, ""}, {"3", Wan, 3000000, ""}, {"3.123456", Wan, 3123456, ""}, {"3万元", Yuan, 3000000, ""}, {"100元", Wan, 10000, ""},
		{"100.000", Yuan, 10000, ""}, {"人民币100元整", Yuan, 10000, ""}, {"0", Yuan, 0, ""}, {"38422322.24", Yuan, 3842232224, ""}, {"1.5亿元", Yuan, 15000000000, ""},
		{"1.234", Yuan, 0, CodeMoneyDecimals}, {"3.1234567", Wan, 0, CodeMoneyDecimals}, {"-5", Yuan, 0, CodeValueNegative}, {"(5.00)", Yuan, 0, CodeValueNegative},
		{"1,2345", Yuan, 0, CodeMoneyForm}, {"100美元", Yuan, 0, CodeMoneyCurrency}, {"$100", Yuan, 0, CodeMoneyCurrency}, {"壹万元整", Yuan, 0, CodeMoneyForm},
		{"1.2.3", Yuan, 0, CodeMoneyForm}, {"1.", Yuan, 0, CodeMoneyForm}, {".5", Yuan, 0, CodeMoneyForm}, {"99999999999999999", Yuan, 0, CodeValueTooLarge}, {"", Yuan, 0, CodeValueMissing}, {"元", Yuan, 0, CodeMoneyForm},
	} {
		got, code := ParseFen(c.in, c.factor)
		if code != c.code || got != c.want {
			t.Errorf("ParseFen(%q, %d) = %d, %q; want %d, %q", c.in, c.factor, got, code, c.want, c.code)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	for _, c := range []struct {
		in      string
		want    int64
		measure string
		code    Code
	}{
		{"12", 12, "", ""}, {"１２", 12, "", ""}, {"1,234", 1234, "", ""}, {"12.0", 12, "", ""}, {"10人", 10, "人", ""}, {"20 箱", 20, "箱", ""},
		{"1.5", 0, "", CodeNumberFraction}, {"十", 0, "", CodeNumberForm}, {"-1", 0, "", CodeValueNegative}, {"", 0, "", CodeNumberForm}, {"3人2", 0, "", CodeNumberForm},
	} {
		got, measure, code := ParseCount(c.in)
		if code != c.code || got != c.want || measure != c.measure {
			t.Errorf("ParseCount(%q) = %d, %q, %q; want %d, %q, %q", c.in, got, measure, code, c.want, c.measure, c.code)
		}
	}
	if d, code := ParseDecimal("2.50"); code != "" || d != (Decimal{25, 1}) {
		t.Errorf("ParseDecimal(2.50) = %v, %q", d, code)
	}
}

func TestParseText(t *testing.T) {
	for in, want := range map[string]string{
		"王*\t": "王*", "\u3000张\u3000三\u00a0": "张三", "买买提•依明": "买买提·依明", "阿不都．热合曼": "阿不都·热合曼", "ABC  Ltd": "ABC Ltd",
		"\u202d陈\u202c": "陈", "e\u0301": "é", "李\u200b四": "李四", "・": "·",
	} {
		if got := ParseName(in); got != want {
			t.Errorf("ParseName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"男": "male", "女 ": "female", "Ｍ": "male", "Female": "female", "": "", "未知": ""} {
		if got, code := ParseSex(in); code != "" || got != want {
			t.Errorf("ParseSex(%q) = %q, %q", in, got, code)
		}
	}
	if _, code := ParseSex("1"); code != CodeSexForm {
		t.Errorf("ParseSex(1) gave %q", code)
	}
	for in, want := range map[string]string{"１１０ 105": "110105", `="00123"`: "00123", "'00123": "00123", "11010519491231002x": "11010519491231002X", "\u202d13800000000\u202c": "13800000000"} {
		if got, code := ParseIdentifier(in); code != "" || got != want {
			t.Errorf("ParseIdentifier(%q) = %q, %q", in, got, code)
		}
	}
	for _, in := range []string{"1.10105E+17", "110105194912310000"} {
		if _, code := ParseIdentifier(in); code != CodeDigitsLost {
			t.Errorf("ParseIdentifier(%q) gave %q", in, code)
		}
	}
}
