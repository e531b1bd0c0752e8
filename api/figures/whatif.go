package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Supposed is what every what-if figure says of the rule it supposes.
type Supposed struct {
	Policy Policy `json:"policy" doc:"The rule supposed to have been in force on every day; version 0 is an example that ships with the program"`
}

func supposed(p *domain.PolicyVersion) Supposed { return Supposed{PolicyOf(p)} }

// beside notes for the validator what the figure is held against.
func (f *Footing) beside(inForce projections.Footing) {
	for _, p := range inForce.Policies {
		f.today = append(append(f.today, Ref(p)...), 0)
	}
}

// FactDifference is an entry that the supposed rule counts otherwise.
type FactDifference struct {
	Person  string   `json:"person" doc:"Whose record it stands in"`
	Entry   uint64   `json:"entry"`
	Day     string   `json:"day" format:"date"`
	Title   string   `json:"title"`
	Raw     Duration `json:"raw"`
	InForce Duration `json:"inForce" doc:"Recognised under the rules in force"`
	WhatIf  Duration `json:"whatIf" doc:"Recognised under the supposed rule"`
	Change  int64    `json:"change" doc:"Minutes more; less when negative"`
	Before  []Clause `json:"before" doc:"Each clause in force that changed it"`
	After   []Clause `json:"after" doc:"Each clause of the supposed rule that changed it"`
}

// WhatIfStatement is a person's service under another rule.
type WhatIfStatement struct {
	Footing
	Supposed
	Person      string           `json:"person"`
	InForce     Rating           `json:"inForce"`
	WhatIf      Rating           `json:"whatIf"`
	Change      int64            `json:"change" doc:"Recognised minutes more: the sum over differences"`
	Differences []FactDifference `json:"differences"`
}

// WhatIfStatementOf holds two statements of one person against each other.
func WhatIfStatementOf(p *domain.PolicyVersion, inForce, whatIf projections.Statement) WhatIfStatement {
	out := WhatIfStatement{
		Footing: Foot(whatIf.Footing), Supposed: supposed(p), Person: id(whatIf.Person.UUID),
		InForce: rating(inForce.Service), WhatIf: rating(whatIf.Service),
		Change: int64(whatIf.Service.Recognised - inForce.Service.Recognised), Differences: []FactDifference{},
	}
	out.beside(inForce.Footing)
	for _, d := range projections.Differences(&inForce, &whatIf) {
		out.Differences = append(out.Differences, FactDifference{
			Person: id(d.Person.UUID), Entry: uint64(d.Entry), Day: d.Deed.Span.Day.String(), Title: d.Deed.Title,
			Raw: Time(d.Deed.Span.Minutes), InForce: Time(d.Before), WhatIf: Time(d.After), Change: int64(d.After - d.Before),
			Before: steps(d.StepsBefore), After: steps(d.StepsAfter),
		})
	}
	return out
}

func steps(list []domain.Step) []Clause {
	out := []Clause{}
	for _, s := range list {
		out = append(out, step(s))
	}
	return out
}

// WhatIfStarRow is a member's line under the supposed rule.
type WhatIfStarRow struct {
	StarRow
	InForce Rating `json:"inForce"`
	Change  int64  `json:"change" doc:"Recognised minutes more"`
}

// WhatIfStars is a star board under another rule.
type WhatIfStars struct {
	Footing
	Supposed
	Division   string          `json:"division" doc:"Empty: the whole country"`
	InForce    StarTotals      `json:"inForce"`
	WhatIf     StarTotals      `json:"whatIf"`
	Change     int64           `json:"change" doc:"Recognised minutes more, of all members"`
	Rows       []WhatIfStarRow `json:"rows" doc:"In the order of the supposed rule"`
	Next       string          `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Suppressed *Suppressed     `json:"suppressed,omitempty"`
}

// WhatIfStarsOf holds two boards against each other; of gives a person's rating
// under the rules in force.
func WhatIfStarsOf(p *domain.PolicyVersion, inForce, whatIf projections.StarBoard, of func(domain.PersonID) (domain.StarRating, error)) (WhatIfStars, error) {
	board, now := Stars(whatIf), Stars(inForce)
	out := WhatIfStars{
		Footing: board.Footing, Supposed: supposed(p), Division: board.Division, InForce: now.Total, WhatIf: board.Total,
		Change: int64(whatIf.Totals.Recognised - inForce.Totals.Recognised), Rows: []WhatIfStarRow{}, Suppressed: board.Suppressed,
	}
	out.beside(inForce.Footing)
	for i, row := range board.Rows {
		r, err := of(whatIf.Rows[i].Person)
		if err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, WhatIfStarRow{row, rating(r), int64(whatIf.Rows[i].Rating.Recognised - r.Recognised)})
	}
	return out, nil
}

// WhatIfStandingRow is a person's place under the supposed rule.
type WhatIfStandingRow struct {
	StandingRow
	RankInForce int64 `json:"rankInForce,omitempty" doc:"Absent where the rules in force do not rank the person"`
}

// WhatIfStanding is a ranking under another rule.
type WhatIfStanding struct {
	Footing
	Supposed
	Division   string              `json:"division" doc:"Empty: the whole country"`
	Period     string              `json:"period"`
	Rows       []WhatIfStandingRow `json:"rows" doc:"In the order of the supposed rule"`
	Next       string              `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
	Suppressed *Suppressed         `json:"suppressed,omitempty"`
}

// WhatIfStandingOf puts the ranks in force beside those of another rule.
func WhatIfStandingOf(p *domain.PolicyVersion, whatIf projections.StandingBoard, of func(domain.PersonID) (projections.StandingRow, projections.Footing, error)) (WhatIfStanding, error) {
	board := Standing(whatIf)
	out := WhatIfStanding{
		Footing: board.Footing, Supposed: supposed(p), Division: board.Division, Period: board.Period,
		Rows: []WhatIfStandingRow{}, Suppressed: board.Suppressed,
	}
	for i, row := range board.Rows {
		now, foot, err := of(whatIf.Rows[i].Person)
		if err != nil {
			return out, err
		}
		if i == 0 {
			out.beside(foot)
		}
		out.Rows = append(out.Rows, WhatIfStandingRow{row, now.Rank})
	}
	return out, nil
}

// WhatIfParticipation holds rates under another definition beside those in
// force.
type WhatIfParticipation struct {
	Footing
	Supposed
	InForce Participation `json:"inForce"`
	WhatIf  Participation `json:"whatIf"`
}

// WhatIfParticipationOf makes the pair.
func WhatIfParticipationOf(p *domain.PolicyVersion, inForce, whatIf projections.Participation) WhatIfParticipation {
	out := WhatIfParticipation{Supposed: supposed(p), InForce: ParticipationOf(inForce), WhatIf: ParticipationOf(whatIf)}
	out.Footing = out.WhatIf.Footing
	out.beside(inForce.Footing)
	out.note(inForce.Suppressed, inForce.Monthly)
	return out
}
