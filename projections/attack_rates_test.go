package projections

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// count notes a published number of persons; it must be the one the model makes.
func (a *attacker) count(t tb, what string, published int64, people []domain.PersonID) {
	t.Helper()
	f := heldFigure{what, map[int]bool{}}
	for _, id := range people {
		key := id.String()
		if _, known := a.index[key]; !known {
			a.index[key] = len(a.facts)
			a.facts = append(a.facts, heldFact{people: []domain.PersonID{id}})
		}
		f.of[a.index[key]] = true
	}
	want(t, what, published, int64(len(people)))
	a.figures = append(a.figures, f)
}

// courses lets a share of what is studied be courses.
func (h *history) courses(share int) {
	for n := range h.people {
		c := domain.CommunityOn(h.state(person(n).Stream()).(*domain.Person).Memberships, day(h.t, "2025-06-01"))
		if c == 0 || h.chance("no course", share) {
			continue
		}
		d := h.study(c, "2025-05-02", "书法", 60)
		d.Category = "课程"
		if h.do(recorder, &domain.ClaimEntry{Person: person(n), Deed: d}) == nil {
			h.must(confirmer, &domain.ConfirmEntry{Person: person(n), Entry: h.lastEntry(person(n))})
		}
	}
}

// TestNobodyIsFoundInRates gives the attacker how many took part, were trained and
// were not, in every division, as the boards and as the scorecards say it.
func TestNobodyIsFoundInRates(t *testing.T) {
	year, shown := domain.YearPeriod(2025), map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		h := crowded(t)
		h.courses(2 + h.pick("share", 8))
		v, m := published(h.view(h.engine(Options{}), Now())), modelOf(h.steps)
		learners, trained, others := &attacker{index: map[string]int{}}, &attacker{index: map[string]int{}}, &attacker{index: map[string]int{}}
		for _, d := range everyDivision(v) {
			rates, err := v.Participation(d, year)
			want(t, "error", err, nil)
			if rates.Suppressed == NotSuppressed {
				var people []domain.PersonID
				for _, id := range m.canonicals() {
					if len(m.studied(id, d, year, rates.Definition.Participation.Least())) > 0 {
						people = append(people, id)
					}
				}
				learners.count(t, fmt.Sprint("participants of ", d), rates.Participants, people)
			}
			training, err := v.Training(d, year)
			want(t, "error", err, nil)
			if training.Suppressed == NotSuppressed {
				shown["training"]++
				took := m.trained(d, year, training.Definition.Participation)
				trained.count(t, fmt.Sprint("trained of ", d), training.Trained, took)
				var rest []domain.PersonID
				belong := true
				for _, id := range m.canonicals() {
					home := in(d, m.home(id, training.On))
					if did := slices.Contains(took, id); home && !did {
						rest = append(rest, id)
					} else if did && !home {
						belong = false // moved away since: the rest is not quite the members without a course
					}
				}
				if belong {
					others.count(t, fmt.Sprint("not trained of ", d), training.Members-training.Trained, rest)
				}
			}
		}
		for _, c := range h.codes {
			card, err := v.Scorecard(c, year)
			want(t, "error", err, nil)
			training, err := v.Training(c.Division(), year)
			want(t, "error", err, nil)
			rates, err := v.Participation(c.Division(), year)
			want(t, "error", err, nil)
			for _, it := range card.Items {
				switch it.Item {
				case domain.ScoreTraining:
					want(t, "training of the scorecard", it.Value, domain.Ratio{Num: training.Trained, Den: training.Members})
					shown["scorecard"] += int(min(1, it.Value.Den))
				case domain.ScoreParticipation:
					times := int64(0)
					if rates.Suppressed == NotSuppressed && !it.Unknown {
						times = rates.PersonTimes
					}
					want(t, "participation of the scorecard", it.Value.Num, times)
				}
			}
		}
		for _, a := range []*attacker{learners, trained, others} {
			a.check(t, smallestGroup)
		}
	})
	if shown["training"] == 0 || shown["scorecard"] == 0 {
		t.Errorf("shown: %v", shown)
	}
}

// TestNobodyIsFoundBetweenTwoPoints gives the attacker what is published of one
// division at two points of view: as of the past and now, under the rule in force
// and another, and the difference of the two.
func TestNobodyIsFoundBetweenTwoPoints(t *testing.T) {
	year, shown := domain.YearPeriod(2025), 0
	rapid.Check(t, func(t *rapid.T) {
		h := crowded(t)
		h.scheduledSessions()
		e := h.engine(Options{})
		whole := h.view(e, Now())
		now, size := published(whole), h.earlierSize(60)
		before := published(h.view(e, AtSize(domain.Size(size))))
		rule := *now.Rules().InForceFor(domain.ParticipationKind, domain.Division{}, now.Day())
		other := *rule.Participation
		other.MinMinutes = domain.Minutes(10 + h.pick("least", 90))
		other.MinPercent = int64(25 * h.pick("share", 4))
		rule.Participation = &other
		instead := published(now.WhatIf(&rule))
		m, was := modelOf(h.steps), modelOf(h.steps[:size])
		for _, d := range everyDivision(now) {
			for _, x := range []struct {
				when  string
				view  *View
				model *model
			}{{" before", before, was}, {" under another rule", instead, m}} {
				a, visits := &attacker{index: map[string]int{}}, newVisitors()
				gatherRates(t, a, visits, "", now, m, d, year)
				gatherRates(t, a, visits, x.when, x.view, x.model, d, year)
				shown += max(0, len(a.figures)-1)
				a.check(t, smallestGroup)
				visits.study.check(t, smallestGroup)
			}
			diff, err := now.DiffParticipation(before, d, year, 20)
			want(t, "error", err, nil)
			if diff.Persons > 0 && diff.Persons < smallestGroup {
				t.Fatalf("a difference of %d persons in %s", diff.Persons, d)
			}
		}
	})
	if shown == 0 {
		t.Error("no figure was published at two points")
	}
}
