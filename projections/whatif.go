package projections

import (
	"slices"

	"zhishu/domain"
)

// WhatIf is the view as if a version had always been the rule of its scope, in
// place of every version of its kind there; rules of wider scopes stay. Nothing
// of it is recorded or kept. What may be published stays what it is under the
// rules in force: nobody may look behind them with a rule of his own.
func (v *View) WhatIf(candidate *domain.PolicyVersion) *View {
	w := *v
	w.base, w.cache = v, newCache()
	always := *candidate
	always.From, always.Adopted = domain.MinDay, domain.MinDay
	versions := slices.DeleteFunc(v.Policies(), func(p domain.PolicyVersion) bool {
		return p.ID.Kind == always.ID.Kind && always.ID.Scope.Covers(p.ID.Scope)
	})
	w.rules = domain.NewRulebook(append(versions, always))
	return &w
}

// FactDifference is an entry that another rule counts otherwise.
type FactDifference struct {
	Person        domain.PersonID
	Entry         domain.EntryNo
	Deed          domain.Deed
	Before, After domain.Minutes // recognised
	StepsBefore   []domain.Step
	StepsAfter    []domain.Step
}

// Differences compares two statements of one person at one point of view,
// entry by entry.
func Differences(before, after *Statement) (out []FactDifference) {
	for i := range before.Entries {
		a, b := &before.Entries[i], &after.Entries[i]
		d := FactDifference{
			Person: a.Person, Entry: a.No, Deed: a.Deed, Before: a.Recognised, After: b.Recognised,
			StepsBefore: stepsOf(a), StepsAfter: stepsOf(b),
		}
		if d.Before != d.After || !slices.Equal(d.StepsBefore, d.StepsAfter) {
			out = append(out, d)
		}
	}
	return out
}

func stepsOf(e *StatementEntry) (steps []domain.Step) {
	for i := range e.Portions {
		steps = append(steps, e.Portions[i].Steps...)
	}
	return steps
}
