package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// BoardDiff is what a difference of boards says of all its persons.
type BoardDiff struct {
	Division   string      `json:"division" doc:"Empty: the whole country"`
	Came       int64       `json:"came" doc:"Persons listed at the later point of view only"`
	Went       int64       `json:"went" doc:"Persons listed at the earlier one only"`
	Changed    int64       `json:"changed" doc:"Persons whose own figures changed"`
	Moved      int64       `json:"moved" doc:"Persons whose rank alone changed, because of others"`
	Left       int64       `json:"left" doc:"Changes beyond the limit, not listed"`
	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Why nothing is shown: one of the two boards is withheld"`
}

// StarsDiff is what changed on a star board.
type StarsDiff struct {
	Footing
	Between
	BoardDiff
	Rows []StarChange `json:"rows" doc:"Other figures first, then who went, then ranks alone"`
}

// MovedPerson is what a line that changed says of a person on any board.
type MovedPerson struct {
	Person string     `json:"person"`
	State  State      `json:"state"`
	Facts  []FactMove `json:"facts" doc:"Values of entries that count at one of the two only"`
	Zh     string     `json:"zh"`
	En     string     `json:"en"`
	Ranks  [2]int64   `json:"-"` // before and after; zero is no place
}

// StarChange is a person's line before and after.
type StarChange struct {
	MovedPerson
	Before *StarPlace `json:"before,omitempty" doc:"Absent for a person who came"`
	After  *StarPlace `json:"after,omitempty" doc:"Absent for a person who went"`
}

// StarPlace is a rank by recognised time and the stars behind it.
type StarPlace struct {
	Rank   int64  `json:"rank" doc:"1, 1, 3 … by recognised time"`
	Rating Rating `json:"rating"`
}

