package domain

// On lets the properties hold the short way against ByDay.
func (s Span) On(day Day) Minutes { return s.on(day) }

// EarliestDay is the first day a fact may lie on.
const EarliestDay = earliestDay
