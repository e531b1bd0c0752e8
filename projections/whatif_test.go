package projections

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

func clock(t tb, on string, hour, minutes int) domain.Span {
	start := day(t, on).Start() + domain.Instant(hour)*3_600_000
	return domain.Span{Start: start, End: start + domain.Instant(minutes)*60_000}
}

// TestOneYearUnderFiveRules: a year of one person, worked out by hand under five
// counting policies found in practice. Every total, and every fact that is
// counted otherwise with the clauses that did it.
func TestOneYearUnderFiveRules(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	w.now = day(t, "2026-01-05").Start()
	a := w.enrol(1, c, "2025-01-01")
	serve := func(title, category string, span domain.Span) {
		w.confirmed(a, domain.Deed{Kind: domain.Service, Title: title, Category: category, Community: c, Span: span})
	}
	late := clock(t, "2025-05-10", 9, 180) // came for 100 of 180 minutes: 55 %
	late.Minutes = 100
	serve("清扫", "", clock(t, "2025-01-10", 9, 40))    // 40
	serve("探访", "", clock(t, "2025-03-03", 14, 95))   // 95
	serve("值守", "", clock(t, "2025-04-04", 8, 300))   // 300
	serve("值守", "", clock(t, "2025-04-04", 14, 240))  // 240 more on the same day: 540
	serve("义诊", "", late)                             // 100
	serve("去县里", "路途", clock(t, "2025-06-06", 7, 50)) // 50
	e := w.engine(Options{})
	v := w.view(e, Now())
	inForce, err := v.Statement(context.Background(), w.store, a)
	want(t, "error", err, nil)
	want(t, "under the rule in force", inForce.Service.Recognised, 825) // 40+95+300+240+100+50
	store, minutes := w.store, domain.Minutes(0)
	for _, x := range []struct {
		name   string
		rule   domain.CountingPolicy
		total  domain.Minutes
		change []string
	}{
		// 40→60 (floor), 95→60, 300, 240, 100→60, 50→60: 780
		{"whole hours, at least one", domain.CountingPolicy{Rounding: domain.RoundDown, Unit: 60, Floor: 60}, 780, []string{
			"清扫 40→60 floor 40→60", "探访 95→60 rounding 95→60", "义诊 100→60 rounding 100→60", "去县里 50→60 floor 50→60"}},
		// 30, 90, 300, 240, 90, 30: 780 as well, by other facts
		{"half hours", domain.CountingPolicy{Rounding: domain.RoundDown, Unit: 30}, 780, []string{
			"清扫 40→30 rounding 40→30", "探访 95→90 rounding 95→90", "义诊 100→90 rounding 100→90", "去县里 50→30 rounding 50→30"}},
		// 40, 95, 120, 120, 100, 50: 525
		{"two hours an activity", domain.CountingPolicy{Rounding: domain.RoundNone, EntryCap: 120}, 525, []string{
			"值守 300→120 entry-cap 300→120", "值守 240→120 entry-cap 240→120"}},
		// the second watch keeps 480−300=180: 765
		{"eight hours a day", domain.CountingPolicy{Rounding: domain.RoundNone, DayCap: 480}, 765, []string{"值守 240→180 day-cap 240→180"}},
		// 100 of 180 minutes are not six tenths: 725
		{"sixty percent", domain.CountingPolicy{Rounding: domain.RoundNone, PresencePercent: 60}, 725, []string{"义诊 100→0 below-presence 100→0"}},
		// 775
		{"without travel", domain.CountingPolicy{Rounding: domain.RoundNone, ExcludedCategories: []string{"路途"}}, 775, []string{
			"去县里 50→0 excluded-category 50→0"}},
	} {
		rule := x.rule
		w := v.WhatIf(&domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.CountingKind}, Title: x.name, Counting: &rule})
		after, err := w.Statement(context.Background(), store, a)
		want(t, "error", err, nil)
		want(t, x.name, after.Service.Recognised, x.total)
		star, err := w.Star(a)
		want(t, "error", err, nil)
		want(t, x.name+": stars and statement", star.Rating.Recognised, x.total)
		var got []string
		sum := domain.Minutes(0)
		for _, d := range Differences(&inForce, &after) {
			text := fmt.Sprintf("%s %d→%d", d.Deed.Title, d.Before, d.After)
			for _, s := range d.StepsAfter {
				text += fmt.Sprintf(" %s %d→%d", s.Clause, s.Before, s.After)
			}
			got = append(got, text)
			sum += d.After - d.Before
		}
		want(t, x.name+": facts", fmt.Sprint(got), fmt.Sprint(x.change))
		want(t, x.name+": the facts make the difference", 825+sum, x.total)
		minutes += x.total
	}
	again, err := v.Star(a)
	want(t, "error", err, nil)
	want(t, "nothing of it stays", again.Rating.Recognised, 825)
	want(t, "six totals", minutes, 780+780+525+765+725+775)
}

