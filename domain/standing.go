package domain

import "cmp"

// StudyTally is one person's study in a period, as a standing sees it.
type StudyTally struct {
	Sessions int64 // person-times: (day, content) once
	Months   int64 // months with at least one person-time
	Minutes  Minutes
}

// Value is the tally's figure for a criterion.
func (t StudyTally) Value(c Criterion) int64 {
	switch c {
	case BySessions:
		return t.Sessions
	case ByMonths:
		return t.Months
	default:
		return int64(t.Minutes)
	}
}

// CompareTallies orders two tallies under a scheme: negative when a stands
// before b, zero when they share a rank. Decisive is the criterion that told
// them apart, empty on a tie.
func CompareTallies(s *StandingScheme, a, b StudyTally) (order int, decisive Criterion) {
	for _, c := range s.Criteria {
		if o := cmp.Compare(b.Value(c), a.Value(c)); o != 0 {
			return o, c
		}
	}
	return 0, ""
}

// Ranked reports whether a tally takes part in the ranking at all.
func (s *StandingScheme) Ranked(t StudyTally) bool { return t.Sessions >= max(1, s.MinSessions) }
