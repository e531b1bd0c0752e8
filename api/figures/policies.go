package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Policy is one adopted version.
type Policy struct {
	Policy  string `json:"policy" doc:"Version as it is named on figures" example:"counting-all/1"`
	Kind    string `json:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing,integrity,calendar"`
	Scope   string `json:"scope" doc:"Division code; empty: the whole country"`
	Version int    `json:"version"`
	Title   string `json:"title"`
	From    string `json:"from,omitempty" format:"date" doc:"First day in force; absent: from the beginning of time"`
	Adopted string `json:"adopted,omitempty" format:"date" doc:"Absent: a default the ledger began with"`
	PolicyBodies
}

// PolicyBodies holds the body of a policy: the one its kind names.
type PolicyBodies struct {
	Counting      *CountingPolicy    `json:"counting,omitempty"`
	Stars         *StarScheme        `json:"stars,omitempty"`
	Standing      *StandingScheme    `json:"standing,omitempty"`
	Participation *ParticipationRule `json:"participation,omitempty"`
	Scorecard     *ScorecardRule     `json:"scorecard,omitempty"`
	Closing       *ClosingRule       `json:"closing,omitempty"`
	Integrity     *IntegrityRule     `json:"integrity,omitempty"`
	Calendar      *CalendarRule      `json:"calendar,omitempty"`
}

// CalendarRule says which days are working days; days it does not list, and days
// it does not speak of, go by the week.
type CalendarRule struct {
	From     string    `json:"from" format:"date" doc:"First day it speaks of"`
	To       string    `json:"to" format:"date" doc:"Last day it speaks of; at most four years later"`
	Holidays []Holiday `json:"holidays,omitempty" maxItems:"50" doc:"Days off, in order"`
	Working  []string  `json:"working,omitempty" maxItems:"50" doc:"Weekend days worked to make up for them (调休), in order"`
}

// Holiday is days off in a row.
type Holiday struct {
	Name string `json:"name" maxLength:"200"`
	From string `json:"from" format:"date"`
	To   string `json:"to" format:"date"`
}

// IntegrityRule holds the thresholds of integrity flags; absent ones are off.
type IntegrityRule struct {
	DayMinutes   int64 `json:"dayMinutes,omitempty" doc:"More minutes in one civil day"`
	BurstEntries int64 `json:"burstEntries,omitempty" doc:"As many entries by one account, by hand"`
	BurstMinutes int64 `json:"burstMinutes,omitempty" doc:"Within so many minutes"`
	LateDays     int64 `json:"lateDays,omitempty" doc:"More working days from the day of a fact to its recording"`
}

// ClosingRule says what becomes of entries recorded after their period was
// closed.
type ClosingRule struct {
	Late string `json:"late" enum:"count,carry,flag" doc:"count: in the closed period; carry: in the period they were recorded in; flag: in no figure. Flagged they are always"`
}

// CountingPolicy turns raw into recognised minutes; absent clauses are off.
type CountingPolicy struct {
	ExcludedCategories []string `json:"excludedCategories,omitempty" maxItems:"50"`
	ExcludeHonour      bool     `json:"excludeHonour,omitempty" doc:"Only own check-in and check-out counts"`
	PresencePercent    int64    `json:"presencePercent,omitempty" minimum:"0" maximum:"100" doc:"Of the length the activity was scheduled for, or where that is not known of the clock times; a smaller share counts as zero"`
	Minimum            int64    `json:"minimum,omitempty" doc:"Minutes; less counts as zero"`
	Deduction          int64    `json:"deduction,omitempty" doc:"Minutes taken off every entry, for the way or a meal"`
	Floor              int64    `json:"floor,omitempty" doc:"Minutes; what counts at all counts at least so much"`
	Weights            []Weight `json:"weights,omitempty" maxItems:"50" doc:"Ratios that multiply categories"`
	Rounding           string   `json:"rounding" enum:"none,down,up,nearest"`
	Unit               int64    `json:"unit,omitempty" doc:"Minutes the rounding goes by"`
	EntryCap           int64    `json:"entryCap,omitempty" doc:"Minutes"`
	DayCap             int64    `json:"dayCap,omitempty" doc:"Minutes, over all entries of a civil day"`
}

