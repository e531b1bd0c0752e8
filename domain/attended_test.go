package domain_test

import (
	"testing"

	"pgregory.net/rapid"
	"zhishu/domain"
)

// TestStudyCountsOnceAsServiceDoes: a policy without clauses recognises of service
// exactly what counts of study at the same times.
func TestStudyCountsOnceAsServiceDoes(t *testing.T) {
	plain := domain.NewRulebook([]domain.PolicyVersion{{
		ID: domain.PolicyID{Kind: domain.CountingKind}, Version: 1, Title: "如实", From: domain.MinDay,
		Counting: &domain.CountingPolicy{Rounding: domain.RoundNone},
	}})
	shared := 0
	rapid.Check(t, func(t *rapid.T) {
		var facts []domain.Fact
		for n := range rapid.IntRange(0, 12).Draw(t, "entries") {
			on := day("2026-03-01") + domain.Day(rapid.IntRange(0, 2).Draw(t, "day"))
			span := domain.Span{Day: on, Minutes: domain.Minutes(rapid.IntRange(1, 1440).Draw(t, "minutes"))}
			if rapid.Bool().Draw(t, "clocked") {
				span.Start = on.Start() + domain.Instant(rapid.IntRange(0, 143).Draw(t, "start"))*600_000
				span.End = span.Start + domain.Instant(rapid.IntRange(1, 200).Draw(t, "length"))*600_000
				span.Minutes = domain.Minutes((span.End-span.Start)/60_000) - domain.Minutes(rapid.IntRange(0, 9).Draw(t, "break"))
			}
			facts = append(facts, domain.Fact{Entry: domain.EntryNo(n), Span: span, Community: lifeCode, Number: rapid.IntRange(0, 2).Draw(t, "number")})
		}
		recognised := make([]domain.Minutes, len(facts))
		for _, p := range domain.Count(facts, plain, true) {
			recognised[p.Entry] += p.Recognised
		}
		for i, a := range domain.AttendedOnce(facts) {
			if a.Minutes != recognised[i] {
				t.Fatalf("entry %d counts %d minutes of study, %d of service", i, a.Minutes, recognised[i])
			}
			if a.Minutes != facts[i].Span.Minutes {
				shared++
				if len(a.Steps) == 0 || a.Steps[len(a.Steps)-1].After != a.Minutes {
					t.Fatalf("entry %d yields without saying to what: %+v", i, a)
				}
			}
		}
	})
	if shared == 0 {
		t.Error("no entry shared time")
	}
}
