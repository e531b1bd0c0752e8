package projections

import (
	"bytes"
	"slices"

	"zhishu/domain"
)

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
	// Suppressed says why rank and gaps are withheld from a person's own place.
	Suppressed Suppression
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
	// Suppressed says why all of the above is withheld.
	Suppressed Suppression
}

// Standing ranks the persons of a division by their study in a period, under
// the scheme in force for the division on the period's last day, or the view's
// if that is earlier.
func (v *View) Standing(d domain.Division, period domain.Period, page Page) (StandingBoard, error) {
	scheme := v.rules.InForceFor(domain.StandingKind, d, v.lastOf(period))
	if scheme == nil {
		return StandingBoard{}, ErrNoPolicy
	}
	after, resumed, err := parseCursor(page.After, 3)
	if err != nil {
		return StandingBoard{}, err
	}
	key := cacheKey{part: partStandingBoard, division: d, period: period, number: int64(page.limit()), text: refKey(scheme) + page.After}
	changed := func() uint32 { return v.b.changedAt(d, 1<<touchStudy) }
	weigh := func(b *StandingBoard) int { return 160 * len(b.Rows) }
	board := *part(v, key, changed, weigh, func() *StandingBoard {
		return v.standing(d, period, scheme, page.limit(), after, resumed)
	})
	board.Footing = v.footing(d, 1<<touchStudy, scheme)
	board.Rows = slices.Clone(board.Rows)
	v.publishStanding(&board)
	for i := range board.Rows { // today's, so never from a cache
		p, _ := v.person(board.Rows[i].Person)
		board.Rows[i].State = v.b.persons.at(p).state()
	}
	return board, nil
}

func (v *View) standing(d domain.Division, period domain.Period, scheme *domain.PolicyVersion, limit int, after cursor, resumed bool) *StandingBoard {
	s := scheme.Standing
	here := v.studyHereParts(d, period, domain.Least{})
	board := &StandingBoard{Division: d, Period: period, Scheme: scheme, Outside: v.outside(d, here)}
	var runs [][]studyRow
	for _, r := range v.rankings(d, period, s) {
		runs = append(runs, r.rows)
		board.Ranked += int64(len(r.rows))
		board.Unranked += r.unranked
		board.Totals.Sessions += r.totals.Sessions
		board.Totals.Minutes += r.totals.Minutes
	}
	past := func(*studyRow) bool { return true }
	if resumed {
		last := domain.StudyTally{Sessions: after.values[0], Months: after.values[1], Minutes: domain.Minutes(after.values[2])}
		past = func(r *studyRow) bool {
			if c, _ := domain.CompareTallies(s, r.tally(), last); c != 0 {
				return c > 0
			}
			id := v.b.persons.at(r.person).id
			return bytes.Compare(id.UUID[:], after.person.UUID[:]) > 0
		}
	}
	order := func(a, b *studyRow) int { return v.compareStudy(s, a, b) }
	rows, above, more := mergePage(runs, order, past, limit)
	for i := range rows {
		if i > 0 {
			above = &rows[i-1]
		}
		row := explainPlace(s, rows[i].tally(), above)
		row.Person = v.b.persons.at(rows[i].person).id
		switch {
		case i > 0 && row.Decisive == "":
			row.Rank = board.Rows[i-1].Rank
		default:
			row.Rank = 1 + v.better(runs, s, rows[i].tally())
		}
		board.Rows = append(board.Rows, row)
	}
	if more {
		t := rows[len(rows)-1].tally()
		board.Next = cursor{[]int64{t.Sessions, t.Months, int64(t.Minutes)}, board.Rows[len(rows)-1].Person}.String()
	}
	return board
}

// better counts the rows that stand strictly before a tally.
func (v *View) better(runs [][]studyRow, s *domain.StandingScheme, t domain.StudyTally) int64 {
	return before(runs, func(r *studyRow) bool {
		c, _ := domain.CompareTallies(s, r.tally(), t)
		return c < 0
	})
}

// explainPlace compares a tally with the row above it, clause by clause.
func explainPlace(s *domain.StandingScheme, t domain.StudyTally, above *studyRow) StandingRow {
	row := StandingRow{Tally: t}
	for _, c := range s.Criteria {
		value := CriterionValue{Criterion: c, Value: t.Value(c)}
		if above != nil {
			value.Gap = above.tally().Value(c) - value.Value
		}
		row.Criteria = append(row.Criteria, value)
	}
	if above != nil {
		_, row.Decisive = domain.CompareTallies(s, above.tally(), t)
	}
	if !s.Ranked(t) {
		row.Unranked = max(1, s.MinSessions) - t.Sessions
	}
	return row
}

// StandingOf is one person's place in a division and period; without study
// there, or below the scheme's minimum, it has no rank and says what is
// missing.
func (v *View) StandingOf(id domain.PersonID, d domain.Division, period domain.Period) (StandingRow, Footing, error) {
	i, ok := v.person(id)
	if !ok {
		return StandingRow{}, Footing{}, ErrUnknownPerson
	}
	scheme := v.rules.InForceFor(domain.StandingKind, d, v.lastOf(period))
	if scheme == nil {
		return StandingRow{}, Footing{}, ErrNoPolicy
	}
	s := v.subjectOf(i)
	var t domain.StudyTally
	if own := v.unsettledStudy(d, []uint32{s.person}, period, domain.Least{}); len(own.rows) > 0 {
		t = own.rows[0].tally()
	}
	mine := studyRow{s.person, uint32(t.Sessions), uint32(t.Months), uint32(t.Minutes)}
	var runs [][]studyRow
	for _, r := range v.rankings(d, period, scheme.Standing) {
		runs = append(runs, r.rows)
	}
	order := func(a, b *studyRow) int { return v.compareStudy(scheme.Standing, a, b) }
	_, above, _ := mergePage(runs, order, func(r *studyRow) bool { return order(r, &mine) >= 0 }, 0)
	row := explainPlace(scheme.Standing, t, above)
	row.Person, row.State = v.b.persons.at(s.person).id, v.b.persons.at(i).state()
	if row.Unranked == 0 {
		row.Rank = 1 + v.better(runs, scheme.Standing, t)
	}
	v.publishPlace(&row, d, period)
	return row, v.footing(d, 1<<touchStudy, scheme), nil
}

// lastOf is the day a period's rules and populations are taken on.
func (v *View) lastOf(p domain.Period) domain.Day { return min(p.To, v.day) }
