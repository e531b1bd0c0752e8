package projections

import (
	"context"
	"fmt"
	"iter"

	"zhishu/domain"
	"zhishu/eventstore"
)

// Persons yields every person enrolled at the view, in order of enrolment.
func (v *View) Persons() iter.Seq[domain.PersonID] {
	return func(yield func(domain.PersonID) bool) {
		for i := range v.b.persons.seen() {
			p := v.b.persons.at(i)
			if p.at >= v.size || !yield(p.id) {
				return
			}
		}
	}
}

// CrossCheck folds every person's statement from the person's own stream and
// holds it against the read models: the star rating, and sessions, months and
// minutes of study of members. It returns how many persons were compared; the
// error names the first that differs. progress is told persons compared.
func (v *View) CrossCheck(ctx context.Context, streams eventstore.StreamReader, progress func(int)) (persons int, err error) {
	studied, err := v.tallies()
	if err != nil {
		return 0, err
	}
	for id := range v.Persons() {
		if err := ctx.Err(); err != nil {
			return persons, err
		}
		s, err := v.Statement(ctx, streams, id)
		if err != nil {
			return persons, fmt.Errorf("statement of %s: %w", id, err)
		}
		star, err := v.Star(id)
		if err != nil {
			return persons, fmt.Errorf("stars of %s: %w", id, err)
		}
		if s.Into.IsZero() {
			if s.Service != star.Rating {
				return persons, fmt.Errorf("%s: the statement comes to %+v, the star board to %+v", id, s.Service, star.Rating)
			}
			// A standing counts what somebody studied as a member; the statement
			// counts everything, so it may hold more for who was not one always.
			if tally, ok := studied[id]; ok && s.Study != tally && v.alwaysMember(s) {
				return persons, fmt.Errorf("%s: the statement comes to %+v, the standing to %+v", id, s.Study, tally)
			}
		}
		if persons++; persons%1000 == 0 {
			progress(persons)
		}
	}
	return persons, nil
}

// alwaysMember reports whether every study entry of a statement lies on a day
// of membership.
func (v *View) alwaysMember(s Statement) bool {
	for _, e := range s.Entries {
		if e.Deed.Kind == domain.Study && domain.CommunityOn(s.Memberships, e.Deed.Span.Day) == 0 {
			return false
		}
	}
	return true
}

// tallies are the study of all time of everybody the country's standing ranks.
func (v *View) tallies() (map[domain.PersonID]domain.StudyTally, error) {
	out := map[domain.PersonID]domain.StudyTally{}
	page := Page{Limit: MaxLimit}
	for {
		board, err := v.Standing(domain.Division{}, domain.AllTime, page)
		if err != nil {
			return nil, err
		}
		for _, r := range board.Rows {
			out[r.Person] = r.Tally
		}
		if page.After = board.Next; page.After == "" {
			return out, nil
		}
	}
}