// Weight multiplies the minutes of a category.
type Weight struct {
	Category    string `json:"category" maxLength:"200"`
	Numerator   int64  `json:"numerator" minimum:"0"`
	Denominator int64  `json:"denominator" minimum:"1" maximum:"1000"`
}

// StarScheme gives a star for each threshold reached; absent clauses are off.
type StarScheme struct {
	Thresholds       []int64 `json:"thresholds" maxItems:"10" doc:"Recognised minutes, rising"`
	ContinuousMonths int64   `json:"continuousMonths,omitempty" doc:"Calendar months in a row with service, before any star"`
	Since            string  `json:"since,omitempty" format:"date" doc:"Service before this day leads to no star"`
	CutOff           string  `json:"cutOff,omitempty" format:"date" doc:"Service after this day leads to no star"`
	ExcludeEarlier   bool    `json:"excludeEarlier,omitempty" doc:"No stars for who had reached one before since"`
}

// StandingScheme orders members by its criteria in turn.
type StandingScheme struct {
	Criteria    []string `json:"criteria" maxItems:"4" doc:"sessions, months, minutes; of groups also times-per-member and share, without months"`
	MinSessions int64    `json:"minSessions,omitempty" doc:"Fewer are not ranked"`
	MinMembers  int64    `json:"minMembers,omitempty" doc:"Of groups: with fewer members they are not ranked"`
}

// ParticipationRule says what a participation rate is made of.
type ParticipationRule struct {
	Bases        []string `json:"bases" maxItems:"3" doc:"members, resident, household"`
	MinMinutes   int64    `json:"minMinutes,omitempty" doc:"Shorter attendances do not count"`
	MinPercent   int64    `json:"minPercent,omitempty" minimum:"0" maximum:"100" doc:"Of a named session: who was there for a smaller share of what it was scheduled for does not count; parts of one session count together"`
	SmallestSize int64    `json:"smallestSize,omitempty" doc:"Smaller groups are not published"`

	TrainingCategories []string `json:"trainingCategories,omitempty" maxItems:"50" doc:"Forms of study that count for the training rate; absent: 课程"`
}

// ScorecardRule is the standard of a learning community (学习型社区标准).
type ScorecardRule struct {
	Items []ScorecardTarget `json:"items" maxItems:"50"`
}

// ScorecardTarget asks for so much of an item.
type ScorecardTarget struct {
	Item       string   `json:"item" doc:"sessions, participation, training, courses, talks …"`
	Target     int64    `json:"target" doc:"In the unit of the item: a count, or percent"`
	Categories []string `json:"categories,omitempty" maxItems:"50" doc:"Forms of study or service the item is about"`
}

// PolicyOf makes one version.
func PolicyOf(p *domain.PolicyVersion) Policy {
	return Policy{
		Policy: refOf(p), Kind: string(p.ID.Kind), Scope: p.ID.Scope.String(), Version: p.Version, Title: p.Title,
		From: day(p.From), Adopted: day(p.Adopted), PolicyBodies: bodiesOf(p),
	}
}

// Policies lists the adopted versions.
type Policies struct {
	Footing
	Rows []Policy `json:"rows" doc:"In the order of adoption"`
}

// PoliciesOf makes the list.
func PoliciesOf(versions []domain.PolicyVersion, at projections.Footing) Policies {
	out := Policies{Footing: Foot(at), Rows: make([]Policy, 0, len(versions))}
	for i := range versions {
		out.Rows = append(out.Rows, PolicyOf(&versions[i]))
	}
	return out
}