// StarsDiffOf tells a difference of star boards.
func StarsDiffOf(d projections.BoardDiff[domain.StarRating]) StarsDiff {
	out := StarsDiff{Rows: make([]StarChange, 0, len(d.Rows))}
	out.Footing, out.Between, out.BoardDiff = headOf(&d)
	for i := range d.Rows {
		r := &d.Rows[i]
		was, is := endsOf(r)
		row := StarChange{MovedPerson: movedPerson(&out.Footing, r, starsMoved(was.Value, is.Value))}
		if r.Before != nil {
			row.Before = &StarPlace{was.Rank, rating(was.Value)}
		}
		if r.After != nil {
			row.After = &StarPlace{is.Rank, rating(is.Value)}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// starsMoved is starsWhy without the number of entries: facts are values, of
// which a correction has two.
func starsMoved(was, is domain.StarRating) (why []words) {
	for _, c := range starsWhy(was, is, 0) {
		if c.Clause == "recognised" {
			c.Zh, c.En = fromTo(was.Recognised, is.Recognised)
			c.Zh, c.En = "认定时长 "+c.Zh, "recognised "+c.En
		}
		why = append(why, words{c.Zh, c.En})
	}
	return why
}

// headOf is what a difference of boards says before its rows.
func headOf[V any](d *projections.BoardDiff[V]) (Footing, Between, BoardDiff) {
	f := Foot(d.After)
	b := f.between(d.Before, d.Rules)
	f.note(d.Suppressed)
	return f, b, boardDiff(d)
}

// endsOf are a person's places before and after; the zero place where there is
// none.
func endsOf[V any](r *projections.PlaceChange[V]) (was, is projections.Place[V]) {
	if r.Before != nil {
		was = *r.Before
	}
	if r.After != nil {
		is = *r.After
	}
	return was, is
}

// movedPerson tells a line that changed: the rank, and what else is different.
func movedPerson[V any](f *Footing, r *projections.PlaceChange[V], why []words) MovedPerson {
	was, is := endsOf(r)
	out := MovedPerson{Person: id(r.Person.UUID), State: f.state(r.State), Facts: factMoves(r.Facts), Ranks: [2]int64{was.Rank, is.Rank}}
	out.Zh, out.En = places(was.Rank, is.Rank)
	for _, w := range why {
		out.Zh, out.En = out.Zh+"；"+w.zh, out.En+"; "+w.en
	}
	out.Zh, out.En = out.Zh+"。", capital(out.En)+"."
	return out
}

func boardDiff[V any](d *projections.BoardDiff[V]) BoardDiff {
	return BoardDiff{d.Division.String(), d.Came, d.Went, d.Changed, d.Moved, d.Left, suppressed(d.Suppressed)}
}

// StandingDiff is what changed in a ranking of learners.
type StandingDiff struct {
	Footing
	Between
	BoardDiff
	Period string           `json:"period"`
	Rows   []StandingChange `json:"rows" doc:"Other figures first, then who went, then ranks alone"`
}

// StandingChange is a person's place before and after.
type StandingChange struct {
	MovedPerson
	Before *StandingPlace `json:"before,omitempty" doc:"Absent for a person who came"`
	After  *StandingPlace `json:"after,omitempty" doc:"Absent for a person who went"`
}

// StandingPlace is a rank and the study behind it.
type StandingPlace struct {
	Rank  int64 `json:"rank"`
	Study Study `json:"study"`
}

// StandingDiffOf tells a difference of rankings.
func StandingDiffOf(d projections.BoardDiff[domain.StudyTally]) StandingDiff {
	out := StandingDiff{Period: d.Period.String(), Rows: make([]StandingChange, 0, len(d.Rows))}
	out.Footing, out.Between, out.BoardDiff = headOf(&d)
	for i := range d.Rows {
		r := &d.Rows[i]
		was, is := endsOf(r)
		row := StandingChange{MovedPerson: movedPerson(&out.Footing, r, studyMoved(was.Value, is.Value))}
		if r.Before != nil {
			row.Before = &StandingPlace{was.Rank, study(was.Value)}
		}
		if r.After != nil {
			row.After = &StandingPlace{is.Rank, study(is.Value)}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func studyMoved(was, is domain.StudyTally) (why []words) {
	for _, c := range []domain.Criterion{domain.BySessions, domain.ByMonths, domain.ByMinutes} {
		if was.Value(c) == is.Value(c) {
			continue
		}
		a := criterionOf(projections.CriterionValue{Criterion: c, Value: was.Value(c)})
		b := criterionOf(projections.CriterionValue{Criterion: c, Value: is.Value(c)})
		why = append(why, words{a.Zh + " → " + b.Zh, a.En + " → " + b.En})
	}
	return why
}

// ParticipationDiff is what changed in the participation of a division.
type ParticipationDiff struct {
	Footing
	Between
	Division   string         `json:"division" doc:"Empty: the whole country"`
	Period     string         `json:"period"`
	Policy     PolicyChange   `json:"policy" doc:"Versions that define the rates at the two points of view"`
	Before     *Participation `json:"before,omitempty"`
	After      *Participation `json:"after,omitempty"`
	Came       int64          `json:"came" doc:"Values of entries that count at the later point of view only"`
	Went       int64          `json:"went" doc:"Those that counted at the earlier one only; a correction is one of each"`
	Persons    int64          `json:"persons" doc:"Whose they are"`
	Facts      []FactMove     `json:"facts" doc:"Of a community's own division, up to the limit"`
	Suppressed *Suppressed    `json:"suppressed,omitempty" doc:"Why neither figure is shown: one is withheld, or too few persons tell them apart"`
}

// PolicyChange names the versions that define the rates at the two points of view.
type PolicyChange struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// ParticipationDiffOf tells a difference of rates.
func ParticipationDiffOf(d projections.RatesDiff) ParticipationDiff {
	out := ParticipationDiff{
		Footing: Foot(d.After.Footing), Division: d.After.Division.String(), Period: d.After.Period.String(),
		Policy: PolicyChange{refOf(d.Before.Definition), refOf(d.After.Definition)},
		Came:   d.Came, Went: d.Went, Persons: d.Persons, Facts: factMoves(d.Facts), Suppressed: suppressed(d.Suppressed),
	}
	out.Between = out.between(d.Before.Footing, d.Rules)
	out.note(d.Suppressed, d.Before.Monthly, d.After.Monthly)
	if out.Suppressed == nil {
		before, after := ParticipationOf(d.Before), ParticipationOf(d.After)
		out.Before, out.After = &before, &after
	}
	return out
}
