package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// StatementWaits is what changed in a statement among what counts for nothing:
// reports of missing entries and check-ins without a check-out.
type StatementWaits struct {
	Reports  []ReportChange  `json:"reports" doc:"Of missing entries, by day"`
	CheckIns []CheckInChange `json:"checkIns" doc:"Check-ins without a check-out"`
}

// WaitChange is what a change of either says.
type WaitChange struct {
	Person string         `json:"person" doc:"Whose record it stands in"`
	Kind   string         `json:"kind" enum:"came,went,changed" doc:"Of a check-in, went: it is open no more"`
	Events []ChangeEvent  `json:"events" doc:"What was recorded of it between"`
	Causes []Clause       `json:"causes" doc:"What else made the difference"`
	Story  []DiffSentence `json:"story" doc:"The whole change in plain sentences"`
}

// ReportChange is a report that came or was answered.
type ReportChange struct {
	WaitChange
	Report uint32       `json:"report" doc:"Number within the person's record"`
	Before *ReportState `json:"before,omitempty" doc:"Absent for one that was not there"`
	After  *ReportState `json:"after,omitempty" doc:"Absent for one that is another person's now"`
}

// ReportState is a report at a point of view.
type ReportState struct {
	Open  bool    `json:"open" doc:"Not answered yet"`
	Entry *uint32 `json:"entry,omitempty" doc:"The entry claimed for it"`
	Deed  Deed    `json:"deed" doc:"As reported"`
}

// CheckInChange is a check-in that came, is open no more, or stands otherwise.
type CheckInChange struct {
	WaitChange
	CheckIn uint32          `json:"checkIn" doc:"Number within the person's record"`
	Before  *PendingCheckIn `json:"before,omitempty" doc:"Absent for one that was not open"`
	After   *PendingCheckIn `json:"after,omitempty" doc:"Absent for one that is open no more"`
}

func waitsOf(d *projections.StatementDiff) StatementWaits {
	out := StatementWaits{make([]ReportChange, 0, len(d.Reports)), make([]CheckInChange, 0, len(d.CheckIns))}
	for i := range d.Reports {
		c := &d.Reports[i]
		newest := c.After
		if newest == nil {
			newest = c.Before
		}
		x := ReportChange{waitChange(c.Person, c.Before != nil, c.After != nil, c.Merged), uint32(c.No), reportState(c.Before), reportState(c.After)}
		x.tell(c.Events, reportStory(newest, nil))
		x.say(reportOutcome(c.After))
		out.Reports = append(out.Reports, x)
	}
	for i := range d.CheckIns {
		c := &d.CheckIns[i]
		x := CheckInChange{waitChange(c.Person, c.Before != nil, c.After != nil, c.Merged), uint32(c.No), openCheckIn(c.Before), openCheckIn(c.After)}
		t := teller{person: c.Person, offered: map[uint64]*domain.Deed{}}
		for j := range c.Events {
			t.tell(&c.Events[j].LifeEvent)
		}
		x.tell(c.Events, t.out)
		if x.After != nil {
			x.say(DiffSentence{x.After.Why.Zh + "。", capital(x.After.Why.En) + "."})
		}
		out.CheckIns = append(out.CheckIns, x)
	}
	return out
}

func waitChange(person domain.PersonID, before, after, merged bool) WaitChange {
	out := WaitChange{Person: id(person.UUID), Kind: "changed", Causes: []Clause{}}
	switch {
	case !before:
		out.Kind = "came"
	case !after:
		out.Kind = "went"
	}
	if merged {
		w := causes[projections.CauseMerged]
		out.Causes = append(out.Causes, said(string(projections.CauseMerged), w.zh, w.en))
	}
	return out
}

func (c *WaitChange) tell(events []projections.Did, story []Sentence) {
	c.Events, c.Story = changeEvents(events, story)
	for _, cause := range c.Causes {
		c.say(DiffSentence{cause.Zh + "。", capital(cause.En) + "."})
	}
}

func (c *WaitChange) say(s DiffSentence) { c.Story = append(c.Story, s) }

func reportState(r *projections.StatementReport) *ReportState {
	if r == nil {
		return nil
	}
	x := reportOf(r)
	return &ReportState{x.Open, x.Entry, x.Deed}
}

// reportOutcome is the last sentence: where the report stands.
func reportOutcome(r *projections.StatementReport) DiffSentence {
	switch {
	case r == nil:
		return DiffSentence{"不再列在此人名下。", "It stands in this statement no more."}
	case r.Open:
		return DiffSentence{"尚未答复，不计入。", "Not answered yet: it does not count."}
	case r.Entry != 0:
		no := strconv.FormatUint(uint64(r.Entry), 10)
		return DiffSentence{"已受理，补记为第 " + no + " 号记录。", "Accepted: it became entry no. " + no + "."}
	}
	return DiffSentence{"未受理。", "Declined."}
}

func openCheckIn(p *projections.PendingCheckIn) *PendingCheckIn {
	if p == nil {
		return nil
	}
	x := pendingCheckIn(p)
	return &x
}
