package projections

import "zhishu/domain"

// Star is one person's stars, with how they came about.
type Star struct {
	Footing
	Person    domain.PersonID
	Into      domain.PersonID // set when the person was merged: whose stars these are
	State     PersonState
	Community domain.CommunityCode // membership on the view's day; zero when none
	Rating    domain.StarRating
	Entries   int64 // confirmed service entries
	Waiting   int64 // claimed, not yet confirmed or rejected: they do not count
}

// StarRow is a line of the star board.
type StarRow struct {
	Person    domain.PersonID
	State     PersonState
	Community domain.CommunityCode
	Rating    domain.StarRating
}

// StarBoard lists the members of a division who have confirmed service, by
// recognised minutes from the highest down, then by person id.
type StarBoard struct {
	Footing
	Division domain.Division
	Members  int64   // persons who are members on the view's day
	Active   int64   // of them, with confirmed service
	ByStars  []int64 // active members by stars reached; index 0 is none yet
	Totals   StarTotals
	Outside  Outside // confirmed service recorded here by others, by day of the fact
	Rows     []StarRow
	Next     string // cursor of the next page; empty at the end
}

// StarTotals sums the members' service, wherever it was recorded.
type StarTotals struct {
	Recognised, Credit, Honour, Raw domain.Minutes
}
