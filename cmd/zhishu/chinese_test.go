package main

import (
	"encoding/csv"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// Codes stand in Chinese tables as they are: numbers of subjects, flags and
// events, versions of rules, operations of zhishu do, accounts, and what the year
// calls its households.
var (
	codes  = regexp.MustCompile(`(?:[a-z]+-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\b[a-z]+(?:-[a-z0-9]+)+/[0-9]+|\bcommunity-[0-9]{12}@[0-9]+|\bH[0-9]{2}\b`)
	latin  = regexp.MustCompile(`\p{Latin}+`)
	paired = regexp.MustCompile(`\p{Han}[。）》”]? ?[\p{Latin}][\p{Latin} ,.:;'’“”()0-9%→-]*`)
)

// speakChinese holds every report of the year to Chinese: in titles, headings
// and cells nothing else, and in the lines above and below them English only
// behind the Chinese it repeats.
func (y *year) speakChinese(t *testing.T, dir string) {
	division, other := []string{"--division", y.ids["青柳"]}, []string{"--period", "2025"}
	person, donation, activity := y.ids["P01"], y.ids["G1"], y.ids["书法"]
	if person == "" || donation == "" || activity == "" {
		t.Fatal("the year has no such labels")
	}
	in := func(args ...string) []string { return append(args, append(division, other...)...) }
	of := func(args ...string) []string { return append(args, division...) }
	reports := [][]string{
		of("report", "stars"), in("report", "standings"), in("report", "standings", "--kind", "household"), in("report", "standings", "--kind", "building"),
		in("report", "standings", "--kind", "organisation"), in("report", "teams"), in("report", "training"), in("report", "sessions"),
		append([]string{"report", "scorecard", "--community", y.ids["青柳"]}, other...), in("report", "participation"), in("report", "donations"),
		{"report", "donation", donation}, in("report", "gifts"), in("report", "gift-uses"), {"report", "donor", "--donation", donation}, of("report", "corrections"),
		in("report", "timetable"), {"report", "activity", activity}, in("report", "activities"), {"report", "roster", activity}, of("report", "flags"),
		of("report", "waiting"), of("report", "proposals"), of("report", "remaining"), of("report", "coming-of-age"), {"report", "imports"},
		{"report", "statement", "--person", person}, {"report", "statement", "--person", person, "--story"},
		of("report", "what-if", "stars", "--example", "stars-10-to-50"), in("report", "what-if", "standings", "--policy", "standing-all/1"),
		in("report", "what-if", "participation", "--policy", "participation-all/1"),
		{"report", "what-if", "statement", "--person", person, "--example", "counting-half-hours"},
		of("diff", "stars", "--from", "2025-06-30"), in("diff", "standings", "--from", "2025-06-30"), in("diff", "participation", "--from", "2025-06-30"),
		{"diff", "statement", "--person", person, "--from", "2025-06-30"},
	}
	plain := y.withoutCodes()
	for _, args := range reports {
		name := strings.Join(args, " ")
		sheet := printedBy(t, append(args, "--csv", "--data", dir))
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet, "\ufeff")))
		r.FieldsPerRecord = -1
		records, err := r.ReadAll()
		if err != nil {
			t.Fatal(name, err)
		}
		for i, cells := range records {
			if i > 0 && len(cells) == 1 {
				continue // a line, read below
			}
			for j, cell := range cells {
				if strictly := heads(records)[min(j, len(heads(records))-1)] != "in English" && cell != "in English"; strictly && latin.MatchString(plain(cell)) {
					t.Errorf("zhishu %s: %q in a Chinese table", name, cell)
				}
			}
		}
		printed := printedBy(t, append(args, "--data", dir))
		if strings.Contains(printed, minutesUnit) {
			t.Errorf("zhishu %s: %s stands over hours", name, minutesUnit)
		}
		for _, line := range strings.Split(printed, "\n") {
			if rest := paired.ReplaceAllString(plain(line), ""); latin.MatchString(rest) && !strings.Contains(printed, "in English") {
				t.Errorf("zhishu %s: English without its Chinese in %q", name, line)
			}
		}
	}
}

// heads is the row of headings of a sheet: the first of more than one cell.
func heads(records [][]string) []string {
	for _, r := range records {
		if len(r) > 1 {
			return r
		}
	}
	return []string{""}
}

// withoutCodes takes away what stands in tables in Latin letters by right.
func (y *year) withoutCodes() func(string) string {
	known := []string{"clerk", "reviewer", "operator"}
	for _, op := range y.doc.operations() {
		known = append(known, regexp.QuoteMeta(op.OperationID))
	}
	words := regexp.MustCompile(`\b(?:` + strings.Join(known, "|") + `)\b`)
	return func(s string) string { return words.ReplaceAllString(codes.ReplaceAllString(s, ""), "") }
}

func printedBy(t *testing.T, args []string) string {
	t.Helper()
	var out, complaints output
	if code := run(t.Context(), args, strings.NewReader(""), &out, &complaints); code != exitOK {
		t.Fatalf("zhishu %v: exit %d: %s", args, code, complaints.String())
	}
	return out.String()
}

// TestEveryCodeHasItsChinese holds the vocabularies to the lists of the API's
// document, and the kinds a report can be asked for to those of its query.
func TestEveryCodeHasItsChinese(t *testing.T) {
	doc, err := theDocument()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		schema, property string
		words            vocabulary
	}{
		{"Flag", "kind", flagWords}, {"Flag", "status", flagStates}, {"FlagReview", "outcome", findingWords}, {"Entry", "kind", entryWords},
		{"Presence", "hours", hoursWords}, {"Import", "kind", importWords}, {"GroupBoard", "kind", starWords}, {"RemainingRow", "kind", memberWords},
		{"EntryChange", "kind", changeWords},
	} {
		schema := doc.Components.Schemas[x.schema]
		if schema == nil || schema.Properties[x.property] == nil || len(schema.Properties[x.property].Enum) == 0 {
			t.Errorf("%s.%s: the document has no such list", x.schema, x.property)
			continue
		}
		for _, code := range schema.Properties[x.property].Enum {
			if _, ok := x.words[code.(string)]; !ok {
				t.Errorf("%s.%s: %s has no Chinese", x.schema, x.property, code)
			}
		}
	}
	for operation, report := range map[string]any{"list-flags": flagsReport{}, "list-waiting": waitingReport{}, "list-policy-proposals": proposalsReport{}} {
		op, ok := doc.operation(operation)
		if !ok {
			t.Fatal(operation)
		}
		field, _ := reflect.TypeOf(report).FieldByName("Kind")
		for _, p := range op.Parameters {
			var kinds []string
			for _, k := range p.Schema.Enum {
				kinds = append(kinds, k.(string))
			}
			if taken := strings.TrimSuffix(field.Tag.Get("enum"), ","); p.Name == "kind" && taken != strings.Join(kinds, ",") {
				t.Errorf("%s takes %v, its report %s", operation, kinds, taken)
			}
		}
	}
}
