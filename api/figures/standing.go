package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// Study is what somebody has studied in a period.
type Study struct {
	PersonTimes int64    `json:"personTimes" doc:"Per day and content once"`
	Months      int64    `json:"months" doc:"Months with study"`
	Time        Duration `json:"time"`
}

func study(t domain.StudyTally) Study { return Study{t.Sessions, t.Months, Time(t.Minutes)} }

// Criterion is a clause of a standing scheme with the row's value.
type Criterion struct {
	Criterion string `json:"criterion" enum:"sessions,months,minutes"`
	Value     int64  `json:"value"`
	Gap       *int64 `json:"gap,omitempty" doc:"还差: what the row above has more"`
	Zh        string `json:"zh"`
	En        string `json:"en"`
}

// StandingRow is one person's place.
type StandingRow struct {
	Rank        int64       `json:"rank,omitempty" doc:"1, 1, 3 …; absent when not ranked"`
	Person      string      `json:"person"`
	State       State       `json:"state"`
	Study       Study       `json:"study"`
	Criteria    []Criterion `json:"criteria" doc:"In the order of the scheme"`
	Decisive    string      `json:"decisive,omitempty" doc:"What put the row below the one above it; absent on a tie"`
	Explanation []Clause    `json:"explanation"`
	Suppressed  *Suppressed `json:"suppressed,omitempty" doc:"Why rank and gaps are withheld"`
}

func (f *Footing) standingRow(r projections.StandingRow) StandingRow {
	out := StandingRow{
		Rank: r.Rank, Person: id(r.Person.UUID), State: f.state(r.State), Study: study(r.Tally),
		Criteria: []Criterion{}, Decisive: string(r.Decisive), Explanation: []Clause{}, Suppressed: suppressed(r.Suppressed),
	}
	f.note(r.Suppressed)
	for _, c := range r.Criteria {
		out.Criteria = append(out.Criteria, criterionOf(c))
		if c.Criterion == r.Decisive && c.Gap > 0 {
			out.Explanation = append(out.Explanation, behind(c.Criterion, c.Gap))
		}
	}
	switch {
	case out.Suppressed != nil:
		out.Explanation = append(out.Explanation, said("suppressed", out.Suppressed.Zh, out.Suppressed.En))
	case r.Unranked > 0:
		out.Explanation = append(out.Explanation, belowMinimum(r.Unranked))
	case r.Rank == 1:
		out.Explanation = append(out.Explanation, said("first", "名列第一", "first in the ranking"))
	case r.Decisive == "":
		out.Explanation = append(out.Explanation, said("tie", "与上一名并列", "equal with the row above"))
	}
	return out
}

func criterionOf(c projections.CriterionValue) Criterion {
	w := criterion[c.Criterion]
	value := strconv.FormatInt(c.Value, 10)
	out := Criterion{
		Criterion: string(c.Criterion), Value: c.Value,
		Zh: w.zh + " " + value + " " + w.unitZh, En: plural(c.Value, w.en),
	}
	if c.Criterion == domain.ByMinutes {
		m := domain.Minutes(c.Value)
		out.Zh, out.En = w.zh+" "+hoursZh(m, " "), hoursEn(m)
	}
	if c.Gap > 0 {
		gap := c.Gap
		out.Gap = &gap
	}
	return out
}

// StandingBoard is the 学习之星 ranking of persons.
type StandingBoard struct {
	Footing
	Division    string        `json:"division" doc:"Empty: the whole country"`
	Period      string        `json:"period" doc:"On the occurred axis"`
	Policy      string        `json:"policy" doc:"Standing scheme the ranking was made with"`
	Ranked      int64         `json:"ranked"`
	Unranked    int64         `json:"unranked" doc:"With study, but below the scheme's minimum"`
	PersonTimes int64         `json:"personTimes" doc:"Of ranked and unranked"`
	Time        Duration      `json:"time"`
	Outside     Outside       `json:"outside"`
	Rows        []StandingRow `json:"rows"`
	Next        string        `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`

	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Why the ranking is withheld: its figures are then zero and it has no rows"`
}

// Standing makes a ranking. Next is left to the caller, who seals it.
func Standing(b projections.StandingBoard) StandingBoard {
	out := StandingBoard{
		Footing: Foot(b.Footing), Division: b.Division.String(), Period: b.Period.String(), Policy: refOf(b.Scheme),
		Ranked: b.Ranked, Unranked: b.Unranked, PersonTimes: b.Totals.Sessions, Time: Time(b.Totals.Minutes),
		Outside: outside(b.Outside), Rows: make([]StandingRow, 0, len(b.Rows)), Suppressed: suppressed(b.Suppressed),
	}
	out.note(b.Suppressed, b.Outside.Suppressed)
	for _, r := range b.Rows {
		out.Rows = append(out.Rows, out.standingRow(r))
	}
	return out
}

// PersonStanding is one person's place in a division and period.
type PersonStanding struct {
	Footing
	Division string      `json:"division" doc:"Empty: the whole country"`
	Period   string      `json:"period"`
	Standing StandingRow `json:"standing"`
}

// StandingOf makes one person's place.
func StandingOf(r projections.StandingRow, f projections.Footing, d domain.Division, p domain.Period) PersonStanding {
	out := PersonStanding{Footing: Foot(f), Division: d.String(), Period: p.String()}
	out.Standing = out.standingRow(r)
	return out
}
