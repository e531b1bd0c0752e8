package api

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	refusalsPath  = "../docs/refusals.md"
	refusalsBegin = "<!-- api: written by go test ./api -run TestRefusalsDocument -update -->\n"
	refusalsEnd   = "<!-- end of api -->"
)

// docs/refusals.md lists every code with the status it is answered with.
func TestRefusalsDocument(t *testing.T) {
	doc, err := os.ReadFile(refusalsPath)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(doc), refusalsBegin)
	_, tail, closed := strings.Cut(rest, refusalsEnd)
	if !ok || !closed {
		t.Fatalf("%s has no place for the codes of the API", refusalsPath)
	}
	var table strings.Builder
	table.WriteString("| status | code | what it means | what to do |\n|---|---|---|---|\n")
	for _, kind := range Kinds() {
		fmt.Fprintf(&table, "| %d | `%s` | %s | %s |\n", kind.Status, kind.Code, kind.Title, strings.ReplaceAll(kind.Hint, "|", "\\|"))
	}
	want := head + refusalsBegin + table.String() + refusalsEnd + tail
	if *update {
		if err := os.WriteFile(refusalsPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(doc) != want {
		t.Errorf("%s does not list the codes as they are: go test ./api -run TestRefusalsDocument -update", refusalsPath)
	}
}
