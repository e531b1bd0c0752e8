package api

import (
	"encoding/json"
	"testing"
)

// TestChineseOfNotes: no Chinese is kept for a note that the document has no
// more. That no field of a request is without its Chinese is seen where zhishu
// do prints it.
func TestChineseOfNotes(t *testing.T) {
	content, err := Document("test")
	if err != nil {
		t.Fatal(err)
	}
	type noted struct{ Name, Description string }
	var doc struct {
		Paths map[string]map[string]struct {
			Description string
			Parameters  []noted
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]noted }
		}
	}
	if err := json.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	fields, told := map[fieldNote]bool{}, map[string]bool{}
	for _, s := range doc.Components.Schemas {
		for name, p := range s.Properties {
			fields[fieldNote{name, p.Description}] = true
		}
	}
	for _, item := range doc.Paths {
		for _, op := range item {
			told[op.Description] = true
			for _, p := range op.Parameters {
				fields[fieldNote{p.Name, p.Description}] = true
			}
		}
	}
	for note := range chineseFields {
		if !fields[note] {
			t.Errorf("no field %q has the note %q", note.name, note.note)
		}
	}
	for text := range chineseDocs {
		if !told[text] {
			t.Errorf("no operation tells %q", text)
		}
	}
}
