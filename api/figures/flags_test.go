package figures

import (
	"strings"
	"testing"

	"zhishu/domain"
	"zhishu/projections"
)

// Every kind of flag is explained in both languages, with nothing left between
// braces.
func TestEveryFlagIsExplained(t *testing.T) {
	for _, kind := range projections.FlagKinds {
		x := projections.Flag{Kind: kind, Day: date("2026-03-05"), Value: 721, Limit: 720, Version: &defaults[0], Acts: []projections.FlagAct{{Role: projections.RoleConfirmed}}, Review: &projections.FlagReview{Handle: "reviewer", Outcome: domain.FlagExplained}}
		f := FlagOf(&x)
		for _, text := range []string{f.Zh, f.En} {
			if text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: %q", kind, text)
			}
		}
		if f.Status != "reviewed" || f.Review.By != "reviewer" {
			t.Errorf("%s: %+v", kind, f)
		}
	}
	if len(flagSentences) != len(projections.FlagKinds) {
		t.Errorf("%d sentences for %d kinds", len(flagSentences), len(projections.FlagKinds))
	}
}
