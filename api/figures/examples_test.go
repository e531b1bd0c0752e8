package figures

import (
	"bytes"
	"encoding/json"
	"reflect"
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
		if events, err := (&domain.Policy{}).Decide(&domain.AdoptPolicy{Policy: *p}, domain.Actor{}, 0); err != nil || len(events) != 1 {
			t.Errorf("%s cannot be adopted: %v", e.Name, err)
		}
		if back := bodiesOf(p); !reflect.DeepEqual(back, e.PolicyBodies) {
			t.Errorf("%s: %+v came back as %+v", e.Name, e.PolicyBodies, back)
		}
	}
	if kinds["counting"] < 5 || kinds["stars"] < 5 {
		t.Errorf("only %v", kinds)
	}
	if _, ok := Example("none"); ok {
		t.Error("an example that is not there")
	}
}