// TestWhatIfUnderTheRulesInForce: supposing a rule that is in force, wherever
// and whenever something is counted, differs from it in nothing.
func TestWhatIfUnderTheRulesInForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 60)
		e := h.engine(Options{})
		v := h.view(e, Now())
		for _, kind := range []domain.PolicyKind{domain.CountingKind, domain.StarsKind, domain.StandingKind, domain.ParticipationKind} {
			versions := v.Rules().Versions(kind)
			if len(versions) != 1 {
				continue // where two take turns, one on all days is another rule
			}
			w := v.WhatIf(&versions[0])
			for _, s := range divisions {
				d := division(t, s)
				same := func(what string, a, b any, err, err2 error) {
					t.Helper()
					if !reflect.DeepEqual(a, b) || (err == nil) != (err2 == nil) {
						t.Fatalf("%s of %q under its own %s:\n%+v\n%+v", what, s, kind, a, b)
					}
				}
				stars, err := v.Stars(d, Page{Limit: MaxLimit})
				supposed, err2 := w.Stars(d, Page{Limit: MaxLimit})
				same("stars", named(stars.Rows), named(supposed.Rows), err, err2)
				same("totals", stars.Totals, supposed.Totals, err, err2)
				ranking, err := v.Standing(d, domain.AllTime, Page{Limit: MaxLimit})
				ranking2, err2 := w.Standing(d, domain.AllTime, Page{Limit: MaxLimit})
				same("ranking", ranking.Rows, ranking2.Rows, err, err2)
				rates, err := v.Participation(d, domain.AllTime)
				rates2, err2 := w.Participation(d, domain.AllTime)
				same("rates", rates.Rates, rates2.Rates, err, err2)
				same("months", rates.Months, rates2.Months, err, err2)
			}
			for n := range h.people {
				before, err := v.Statement(context.Background(), h.store, person(n))
				if err != nil {
					continue
				}
				after, err := w.Statement(context.Background(), h.store, person(n))
				want(t, "error", err, nil)
				want(t, "facts that differ", len(Differences(&before, &after)), 0)
			}
		}
	})
}

// named are star rows without the versions they point to.
func named(rows []StarRow) (out []StarRow) {
	for _, r := range rows {
		r.Rating.Scheme = nil
		out = append(out, r)
	}
	return out
}

// TestNobodyLooksBehindTheRules: a definition that would publish single persons,
// supposed by whoever asks, publishes nothing more.
func TestNobodyLooksBehindTheRules(t *testing.T) {
	w := newWorld(t).withPolicies()
	c := code(t, "430702001001")
	for n := range 3 {
		w.confirmed(w.enrol(n, c, "2025-01-01"), w.study(c, "2025-03-01", "读书会", 60))
	}
	v := published(w.view(w.engine(Options{}), Now()))
	loose := &domain.PolicyVersion{ID: domain.PolicyID{Kind: domain.ParticipationKind},
		Participation: &domain.ParticipationDefinition{Bases: []domain.PopulationBasis{domain.RegisteredMembers}}}
	p, err := v.WhatIf(loose).Participation(c.Division(), domain.AllTime)
	want(t, "error", err, nil)
	want(t, "withheld", p.Suppressed, SmallGroup)
	want(t, "participants", p.Participants, 0)
	board, err := v.WhatIf(loose).Stars(c.Division(), Page{})
	want(t, "error", err, nil)
	want(t, "board", board.Suppressed, SmallGroup)
}
