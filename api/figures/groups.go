package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// Group is a household, building, organisation or team.
type Group struct {
	Group     string `json:"group"`
	Kind      string `json:"kind" enum:"household,building,organisation,team"`
	Name      string `json:"name" doc:"As on the day; a household's is a label of the committee's choosing"`
	Community string `json:"community"`
	Within    string `json:"within,omitempty" doc:"Of a stairwell: its building"`
	From      string `json:"from,omitempty" format:"date" doc:"Absent where nobody knows"`
	To        string `json:"to,omitempty" format:"date" doc:"Absent while it lasts"`
	Members   int64  `json:"members" doc:"On the day"`
	Learning  bool   `json:"learning,omitempty" doc:"Designated a learning household or organisation"`
}

// Groups lists the groups of a kind.
type Groups struct {
	Footing
	Division string  `json:"division" doc:"Empty: the whole country"`
	Kind     string  `json:"kind"`
	On       string  `json:"on" format:"date"`
	Rows     []Group `json:"rows"`
	Next     string  `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// GroupsOf makes a list of the rows given.
func GroupsOf(g projections.Groups, rows []projections.Group) Groups {
	out := Groups{Footing: Foot(g.Footing), Division: g.Division.String(), Kind: string(g.Kind), On: day(g.On), Rows: make([]Group, 0, len(rows))}
	for _, x := range rows {
		out.Rows = append(out.Rows, Group{
			Group: id(x.Ref.ID.UUID), Kind: string(x.Ref.Kind), Name: x.Name, Community: code(x.Community), Within: id(x.Within.UUID),
			From: day(x.From), To: day(x.To), Members: x.Members, Learning: x.Learning,
		})
	}
	return out
}

// GroupCriterion is a clause of a scheme with the row's figure, exactly.
type GroupCriterion struct {
	Criterion string `json:"criterion" enum:"sessions,minutes,times-per-member,share"`
	Ratio
	Zh string `json:"zh"`
	En string `json:"en"`
}

// GroupRow is one group's place.
type GroupRow struct {
	Rank         int64            `json:"rank,omitempty" doc:"1, 1, 3 …; absent when not ranked"`
	Group        string           `json:"group"`
	Name         string           `json:"name"`
	Suppressed   *Suppressed      `json:"suppressed,omitempty" doc:"Why there is a rank and no figure"`
	Members      *int64           `json:"members,omitempty" doc:"On the day the scheme takes them; absent, as the figures below, where the row is withheld"`
	Participants *int64           `json:"participants,omitempty" doc:"Of these members, who took part"`
	PersonTimes  *int64           `json:"personTimes,omitempty" doc:"By membership on the day of each"`
	Time         *Duration        `json:"time,omitempty"`
	Criteria     []GroupCriterion `json:"criteria" doc:"In the order of the scheme"`
	Decisive     string           `json:"decisive,omitempty" doc:"What put the row below the one above it; absent on a tie"`
	Explanation  []Clause         `json:"explanation"`
}

// GroupBoard is the 学习之星 ranking of households, buildings or organisations.
type GroupBoard struct {
	Footing
	Division string     `json:"division" doc:"Empty: the whole country"`
	Kind     string     `json:"kind" enum:"household,building,organisation"`
	Period   string     `json:"period"`
	On       string     `json:"on" format:"date" doc:"Members are those of this day"`
	Policy   string     `json:"policy" doc:"Standing scheme the ranking was made with"`
	Ranked   int64      `json:"ranked"`
	Unranked int64      `json:"unranked" doc:"Below the scheme's minimum"`
	Rows     []GroupRow `json:"rows"`
	Next     string     `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

var groupCriteria = map[domain.Criterion]words{
	domain.BySessions: {"人次", "person-times"}, domain.ByMinutes: {"分钟", "minutes"},
	domain.ByTimesPerMember: {"人均次数", "person-times per member"}, domain.ByShare: {"参学面", "share of members taking part"},
}

// GroupBoardOf makes a ranking of the rows given.
func GroupBoardOf(b projections.GroupBoard, rows []projections.GroupRow) GroupBoard {
	out := GroupBoard{
		Footing: Foot(b.Footing), Division: b.Division.String(), Kind: string(b.Kind), Period: b.Period.String(), On: day(b.On),
		Policy: refOf(b.Scheme), Ranked: b.Ranked, Unranked: b.Unranked, Rows: make([]GroupRow, 0, len(rows)),
	}
	for _, r := range rows {
		out.note(r.Suppressed)
		out.Rows = append(out.Rows, groupRow(r))
	}
	return out
}

func groupRow(r projections.GroupRow) GroupRow {
	out := GroupRow{
		Rank: r.Rank, Group: id(r.Group.ID.UUID), Name: r.Name, Suppressed: suppressed(r.Suppressed), Criteria: []GroupCriterion{}, Decisive: string(r.Decisive), Explanation: []Clause{},
	}
	if out.Suppressed == nil {
		time := Time(r.Tally.Minutes)
		out.Members, out.Participants, out.PersonTimes, out.Time = &r.Tally.Members, &r.Tally.Participants, &r.Tally.PersonTimes, &time
	}
	for _, c := range r.Criteria {
		w := groupCriteria[c.Criterion]
		text := ratioText(c.Value)
		out.Criteria = append(out.Criteria, GroupCriterion{
			Criterion: string(c.Criterion), Ratio: ratioOf(c.Value), Zh: w.zh + " " + text, En: w.en + " " + text,
		})
		if c.Criterion == r.Decisive {
			out.Explanation = append(out.Explanation, said("behind", w.zh+"低于上一名", w.en+" below the row above"))
		}
	}
	switch {
	case r.MissingMembers > 0:
		n := strconv.FormatInt(r.MissingMembers, 10)
		out.Explanation = append(out.Explanation, said("members", "成员还差 "+n+" 人", n+" members short of the minimum"))
	case r.MissingTimes > 0:
		n := strconv.FormatInt(r.MissingTimes, 10)
		out.Explanation = append(out.Explanation, said("minimum", "还差 "+n+" 人次", n+" person-times short of the minimum"))
	case r.Rank == 1:
		out.Explanation = append(out.Explanation, said("first", "名列第一", "first in the ranking"))
	case r.Decisive == "" && out.Suppressed == nil:
		out.Explanation = append(out.Explanation, said("tie", "与上一名并列", "equal with the row above"))
	}
	return out
}

func ratioOf(r domain.Ratio) Ratio {
	if r.Den == 0 {
		return Ratio{}
	}
	return Ratio{r.Num, r.Den, percent(r.Num * 10_000 / r.Den)}
}

func ratioText(r domain.Ratio) string {
	text := strconv.FormatInt(r.Num, 10)
	if r.Den != 1 {
		text += "/" + strconv.FormatInt(r.Den, 10)
	}
	return text
}

// Team is a volunteer team with its members' service.
type Team struct {
	Team       string      `json:"team"`
	Name       string      `json:"name"`
	Community  string      `json:"community"`
	Members    *int64      `json:"members,omitempty" doc:"On the day"`
	Active     *int64      `json:"active,omitempty" doc:"With service while they belonged to it"`
	Entries    *int64      `json:"entries,omitempty" doc:"Confirmed, on days of membership"`
	Time       *Duration   `json:"time,omitempty" doc:"As recorded, before any policy"`
	Recognised *Duration   `json:"recognised,omitempty" doc:"As the counting policies count it"`
	Days       *int64      `json:"days,omitempty" doc:"On which somebody of the team served"`
	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Present instead of the figures"`
}

// Teams lists the teams of a division.
type Teams struct {
	Footing
	Division string `json:"division"`
	Period   string `json:"period"`
	On       string `json:"on" format:"date"`
	Policy   string `json:"policy" doc:"Policy version whose smallest size withholds figures"`
	Rows     []Team `json:"rows"`
}

// TeamsOf makes the list.
func TeamsOf(t projections.Teams) Teams {
	out := Teams{Footing: Foot(t.Footing), Division: t.Division.String(), Period: t.Period.String(), On: day(t.On), Policy: refOf(t.Definition), Rows: []Team{}}
	for _, r := range t.Rows {
		out.note(r.Suppressed)
		row := Team{Team: id(r.Team.ID.UUID), Name: r.Name, Community: code(r.Community), Suppressed: suppressed(r.Suppressed)}
		if row.Suppressed == nil {
			time, recognised := Time(r.Minutes), Time(r.Recognised)
			row.Members, row.Active, row.Entries, row.Time, row.Recognised, row.Days = &r.Members, &r.Active, &r.Entries, &time, &recognised, &r.Days
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// Training is the training rate (培训率).
type Training struct {
	Footing
	Division   string      `json:"division"`
	Period     string      `json:"period"`
	On         string      `json:"on" format:"date"`
	Policy     string      `json:"policy" doc:"Version that defines the rate"`
	Categories []string    `json:"categories" doc:"Forms of study that count"`
	Rate       *Ratio      `json:"rate,omitempty" doc:"Distinct members with at least one attendance to registered members"`
	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Present instead of the rate"`
}

// TrainingOf makes the rate.
func TrainingOf(t projections.Training) Training {
	out := Training{
		Footing: Foot(t.Footing), Division: t.Division.String(), Period: t.Period.String(), On: day(t.On), Policy: refOf(t.Definition),
		Categories: t.Categories, Suppressed: suppressed(t.Suppressed),
	}
	if out.Suppressed == nil {
		r := ratioOf(domain.Ratio{Num: t.Trained, Den: t.Members})
		out.Rate = &r
	}
	return out
}

// LayerMonth is one month of layered study.
type LayerMonth struct {
	Month   string          `json:"month" example:"2026-03"`
	Over    bool            `json:"over" doc:"The month is over at the point of view"`
	Layered int64           `json:"layered" doc:"Sessions of a layer, as far as they are shown"`
	Met     bool            `json:"met"`
	Missing int64           `json:"missing,omitempty" doc:"还差"`
	Unknown bool            `json:"unknown,omitempty" doc:"What is shown does not meet the target, and what is withheld might"`
	Layers  []LayerSessions `json:"layers"`

	Withheld *Suppressed `json:"withheld,omitempty" doc:"Why sessions without a number are missing here, with layers that had no others"`
}

// LayerMonths is what was held month by month, beside the target.
type LayerMonths struct {
	Footing
	Division string       `json:"division"`
	Period   string       `json:"period"`
	Policy   string       `json:"policy,omitempty" doc:"Scorecard that sets the target"`
	Target   int64        `json:"target,omitempty" doc:"Layered sessions a month"`
	Months   []LayerMonth `json:"months"`
}

// SessionsOf makes the months.
func SessionsOf(s projections.LayerMonths) LayerMonths {
	out := LayerMonths{Footing: Foot(s.Footing), Division: s.Division.String(), Period: s.Period.String(), Policy: refOf(s.Policy), Target: s.Target, Months: []LayerMonth{}}
	for _, m := range s.Months {
		row := LayerMonth{
			Month: m.Month.String(), Over: m.Over, Layered: m.Layered, Met: m.Missing == 0 && !m.Unknown, Missing: m.Missing, Unknown: m.Unknown,
			Layers: layers(m.Layers), Withheld: suppressed(m.Withheld),
		}
		out.noteSessions(m.Withheld, m.Layers)
		out.Months = append(out.Months, row)
	}
	return out
}
