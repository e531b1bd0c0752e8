package sheets

import (
	"fmt"
	"strings"
)

// Column is one column of a table.
type Column struct {
	Index   int    // from 0
	Letter  string // as the spreadsheet names it
	Heading string // as it stands, cleaned
	Field   Field  // none for a column that is not known

	factor int64
	unit   TimeUnit
}

// String names the column for a person: letter and heading.
func (c Column) String() string {
	if c.Heading == "" {
		return c.Letter
	}
	return c.Letter + " " + shorten(c.Heading, 30)
}

// shorten cuts a text that goes into a message.
func shorten(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// ParseColumns reads the value of --columns: 'heading or letter=field,…'. The
// field "ignore" leaves a column out.
func ParseColumns(s string) (map[string]string, error) {
	columns := map[string]string{}
	for _, pair := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' }) {
		key, field, ok := strings.Cut(strings.ReplaceAll(pair, "＝", "="), "=")
		key, field = Clean(key), Clean(field)
		if !ok || key == "" || field == "" {
			return nil, refuse(CodeColumnsOption, "")
		}
		columns[key] = field
	}
	if _, err := readOverrides(columns); err != nil {
		return nil, err
	}
	return columns, nil
}

const ignoreField = "ignore"

// overrides are the columns named by the caller.
type overrides struct {
	headings map[string]Field // noField: ignore
	letters  map[int]Field
	names    map[string]string // what was written, for messages
}

func readOverrides(columns map[string]string) (overrides, error) {
	o := overrides{map[string]Field{}, map[int]Field{}, map[string]string{}}
	for key, name := range columns {
		field, ok := FieldByName(strings.ToLower(name))
		if !ok && name != ignoreField {
			return o, refuse(CodeColumnsOption, fmt.Sprintf("没有字段 / no field %q; 可用 / known: %s, %s", shorten(name, 30), strings.Join(fieldList(), " "), ignoreField))
		}
		o.headings[normalHeading(key)] = field
		o.names[normalHeading(key)] = key
		if index, ok := columnIndex(key); ok {
			o.letters[index] = field
		}
	}
	return o, nil
}

func fieldList() []string {
	var names []string
	for f := Sequence; f < rejectReason; f++ {
		names = append(names, f.String())
	}
	return names
}

// find gives the override of a column, the heading going before the letter.
func (o overrides) find(index int, heading string) (Field, bool) {
	if f, ok := o.headings[normalHeading(heading)]; ok && heading != "" {
		return f, true
	}
	f, ok := o.letters[index]
	return f, ok
}

// unused finds an override that met no column.
func (o overrides) unused(headings []string) string {
	for key, name := range o.names {
		index, isLetter := columnIndex(name)
		met := isLetter && index < len(headings)
		for _, h := range headings {
			met = met || normalHeading(h) == key
		}
		if !met {
			return name
		}
	}
	return ""
}

// countFields counts the different fields that the cells name as headings.
func countFields(kind Kind, cells []Cell) int {
	return fieldsOf(kind, cells, overrides{}).count()
}

type fieldSet [fieldCount]bool

func (s *fieldSet) count() int {
	n := 0
	for _, set := range s {
		if set {
			n++
		}
	}
	return n
}

func fieldsOf(kind Kind, cells []Cell, o overrides) *fieldSet {
	var set fieldSet
	for i, c := range cells {
		if c.Text == "" || len(c.Text) > 200 || c.Kind != CellText {
			continue
		}
		if f, ok := o.headings[normalHeading(c.Text)]; ok {
			set[f] = true
		} else if f := meaning(kind, c.Text).field; f != noField && f < rejectReason {
			set[f] = true
		}
		if i >= DefaultMaxColumns*4 {
			break
		}
	}
	set[noField] = false
	return &set
}

// missing lists, by name, the required groups of a kind that are not met.
func (s *fieldSet) missing(kind Kind) []string {
	var names []string
	for _, group := range required[kind] {
		if s.meets(group) {
			continue
		}
		var ways []string
		for _, way := range group {
			var parts []string
			for _, f := range way {
				parts = append(parts, f.String())
			}
			ways = append(ways, strings.Join(parts, "+"))
		}
		names = append(names, strings.Join(ways, "|"))
	}
	return names
}

func (s *fieldSet) meets(group [][]Field) bool {
	for _, way := range group {
		all := true
		for _, f := range way {
			all = all && s[f]
		}
		if all {
			return true
		}
	}
	return false
}
