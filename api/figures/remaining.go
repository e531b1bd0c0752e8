package figures

import (
	"fmt"

	"zhishu/domain"
	"zhishu/projections"
)

// Remaining lists who and what still belongs to communities that were split
// (待迁).
type Remaining struct {
	Footing
	Division    string           `json:"division"`
	Communities []SplitCommunity `json:"communities" doc:"That are not empty yet"`
	Persons     int64            `json:"persons"`
	Groups      int64            `json:"groups"`
	Rows        []RemainingRow   `json:"rows" doc:"By community: persons, then groups"`
	Next        string           `json:"next,omitempty" doc:"Cursor of the next page"`
}

// SplitCommunity is a community that several others stand for.
type SplitCommunity struct {
	Community  string   `json:"community"`
	Successors []string `json:"successors"`
	From       string   `json:"from" format:"date" doc:"From which they stand for it"`
	Persons    int64    `json:"persons" doc:"Still there on the day of the point of view"`
	Groups     int64    `json:"groups"`
}

// RemainingRow is a person or a group that was not moved yet.
type RemainingRow struct {
	Community string     `json:"community"`
	Kind      string     `json:"kind" enum:"person,household,building,organisation,team"`
	Person    string     `json:"person,omitempty"`
	State     *State     `json:"state,omitempty" doc:"Of the person, today"`
	Group     string     `json:"group,omitempty"`
	Name      string     `json:"name,omitempty" doc:"Of the group"`
	Since     string     `json:"since,omitempty" format:"date" doc:"First day of the membership, or of the group"`
	Operation *Operation `json:"operation,omitempty" doc:"That moves it, dated"`
	Blocked   *Clause    `json:"blocked,omitempty" doc:"Why it cannot be moved"`
}

// RemainingOf makes the list.
func RemainingOf(r projections.Remaining) Remaining {
	out := Remaining{
		Footing: Foot(r.Footing), Division: r.Division.String(), Communities: []SplitCommunity{}, Persons: r.Persons, Groups: r.Groups,
		Rows: make([]RemainingRow, 0, len(r.Rows)),
	}
	for _, c := range r.Communities {
		out.Communities = append(out.Communities, SplitCommunity{code(c.Community), codes(c.Successors), day(c.From), c.Persons, c.Groups})
	}
	for i := range r.Rows {
		out.Rows = append(out.Rows, out.remaining(&r.Rows[i]))
	}
	return out
}

func (f *Footing) remaining(x *projections.RemainingRow) RemainingRow {
	out := RemainingRow{Community: code(x.Community), Since: day(x.Since)}
	if x.Person.IsZero() {
		out.Kind, out.Group, out.Name = string(x.Group.Kind), x.Group.ID.String(), x.Name
		out.Operation = &Operation{"move-group", "POST", fmt.Sprintf("/v1/groups/%s/%s/community", x.Group.Kind, x.Group.ID)}
		return out
	}
	state := f.state(x.State)
	out.Kind, out.Person, out.State = "person", x.Person.String(), &state
	if x.Block == projections.NotBlocked {
		out.Operation = &Operation{"move-membership", "POST", fmt.Sprintf("/v1/persons/%s/memberships/move", x.Person)}
	} else {
		out.Blocked = f.blocked(x.Block)
	}
	return out
}

// blocked says why, and notes it for the validator.
func (f *Footing) blocked(b projections.WaitBlock) *Clause {
	if b == projections.NotBlocked {
		return nil
	}
	f.ShownToday(string(b))
	clause := waitBlocks[b]
	return &clause
}

func codes(list []domain.CommunityCode) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return out
}

// ComingOfAge lists the persons whose consent is the one a guardian gave, by the
// day from which they consent for themselves.
type ComingOfAge struct {
	Footing
	Division string      `json:"division"`
	Period   string      `json:"period" doc:"Of the days"`
	Due      int64       `json:"due" doc:"Their day has come"`
	Coming   int64       `json:"coming"`
	Unknown  int64       `json:"unknown" doc:"Of the division, and in no row: nothing said how old they are"`
	Rows     []ComingRow `json:"rows" doc:"By day"`
	Next     string      `json:"next,omitempty" doc:"Cursor of the next page"`
}

// ComingRow is one of them.
type ComingRow struct {
	Person    string     `json:"person"`
	State     State      `json:"state"`
	Community string     `json:"community,omitempty" doc:"Where the person belongs, or was enrolled"`
	Day       string     `json:"day" format:"date" doc:"From which the person is taken to be fourteen; at most a year late"`
	Due       bool       `json:"due" doc:"The day has come: the person's own consent is missing"`
	Guardian  string     `json:"guardian" doc:"Person who consented"`
	Kinds     []string   `json:"kinds" doc:"record, publish: what rests on the guardian"`
	Since     Step       `json:"since" doc:"When that was recorded; by is absent"`
	Operation *Operation `json:"operation,omitempty" doc:"That records the person's own consent, once due"`
}

// ComingOfAgeOf makes the list.
func ComingOfAgeOf(c projections.ComingOfAge) ComingOfAge {
	out := ComingOfAge{
		Footing: Foot(c.Footing), Division: c.Division.String(), Period: c.Period.String(), Due: c.Due, Coming: c.Coming, Unknown: c.Unknown,
		Rows: make([]ComingRow, 0, len(c.Rows)),
	}
	for i := range c.Rows {
		x := &c.Rows[i]
		row := ComingRow{
			Person: x.Person.String(), State: out.state(x.State), Community: code(x.Community), Day: day(x.Day), Due: x.Due, Guardian: x.Guardian.String(),
			Since: stepOf(x.Since),
		}
		for _, k := range x.Kinds {
			row.Kinds = append(row.Kinds, string(k))
		}
		if x.Due && !x.State.Erased && !x.State.Restricted {
			row.Operation = &Operation{"give-consent", "POST", fmt.Sprintf("/v1/persons/%s/consents", x.Person)}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
