package sheets

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// headingsCSV is the table of headings that staff and other systems use:
// kind ("*" for all), field, headings. A clerk can read it and add to it.
//
//go:embed headings.csv
var headingsCSV string

// headingTable finds the field of a normalised heading, for each kind.
var headingTable = sync.OnceValue(func() map[Kind]map[string]Field {
	rows, err := csv.NewReader(strings.NewReader(headingsCSV)).ReadAll()
	if err != nil {
		panic("sheets: headings.csv: " + err.Error())
	}
	table := map[Kind]map[string]Field{}
	for _, k := range Kinds() {
		table[k] = map[string]Field{}
	}
	for _, general := range []bool{true, false} { // a kind's own meaning goes before the general one
		for _, row := range rows[1:] {
			if (row[0] == "*") == general {
				addHeadings(table, row[0], fieldIndex()[row[1]], strings.Split(row[2], "|"))
			}
		}
	}
	return table
})

func addHeadings(table map[Kind]map[string]Field, kind string, f Field, headings []string) {
	if f == noField {
		panic("sheets: headings.csv names a field that does not exist")
	}
	for _, k := range Kinds() {
		if kind != "*" && kind != k.String() {
			continue
		}
		for _, h := range headings {
			table[k][normalHeading(h)] = f
		}
	}
}

// normalHeading folds what headings differ in without meaning anything: width,
// case, blanks, marks of required columns, a colon at the end.
func normalHeading(s string) string {
	s = strings.ToLower(norm.NFKC.String(Clean(s)))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), invisible(r), r == '*', r == '_':
			return -1
		case r == '【', r == '[', r == '〔':
			return '('
		case r == '】', r == ']', r == '〕':
			return ')'
		}
		return r
	}, s)
	return strings.TrimRight(s, ":")
}

// headingMeaning is what a heading says: a field, and the unit if it names one.
type headingMeaning struct {
	field  Field
	factor int64    // yuan to one of the unit; 0: not said
	unit   TimeUnit // NoUnit: not said
	alien  bool     // a unit is named that cannot be counted in
}

// meaning finds the field of a heading as it stands in a sheet.
func meaning(kind Kind, heading string) headingMeaning {
	table := headingTable()[kind]
	h := normalHeading(heading)
	if f, ok := table[h]; ok {
		return settle(headingMeaning{field: f})
	}
	base, unit := splitUnit(h)
	f, ok := table[base]
	if !ok {
		return headingMeaning{}
	}
	m := headingMeaning{field: f}
	switch f {
	case Amount:
		m.factor, m.alien = moneyUnit(unit)
	case Duration, DurationHours, DurationMinutes, DateField:
		m.unit = timeUnit(unit)
		if f == DateField && m.unit != NoUnit { // 服务时间(小时) is a length of time
			m.field = Duration
		}
	}
	return settle(m)
}

// settle turns a duration with a unit into the field of that unit.
func settle(m headingMeaning) headingMeaning {
	switch {
	case m.field == Duration && m.unit == Hours:
		m.field = DurationHours
	case m.field == Duration && m.unit == Minutes:
		m.field = DurationMinutes
	case m.field == DurationHours:
		m.unit = Hours
	case m.field == DurationMinutes:
		m.unit = Minutes
	}
	return m
}

// splitUnit takes the last bracket, or what follows the last / or :, off.
func splitUnit(h string) (base, unit string) {
	if strings.HasSuffix(h, ")") {
		if i := strings.LastIndexByte(h, '('); i > 0 {
			return h[:i], strings.TrimPrefix(h[i+1:len(h)-1], "单位:")
		}
	}
	if i := strings.LastIndexAny(h, "/:,"); i > 0 {
		return h[:i], h[i+1:]
	}
	return h, ""
}

// moneyUnit gives yuan to one of the unit. Words that name no unit, such as
// 必填, leave it open; a foreign currency cannot be counted in.
func moneyUnit(unit string) (factor int64, alien bool) {
	switch strings.TrimPrefix(unit, "人民币") {
	case "元", "圆", "rmb", "cny", "yuan", "¥":
		return Yuan, false
	case "千元":
		return Thousand, false
	case "万元", "万":
		return Wan, false
	case "亿元":
		return Yi, false
	}
	return 0, foreign(strings.ToUpper(unit)) || unit == "分" || unit == "角"
}

func timeUnit(unit string) TimeUnit {
	switch unit {
	case "小时", "小時", "时", "h", "hour", "hours", "hr", "hrs", "钟头":
		return Hours
	case "分钟", "分鐘", "分", "min", "mins", "minute", "minutes":
		return Minutes
	}
	return NoUnit
}
