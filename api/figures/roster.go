package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// ActivityRoster is who signed up, who waits, and who was there (名册).
type ActivityRoster struct {
	Footing
	Activity Activity            `json:"activity"`
	Total    int64               `json:"total"`
	Rows     []ActivityRosterRow `json:"rows" doc:"Sign-ups in their order, then who came without one; where counts are withheld, the row of the account's own person"`
	Next     string              `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// ActivityRosterRow is one person of a roster.
type ActivityRosterRow struct {
	Number   int64      `json:"number" doc:"From 1"`
	Person   string     `json:"person"`
	State    State      `json:"state"`
	SignedUp bool       `json:"signedUp"`
	Place    int64      `json:"place,omitempty" doc:"Among the places, or on the waiting list; of a withheld roster on the waiting list alone"`
	Waiting  bool       `json:"waiting,omitempty"`
	Presence []Presence `json:"presence" doc:"Each time the person was there"`
}

// Presence is a check-in, and what came of it; or an entry from a sheet.
type Presence struct {
	CheckIn  uint32   `json:"checkIn,omitempty" doc:"Number of the check-in within the person's record"`
	In       string   `json:"in,omitempty" format:"date-time"`
	Entry    uint32   `json:"entry,omitempty" doc:"Number of the entry within the person's record"`
	Status   string   `json:"status" enum:"pending,claimed,confirmed,rejected,voided"`
	StatusZh string   `json:"statusZh"`
	Day      string   `json:"day,omitempty" format:"date"`
	Start    string   `json:"start,omitempty" format:"date-time"`
	End      string   `json:"end,omitempty" format:"date-time"`
	Time     Duration `json:"time" doc:"Zero while pending"`
	Hours    string   `json:"hours,omitempty" enum:"credit,honour" doc:"Of service"`
	Read     uint32   `json:"read,omitempty" doc:"Revision of the activity's stream it was judged on; it counts who signed up, and is absent of a withheld roster"`
	Changed  []string `json:"changed,omitempty" doc:"What the activity's stream said only afterwards: rescheduled, cancelled"`
}

const pendingStatus = "pending"

// RosterOf makes a roster, of what there is to be shown.
func RosterOf(r projections.Roster, sight Sight) ActivityRoster {
	out := ActivityRoster{
		Footing: Foot(r.Footing), Total: r.Total, Rows: make([]ActivityRosterRow, 0, len(r.Rows)), Next: r.Next,
	}
	out.Activity = out.activityOf(&r.ActivityInfo, r.Day, sight)
	service := r.Plan.Kind.EntryKind() == domain.Service
	for _, x := range r.Rows {
		row := ActivityRosterRow{
			Number: x.Number, Person: x.Person.String(), State: out.state(x.State), SignedUp: x.SignedUp, Place: x.Place, Waiting: x.Waiting,
			Presence: []Presence{},
		}
		for i := range x.Presence {
			row.Presence = append(row.Presence, presenceOf(&x.Presence[i], service))
		}
		out.Rows = append(out.Rows, row)
		out.ShownToday(row.Person)
	}
	return out
}

func presenceOf(p *projections.Presence, service bool) Presence {
	out := Presence{CheckIn: uint32(p.CheckIn), Entry: uint32(p.Entry), Read: p.Read, In: p.In.String()}
	if p.In == 0 {
		out.In = ""
	}
	if p.Rescheduled {
		out.Changed = append(out.Changed, "rescheduled")
	}
	if p.Cancelled {
		out.Changed = append(out.Changed, "cancelled")
	}
	if p.Pending() {
		out.Status, out.StatusZh, out.Time = pendingStatus, "未签退", Time(0)
		return out
	}
	out.Status, out.StatusZh = p.Status.String(), statuses[p.Status]
	out.Day, out.Time = day(p.Span.Day), Time(p.Span.Minutes)
	if p.Span.Clocked() {
		out.Start, out.End = p.Span.Start.String(), p.Span.End.String()
	}
	if service {
		out.Hours = p.Hours.String()
	}
	return out
}

// PendingCheckIn is a check-in without a check-out on a statement.
type PendingCheckIn struct {
	Person   string   `json:"person,omitempty" doc:"Whose record it stands in, when that is another person merged into this one"`
	CheckIn  uint32   `json:"checkIn" doc:"Number within the person's record"`
	Kind     string   `json:"kind" enum:"service,study"`
	Activity string   `json:"activity"`
	Stream   string   `json:"stream"`
	Title    string   `json:"title,omitempty"`
	At       string   `json:"at" format:"date-time"`
	Until    string   `json:"until" format:"date-time" doc:"End of the check-in window"`
	Time     Duration `json:"time" doc:"Zero"`
	Why      Clause   `json:"why"`
}

const (
	clauseNotCheckedOut = "not-checked-out"
	clauseEntered       = "entered-otherwise"
	clauseCancelled     = "activity-cancelled"
)

func pendingCheckIn(p *projections.PendingCheckIn) PendingCheckIn {
	out := PendingCheckIn{
		CheckIn: uint32(p.No), Kind: p.Kind.String(), Activity: p.Activity.String(), Stream: p.Activity.Stream(), Title: p.Title,
		At: p.At.String(), Until: p.Until.String(), Time: Time(0),
	}
	switch {
	case p.Entered:
		out.Why = said(clauseEntered, "签到后没有签退，不计时；这次活动另有记录", "not checked out, so it has no minutes; the activity is recorded otherwise")
	case p.Status == projections.ActivityCancelled:
		out.Why = said(clauseCancelled, "活动已取消，签到不计时", "the activity was cancelled, so the check-in has no minutes")
	default:
		out.Why = said(clauseNotCheckedOut, "签到后没有签退，计 0 分钟；请经办人重开签到窗口或凭签到表补登",
			"not checked out, so it has 0 minutes; ask for the window to be opened again, or for an entry from the sheet")
	}
	return out
}
