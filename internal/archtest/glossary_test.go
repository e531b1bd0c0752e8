package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	glossaryRow = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \|`)
	inBrackets  = regexp.MustCompile(`[(（][^)）]*[)）]`)
	between     = regexp.MustCompile(` / |、|, `)
)

// TestNoTermIsListedTwice holds the glossary to one word for one thing: a term
// that stands in two rows has two meanings, or two words for one. What follows
// a colon are values, which several terms may have.
func TestNoTermIsListedTwice(t *testing.T) {
	text, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, row := range glossaryRow.FindAllStringSubmatch(string(text), -1) {
		if row[1] == "中文" {
			continue
		}
		for _, cell := range row[1:] {
			cell, _, _ = strings.Cut(inBrackets.ReplaceAllString(cell, ""), "：")
			cell, _, _ = strings.Cut(cell, ":")
			for _, term := range between.Split(cell, -1) {
				term = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(term), "to "))
				if term == "" {
					continue
				}
				if before, ok := listed[term]; ok {
					t.Errorf("%q stands in %s and in %s", term, before, row[0])
				}
				listed[term] = row[0]
			}
		}
	}
	if len(listed) < 300 {
		t.Errorf("only %d terms were read", len(listed))
	}
}
