package figures

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"testing"

	"zhishu/domain"
)

// TestExamples: every example is a version that would be adopted, says what it
// is in two languages, holds nothing that is not read, and comes back the same.
func TestExamples(t *testing.T) {
	kinds := map[string]int{}
	titles := map[string]bool{}
	for _, e := range Examples().Rows {
		text, err := exampleFiles.ReadFile("examples/" + e.Name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&PolicyExample{}); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		kinds[e.Kind]++
		if e.Title == "" || e.En == "" || titles[e.Title] {
			t.Errorf("%s: %+v", e.Name, e)
		}
		titles[e.Title] = true
		p, ok := Example(e.Name)
		if !ok {
			t.Fatalf("%s is not found", e.Name)
		}
		p.Version, p.From = 1, 0
		if events, err := (&domain.Policy{}).Decide(&domain.AdoptPolicy{Policy: *p}, domain.Actor{Role: domain.RoleOperator}, 0); err != nil || len(events) != 1 {
			t.Errorf("%s cannot be adopted: %v", e.Name, err)
		}
		if back := bodiesOf(p); !reflect.DeepEqual(back, e.PolicyBodies) {
			t.Errorf("%s: %+v came back as %+v", e.Name, e.PolicyBodies, back)
		}
	}
	// The year has 261 days from Monday to Friday, and 13 holidays by law (全国年节及纪念日放假办法).
	for _, year := range []int{2025, 2026} {
		p, _ := Example("calendar-" + strconv.Itoa(year))
		days := domain.YearPeriod(year)
		n := domain.NewRulebook([]domain.PolicyVersion{*p}).Calendar(domain.Division{}).Between(days.From-1, days.To)
		if n.Days != 261-13 || n.ByWeek {
			t.Errorf("%d has %+v working days", year, n)
		}
	}
	if kinds["participation"] < 1 || kinds["calendar"] < 2 || kinds["counting"] < 5 || kinds["stars"] < 5 {
		t.Errorf("only %v", kinds)
	}
	if _, ok := Example("none"); ok {
		t.Error("an example that is not there")
	}
}
