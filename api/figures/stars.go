package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Rating is a person's stars and the hours behind them.
type Rating struct {
	Stars       int       `json:"stars"`
	Recognised  Duration  `json:"recognised" doc:"What the counting policy recognises"`
	Credit      Duration  `json:"credit" doc:"信用时数: recognised, from own check-in and check-out"`
	Honour      Duration  `json:"honour" doc:"荣誉时数: recognised, entered afterwards by an organiser"`
	Raw         Duration  `json:"raw" doc:"Before any policy"`
	ReachedOn   string    `json:"reachedOn,omitempty" format:"date" doc:"Day the last star was reached"`
	ToNext      *Duration `json:"toNext,omitempty" doc:"Missing to the next star; absent at the top"`
	Policy      string    `json:"policy,omitempty" doc:"Star scheme; absent where none is in force"`
	Explanation []Clause  `json:"explanation"`
}

func rating(r domain.StarRating) Rating {
	out := Rating{
		Stars: r.Stars, Recognised: Time(r.Recognised), Credit: Time(r.Credit), Honour: Time(r.Honour), Raw: Time(r.Raw),
		ReachedOn: day(r.ReachedOn), Policy: refOf(r.Scheme), Explanation: []Clause{},
	}
	switch {
	case r.Scheme == nil:
		out.Explanation = append(out.Explanation, said("no-scheme", "没有适用的星级方案", "no star scheme is in force"))
	case r.ToNext > 0:
		next := Time(r.ToNext)
		out.ToNext = &next
		out.Explanation = append(out.Explanation, toNextStar(r.Stars, r.ToNext))
		if r.ToMonths > 0 {
			out.Explanation = append(out.Explanation, toMonths(r.ToMonths))
		}
	case r.Excluded:
		out.Explanation = append(out.Explanation, said("earlier-winner", "起算日之前已得星，不再参加", "had reached a star before the scheme's first day"))
	case r.ToMonths > 0:
		out.Explanation = append(out.Explanation, toMonths(r.ToMonths))
	default:
		out.Explanation = append(out.Explanation, said("top-star", "已达最高星级", "the highest star is reached"))
	}
	return out
}

// Star is one person's stars.
type Star struct {
	Footing
	Person     string   `json:"person"`
	MergedInto string   `json:"mergedInto,omitempty" doc:"The person was merged: these are that person's stars"`
	State      State    `json:"state"`
	Community  string   `json:"community,omitempty" doc:"Membership on the day; absent when none"`
	Rating     Rating   `json:"rating"`
	Entries    int64    `json:"entries" doc:"Confirmed service entries"`
	Waiting    int64    `json:"waiting" doc:"Claimed and not decided: they do not count yet"`
	Notes      []Clause `json:"notes"`
}

// StarOf makes one person's stars.
func StarOf(s projections.Star) Star {
	out := Star{
		Footing: Foot(s.Footing), Person: id(s.Person.UUID), MergedInto: id(s.Into.UUID), Community: code(s.Community),
		Rating: rating(s.Rating), Entries: s.Entries, Waiting: s.Waiting, Notes: []Clause{},
	}
	out.State = out.state(s.State)
	if s.Waiting > 0 {
		out.Notes = append(out.Notes, waiting(s.Waiting))
	}
	return out
}

// StarRow is a line of the star board.
type StarRow struct {
	Person    string `json:"person"`
	State     State  `json:"state"`
	Community string `json:"community,omitempty" doc:"Absent where the community's own board is withheld"`
	Rating    Rating `json:"rating"`
}

// StarCount is how many members have so many stars.
type StarCount struct {
	Stars   int   `json:"stars"`
	Members int64 `json:"members"`
}

// StarTotals sums the members' service, wherever it was recorded.
type StarTotals struct {
	Recognised Duration `json:"recognised"`
	Credit     Duration `json:"credit"`
	Honour     Duration `json:"honour"`
	Raw        Duration `json:"raw"`
}

// StarBoard lists a division's members with confirmed service.
type StarBoard struct {
	Footing
	Division string      `json:"division" doc:"Empty: the whole country"`
	Members  int64       `json:"members" doc:"On the day"`
	Active   int64       `json:"active" doc:"Of them, with confirmed service"`
	ByStars  []StarCount `json:"byStars"`
	Total    StarTotals  `json:"total"`
	Outside  Outside     `json:"outside" doc:"Service recorded here by people without membership (外来)"`
	Rows     []StarRow   `json:"rows" doc:"By recognised time, highest first"`
	Next     string      `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`

	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Why the board is withheld: its figures are then zero and it has no rows"`
}

// Stars makes a star board. Next is left to the caller, who seals it.
func Stars(b projections.StarBoard) StarBoard {
	out := StarBoard{
		Footing: Foot(b.Footing), Division: b.Division.String(), Members: b.Members, Active: b.Active,
		Total: StarTotals{
			Recognised: Time(b.Totals.Recognised), Credit: Time(b.Totals.Credit),
			Honour: Time(b.Totals.Honour), Raw: Time(b.Totals.Raw),
		},
		Outside: outside(b.Outside), ByStars: []StarCount{}, Rows: make([]StarRow, 0, len(b.Rows)), Suppressed: suppressed(b.Suppressed),
	}
	out.note(b.Suppressed, b.Outside.Suppressed)
	for stars, members := range b.ByStars {
		out.ByStars = append(out.ByStars, StarCount{stars, members})
	}
	for _, r := range b.Rows {
		if r.Community == 0 {
			out.note(projections.Complementary)
		}
		out.Rows = append(out.Rows, StarRow{
			Person: id(r.Person.UUID), State: out.state(r.State), Community: code(r.Community), Rating: rating(r.Rating),
		})
	}
	return out
}
