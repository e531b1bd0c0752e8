package projections

import "zhishu/domain"

// StandingRow is one person's place, explained clause by clause.
type StandingRow struct {
	Rank     int64 // 1, 1, 3 …; zero when not ranked
	Person   domain.PersonID
	State    PersonState
	Tally    domain.StudyTally
	Criteria []CriterionValue // in the scheme's order
	// Decisive is the criterion that put the row below the one above it; empty
	// on a tie and in the first row.
	Decisive domain.Criterion
	// Unranked says by how many sessions a person misses the scheme's minimum.
	Unranked int64
}

// CriterionValue is a clause of the scheme with the row's figure.
type CriterionValue struct {
	Criterion domain.Criterion
	Value     int64
	Gap       int64 // 还差: what the row above has more; zero or negative when it has not
}

// StandingBoard is the 学习之星 ranking of persons in a division and period.
// A study attendance counts when the person's membership on its day lies in
// the division. Only confirmed entries count.
type StandingBoard struct {
	Footing
	Division domain.Division
	Period   domain.Period
	Scheme   *domain.PolicyVersion
	Ranked   int64             // persons with a rank
	Unranked int64             // persons with study, but below the scheme's minimum
	Totals   domain.StudyTally // sums over ranked and unranked; Months is unused
	Outside  Outside
	Rows     []StandingRow // ranked ones only
	Next     string
}
